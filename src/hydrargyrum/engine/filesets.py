"""How an engine deals with patterns of the kind `set:`: it asks for what they mean before it looks at any file.

What they mean is decided above, in `query.fileset`; without somebody to ask, engines refuse them.
"""

from __future__ import annotations

from hydrargyrum.types import StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.types import PatternSet, Rev

    #: Patterns without file sets, as they are meant in a revision (None: in the working copy).
    Expand = Callable[[Rev | None, PatternSet], PatternSet]


class FileSets:
    """The part of a repository that knows whom to ask."""

    expand_file_sets: Expand | None = None

    def plain_patterns(self, rev: Rev | None, patterns: PatternSet) -> PatternSet:
        """The patterns without file sets."""
        if self.expand_file_sets is None or not patterns.has_file_sets:
            return patterns
        return self.expand_file_sets(rev, patterns)

    def plain_request(self, request: StatusRequest) -> StatusRequest:
        """A request with patterns without file sets."""
        if not request.patterns.has_file_sets:
            return request
        return StatusRequest(
            self.plain_patterns(request.target, request.patterns),
            base=request.base,
            target=request.target,
            unknown=request.unknown,
            ignored=request.ignored,
            clean=request.clean,
            copies=request.copies,
            settle=request.settle,
        )

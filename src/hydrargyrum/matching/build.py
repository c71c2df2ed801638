"""Makes a matcher from what a user wrote: patterns, `-I` and `-X`.

Reading options and configuration belongs to the callers.
"""

from __future__ import annotations

from hydrargyrum.matching import patterns as spelling
from hydrargyrum.matching.compiled import Compiled
from hydrargyrum.matching.matcher import (
    AlwaysMatcher,
    DifferenceMatcher,
    IncludeMatcher,
    IntersectionMatcher,
    Matcher,
    NeverMatcher,
    PatternMatcher,
)
from hydrargyrum.matching.pattern_files import Expander
from hydrargyrum.types import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.matching.patterns import Pattern
    from hydrargyrum.matching.source import Source


class MatchRequest(Value):
    """What to match.

    Attributes:
        root: absolute path of the repository's root, as it is to be shown.
        cwd: absolute path (or one from the root) of the directory that relative names start from; None is the root.
        patterns: none means everything.
        include, exclude: `-I` and `-X` patterns; plain ones are globs.
        default_kind: the kind of a pattern that names none.
    """

    __slots__ = ("cwd", "default_kind", "exclude", "include", "patterns", "root")

    def __init__(
        self,
        root: bytes,
        cwd: bytes | None = None,
        *,
        patterns: Sequence[bytes] = (),
        include: Sequence[bytes] = (),
        exclude: Sequence[bytes] = (),
        default_kind: bytes = b"relpath",
    ) -> None:
        self.root = root
        self.cwd = root if cwd is None else cwd
        self.patterns = tuple(patterns)
        self.include = tuple(include)
        self.exclude = tuple(exclude)
        self.default_kind = default_kind


def build(request: MatchRequest, source: Source | None = None) -> Matcher:
    """The matcher for a request; `source` is the disk unless a test says otherwise.

    Raises:
        InvalidPattern, UnreadablePatternFile, PathOutsideRepository, IllegalPath, IoError; Unsupported for filesets.
        A fact `within` names the pattern file that is wrong.
    """
    if source is None:
        from hydrargyrum.matching.source import DiskSource

        source = DiskSource(request.root)
    matcher: Matcher = AlwaysMatcher()
    if request.patterns:
        found = _expanded(request, request.patterns, request.default_kind, source)
        if not all(map(spelling.is_everything, found)):
            found.sort()
            compiled = Compiled(found, spelling.END, request.root, source)
            matcher = PatternMatcher(found, compiled)
    if request.include:
        included = _include_matcher(request, request.include, source)
        matcher = included if matcher.is_always else IntersectionMatcher(matcher, included)
    if request.exclude:
        matcher = DifferenceMatcher(matcher, _include_matcher(request, request.exclude, source))
    return matcher


def _expanded(
    request: MatchRequest, written: Sequence[bytes], default: bytes, source: Source
) -> list[Pattern]:
    return Expander(request.root, request.cwd, source, default).patterns(written)


def _include_matcher(request: MatchRequest, written: Sequence[bytes], source: Source) -> Matcher:
    found = _expanded(request, written, b"glob", source)
    if not found:
        return NeverMatcher()
    return IncludeMatcher(found, Compiled(found, spelling.END_OR_BELOW, request.root, source))

"""Matchers: which paths of a repository (bytes, from the root) are meant, and which directories are worth a visit.

Making them from what a user wrote is done in `build`.
"""

from __future__ import annotations

from hydrargyrum.matching import roots as visits
from hydrargyrum.matching.roots import Roots, children_by_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.matching.compiled import Compiled
    from hydrargyrum.matching.patterns import Pattern
    from hydrargyrum.matching.roots import Visit


class Matcher:
    """Base of all matchers; means nothing itself.

    Attributes:
        explicit_paths: what the patterns name literally (files, directories or the fixed start of a glob), in pattern
            order; b"" stands for patterns without one. Walks report those that are not there.
        exact_files: all files, where the matcher is nothing but a list; else None.
        is_always, is_never: whether every or no path is meant.
        is_prefix: whether exactly the explicit paths and all below them are meant.
    """

    explicit_paths: Sequence[bytes] = ()
    exact_files: frozenset[bytes] | None = None
    is_always = False
    is_never = False
    is_prefix = False

    def matches(self, path: bytes) -> bool:  # noqa: ARG002
        """Whether the file is meant."""
        return False

    def visit_children(self, directory: bytes) -> Visit:  # noqa: ARG002
        """What to look at inside: see `roots`. Never leaves out a child that could hold a match."""
        return visits.NONE

    def is_explicit(self, path: bytes) -> bool:
        """Whether the path is one of `explicit_paths`."""
        return path in self.explicit_paths


class AlwaysMatcher(Matcher):
    """Means every path."""

    is_always = True

    def matches(self, path: bytes) -> bool:  # noqa: ARG002
        return True

    def visit_children(self, directory: bytes) -> Visit:  # noqa: ARG002
        return visits.RECURSIVE


class NeverMatcher(Matcher):
    """Means no path."""

    exact_files = frozenset()
    is_never = True
    is_prefix = True


class ExactMatcher(Matcher):
    """Means exactly the given files."""

    def __init__(self, files: Iterable[bytes]) -> None:
        self.explicit_paths = tuple(files)
        self.exact_files: frozenset[bytes] = frozenset(self.explicit_paths)
        self.is_never = not self.exact_files
        self._children = children_by_directory(self.exact_files)

    def matches(self, path: bytes) -> bool:
        return path in self.exact_files

    def visit_children(self, directory: bytes) -> Visit:
        return self._children.get(directory, visits.NONE)

    def is_explicit(self, path: bytes) -> bool:
        return path in self.exact_files


class PatternMatcher(Matcher):
    """Patterns of the command line: what they name literally counts as matched."""

    def __init__(self, found: Sequence[Pattern], compiled: Compiled) -> None:
        self._roots = Roots(found)
        self._compiled = compiled
        self.explicit_paths = self._roots.recursive
        self.is_prefix = self._roots.prefix

    def matches(self, path: bytes) -> bool:
        return path in self._roots.named or self._compiled.matches(path)

    def visit_children(self, directory: bytes) -> Visit:
        return self._roots.visit_for_patterns(directory)

    def is_explicit(self, path: bytes) -> bool:
        return path in self._roots.named


class IncludeMatcher(Matcher):
    """Include or exclude patterns."""

    def __init__(self, found: Sequence[Pattern], compiled: Compiled) -> None:
        self._roots = Roots(found)
        self.matches = compiled.matches  # type: ignore[method-assign]

    def visit_children(self, directory: bytes) -> Visit:
        return self._roots.visit_for_includes(directory)


class DifferenceMatcher(Matcher):
    """Means what the first matcher means and the second does not."""

    def __init__(self, base: Matcher, excluded: Matcher) -> None:
        self._base = base
        self._excluded = excluded
        self.explicit_paths = base.explicit_paths
        self.is_never = base.is_never
        if base.exact_files is not None:
            self.exact_files = frozenset(path for path in base.exact_files if not excluded.matches(path))

    def matches(self, path: bytes) -> bool:
        return self._base.matches(path) and not self._excluded.matches(path)

    def visit_children(self, directory: bytes) -> Visit:
        excluded = self._excluded.visit_children(directory)
        return visits.difference(self._base.visit_children(directory), excluded)

    def is_explicit(self, path: bytes) -> bool:
        return self._base.is_explicit(path)


class IntersectionMatcher(Matcher):
    """Means what both matchers mean."""

    def __init__(self, left: Matcher, right: Matcher) -> None:
        self._left = left
        self._right = right
        self.is_always = left.is_always and right.is_always
        self.is_never = left.is_never or right.is_never
        if left.exact_files is None and right.exact_files is None:
            self.explicit_paths = (*left.explicit_paths, *right.explicit_paths)
        else:
            files, other = (
                (left.exact_files, right) if left.exact_files is not None else (right.exact_files, left)
            )
            self.exact_files = frozenset(path for path in files or () if other.matches(path))
            self.explicit_paths = sorted(self.exact_files)

    def matches(self, path: bytes) -> bool:
        return self._left.matches(path) and self._right.matches(path)

    def visit_children(self, directory: bytes) -> Visit:
        return visits.intersection(
            self._left.visit_children(directory), self._right.visit_children(directory)
        )


class UnionMatcher(Matcher):
    """Means what any of its matchers means."""

    def __init__(self, parts: Sequence[Matcher]) -> None:
        self._parts = tuple(parts)
        self.is_always = any(part.is_always for part in parts)
        self.is_never = all(part.is_never for part in parts)

    def matches(self, path: bytes) -> bool:
        return any(part.matches(path) for part in self._parts)

    def visit_children(self, directory: bytes) -> Visit:
        visit: Visit = visits.NONE
        for part in self._parts:
            visit = visits.union(visit, part.visit_children(directory))
        return visit

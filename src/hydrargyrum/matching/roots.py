"""Which directories a walk has to enter for a list of patterns.

An answer about a directory is "none" (nothing in or below it matches), "all" (any child may), "recursive" (everything
below matches) or the set of child names that may.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.matching.patterns import Pattern

    Visit = str | frozenset[bytes]

NONE = "none"
ALL = "all"
RECURSIVE = "recursive"


class Roots:
    """The places that patterns name.

    Attributes:
        recursive: matched with everything below, in pattern order; b"" for patterns that may match anywhere.
        named: the same as a set.
        prefix: whether all patterns name a place and everything below, and nothing else.
    """

    __slots__ = ("_on_the_way", "_shallow", "named", "prefix", "recursive")

    def __init__(self, found: Sequence[Pattern]) -> None:
        self.recursive = [_place_of(pattern) for pattern in found if pattern[0] != b"rootfilesin"]
        self.named = frozenset(self.recursive)
        self._shallow = frozenset(_place_of(pattern) for pattern in found if pattern[0] == b"rootfilesin")
        self.prefix = all(kind in (b"path", b"relpath") for kind, _text, _source in found)
        self._on_the_way = children_by_directory(self.named | self._shallow)

    def _below_one_of(self, directory: bytes, places: frozenset[bytes]) -> bool:
        return bool(places) and (
            directory in places or any(above in places for above in directories_above(directory))
        )

    def visit_for_patterns(self, directory: bytes) -> Visit:
        """The answer for patterns on the command line."""
        if self.prefix and directory in self.named:
            return RECURSIVE
        if directory in self._on_the_way or (not directory and (self.named or self._shallow)):
            return ALL
        found = self._below_one_of(directory, self.named) or self._below_one_of(directory, self._shallow)
        return ALL if found else NONE

    def visit_for_includes(self, directory: bytes) -> Visit:
        """The answer for include and exclude patterns."""
        if self.prefix and directory in self.named:
            return RECURSIVE
        if directory in self._shallow or self._below_one_of(directory, self.named):
            return ALL
        return self._on_the_way.get(directory, NONE)


def _place_of(pattern: Pattern) -> bytes:
    """The place below which it can match: a name, or a glob up to its first component with a wildcard."""
    kind, text, _source = pattern
    if kind in (b"glob", b"rootglob"):
        fixed = []
        for part in text.split(b"/"):
            if any(byte in part for byte in b"[{*?"):
                break
            fixed.append(part)
        return b"/".join(fixed)
    if kind in (b"relpath", b"path", b"filepath", b"rootfilesin") and text != b".":
        return text
    return b""


def directories_above(path: bytes) -> Iterator[bytes]:
    """The directories above, nearest first, the root last; nothing for the root."""
    while path:
        path = path.rpartition(b"/")[0]
        yield path


def children_by_directory(paths: Iterable[bytes]) -> dict[bytes, Visit]:
    """For each directory on the way to one of the paths: the names on the way."""
    names: dict[bytes, set[bytes]] = {}
    for path in paths:
        while path:
            above, _slash, name = path.rpartition(b"/")
            children = names.setdefault(above, set())
            if name in children:
                break
            children.add(name)
            path = above
    return {directory: frozenset(children) for directory, children in names.items()}


def intersection(left: Visit, right: Visit) -> Visit:
    """What matters where both conditions are asked for."""
    if NONE in (left, right):
        return NONE
    if left == RECURSIVE:
        return right
    if right == RECURSIVE:
        return left
    if isinstance(left, str) or isinstance(right, str):
        return ALL
    return (left & right) or NONE


def union(left: Visit, right: Visit) -> Visit:
    """What matters where either condition is asked for."""
    if RECURSIVE in (left, right):
        return RECURSIVE
    if left == NONE:
        return right
    if right == NONE:
        return left
    if isinstance(left, str) or isinstance(right, str):
        return ALL
    return left | right


def difference(base: Visit, excluded: Visit) -> Visit:
    """What matters of `base` where something may be excluded; a set of that side is not subtracted."""
    if excluded == RECURSIVE:
        return NONE
    return ALL if base == RECURSIVE and excluded != NONE else base

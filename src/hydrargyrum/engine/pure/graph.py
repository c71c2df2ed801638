"""Ancestors and heads over any history that can name the parents of a revision.

Reading that history from disk, and names for revisions, belong elsewhere.
"""

from __future__ import annotations

from collections.abc import Set
from heapq import heapify, heappop, heappush

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    #: both parents of a revision, -1 where there is none; a parent is smaller than its child
    Parents: TypeAlias = Callable[[int], tuple[int, int]]


class AncestorSet(Set[int]):
    """The ancestors of some revisions, found as far as somebody asks; iterates in descending order.

    With `inclusive` the revisions themselves belong to it.
    """

    __slots__ = ("_found", "_members", "_parents", "_queued", "_todo")

    def __init__(self, parents: Parents, revs: Iterable[int], *, inclusive: bool = False) -> None:
        self._parents = parents
        first = {rev for rev in revs if rev >= 0}
        if not inclusive:
            first = {parent for rev in first for parent in parents(rev) if parent >= 0}
        self._queued = first
        self._todo = [-rev for rev in first]
        heapify(self._todo)
        self._found: list[int] = []
        self._members: set[int] = set()

    @classmethod
    def _from_iterable(cls, it: Iterable[int]) -> Set[int]:  # type: ignore[override]
        return frozenset(it)

    def _advance(self) -> int:
        """Finds the next ancestor; -1 where there is none left."""
        if not self._todo:
            return -1
        rev = -heappop(self._todo)
        self._found.append(rev)
        self._members.add(rev)
        queued = self._queued
        queued.discard(rev)
        for parent in self._parents(rev):
            if parent >= 0 and parent not in queued:
                queued.add(parent)
                heappush(self._todo, -parent)
        return rev

    def __contains__(self, rev: object) -> bool:
        if not isinstance(rev, int) or rev < 0:
            return False
        while self._todo and -self._todo[0] >= rev:
            self._advance()
        return rev in self._members

    def __iter__(self) -> Iterator[int]:
        at = 0
        while True:
            if at < len(self._found):
                yield self._found[at]
            else:
                rev = self._advance()
                if rev < 0:
                    return
                yield rev
            at += 1

    def __len__(self) -> int:
        while self._todo:
            self._advance()
        return len(self._found)

    def __bool__(self) -> bool:
        return bool(self._found or self._todo)

    def __repr__(self) -> str:
        return f"<AncestorSet: {len(self._found)} found, {'more to come' if self._todo else 'complete'}>"


def is_ancestor(parents: Parents, ancestor: int, descendant: int) -> bool:
    """Whether `ancestor` is `descendant` or one of its ancestors (the null revision is everybody's)."""
    if ancestor == -1 or ancestor == descendant:
        return True
    return ancestor < descendant and ancestor in AncestorSet(parents, [descendant])


def heads(parents: Parents, revs: Iterable[int]) -> list[int]:
    """Those of `revs` that no other of them has as a parent, ascending."""
    found = set(revs)
    below = {parent for rev in found for parent in parents(rev)}
    return sorted(found - below)


def common_heads(parents: Parents, first: int, second: int) -> list[int]:
    """The greatest common ancestors of two revisions, ascending; empty where they share none."""
    if -1 in (first, second):
        return []
    sides = {first: 1}
    sides[second] = sides.get(second, 0) | 2
    todo = [-rev for rev in sides]
    heapify(todo)
    found = []
    interesting = len(todo)
    while todo and interesting:
        rev = -heappop(todo)
        side = sides.pop(rev)
        if side < 4:
            interesting -= 1
        if side == 3:
            found.append(rev)
            side = 7  # what lies below is common but not a head
        for parent in parents(rev):
            if parent < 0:
                continue
            known = sides.get(parent)
            if known is None:
                heappush(todo, -parent)
                interesting += side < 4
            else:
                interesting -= known < 4 and (known | side) >= 4
            sides[parent] = (known or 0) | side
    return sorted(found)

"""Ordered sets of revisions: ranges, lists, lazily filtered and joined ones; no question asks about one at a time.

A set never changes. What revisions have to do with each other is the engine's business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence, Set

    from hydrargyrum.engine.history import LazyRevisions
    from hydrargyrum.types import Rev

    #: Those of some revisions that belong, in the order given.
    Select = Callable[[Sequence[Rev]], Iterable[Rev]]

#: How many revisions are looked at together: few at first, because often only the first one is wanted.
_FIRST_WINDOW = 16
_LAST_WINDOW = 8192


class RevisionSet(ABC):
    """A set of revisions with an order.

    Attributes:
        direction: 1 where it ascends, -1 where it descends, 0 where neither is known.
    """

    __slots__ = ("direction",)

    def __init__(self, direction: int) -> None:
        self.direction = direction

    # -- what every kind answers ----------------------------------------------------------------------------------

    @abstractmethod
    def __iter__(self) -> Iterator[Rev]:
        """The revisions in order."""

    @abstractmethod
    def select(self, revs: Sequence[Rev]) -> list[Rev]:
        """Those of `revs` that belong to it, in the order of `revs`."""

    def reversed(self) -> RevisionSet:
        """The same revisions in the opposite order."""
        return Listed(list(self)[::-1], -self.direction)

    def sorted(self, *, descending: bool = False) -> RevisionSet:
        """The same revisions, ascending or descending."""
        wanted = -1 if descending else 1
        if self.direction == wanted:
            return self
        if self.direction == -wanted:
            return self.reversed()
        return Listed(sorted(self, reverse=descending), wanted)

    # -- what follows ---------------------------------------------------------------------------------------------

    def __contains__(self, rev: object) -> bool:
        return isinstance(rev, int) and bool(self.select((rev,)))

    def __bool__(self) -> bool:
        return self.first() is not None

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __and__(self, other: RevisionSet) -> RevisionSet:
        """The revisions of both, in the order of this one."""
        return self if isinstance(other, Whole) else self.where(other.select)

    def __sub__(self, other: RevisionSet) -> RevisionSet:
        """The revisions that the other one lacks."""

        def outside(revs: Sequence[Rev]) -> Iterable[Rev]:
            inside = set(other.select(revs))
            return [rev for rev in revs if rev not in inside] if inside else revs

        return self.where(outside)

    def __add__(self, other: RevisionSet) -> RevisionSet:
        """This one, then what else the other one has."""
        return Joined(self, other)

    def where(self, select: Select) -> RevisionSet:
        """Those that `select` keeps; it is asked about many at once, and only as far as somebody reads."""
        return Filtered(self, select)

    def first(self) -> Rev | None:
        """The first revision in order."""
        return next(iter(self), None)

    def last(self) -> Rev | None:
        """The last revision in order."""
        return self.reversed().first()

    def lowest(self) -> Rev | None:
        """The smallest revision."""
        return self.sorted().first()

    def highest(self) -> Rev | None:
        """The greatest revision."""
        return self.sorted(descending=True).first()

    def between(self, start: int, stop: int) -> RevisionSet:
        """The revisions from place `start` to before place `stop`."""
        from itertools import islice

        return Listed(list(islice(self, start, stop)), self.direction)


class Span(RevisionSet):
    """All revisions of a range but some that are left out.

    Attributes:
        start, stop: as in `range`, ascending.
    """

    __slots__ = ("_left_out", "start", "stop")

    def __init__(self, start: Rev, stop: Rev, left_out: frozenset[Rev], direction: int = 1) -> None:
        super().__init__(direction)
        self.start = start
        self.stop = stop
        self._left_out = left_out

    def _range(self) -> range:
        upwards = range(self.start, self.stop)
        return upwards if self.direction > 0 else upwards[::-1]

    def __iter__(self) -> Iterator[Rev]:
        if not self._left_out:
            return iter(self._range())
        return (rev for rev in self._range() if rev not in self._left_out)

    def select(self, revs: Sequence[Rev]) -> list[Rev]:
        start, stop, left_out = self.start, self.stop, self._left_out
        if not left_out:
            return [rev for rev in revs if start <= rev < stop]
        return [rev for rev in revs if start <= rev < stop and rev not in left_out]

    def reversed(self) -> RevisionSet:
        return Span(self.start, self.stop, self._left_out, -self.direction)

    def between(self, start: int, stop: int) -> RevisionSet:
        if self._left_out:
            return super().between(start, stop)
        part = self._range()[start:stop]
        low, high = (part.start, part.stop) if self.direction > 0 else (part.stop + 1, part.start + 1)
        return Span(low, high, frozenset(), self.direction)

    def __len__(self) -> int:
        if self._left_out:
            return super().__len__()
        return max(0, self.stop - self.start)


class Whole(Span):
    """All visible revisions; what is intersected with it is believed to be part of it.

    So virtual revisions survive where somebody named them.
    """

    __slots__ = ()

    def __and__(self, other: RevisionSet) -> RevisionSet:
        # what the engine computes has nothing hidden
        if self._left_out and not isinstance(other, Computed):
            left_out = self._left_out
            other = other.where(lambda revs: [rev for rev in revs if rev not in left_out])
        return other.sorted(descending=self.direction < 0)

    def reversed(self) -> RevisionSet:
        return Whole(self.start, self.stop, self._left_out, -self.direction)


class Listed(RevisionSet):
    """Revisions in a list, without duplicates."""

    __slots__ = ("_members", "revs")

    def __init__(self, revs: Sequence[Rev] = (), direction: int | None = None) -> None:
        self.revs = revs
        self._members: Set[Rev] | None = None
        super().__init__(_direction_of(revs) if direction is None else direction)

    @classmethod
    def of_set(cls, revs: Iterable[Rev]) -> Listed:
        """Revisions without an order of their own, ascending."""
        return cls(sorted(revs), 1)

    def __iter__(self) -> Iterator[Rev]:
        return iter(self.revs)

    def __len__(self) -> int:
        return len(self.revs)

    def __bool__(self) -> bool:
        return bool(self.revs)

    def select(self, revs: Sequence[Rev]) -> list[Rev]:
        if self._members is None:
            self._members = frozenset(self.revs)
        members = self._members
        return [rev for rev in revs if rev in members]

    def first(self) -> Rev | None:
        return self.revs[0] if self.revs else None

    def last(self) -> Rev | None:
        return self.revs[-1] if self.revs else None

    def reversed(self) -> RevisionSet:
        return Listed(self.revs[::-1], -self.direction)

    def between(self, start: int, stop: int) -> RevisionSet:
        return Listed(self.revs[start:stop], self.direction)


def _direction_of(revs: Sequence[Rev]) -> int:
    from itertools import pairwise

    if all(a < b for a, b in pairwise(revs)):
        return 1
    return -1 if all(a > b for a, b in pairwise(revs)) else 0


class Lazy(RevisionSet):
    """A set of the engine's that descends and is computed as far as somebody reads."""

    __slots__ = ("_members",)

    def __init__(self, members: Set[Rev]) -> None:
        super().__init__(-1)
        self._members = members

    def __iter__(self) -> Iterator[Rev]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def select(self, revs: Sequence[Rev]) -> list[Rev]:
        members = self._members
        return [rev for rev in revs if rev in members]


class Computed(RevisionSet):
    """A set that the engine evaluates, as far as somebody reads.

    Attributes:
        members: the set of the engine.
    """

    __slots__ = ("members",)

    def __init__(self, members: LazyRevisions) -> None:
        super().__init__(members.direction)
        self.members = members

    def __iter__(self) -> Iterator[Rev]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def select(self, revs: Sequence[Rev]) -> list[Rev]:
        return self.members.among(revs)

    def first(self) -> Rev | None:
        return self.members.first()

    def reversed(self) -> RevisionSet:
        return Computed(self.members.reversed())

    def sorted(self, *, descending: bool = False) -> RevisionSet:
        return Computed(self.members.sorted(descending))

    def between(self, start: int, stop: int) -> RevisionSet:
        return Computed(self.members.between(start, stop))

    def __and__(self, other: RevisionSet) -> RevisionSet:
        if isinstance(other, Computed):
            return Computed(self.members.both(other.members))
        return super().__and__(other)

    def __sub__(self, other: RevisionSet) -> RevisionSet:
        if isinstance(other, Computed):
            return Computed(self.members.without(other.members))
        return super().__sub__(other)

    def __add__(self, other: RevisionSet) -> RevisionSet:
        if isinstance(other, Computed):
            return Computed(self.members.joined(other.members))
        return super().__add__(other)


class Filtered(RevisionSet):
    """The revisions of another set that a condition keeps."""

    __slots__ = ("_base", "_select")

    def __init__(self, base: RevisionSet, select: Select) -> None:
        super().__init__(base.direction)
        self._base = base
        self._select = select

    def __iter__(self) -> Iterator[Rev]:
        from itertools import islice

        size = _FIRST_WINDOW
        pending = iter(self._base)
        while window := list(islice(pending, size)):
            yield from self._select(window)
            size = min(size * 2, _LAST_WINDOW)

    def select(self, revs: Sequence[Rev]) -> list[Rev]:
        inside = self._base.select(revs)
        return list(self._select(inside)) if inside else []

    def reversed(self) -> RevisionSet:
        return Filtered(self._base.reversed(), self._select)

    def sorted(self, *, descending: bool = False) -> RevisionSet:
        return Filtered(self._base.sorted(descending=descending), self._select)


class Joined(RevisionSet):
    """Two sets one after the other, or merged where it has a direction."""

    __slots__ = ("_left", "_right")

    def __init__(self, left: RevisionSet, right: RevisionSet, direction: int = 0) -> None:
        super().__init__(direction)
        self._left = left
        self._right = right

    def __iter__(self) -> Iterator[Rev]:
        if self.direction:
            return self._merged()
        return self._chained()

    def _chained(self) -> Iterator[Rev]:
        seen = set()
        for rev in self._left:
            seen.add(rev)
            yield rev
        for rev in self._right:
            if rev not in seen:
                yield rev

    def _merged(self) -> Iterator[Rev]:
        from heapq import merge

        descending = self.direction < 0
        parts = [part.sorted(descending=descending) for part in (self._left, self._right)]
        last: Rev | None = None
        for rev in merge(*parts, reverse=descending):
            if rev != last:
                yield rev
            last = rev

    def select(self, revs: Sequence[Rev]) -> list[Rev]:
        inside = {*self._left.select(revs), *self._right.select(revs)}
        return [rev for rev in revs if rev in inside]

    def reversed(self) -> RevisionSet:
        if self.direction:
            return Joined(self._left, self._right, -self.direction)
        return Listed(list(self)[::-1], 0)

    def sorted(self, *, descending: bool = False) -> RevisionSet:
        return Joined(self._left, self._right, -1 if descending else 1)

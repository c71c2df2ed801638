"""Questions about sets of revisions: children, descendants, heads, paths, what one side lacks.

Single revisions and their ancestors are in `graph`; names and hidden revisions belong elsewhere.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from hydrargyrum.engine.pure.graph import AncestorSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.engine.pure.graph import Parents


def children(parents: Parents, count: int, revs: Iterable[int]) -> list[int]:
    """Revisions below `count` with a parent in `revs`; roots are children of -1."""
    wanted = set(revs)
    if not wanted:
        return []
    found = []
    for rev in range(max(min(wanted), -1) + 1, count):
        p1, p2 = parents(rev)
        if p1 in wanted or (p2 >= 0 and p2 in wanted):
            found.append(rev)
    return found


def descendants(parents: Parents, count: int, revs: Iterable[int], *, first_parent: bool) -> list[int]:
    """`revs` and their descendants below `count`."""
    known = set(revs)
    if not known:
        return []
    if -1 in known:
        return list(range(count))
    found = []
    for rev in range(min(known), count):
        if rev not in known:
            p1, p2 = parents(rev)
            if p1 not in known and (first_parent or p2 < 0 or p2 not in known):
                continue
            known.add(rev)
        found.append(rev)
    return found


def generations(
    steps: Callable[[int], Iterable[int]], revs: Iterable[int], span: tuple[int, int | None], sign: int
) -> list[int]:
    """Revisions that are reached from `revs` within a span of steps.

    A revision counts with its smallest distance that is not below the start of the span.

    Args:
        steps: where one step leads; all greater than the revision with `sign` 1, all smaller with -1.
        revs: where to start.
        span: first distance, and the one before which to stop.
        sign: direction of the walk.
    """
    start, stop = span
    pending = [(sign * rev, 0) for rev in set(revs) if rev >= 0 or sign > 0]
    heapify(pending)
    found: list[int] = []
    last: int | None = None
    before: tuple[int, int] | None = None
    while pending:
        place, distance = step = heappop(pending)
        rev = sign * place
        if rev == last or step == before:
            continue
        before = step
        if distance >= start:
            if stop is not None and distance >= stop:
                continue
            last = rev
            found.append(rev)
        if stop is None or distance + 1 < stop:
            for reached in steps(rev):
                if reached >= 0:
                    heappush(pending, (sign * reached, distance + 1))
    return sorted(rev for rev in found if rev >= 0)


def missing(parents: Parents, heads: Iterable[int], bases: Iterable[int]) -> list[int]:
    """`heads` and their ancestors without `bases` and theirs, ascending."""
    from_base = {rev: False for rev in heads if rev >= 0}
    from_base.update((rev, True) for rev in bases if rev >= 0)
    pending = [-rev for rev in from_base]
    heapify(pending)
    open_ends = sum(not base for base in from_base.values())
    found = []
    while open_ends:
        rev = -heappop(pending)
        base = from_base.pop(rev)
        if not base:
            open_ends -= 1
            found.append(rev)
        for parent in parents(rev):
            if parent < 0:
                continue
            known = from_base.get(parent)
            if known is None:
                from_base[parent] = base
                heappush(pending, -parent)
                open_ends += not base
            elif base and not known:
                from_base[parent] = True
                open_ends -= 1
    return found[::-1]


def paths_between(parents: Parents, roots: Iterable[int], heads: Iterable[int]) -> list[int]:
    """What lies on a way from one of `roots` up to one of `heads`, ascending."""
    wanted = set(roots)
    if not wanted:
        return []
    lowest = min(wanted)
    below: list[int] = []
    for rev in AncestorSet(parents, heads, inclusive=True):
        if rev < lowest:
            break
        below.append(rev)
    reached: set[int] = set()
    for rev in reversed(below):
        if rev in wanted or any(parent in reached for parent in parents(rev)):
            reached.add(rev)
    if lowest == -1:
        # everything descends from the null revision
        return sorted(below)
    return sorted(reached)


def common_ancestor_heads(parents: Parents, revs: Iterable[int]) -> list[int]:
    """The greatest revisions that are ancestors of every one of `revs`, ascending."""
    asked = list(dict.fromkeys(revs))
    if not asked or -1 in asked:
        return []
    everybody = (1 << len(asked)) - 1
    beyond = everybody + 1
    seen: dict[int, int] = {rev: 1 << number for number, rev in enumerate(asked)}
    pending = [-rev for rev in seen]
    heapify(pending)
    open_ends = len(seen)
    found = []
    while pending and open_ends:
        rev = -heappop(pending)
        by = seen.pop(rev)
        if by < beyond:
            open_ends -= 1
            if by == everybody:
                found.append(rev)
                by |= beyond  # what lies below is common as well, but no head
        for parent in parents(rev):
            if parent < 0:
                continue
            known = seen.get(parent)
            if known is None:
                seen[parent] = by
                heappush(pending, -parent)
                open_ends += by < beyond
            else:
                seen[parent] = known | by
                open_ends -= known < beyond <= (known | by)
    return sorted(found)

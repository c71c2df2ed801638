"""The order for drawing graphs: branch by branch, so that lines of development are interleaved as little as possible.

Drawing is the business of `view`.
"""

from __future__ import annotations

from heapq import heappop, heappush

from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.types import Rev


class _Line:
    """A line of development that is held back.

    Attributes:
        revs: what to show, in order.
        awaited: parents of these that have not been seen.
    """

    __slots__ = ("awaited", "revs")

    def __init__(self, awaited: set[Rev]) -> None:
        self.revs: list[Rev] = []
        self.awaited = awaited


class _Parents:
    """Parents of revisions, many read at once."""

    __slots__ = ("_known", "_query")

    def __init__(self, query: Query, revs: Sequence[Rev]) -> None:
        self._query = query
        committed, _ = query.without_working_copy(revs)
        columns = query.engine.parent_columns(committed)
        self._known = {rev: pair for rev, *pair in zip(committed, *columns, strict=True)}

    def of(self, rev: Rev) -> list[Rev]:
        """Those that exist."""
        if rev == WDIR_REV:
            pair: Sequence[Rev] = self._query.working_parents()
        else:
            known = self._known.get(rev)
            if known is None:
                first, second = self._query.engine.changelog().parents(rev)
                known = self._known[rev] = [first, second]
            pair = known
        return [parent for parent in pair if parent != NULL_REV]


def branch_by_branch(query: Query, descending: Sequence[Rev], first: Iterable[Rev] = ()) -> Iterator[Rev]:
    """The revisions, children before parents, one line of development after the other.

    A line is shown when a parent that it waits for has been shown or is about to be. Ancestors of a merge count as one
    line.

    Args:
        query: knows the parents.
        descending: the revisions, the greatest first.
        first: begin with the line that leads to one of these.
    """
    parents = _Parents(query, descending)
    shown = _Line(set(first))
    lines = [shown]
    queue: list[Rev] = []
    queued: set[Rev] = set()

    def enqueue(rev: Rev) -> None:
        if rev not in queued:
            queued.add(rev)
            heappush(queue, -rev)

    for wanted in descending:
        enqueue(wanted)
        rev: Rev | None = None
        while rev != wanted:
            rev = -heappop(queue)
            queued.discard(rev)
            line = _line_for(lines, rev)
            if rev == wanted:
                line.revs.append(rev)
            line.awaited.discard(rev)
            below = parents.of(rev)
            line.awaited.update(below)
            for parent in below:
                enqueue(parent)
            ready = _ready(lines, line, shown)
            if ready is not None:
                shown.awaited |= ready.awaited
                yield from ready.revs
                if ready is shown:
                    shown.revs.clear()
                else:
                    lines.remove(ready)
    for line in lines:
        yield from line.revs


def _line_for(lines: list[_Line], rev: Rev) -> _Line:
    """The line that waits for a revision (several become one), or a new one."""
    waiting = [line for line in lines if rev in line.awaited]
    if not waiting:
        fresh = _Line({rev})
        lines.append(fresh)
        return fresh
    kept, *others = waiting
    for line in others:
        kept.revs += line.revs
        kept.awaited |= line.awaited
        lines.remove(line)
    return kept


def _ready(lines: list[_Line], line: _Line, shown: _Line) -> _Line | None:
    """The line that can be shown now; where nothing is waited for, the oldest one."""
    if not shown.awaited:
        return lines[1] if len(lines) > 1 else line
    return line if line.awaited & shown.awaited else None

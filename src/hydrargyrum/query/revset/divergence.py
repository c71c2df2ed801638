"""Changesets that compete: with a public one that they succeed, or with other successors of the same one.

What counts as a final successor follows the rules of `docs/formats/obsstore.md`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.types import Node, Rev

    #: The final successors of a node: each way in which it was rewritten leads to one set.
    Finals = list[tuple[Node, ...]]


def _candidates(query: Query) -> list[Rev]:
    from hydrargyrum.query.revset.predicates.phases import MUTABLE

    outdated = set(query.engine.obsolete_revs())
    return [rev for rev in query.engine.phase_revs(MUTABLE) if rev not in outdated]


def _predecessors(successors: Mapping[Node, Sequence[tuple[Node, ...]]]) -> dict[Node, set[Node]]:
    found: dict[Node, set[Node]] = {}
    for node, markers in successors.items():
        for names in markers:
            for successor in names:
                found.setdefault(successor, set()).add(node)
    return found


def _all_before(node: Node, predecessors: Mapping[Node, set[Node]]) -> set[Node]:
    seen: set[Node] = set()
    pending = list(predecessors.get(node, ()))
    while pending:
        found = pending.pop()
        if found not in seen:
            seen.add(found)
            pending += predecessors.get(found, ())
    return seen


def phase_divergent(query: Query) -> set[Rev]:
    """Changesets that can still change and that succeed a public one."""
    successors = query.engine.successors()
    if not successors:
        return set()
    from hydrargyrum.query.revset.predicates.phases import MUTABLE

    predecessors = _predecessors(successors)
    mutable = set(query.engine.phase_revs(MUTABLE))
    index = query.engine.changelog()
    found = set()
    for rev in _candidates(query):
        for node in _all_before(index.node(rev), predecessors):
            known = _rev(query, node)
            if known is not None and known not in mutable:
                found.add(rev)
                break
    return found


def _rev(query: Query, node: Node) -> Rev | None:
    try:
        return query.engine.changelog().rev(node)
    except errors.UnknownNode:
        return None


def content_divergent(query: Query) -> set[Rev]:
    """Changesets of which a predecessor has final successors that they are no part of."""
    successors = query.engine.successors()
    if not successors:
        return set()
    predecessors = _predecessors(successors)
    finals = _FinalSuccessors(query, successors)
    index = query.engine.changelog()
    found = set()
    for rev in _candidates(query):
        node = index.node(rev)
        for before in _all_before(node, predecessors):
            sets = [names for names in finals.of(before) if names]
            if len(sets) > 1 and any(node not in names for names in sets):
                found.add(rev)
                break
    return found


class _FinalSuccessors:
    """The sets of final successors of nodes, each found once."""

    __slots__ = ("_known", "_query", "_successors", "_within")

    def __init__(self, query: Query, successors: Mapping[Node, Sequence[tuple[Node, ...]]]) -> None:
        self._query = query
        self._successors = successors
        self._known: dict[Node, Finals] = {}
        self._within: set[Node] = set()

    def of(self, node: Node) -> Finals:
        """The sets, without those that are part of another one; none where it was pruned or is unknown."""
        known = self._known.get(node)
        if known is not None:
            return known
        markers = self._successors.get(node)
        if markers is None or node in self._within:
            if markers is None and _rev(self._query, node) is not None:
                return [(node,)]
            return []
        self._within.add(node)
        found: Finals = []
        for names in markers:
            found += self._combined(names)
        self._within.discard(node)
        distinct = list(dict.fromkeys(tuple(dict.fromkeys(names)) for names in found if names))
        final = [names for names in distinct if not any(set(names) < set(other) for other in distinct)]
        self._known[node] = final
        return final

    def _combined(self, names: tuple[Node, ...]) -> Finals:
        """Every way to replace each of the successors by its own final ones."""
        combined: Finals = [()]
        for successor in names:
            sets = self.of(successor)
            if sets:
                combined = [(*begun, *more) for begun in combined for more in sets]
        return combined

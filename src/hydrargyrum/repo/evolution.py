"""What obsolescence markers mean for changesets: which are obsolete, which unstable, and what became of them.

Computed once for a state of the repository; reading markers is the business of `markers`, and wording that of views.
"""

from __future__ import annotations

import os

from hydrargyrum.repo.markers import BUMPED_FIX, Markers, read_markers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hydrargyrum.repo.markers import Marker
    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.types import Rev

#: How many sets of successors of one node are told apart.
MOST_SETS = 64


class SuccessorSet:
    """Nodes that together replace a changeset, and the markers that say so."""

    __slots__ = ("markers", "nodes")

    def __init__(self, nodes: tuple[bytes, ...] = (), markers: Iterable[Marker] = ()) -> None:
        self.nodes = nodes
        self.markers: dict[int, Marker] = {id(marker): marker for marker in markers}

    def joined(self, other: SuccessorSet) -> SuccessorSet:
        """Both as one set."""
        return SuccessorSet(
            tuple(dict.fromkeys((*self.nodes, *other.nodes))),
            (*self.markers.values(), *other.markers.values()),
        )


class Evolution:
    """The fates of changesets.

    Attributes:
        markers: all of them.
        obsolete: revisions that were rewritten or pruned and are not public.
        orphan, phase_divergent, content_divergent: revisions that are unstable.
    """

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self.markers: Markers = read_markers(repo.engine.store)
        self.obsolete: frozenset[Rev] = frozenset()
        self.orphan: frozenset[Rev] = frozenset()
        self.phase_divergent: frozenset[Rev] = frozenset()
        self.content_divergent: frozenset[Rev] = frozenset()
        self._latest: dict[bytes, list[SuccessorSet]] = {}
        if self.markers.by_predecessor:
            self._find()

    def instabilities(self, rev: Rev) -> list[str]:
        """The names of what is unstable about a revision."""
        kinds = (
            ("orphan", self.orphan),
            ("phase-divergent", self.phase_divergent),
            ("content-divergent", self.content_divergent),
        )
        return [name for name, revs in kinds if rev in revs]

    # -- finding ------------------------------------------------------------------------------------------------

    def _find(self) -> None:
        engine = self._repo.engine
        marked = {rev for node in self.markers.by_predecessor if (rev := self.rev_of(node)) is not None}
        self.obsolete = frozenset(rev for rev in marked if engine.phase(rev) != "public")
        self.orphan = frozenset(self._orphans())
        index = engine.changelog()
        candidates = {
            rev for node in self.markers.by_successor if (rev := self.rev_of(node)) is not None
        } - self.obsolete
        mutable = {rev for rev in candidates if engine.phase(rev) != "public"}
        self.phase_divergent = frozenset(
            rev for rev in mutable if any(True for _ in self.immutable_predecessors(index.node(rev)))
        )
        self.content_divergent = frozenset(
            rev for rev in mutable if any(True for _ in self._divergences(index.node(rev)))
        )

    def _orphans(self) -> Iterator[Rev]:
        if not self.obsolete:
            return
        index = self._repo.engine.changelog()
        bad = set(self.obsolete)
        for rev in range(min(self.obsolete) + 1, len(index)):
            if rev in self.obsolete:
                continue
            if not bad.isdisjoint(index.parents(rev)) and self._repo.engine.phase(rev) != "public":
                bad.add(rev)
                yield rev

    def rev_of(self, node: bytes) -> Rev | None:
        """The revision of a node, or None where it is not in the repository."""
        from hydrargyrum import errors

        if len(node) != 20:
            return None
        try:
            return self._repo.engine.changelog().rev(node)  # type: ignore[arg-type]
        except errors.UnknownNode:
            return None

    # -- predecessors -------------------------------------------------------------------------------------------

    def all_predecessors(self, node: bytes, *, ignored_flags: int = 0) -> Iterator[bytes]:
        """The node and all its predecessors, near and far."""
        seen, waiting = {node}, [node]
        while waiting:
            current = waiting.pop()
            yield current
            for marker in self.markers.by_successor.get(current, ()):
                if not marker.flags & ignored_flags and marker.predecessor not in seen:
                    seen.add(marker.predecessor)
                    waiting.append(marker.predecessor)

    def immutable_predecessors(self, node: bytes) -> Iterator[Rev]:
        """Predecessors that are public."""
        for other in self.all_predecessors(node, ignored_flags=BUMPED_FIX):
            rev = self.rev_of(other)
            if rev is not None and self._repo.engine.phase(rev) == "public":
                yield rev

    def closest_predecessors(self, node: bytes) -> list[bytes]:
        """The nearest predecessors that are in the repository."""
        found, seen, waiting = [], {node}, [node]
        while waiting:
            for marker in self.markers.by_successor.get(waiting.pop(), ()):
                other = marker.predecessor
                if other in seen:
                    continue
                seen.add(other)
                if self._is_shown(other):
                    found.append(other)
                else:
                    waiting.append(other)
        return found

    def _is_shown(self, node: bytes) -> bool:
        rev = self.rev_of(node)
        return rev is not None and rev not in self._repo.hidden

    def _divergences(self, node: bytes) -> Iterator[tuple[bytes, list[SuccessorSet]]]:
        """Predecessors that have several sets of latest successors, with these."""
        seen = set()
        waiting = {marker.predecessor for marker in self.markers.by_successor.get(node, ())}
        while waiting:
            other = waiting.pop()
            if other in seen:
                continue
            seen.add(other)
            sets = [one for one in self.successor_sets(other) if one.nodes]
            if len(sets) > 1:
                yield other, sets
            waiting.update(marker.predecessor for marker in self.markers.by_successor.get(other, ()))

    def divergent_sets(self, node: bytes) -> list[tuple[tuple[bytes, ...], bytes]]:
        """Other sets that a changeset diverges from, each with the predecessor they have in common."""
        found: dict[tuple[bytes, ...], bytes] = {}
        for other in self.all_predecessors(node):
            if other == node:
                continue
            for one in self.successor_sets(other):
                if one.nodes and node not in one.nodes and one.nodes not in found:
                    found[one.nodes] = other
        return list(found.items())

    # -- successors ---------------------------------------------------------------------------------------------

    def successor_sets(self, first: bytes, *, closest: bool = False) -> list[SuccessorSet]:
        """The sets of nodes that replace one: the latest, or (`closest`) the nearest that are in the repository.

        Chains are walked with a stack of our own; in a circle, the node that is met again counts as pruned.
        """
        known = {} if closest else self._latest
        stack, stacked = [first], {first}
        while stack:
            node = stack[-1]
            if node in known:
                stacked.discard(stack.pop())
                continue
            markers = self.markers.by_predecessor.get(node)
            if markers is None or (closest and node != first and self._is_shown(node)):
                known[node] = [SuccessorSet((node,))] if self._is_shown(node) else []
                continue
            ordered = sorted(markers, key=lambda marker: marker.sort_key())
            missing = None
            for other in (one for marker in ordered for one in marker.successors):
                if other in known:
                    continue
                if other not in stacked:
                    missing = other
                    break
                known[other] = []
            if missing is None:
                known[node] = _combined(ordered, known)
            else:
                stacked.add(missing)
                stack.append(missing)
        return known[first]

    def fates(self, node: bytes) -> list[SuccessorSet]:
        """What became of an obsolete changeset; a set without nodes says that it was pruned."""
        found = []
        for one in self.successor_sets(node, closest=True) or [SuccessorSet()]:
            if one.nodes:
                found.append(one)
                continue
            pruned = [marker for marker in self.markers.by_predecessor.get(node, ()) if not marker.successors]
            found += [SuccessorSet((), [marker]) for marker in pruned] or [SuccessorSet()]
        return found


def _combined(markers: list[Marker], known: dict[bytes, list[SuccessorSet]]) -> list[SuccessorSet]:
    """What the markers of a node make of its successors' sets.

    Within a marker every choice with every other; then all markers together, without sets that are part of another.
    """
    found: list[SuccessorSet] = []
    for marker in markers:
        sets = [SuccessorSet((), [marker])]
        for node in marker.successors:
            choices = known.get(node)
            if choices:
                sets = [one.joined(choice) for one in sets for choice in choices][:MOST_SETS]
        found += [one for one in sets if one.nodes]
    kept: list[SuccessorSet] = []
    for one in sorted(found, key=lambda each: len(each.nodes), reverse=True):
        greater = next((each for each in kept if set(one.nodes) <= set(each.nodes)), None)
        if greater is None:
            kept.append(one)
        else:
            greater.markers.update(one.markers)
    return kept[::-1]


def has_markers(store: str) -> bool:
    """Whether a store has any."""
    try:
        return os.stat(os.path.join(store, "obsstore")).st_size > 1
    except OSError:
        return False

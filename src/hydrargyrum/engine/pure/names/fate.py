"""Why a changeset is hidden: pruned, rewritten, split, or rewritten in ways that differ.

The sentence is `errors.FilteredRevision`'s; here are the facts for it (rules: `docs/formats/obsstore.md`).
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.engine.pure.names.obsstore import read_markers
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from hydrargyrum.engine.pure.names.history import History

    #: Nodes that together replace one.
    Set: TypeAlias = tuple[bytes, ...]

#: How many sets of successors of one node are told apart; more than one is a divergence anyway.
MOST_SETS = 64
#: How many successors the error lists.
LISTED = 2


def filtered(history: History, symbol: bytes, rev: int) -> errors.FilteredRevision:
    """The error for a changeset that exists but is hidden."""
    name = decode(symbol)
    if rev not in history.obsolete:
        return errors.FilteredRevision(name=name)
    edges: dict[bytes, set[Set]] = {}
    for predecessor, successors in read_markers(history.layout):
        edges.setdefault(predecessor, set()).add(successors)
    ordered = {node: sorted(markers) for node, markers in edges.items()}
    sets = _successor_sets(history, ordered, history.changelog.node(rev))
    if len(sets) != 1:
        return errors.FilteredRevision(name=name, fate="diverged" if sets else "pruned")
    nodes = sets[0]
    fate = "superseded" if len(nodes) == 1 else "split"
    listed = ", ".join(node[:6].hex() for node in nodes[:LISTED])
    if len(nodes) > LISTED:
        return errors.FilteredRevision(name=name, fate=fate, successors=listed, more=len(nodes) - LISTED)
    return errors.FilteredRevision(name=name, fate=fate, successors=listed)


def _successor_sets(history: History, edges: dict[bytes, list[Set]], first: bytes) -> list[Set]:
    """The sets of latest successors of a node.

    Chains are walked with a stack of our own; in a circle, the node that is met again counts as pruned.
    """
    known: dict[bytes, list[Set]] = {}
    stack = [first]
    stacked = {first}
    while stack:
        node = stack[-1]
        if node in known:
            stacked.discard(stack.pop())
        elif node not in edges:
            known[node] = [(node,)] if _is_shown(history, node) else []
        else:
            missing = None
            for successor in (one for marker in edges[node] for one in marker):
                if successor in known:
                    continue
                if successor not in stacked:
                    missing = successor
                    break
                known[successor] = []
            if missing is None:
                known[node] = _combine(edges[node], known)
            else:
                stacked.add(missing)
                stack.append(missing)
    return known[first]


def _is_shown(history: History, node: bytes) -> bool:
    rev = history.changelog.find(node) if len(node) == 20 else None
    return rev is not None and rev not in history.hidden


def _combine(markers: list[Set], known: dict[bytes, list[Set]]) -> list[Set]:
    """What the markers of a node make of its successors' sets.

    Within a marker every choice with every other; then all markers together, without sets that are part of another.
    """
    found: list[Set] = []
    for marker in markers:
        sets: list[Set] = [()]
        for successor in marker:
            choices = known.get(successor)
            if choices:
                sets = [_join(one, choice) for one in sets for choice in choices][:MOST_SETS]
        found += [one for one in sets if one]
    found.sort(key=len, reverse=True)
    kept: list[Set] = []
    for one in found:
        if len(kept) < MOST_SETS and not any(set(one) <= set(greater) for greater in kept):
            kept.append(one)
    return kept[::-1]


def _join(one: Set, more: Iterable[bytes]) -> Set:
    return tuple(dict.fromkeys((*one, *more)))

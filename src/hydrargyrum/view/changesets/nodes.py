"""Marks of changesets: their character in a graph, and what bisecting knows about them.

Both are computed from the state of the working copy once and kept in a cache that the caller owns.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev


def graph_node(changeset: Changeset, cache: dict[str, object], repo: Repository | None = None) -> str:
    """The character of a changeset in a graph; `repo` has the working copy, if not the changeset's repository."""
    node = changeset.node
    if "working_parents" not in cache:
        own = repo or changeset.repo
        first, second = own.engine.working_parents()
        cache["working_parents"] = (first,) if second == bytes(20) else (first, second)
        cache["merge_sides"] = _merge_sides(own)
    if node in cache["working_parents"]:  # type: ignore[operator]
        return "@"
    if node in cache["merge_sides"]:  # type: ignore[operator]
        return "%"
    if changeset.is_obsolete:
        return "x"
    if changeset.instabilities:
        return "*"
    return "_" if changeset.closes_branch else "o"


def _merge_sides(repo: Repository) -> tuple[bytes, ...]:
    """Both sides of a merge that has unresolved files (records: `docs/formats/mergestate.md`)."""
    try:
        with open(os.path.join(repo.dot_hg, "merge", "state2"), "rb") as stream:
            data = stream.read()
    except OSError:
        return ()
    sides, unresolved, at = {}, False, 0
    while at + 5 <= len(data):
        kind, size = data[at : at + 1], int.from_bytes(data[at + 1 : at + 5], "big")
        text = data[at + 5 : at + 5 + size]
        at += 5 + size
        if kind == b"t":
            kind, text = text[:1], text[1:]
        if kind in b"LO":
            sides[kind] = bytes.fromhex(text.decode("ascii"))
        elif kind in b"FDCP":
            unresolved = unresolved or text.split(b"\0")[1:2] in ([b"u"], [b"pu"])
    return tuple(sides.values()) if unresolved else ()


def bisect_mark(changeset: Changeset, cache: dict[str, object]) -> str | None:
    """ "good", "bad", "skipped", "untested", "ignored", "good (implicit)", "bad (implicit)", or None."""
    if "bisect" not in cache:
        cache["bisect"] = _bisect_sets(changeset.repo)
    sets: list[tuple[str, frozenset[Rev]]] = cache["bisect"]  # type: ignore[assignment]
    return next((name for name, revs in sets if changeset.rev in revs), None)


def _bisect_sets(repo: Repository) -> list[tuple[str, frozenset[Rev]]]:
    """Sets of revisions by mark, in the order in which they are asked."""
    state: dict[str, set[Rev]] = {"good": set(), "bad": set(), "skip": set(), "current": set()}
    try:
        with open(os.path.join(repo.dot_hg, "bisect.state"), encoding="ascii") as stream:
            for line in stream:
                kind, _, node = line.strip().partition(" ")
                state.setdefault(kind, set()).add(repo[bytes.fromhex(node)].rev)
    except FileNotFoundError:
        return []
    good, bad, skip = state["good"], state["bad"], state["skip"]
    below, above = _Sets(repo, good), _Sets(repo, bad)
    rising = below.descendants & above.ancestors
    between = rising | (above.descendants & below.ancestors)
    goods, bads = (below.ancestors, above.descendants) if rising else (below.descendants, above.ancestors)
    untested = between - goods - bads - skip
    ignored = (above.ancestors ^ below.ancestors) - between
    return [
        ("good", frozenset(good)),
        ("bad", frozenset(bad)),
        ("skipped", frozenset(skip)),
        ("untested", frozenset(untested | state["current"])),
        ("ignored", frozenset(ignored)),
        ("good (implicit)", frozenset(goods)),
        ("bad (implicit)", frozenset(bads)),
    ]


class _Sets:
    """Ancestors and descendants of revisions, these included."""

    def __init__(self, repo: Repository, revs: Iterable[Rev]) -> None:
        engine, start = repo.engine, sorted(revs)
        self.ancestors: set[Rev] = set(engine.ancestors(start, inclusive=True)) if start else set()
        self.descendants: set[Rev] = set(start)
        index = engine.changelog()
        for rev in range(start[0] + 1, len(index)) if start else ():
            if not self.descendants.isdisjoint(index.parents(rev)):
                self.descendants.add(rev)
        self.descendants -= repo.hidden
        self.ancestors.discard(-1)

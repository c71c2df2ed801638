"""Predicates about the graph on random graphs, on both engines, against an evaluator that only knows parents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hydrargyrum.query.revset import revisions_for
from hydrargyrum.repo import Repository
from peer import Peer
from unit.opened import open_repository

Parents = list[tuple[int, ...]]
Revs = set[int]


@st.composite
def graphs(draw: st.DrawFn) -> Parents:
    """Parents of each revision: roots, lines, branches, merges."""
    parents: Parents = []
    for rev in range(draw(st.integers(2, 14))):
        count = min(rev, draw(st.sampled_from((0, 1, 1, 1, 1, 2, 2))))
        # near ones are likelier, so that the graph is deep
        near = st.integers(max(0, rev - 4), rev - 1) if rev else st.nothing()
        chosen = draw(st.lists(near, min_size=min(count, 4), max_size=count, unique=True)) if count else []
        parents.append(tuple(chosen))
    return parents


class Naive:
    """The graph as sets."""

    def __init__(self, parents: Parents) -> None:
        self.parents = parents
        self.every = set(range(len(parents)))
        self.children = {rev: {one for one in self.every if rev in parents[one]} for rev in self.every}

    def reached(
        self, start: Revs, step: Callable[[int], Iterable[int]], first: int = 0, depth: int = 99
    ) -> Revs:
        """What lies at the ends of all ways of `first` to `depth` steps."""
        found: Revs = set()
        level, steps = set(start), 0
        while level and steps <= depth:
            if steps >= first:
                found |= level
            level = {one for rev in level for one in step(rev)}
            steps += 1
        return found

    def ancestors(self, revs: Revs, first: int = 0, depth: int = 99) -> Revs:
        return self.reached(revs, lambda rev: self.parents[rev], first, depth)

    def descendants(self, revs: Revs, first: int = 0, depth: int = 99) -> Revs:
        return self.reached(revs, lambda rev: self.children[rev], first, depth)

    def first_ancestors(self, revs: Revs) -> Revs:
        return self.reached(revs, lambda rev: self.parents[rev][:1])

    def heads(self, revs: Revs) -> Revs:
        return {rev for rev in revs if not self.children[rev] & revs}

    def roots(self, revs: Revs) -> Revs:
        return {rev for rev in revs if not set(self.parents[rev]) & revs}

    def common(self, revs: Revs) -> Revs:
        return set.intersection(*(self.ancestors({rev}) for rev in revs))

    def greatest(self, revs: Revs) -> Revs:
        """Common ancestors that are no ancestors of other ones."""
        common = self.common(revs)
        return {rev for rev in common if not (self.descendants({rev}, 1) & common)}

    def between(self, roots: Revs, heads: Revs) -> Revs:
        return self.descendants(roots) & self.ancestors(heads)

    def parent(self, revs: Revs, number: int) -> Revs:
        return {self.parents[rev][number] for rev in revs if len(self.parents[rev]) > number}

    def first_steps(self, rev: int, count: int) -> Revs:
        for _ in range(count):
            # beyond a root there is the null revision
            rev = self.parents[rev][0] if rev >= 0 and self.parents[rev] else -1
        return {rev}


def expected(graph: Naive, a: int, b: int, c: int) -> dict[str, Revs]:
    """Expressions about three revisions, and what they mean."""
    s = {a, b}
    other_heads = graph.heads(graph.every) - graph.descendants({a})
    return {
        f"ancestors({a} + {b})": graph.ancestors(s),
        f"ancestors({a} + {b}, depth=2)": graph.ancestors(s, 0, 2),
        f"ancestors({a}, startdepth=1)": graph.ancestors({a}, 1),
        f"ancestors({a}, startdepth=1, depth=3)": graph.ancestors({a}, 1, 3),
        f"descendants({a} + {b})": graph.descendants(s),
        f"descendants({a} + {b}, depth=1)": graph.descendants(s, 0, 1),
        f"descendants({a}, startdepth=2)": graph.descendants({a}, 2),
        f"descendants({a}, startdepth=1, depth=2)": graph.descendants({a}, 1, 2),
        f"{a}#generations[-2:1]": graph.ancestors({a}, 0, 2) | graph.descendants({a}, 0, 1),
        f"{b}#g[1:3]": graph.descendants({b}, 1, 3),
        f"::{a}": graph.ancestors({a}),
        f"{a}::": graph.descendants({a}),
        f"{a}::{b}": graph.between({a}, {b}),
        f"({a} + {b})::{c}": graph.between(s, {c}),
        f"{a}:{b}": set(range(min(a, b), max(a, b) + 1)),
        f"{a}..{b}": graph.between({a}, {b}),
        f"only({a}, {b})": graph.ancestors({a}) - graph.ancestors({b}),
        f"only({a} + {b}, {c})": graph.ancestors(s) - graph.ancestors({c}),
        f"{a} % {b}": graph.ancestors({a}) - graph.ancestors({b}),
        f"only({a})": graph.ancestors({a}) - graph.ancestors(other_heads),
        f"::{a} - ::{b}": graph.ancestors({a}) - graph.ancestors({b}),
        f"not ::{a} and {b}::": graph.descendants({b}) - graph.ancestors({a}),
        f"heads({a} + {b} + {c})": graph.heads({a, b, c}),
        f"heads(::{a} + ::{b})": graph.heads(graph.ancestors(s)),
        f"heads({a}:)": graph.heads(set(range(a, len(graph.every)))),
        f"roots({a} + {b} + {c})": graph.roots({a, b, c}),
        f"roots(all() - {b}::)": graph.roots(graph.every - graph.descendants({b})),
        f"commonancestors({a} + {b} + {c})": graph.common({a, b, c}),
        f"heads(commonancestors({a} + {b}))": graph.greatest(s),
        f"parents({a} + {b})": graph.parent(s, 0) | graph.parent(s, 1),
        f"p1({a} + {b})": graph.parent(s, 0),
        f"p2({a} + {b})": graph.parent(s, 1),
        f"{a}^": graph.parent({a}, 0),
        f"{a}^2": graph.parent({a}, 1),
        f"({a} + {b})~2": graph.first_steps(a, 2) | graph.first_steps(b, 2),
        f"children({a} + {b})": graph.children[a] | graph.children[b],
        f"_firstancestors({a} + {b})": graph.first_ancestors(s),
        f"_firstdescendants({a})": {rev for rev in graph.every if a in graph.first_ancestors({rev})},
        f"follow(startrev={a})": graph.ancestors({a}),
        "merge()": {rev for rev in graph.every if len(graph.parents[rev]) == 2},
        "head()": graph.heads(graph.every),
        "branchpoint()": {rev for rev in graph.every if len(graph.children[rev]) > 1},
        "sort(all(), topo)": graph.every,
    }


def dag(parents: Parents) -> str:
    """The graph in the language of the peer's `debugbuilddag`."""
    nodes: list[str] = []
    for rev, known in enumerate(parents):
        nodes.append("*" + "/".join(str(rev - parent) for parent in known) if known else "$+1")
    return " ".join(nodes)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


def opened(peer: Peer, shelf: Path, parents: Parents) -> list[Repository]:
    root = shelf / str(len(list(shelf.iterdir())))
    peer.ok(shelf, "init", str(root))
    peer.ok(root, "debugbuilddag", dag(parents))
    return [open_repository(root, engine)[0] for engine in ("pure", "native")]


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(graphs(), st.data())
def test_predicates(peer: Peer, shelf: Path, parents: Parents, data: st.DataObject) -> None:
    repos = opened(peer, shelf, parents)
    graph = Naive(parents)
    pick = st.integers(0, len(parents) - 1)
    a, b, c = data.draw(pick), data.draw(pick), data.draw(pick)
    for text, revs in expected(graph, a, b, c).items():
        pure, native = (list(revisions_for(repo, text)) for repo in repos)
        assert pure == native, text
        assert len(pure) == len(revs), text
        assert set(pure) == revs, text
    for repo in repos:
        one = list(revisions_for(repo, f"ancestor({a}, {b})"))
        assert set(one) <= graph.greatest({a, b})
        assert bool(one) == bool(graph.greatest({a, b}))
        placed = {rev: at for at, rev in enumerate(revisions_for(repo, "sort(all(), topo)"))}
        assert all(placed[rev] < placed[parent] for rev in placed for parent in parents[rev])
        assert list(revisions_for(repo, f"reverse(::{a})")) == sorted(graph.ancestors({a}), reverse=True)
        assert list(revisions_for(repo, f"{a}:{b}")) == list(range(a, b + 1)) or b < a

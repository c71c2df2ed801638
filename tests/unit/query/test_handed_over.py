"""Revision sets that the engine evaluates: as by the peer, in few calls, and read no further than somebody asks."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from hydrargyrum.query import revset
from hydrargyrum.query.revset.declare import Predicate
from hydrargyrum.query.revset.sets import Computed, RevisionSet
from hydrargyrum.repo import Repository
from interop.random_revsets import expressions
from peer import Peer
from unit.driver import ours
from unit.opened import open_repository
from unit.query.query_history import build

NAMES = [
    "0",
    "1",
    "3",
    "5",
    "8",
    "10",
    "12",
    "tip",
    ".",
    "v1.0",
    "book",
    "feature/x",
    "-1",
    "-4",
    "'+weird name+'",
]
#: What the peer says about the working directory where we have an answer.
NO_ANSWERS = (b"unknown exception", b"working directory revision cannot be specified")
#: How many random expressions; thousands at night.
COUNT = int(os.environ.get("HYG_REVSETS", "120"))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("handed") / "repo"
    build(peer, root)
    marks = (("good", "1"), ("good", "2"), ("bad", "8"), ("bad", "12"), ("skip", "6"), ("current", "7"))
    nodes = [peer.ok(root, "log", "-r", rev, "-T", "{node}").decode() for _mark, rev in marks]
    lines = [f"{mark} {node}\n" for (mark, _rev), node in zip(marks, nodes, strict=True)]
    (root / ".hg/bisect.state").write_text("".join(lines))
    return root


@pytest.fixture(scope="module")
def long_history(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """A line of changesets, the oldest of which cannot be read."""
    root = tmp_path_factory.mktemp("handed") / "long"
    peer.ok(root.parent, "init", str(root))
    peer.ok(root, "debugbuilddag", "+200")
    store = root / ".hg/store"
    length = int.from_bytes((store / "00changelog.i").read_bytes()[8:12], "big")
    data = bytearray((store / "00changelog.d").read_bytes())
    data[:length] = b"\xff" * length
    (store / "00changelog.d").write_bytes(data)
    return root


def test_random_sets(repository: Path, peer: Peer) -> None:
    wrong = []
    for expression in expressions(11, COUNT, NAMES, wide=True):
        question = ("log", "-r", expression, "-T", "{rev} ")
        theirs = peer.run(repository, *question)
        if any(words in theirs.err for words in NO_ANSWERS):
            continue
        for engine in ("native", "pure"):
            found = ours(repository, *question, env={"HYG_ENGINE": engine})
            # of two mistakes, another may be told first
            if found != theirs and not (found.code and found.code == theirs.code):
                wrong.append(f"{expression}\n  peer: {theirs!r}\n  {engine}: {found!r}")
    assert not wrong, f"{len(wrong)} of {COUNT} differ:\n" + "\n".join(wrong[:8])


class Counted:
    """An engine's repository that remembers what it was asked."""

    def __init__(self, engine: object) -> None:
        self._engine = engine
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> object:
        value = getattr(self._engine, name)
        if callable(value):
            self.calls[name] += 1
        return value


def asked(repo: Repository, expression: str) -> tuple[list[int], Counter[str]]:
    """The revisions, and what the engine was asked for them."""
    counted = Counted(repo.engine)
    repo.engine = counted  # type: ignore[assignment]
    try:
        return list(revset.revisions(repo, [expression])), counted.calls
    finally:
        repo.engine = counted._engine  # type: ignore[assignment]


USUAL = {"changelog", "hidden", "name_warnings", "resolve", "revision_set", "working_parents"}


@pytest.mark.parametrize(
    "expression",
    [
        "heads(all() - merge()) + roots(::tip and branch('a-b-c'))",
        "first(sort(not ::1 and user('re:alice|bob'), '-date'), 3)",
        "reverse(5#g[-2:1]) - desc(close) - date('<2006-02-01')",
        "limit(max(draft() and ::12) + 3::5 + parents(12) % 2, n=9)",
        "sort(adds('sub') + removes('*.txt') - bisect(skip) + bisected(range), topo, topo.firstbranch=7)",
        "sort(matching(1, 'user branch') + modifies(a) and not destination(4), '-topo') and contains('sub/b')",
    ],
)
def test_one_call_for_a_whole_expression(repository: Path, expression: str) -> None:
    repo, _ = open_repository(repository, "native")
    found, calls = asked(repo, expression)
    assert found
    assert calls["revision_set"] == 1
    assert not calls.keys() - USUAL


def test_predicates_of_extensions_split_trees(repository: Path, long_history: Path) -> None:
    windows: list[list[int]] = []

    def odd(_query: object, subset: RevisionSet, _argument: object) -> RevisionSet:
        def select(revs: Sequence[int]) -> list[int]:
            windows.append(list(revs))
            return [rev for rev in revs if rev % 2]

        return subset.where(select)

    def opened(root: Path, engine: str) -> Repository:
        repo, _ = open_repository(root, engine)
        repo.registered = lambda _kind: {"odd": Predicate(odd, "odd()")}
        return repo

    expression = "(heads(all()) + 2::5) and odd() or (parents(12) + 3 - merge() + roots(all()))"
    found, calls = asked(opened(repository, "native"), expression)
    assert found
    assert found == asked(opened(repository, "pure"), expression)[0]
    assert not calls.keys() - USUAL
    # tried whole, then the two sides, of which one is halved again
    assert calls["revision_set"] <= 4
    # what is on the other side of an extension's predicate is evaluated as far as this one is
    windows.clear()
    native = opened(long_history, "native")
    assert asked(native, "limit(reverse(all()) and user(debug) and odd(), 3)")[0] == [199, 197, 195]
    assert sum(map(len, windows)) <= 32


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("limit(reverse(user(debugbuilddag)), 2)", [199, 198]),
        ("limit(user(debugbuilddag) and 100:, 2)", [100, 101]),
        ("first(reverse(all()) and desc(r199))", [199]),
        ("last(branch(default), 3)", [197, 198, 199]),
        ("first(all() - ::tip)", []),
        ("limit(reverse(::150 and keyword(r) and user(debug)), 2)", [150, 149]),
        ("max(user(debugbuilddag))", [199]),
    ],
)
def test_nothing_is_read_that_nobody_needs(long_history: Path, expression: str, expected: list[int]) -> None:
    repo, _ = open_repository(long_history, "native")
    found = revset.revisions(repo, [expression])
    assert isinstance(found, Computed)
    assert list(found) == expected


def test_summaries_end_where_bytes_end_lines(tmp_path: Path, peer: Peer) -> None:
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", str(root))
    for number, message in enumerate(("one\vtwo", "one\vthree", "one\rfour", "one\nfive", "one")):
        (root / "a").write_text(f"{number}\n")
        peer.ok(root, "commit", "-qAm", message)
    found = []
    for rev in range(5):
        question = ("log", "-r", f"matching({rev}, 'summary')", "-T", "{rev} ")
        theirs = peer.run(root, *question)
        for engine in ("native", "pure"):
            assert ours(root, *question, env={"HYG_ENGINE": engine}) == theirs
        found.append(theirs.out)
    assert found == [b"0 ", b"1 ", b"2 3 4 ", b"2 3 4 ", b"2 3 4 "]

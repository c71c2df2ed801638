"""Questions about sets of changesets, on both engines, against answers that follow the definitions step by step."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from hydrargyrum.dates import format_date
from hydrargyrum.engine.protocol import Engine
from hydrargyrum.types import DiffRequest, DiffStyle, EngineSettings, PatternSet, TextQuery
from peer import Peer
from unit.query.query_history import build


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("questions") / "repo"
    build(peer, root)
    return root


class Graph:
    """Definitions, one revision at a time."""

    def __init__(self, parents: Callable[[int], tuple[int, int]], count: int) -> None:
        self.parents = {rev: [p for p in parents(rev) if p >= 0] for rev in range(count)}
        self.first = {rev: parents(rev)[:1] for rev in range(count)}

    def below(self, revs: set[int]) -> set[int]:
        found, pending = set(), [rev for rev in revs if rev >= 0]
        while pending:
            rev = pending.pop()
            if rev not in found:
                found.add(rev)
                pending += self.parents[rev]
        return found

    def above(self, revs: set[int]) -> set[int]:
        return {rev for rev in self.parents if self.below({rev}) & revs}

    def steps(self, revs: set[int], count: int, *, up: bool) -> set[int]:
        for _ in range(count):
            if up:
                revs = {rev for rev, parents in self.parents.items() if revs & set(parents)}
            else:
                revs = {parent for rev in revs for parent in self.parents[rev]}
        return revs


def test_graph(engine: Engine, root: Path) -> None:
    repo = engine.open(str(root), EngineSettings())
    index = repo.changelog()
    count = len(index)
    graph = Graph(index.parents, count)
    chance = random.Random(7)
    for _ in range(60):
        one = set(chance.sample(range(count), chance.randrange(5)))
        two = set(chance.sample(range(count), chance.randrange(5)))
        assert repo.children_of(one) == sorted(rev for rev in graph.parents if set(graph.parents[rev]) & one)
        assert repo.descendants(one) == sorted(graph.above(one))
        assert repo.missing(one, two) == sorted(graph.below(one) - graph.below(two))
        assert repo.paths_between(one, two) == sorted(graph.above(one) & graph.below(two))
        parents = {parent for rev in one for parent in graph.parents[rev]}
        assert repo.heads_of(one) == sorted(one - parents)
        shared = set.intersection(*(graph.below({rev}) for rev in one)) if one else set()
        inner = {parent for rev in shared for parent in graph.below(set(graph.parents[rev]))}
        assert repo.common_heads_of(one) == sorted(shared - inner)
        for up, towards in ((True, "descendants"), (False, "ancestors")):
            near = {rev for step in range(3) for rev in graph.steps(one, step, up=up)}
            assert repo.generations(one, 0, 3, towards=towards) == sorted(near)
        first, second = repo.parent_columns(sorted(one))
        assert list(zip(first, second, strict=True)) == [index.parents(rev) for rev in sorted(one)]
    assert repo.children_of([-1]) == [rev for rev, parents in graph.parents.items() if not parents]
    assert repo.descendants([-1]) == list(range(count))
    for revs in ([count], [-2]):
        with pytest.raises(IndexError):
            repo.descendants(revs)


def test_changesets(engine: Engine, root: Path) -> None:
    repo = engine.open(str(root), EngineSettings())
    revs = list(range(len(repo.changelog())))[::-1]
    records = repo.changesets(revs)
    assert records == [repo.changeset(rev) for rev in revs]
    assert repo.dates(revs) == [record.time for record in records]
    branches, closing = repo.branches([*revs, -1])
    assert branches == [*(record.extra.get("branch", "default") for record in records), "default"]
    assert closing == [*("close" in record.extra for record in records), False]
    for fields in (("user",), ("description",), ("files",), ("files", "user", "description")):
        for text in ("", "b", "B", "\u00c4", "sub/", "nothing at all"):
            for ignore_case in (False, True):
                found = repo.search(revs, TextQuery(text, fields, ignore_case=ignore_case))
                expected = []
                for record in records:
                    texts = [part for field in fields for part in _texts(record, field)]
                    if ignore_case:
                        texts = [part.lower() for part in texts]
                    if any((text.lower() if ignore_case else text) in part for part in texts):
                        expected.append(record.rev)
                assert found == expected, (fields, text, ignore_case)
    assert repo.search(revs, TextQuery("^sub/[bd]$", ["files"], kind="regex")) == [
        record.rev for record in records if {"sub/b", "sub/d"} & set(record.files)
    ]
    wanted = PatternSet(str(root), ["glob:sub/**"])
    assert repo.touching(revs, wanted) == [
        record.rev for record in records if any(path.startswith("sub/") for path in record.files)
    ]
    assert repo.matching_paths(["x", "sub/z", "su"], wanted) == ["sub/z"]


def _texts(record: object, field: str) -> list[str]:
    value = getattr(record, field)
    return [value] if isinstance(value, str) else list(value)


def test_phases_and_visibility(engine: Engine, root: Path) -> None:
    repo = engine.open(str(root), EngineSettings())
    shown = engine.open(str(root), EngineSettings(show_hidden=True))
    revs = range(len(repo.changelog()))
    for phase in ("public", "draft", "secret"):
        assert repo.phase_revs([phase]) == [rev for rev in revs if repo.phase(rev) == phase]
    assert repo.hidden_revs() == shown.hidden_revs() == list(repo.hidden()) == [14]
    assert list(shown.hidden()) == []
    assert repo.obsolete_revs() == [9, 14]
    node = repo.changelog().node
    assert repo.successors() == {node(14): [(node(10),)], node(9): [()]}
    heads = repo.branch_heads()
    assert {name: [rev for rev, _ in found] for name, found in heads.items()} == {
        "+weird name+": [8, 13],
        "a-b-c": [5],
        "default": [10, 12],
    }
    assert heads["+weird name+"] == [(8, True), (13, False)]


@pytest.mark.parametrize(
    "style", [DiffStyle(), DiffStyle(git=True, context=1), DiffStyle(show_function=True)]
)
def test_lines_with_patches(engine: Engine, root: Path, style: DiffStyle) -> None:
    repo = engine.open(str(root), EngineSettings())
    index, everything = repo.changelog(), PatternSet(str(root), warn_missing=False)
    plain, patched = repo.changeset_lines(), repo.changeset_lines(patch=style)
    wanted = []
    for rev in range(len(index)):
        sides = index.parents(rev)[0], rev
        dates = [format_date((record.time, record.offset)) for record in map(repo.changeset, sides)]
        names = [index.node(side).hex()[:12] for side in sides]
        request = DiffRequest(sides[0], rev, everything, style, names=names, dates=(dates[0], dates[1]))
        wanted.append(plain.render([rev]) + b"".join(repo.diff(request)) + b"\n")
    assert any(b"\ndiff " in lines for lines in wanted)
    assert patched.render(range(len(index))) == b"".join(wanted)
    assert patched.render([3, 1, 2]) == b"".join(wanted[rev] for rev in (3, 1, 2))

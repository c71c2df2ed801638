"""Hidden changesets and other awkward names, answered as the peer answered them when it wrote the fixtures."""

from __future__ import annotations

import shutil
import zlib
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.config import Config
from hydrargyrum.engine.protocol import Engine, EngineRepository
from hydrargyrum.repo import Repository
from hydrargyrum.types import WDIR_REV, EngineSettings

REPOSITORIES = Path(__file__).parents[2] / "rust/store/tests/fixtures/repos"


def unpack(root: Path, name: str, parent: int, engine: Engine) -> EngineRepository:
    """A repository of the peer's, with its working directory at `parent`."""
    data = zlib.decompress((REPOSITORIES / f"{name}.pack").read_bytes())
    while data:
        header, _, data = data.partition(b"\n")
        size, _, path = header.decode().partition(" ")
        file = root / ".hg" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data[: int(size)])
        data = data[int(size) :]
    node = engine.open(str(root), EngineSettings()).changelog().node(parent)
    (root / ".hg/dirstate").write_bytes(node + bytes(20))
    return engine.open(str(root), EngineSettings())


def answer(repo: EngineRepository, symbol: str) -> str:
    """What the peer's answer would be called."""
    try:
        rev = repo.resolve(symbol)
    except errors.UnknownRevision:
        return "RepoLookupError"
    except errors.AmbiguousPrefix:
        return "AmbiguousPrefixLookupError"
    except errors.FilteredRevision as problem:
        return problem.text()
    return "wdir" if rev == WDIR_REV else str(rev)


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(("name", "parent"), [("names", 6), ("hidden", 17)])
def test_names_as_the_peer_resolves_them(
    engine: Engine, tmp_path: Path, name: str, parent: int, cached: bool
) -> None:
    repo = unpack(tmp_path, name, parent, engine)
    if not cached:
        shutil.rmtree(tmp_path / ".hg/cache")
        repo = engine.open(str(tmp_path), EngineSettings())
    expected = [line.partition("\t")[::2] for line in (tmp_path / ".hg/expected").read_text().splitlines()]
    heads = [int(rev) for symbol, rev in expected if symbol == "head"]
    assert not heads or list(repo.heads()) == heads
    branches = {symbol[7:]: int(rev) for symbol, rev in expected if symbol.startswith("branch:")}
    assert {branch: repo.changelog().rev(node) for branch, node in repo.branch_tips().items()} == branches
    symbols = [(symbol, found) for symbol, found in expected if symbol != "head" and ":" not in symbol]
    assert len(symbols) > 70
    assert [(symbol, answer(repo, symbol)) for symbol, _ in symbols] == symbols


def test_hidden_changesets_may_be_shown(engine: Engine, tmp_path: Path) -> None:
    hidden = list(unpack(tmp_path, "hidden", 17, engine).hidden())
    assert 7 in hidden
    assert hidden == sorted(hidden)
    shown = engine.open(str(tmp_path), EngineSettings(show_hidden=True))
    assert list(shown.hidden()) == []
    assert [answer(shown, str(rev)) for rev in hidden] == [str(rev) for rev in hidden]
    assert answer(shown, shown.changelog().node(7).hex()) == "7"
    assert set(hidden) & set(shown.heads())


def test_tags_that_lead_nowhere_are_not_listed(engine: Engine, tmp_path: Path) -> None:
    assert sorted(unpack(tmp_path, "hidden", 17, engine).tags()) == ["fine", "mine"]


def test_a_cache_of_branches_without_its_names_is_not_used(engine: Engine, tmp_path: Path) -> None:
    expected = dict(unpack(tmp_path, "names", 6, engine).branch_tips())
    for cache in (tmp_path / ".hg/cache").iterdir():
        if cache.name != "rbc-revs-v2":
            cache.unlink()
    assert dict(engine.open(str(tmp_path), EngineSettings()).branch_tips()) == expected


def test_both_sides_of_an_unfinished_merge_are_shown(engine: Engine, tmp_path: Path) -> None:
    repo = unpack(tmp_path, "hidden", 17, engine)
    nodes = [repo.changelog().node(rev).hex().encode() for rev in (7, 8)]
    records = ((b"L", nodes[0]), (b"O", nodes[1]), (b"F", b"f\0u\0\0\0\0\0\0"))
    (tmp_path / ".hg/merge").mkdir()
    data = b"".join(kind + len(content).to_bytes(4, "big") + content for kind, content in records)
    (tmp_path / ".hg/merge/state2").write_bytes(data)
    repo = engine.open(str(tmp_path), EngineSettings())
    assert [answer(repo, symbol) for symbol in ("7", "8")] == ["7", "8"]
    assert answer(repo, "4").startswith("hidden revision '4' was rewritten as: ")
    (tmp_path / ".hg/merge/state2").write_bytes(data.replace(b"f\0u", b"f\0r"))
    assert answer(engine.open(str(tmp_path), EngineSettings()), "7") == "hidden revision '7' is pruned"
    (tmp_path / ".hg/merge/state2").write_bytes(data[:-1])
    with pytest.raises(errors.CorruptFile) as caught:
        engine.open(str(tmp_path), EngineSettings()).resolve("7")
    assert caught.value.facts["offset"] == 90


def test_a_split_into_many_names_two(engine: Engine, tmp_path: Path) -> None:
    repo = unpack(tmp_path, "hidden", 17, engine)
    nodes = [repo.changelog().node(rev) for rev in (4, 6, 9, 10, 1)]
    (tmp_path / ".hg/store/obsstore").write_bytes(bytes([0, 4, 0, 0, 0, 0, 0]) + b"".join(nodes))
    listed = f"{nodes[1].hex()[:12]}, {nodes[2].hex()[:12]} and 2 more"
    repo = engine.open(str(tmp_path), EngineSettings())
    assert answer(repo, "4") == f"hidden revision '4' was split as: {listed}"


@pytest.mark.parametrize(
    ("data", "kind", "facts"),
    [
        (b"\x63xx", errors.UnknownMarkerVersion, {"version": 99}),
        (b"\x01xx", errors.CorruptFile, {"offset": 1}),
        (b"\x00xx", errors.CorruptFile, {"offset": 1}),
        (b"\x00\x01" + bytes(5) + b"1" * 20 + bytes(20), errors.InvalidMarker, {"offset": 1}),
        (b"\x00\x00" + bytes(5) + b"1" * 20 + b"\x02", errors.CorruptFile, {"offset": 27}),
    ],
)
def test_markers_that_cannot_be_read(
    engine: Engine, tmp_path: Path, data: bytes, kind: type[errors.HgError], facts: dict[str, int]
) -> None:
    unpack(tmp_path, "names", 6, engine)
    markers = tmp_path / ".hg/store/obsstore"
    markers.write_bytes(data)
    repo = engine.open(str(tmp_path), EngineSettings())
    assert repo.resolve(".") == 6
    with pytest.raises(kind) as caught:
        repo.resolve("tip")
    found = caught.value.facts
    assert found["path"] == str(markers)
    assert {name: found[name] for name in facts} == facts


def test_a_version_alone_has_no_markers(engine: Engine, tmp_path: Path) -> None:
    unpack(tmp_path, "names", 6, engine)
    (tmp_path / ".hg/store/obsstore").write_bytes(b"\x63")
    repo = engine.open(str(tmp_path), EngineSettings())
    assert repo.resolve("tip") == len(repo.changelog()) - 1


def test_what_is_odd_is_told_where_it_is_read(engine: Engine, tmp_path: Path) -> None:
    repo = unpack(tmp_path / "names", "names", 6, engine)
    told = [warning.text() for warning in repo.name_warnings("book")]
    assert told == ["malformed line in .hg/bookmarks: 'not a bookmark'"]
    assert not any(repo.name_warnings(symbol) for symbol in ("tip", "0", "-1", ".", "null"))
    unpack(tmp_path / "hidden", "hidden", 17, engine)
    (tmp_path / "hidden/.hg/bookmarks").write_bytes(b"it's\n\xff \\ \"'\n\n")
    repo = engine.open(str(tmp_path / "hidden"), EngineSettings())
    lines = ["malformed line in .hg/bookmarks: " + line for line in ('"it\'s"', r"""'\xff \\ "\''""")]
    markers = repo.name_warnings("tip")[0].text()
    assert markers.startswith('"obsolete" feature not enabled but ')
    assert [warning.text() for warning in repo.name_warnings("tip")] == [markers, *lines]
    assert [warning.text() for warning in repo.name_warnings("fine")] == [*lines, markers]
    assert not repo.name_warnings(".")


@pytest.mark.parametrize(
    ("evolution", "told"),
    [("", True), ("no", True), ("exchange", True), ("yes", False), ("all", False), ("createmarkers", False)],
)
def test_a_repository_tells_once_and_not_what_was_asked_for(
    engine: Engine, tmp_path: Path, evolution: str, told: bool
) -> None:
    unpack(tmp_path, "hidden", 17, engine)
    config = Config({})
    config.set("experimental", "evolution", evolution, "test")
    repo = Repository.open(str(tmp_path), config=config, engine=engine)
    assert repo.resolve("1") == 1
    found: list[str] = []
    repo.on_warning = lambda warning: found.append(warning.id)
    assert [repo.resolve(name) for name in ("1", "fine", "3")] == [1, 1, 3]
    with pytest.raises(errors.FilteredRevision):
        repo.resolve("4")
    assert found == (["markers-not-enabled"] if told else [])

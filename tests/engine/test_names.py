"""Names of revisions in awkward histories: closed branches, moved and removed tags, hidden and ambiguous revisions."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.engine.protocol import Engine, EngineRepository
from hydrargyrum.types import WDIR_REV, EngineSettings
from peer import Peer

EVOLVE = ["--config", "experimental.evolution=all", "--config", "ui.allowemptycommit=yes"]


class History:
    """A repository of empty commits, by the peer."""

    def __init__(self, peer: Peer, root: Path) -> None:
        self.peer, self.root, self.day = peer, root, 0
        peer.ok(root.parent, "init", str(root))

    def hg(self, *args: str) -> bytes:
        return self.peer.ok(self.root, *args, *EVOLVE)

    def commit(self, message: str, *args: str) -> None:
        self.day += 1
        self.hg("commit", "-q", "-m", message, "-d", f"{self.day} 0", *args)

    def table(self, *args: str) -> dict[str, str]:
        lines = self.hg(*args).decode().split("\0")[:-1]
        return {name: node for name, _, node in (line.partition("\x1f") for line in lines)}


@pytest.fixture
def history(peer: Peer, tmp_path: Path) -> History:
    return History(peer, tmp_path / "repo")


def hexed(names: object) -> dict[str, str]:
    return {name: node.hex() for name, node in dict(names).items()}  # type: ignore[call-overload]


def check(engine: Engine, history: History) -> EngineRepository:
    """Compares all names with the peer, once from its caches and once without any."""
    for cached in (True, False):
        if not cached:
            shutil.rmtree(history.root / ".hg" / "cache")
        repo = engine.open(str(history.root), EngineSettings())
        tags, branches = hexed(repo.tags()), hexed(repo.branch_tips())
        heads = [int(rev) for rev in history.hg("log", "-r", "heads(all())", "-T", "{rev} ").split()]
        assert sorted(repo.heads()) == heads
        expected = history.table("tags", "-T", r"{tag}\x1f{node|short}\0")
        tip = expected.pop("tip")
        assert {name: node[:12] for name, node in tags.items()} == expected
        assert repo.changelog().node(repo.resolve("tip")).hex()[:12] == tip
        assert branches == history.table("branches", "--closed", "-T", r"{branch}\x1f{node}\0")
        phases = history.hg("log", "-r", "all()", "-T", "{rev} {phase}\n").decode().split("\n")[:-1]
        assert [f"{rev} {repo.phase(rev)}" for rev in (int(line.split()[0]) for line in phases)] == phases
    return repo


def test_branches(engine: Engine, history: History) -> None:
    history.commit("0")
    for name in ("one", "two", "three"):
        history.hg("update", "-q", "0")
        history.hg("branch", "-q", name)
        history.commit(f"on {name}")
        history.commit(f"more on {name}")
    history.commit("close three", "--close-branch")
    history.hg("update", "-q", "two")
    history.commit("close two", "--close-branch")
    history.hg("update", "-q", "0")
    history.hg("branch", "-q", "-f", "two")
    history.commit("another head of two")
    history.hg("update", "-q", "one")
    history.hg("branch", "-q", "default", "-f")
    history.commit("back on default")
    history.hg("branch", "-q", "one", "-f")
    history.commit("and on one again")
    repo = check(engine, history)
    assert set(repo.branch_tips()) == {"default", "one", "two", "three"}
    assert repo.resolve("three") == 7


def test_tags(engine: Engine, history: History) -> None:
    history.commit("0")
    history.commit("1")
    history.hg("tag", "-r", "0", "moved", "-d", "0 0")
    history.hg("tag", "-r", "1", "-f", "moved", "-d", "1 0")
    history.hg("tag", "-r", "0", "gone", "-d", "2 0")
    history.hg("tag", "--remove", "gone", "-d", "3 0")
    history.hg("tag", "-r", "0", "with space", "-d", "4 0")
    history.hg("update", "-q", "1")
    history.hg("tag", "-r", "0", "-f", "moved", "-d", "5 0")
    history.hg("tag", "-r", "1", "other head", "-d", "6 0")
    history.hg("tag", "--local", "-r", "0", "-f", "moved")
    history.hg("tag", "--local", "-r", "1", "local")
    with (history.root / ".hg" / "localtags").open("ab") as file:
        file.write(b"e" * 40 + b" unknown\nnoise\n" + b"zz" * 20 + b" odd\n")
    repo = check(engine, history)
    assert {"moved", "with space", "other head", "local"} == set(repo.tags())


def test_hidden_revisions(engine: Engine, history: History) -> None:
    for number in range(6):
        history.commit(str(number))
    nodes = history.hg("log", "-T", "{node} ", "-r", "all()").decode().split()
    history.hg("update", "-q", "2")
    history.commit("replacement")
    replacement = history.hg("log", "-r", ".", "-T", "{node}").decode()
    for number, successor in ((3, replacement), (4, ""), (5, "")):
        history.hg("debugobsolete", nodes[number], *([successor] if successor else []))
    repo = check(engine, history)
    assert list(repo.heads()) == [6]
    for symbol in ("5", nodes[5], nodes[5][:12], "-2"):
        with pytest.raises(errors.FilteredRevision):
            repo.resolve(symbol)
    history.hg("bookmark", "--hidden", "-r", "4", "keeps")
    repo = check(engine, history)
    assert repo.resolve("keeps") == 4
    assert repo.resolve(nodes[3][:10]) == 3
    with pytest.raises(errors.FilteredRevision):
        repo.resolve(nodes[5][:10])


def test_prefixes(engine: Engine, history: History) -> None:
    for number in range(40):
        history.commit(str(number))
    repo = engine.open(str(history.root), EngineSettings())
    nodes = history.hg("log", "-T", "{node} ", "-r", "all()").decode().split()
    seen = set()
    for digits in {node[:2] for node in nodes} | {node[:1] for node in nodes}:
        if digits.isdigit() or not digits.strip("f"):  # the latter also begin the working copy's
            continue
        matching = [rev for rev, node in enumerate(nodes) if node.startswith(digits)]
        seen.add(min(len(matching), 2))
        for symbol in (digits, "x" + digits, digits.upper()):
            if len(matching) == 1:
                assert repo.resolve(symbol) == matching[0]
            else:
                with pytest.raises(errors.AmbiguousPrefix) as caught:
                    repo.resolve(symbol)
                assert caught.value.facts["name"] == symbol.removeprefix("x")
    assert seen == {1, 2}
    for symbol in ("", "x"):
        with pytest.raises(errors.AmbiguousPrefix):
            repo.resolve(symbol)
    assert repo.resolve("0" * 12) == repo.resolve("null") == -1
    assert repo.resolve("f" * 40) == repo.resolve("f" * 12) == WDIR_REV


@pytest.mark.parametrize(
    "symbol", ["nosuch", "-99", "999999999", "01", "+1", "1_0", "abcdefg", "f" * 41, "\udcff"]
)
def test_names_that_stand_for_nothing(engine: Engine, originals: Callable[[str], Path], symbol: str) -> None:
    repo = engine.open(str(originals("default")), EngineSettings())
    with pytest.raises(errors.UnknownRevision) as caught:
        repo.resolve(symbol)
    assert caught.value.facts["name"] == symbol

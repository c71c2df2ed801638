"""`log` and `tip`, byte for byte as real Mercurial's, on both engines: styles, keywords, graphs, histories of files."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours

HERE = Path(__file__).parent
#: Markers are believed, and shown changesets stay as they are.
MARKERS = ("--config", "experimental.evolution=all")


def questions(name: str) -> list[list[str]]:
    """The command lines of a file."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [shlex.split(line) for line in lines if line and not line.startswith("#")]


class History:
    """A repository with merges, a rename, a copy, a branch that was closed, tags and bookmarks."""

    def __init__(self, peer: Peer, root: Path) -> None:
        self.peer, self.root = peer, root
        peer.ok(root.parent, "init", str(root))
        (root / ".hg/hgrc").write_text(
            "[phases]\npublish = no\n[paths]\ndefault = /elsewhere\nother = ../x\n"
        )
        self.write(a="a\n", b="b\n")
        (root / "d").mkdir()
        (root / "d/x").write_text("x\n")
        self.commit("first\n\nsecond line", "1000000 3600", "-A")
        self.write(a="a\na2\n")
        self.commit("edit a", "1100000 0")
        self.hg("mv", "b", "c")
        self.hg("cp", "a", "a2")
        self.commit("rename b to c", "1200000 -7200", "-u", "Jane Doe <jane@x.org>")
        self.hg("tag", "-d", "1250000 0", "v1")
        self.hg("up", "-q", "1")
        self.hg("branch", "-q", "stable")
        self.write(s="s\n")
        self.commit("on stable", "1300000 0", "-A")
        self.hg("up", "-q", "default")
        self.hg("merge", "-q", "stable")
        self.commit("merge", "1400000 0")
        self.hg("rm", "d/x")
        self.write(a2="a\na2\nz\n")
        self.commit("remove x", "1500000 0")
        self.hg("bookmark", "-r", "2", "bm1")
        self.hg("bookmark", "act")
        self.hg("tag", "-l", "-r", "1", "loc")
        self.hg("up", "-q", "3")

    def evolve(self) -> None:
        """Amend below a child, close a branch, rewrite twice."""
        self.write(q="q\n")
        self.commit("to be amended", "1600000 0", "-A")
        self.write(ch="child\n")
        self.commit("child", "1700000 0", "-A")
        self.hg("up", "-q", "7")
        self.write(q="q\nq2\n")
        self.commit("amended \u00e9", "1650000 0", "--amend")
        self.hg("up", "-q", "stable")
        self.commit("close stable", "1800000 0", "--close-branch")
        self.hg("up", "-q", "9")
        self.write(p="p\n")
        self.commit("divergent base", "1850000 0", "-A")
        self.commit("div 1", "1850000 0", "--amend")
        self.hg("up", "-q", "act")

    def hg(self, *args: str) -> None:
        self.peer.ok(self.root, *args, *MARKERS)

    def commit(self, message: str, date: str, *args: str) -> None:
        self.hg("commit", "-q", "-m", message, "-d", date, *args)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / name).write_text(text)


@pytest.fixture(scope="module")
def evolved(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    history = History(peer, tmp_path_factory.mktemp("log") / "evolved")
    history.evolve()
    history.hg("phase", "--public", "-r", "2")
    return history.root


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    history = History(peer, tmp_path_factory.mktemp("log") / "plain")
    history.hg("up", "-q", "act")
    return history.root


#: What the peer has answered, by repository and arguments.
_known: dict[tuple[str, ...], Answer] = {}


def differences(peer: Peer, root: Path, engine: str, asked: list[list[str]]) -> list[str]:
    wrong = []
    for args in asked:
        key = (str(root), *args)
        if key not in _known:
            _known[key] = peer.run(root, *MARKERS, *args)
        theirs = _known[key]
        answer = ours(root, *MARKERS, *args, env={"HYG_ENGINE": engine})
        if answer != theirs:
            wrong.append(f"hg {shlex.join(args)}\n  peer: {theirs!r}\n  ours: {answer!r}")
    return wrong


@pytest.mark.parametrize("engine", ["pure", "native"])
@pytest.mark.parametrize("name", ["log_questions.txt", "graph_questions.txt", "log_conditions.txt"])
def test_same_answers(peer: Peer, evolved: Path, engine: str, name: str) -> None:
    wrong = differences(peer, evolved, engine, questions(name))
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:8])


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_lines_of_the_engine(peer: Peer, plain: Path, engine: str) -> None:
    """Where there are no markers, the engine writes plain lines itself."""
    asked = [
        ["log", *more]
        for more in ([], ["-q"], ["-v"], ["-l", "2"], ["-r", "0:3", "-v"], ["-r", "null"], ["-f", "c"])
    ]
    asked.append(["log", "-q", "-r", "wdir()", "-r", "2"])
    wrong = differences(peer, plain, engine, asked)
    assert not wrong, "\n".join(wrong)

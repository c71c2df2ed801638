"""`status`, `files` and `cat` in this process against real Mercurial: one repository, many questions."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

QUESTIONS = [
    line
    for line in (Path(__file__).parent / "questions.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


@pytest.fixture(scope="module")
def repository(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two changesets and a working copy with a file in every state."""
    root = tmp_path_factory.mktemp("status") / "repo"
    peer.ok(root.parent, "init", str(root))
    write(root, clean="clean", modified="modified", removed="removed", missing="missing", dir__one="one")
    write(root, dir__sub__two="two", dir__origin="origin")
    (root / ".hgignore").write_text("syntax: glob\n*.ignored\nbuild\n")
    (root / "modified").chmod(0o755)
    peer.ok(root, "commit", "-A", "-m", "first", "-d", "0 0")
    write(root, dir__sub__two="more")
    peer.ok(root, "commit", "-m", "second", "-d", "1 0")
    write(root, modified="changed again", added="added", unknown="unknown", dir__unknown="unknown")
    write(root, **{"x.ignored": "ignored", "build__out": "ignored"})
    peer.ok(root, "remove", "removed")
    (root / "missing").unlink()
    peer.ok(root, "add", "added")
    peer.ok(root, "copy", "dir/origin", "dir/copy")
    peer.ok(root, "move", "dir/one", "dir/moved")
    return root


@pytest.mark.parametrize("question", QUESTIONS)
def test_same_answer(question: str, repository: Path, peer: Peer) -> None:
    cwd = repository
    if question.startswith("@"):
        where, question = question[1:].split(" ", 1)
        cwd = repository / where
    words = shlex.split(question)
    assert ours(cwd, *words) == peer.run(cwd, *words)


def test_files_are_written_where_their_names_say(repository: Path, peer: Peer, tmp_path: Path) -> None:
    patterns = ("%s", "%p", "%d/%s.%R", "100%%-%h-%H", "%b-{pathname|basename|upper}-{rev}-{desc}", "%m.%r")
    for number, pattern in enumerate(patterns):
        for name, run in (("ours", ours), ("peer", peer.run)):
            target = tmp_path / name / str(number)
            target.mkdir(parents=True)
            assert run(repository, "cat", "-r", "0", "-o", f"{target}/{pattern}", "dir/sub/two").code == 0
    written = {
        name: {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("ours", "peer")
    }
    assert written["ours"] == written["peer"]
    assert len(written["ours"]) == len(patterns)


def test_a_template_fills_the_files_too(repository: Path, tmp_path: Path) -> None:
    assert ours(repository, "cat", "-T", "<{path}>", "-o", f"{tmp_path}/%s", "clean", "added").code == 0
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"clean": "<clean>"}


def test_a_file_that_cannot_be_written_is_named(repository: Path, tmp_path: Path) -> None:
    answer = ours(repository, "cat", "-o", str(tmp_path), "clean")
    assert answer.code == 255
    assert answer.err == f"abort: Is a directory: '{tmp_path}'\n".encode()


def test_what_is_not_there_yet_is_refused_by_name(repository: Path) -> None:
    answer = ours(repository, "status", "--rev", "remote(tip, 'https://example.org/x')")
    assert (answer.code, answer.out) == (255, b"")
    assert answer.err == b"abort: exchange with https://example.org/x is not supported yet\n"

"""`status`, `files` and `cat` in a repository with a subrepository, against real Mercurial."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

QUESTIONS = [
    line
    for line in (Path(__file__).parent / "subrepo_questions.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def repository(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An outer and an inner repository, both with changes."""
    root = tmp_path_factory.mktemp("subrepos") / "outer"
    peer.ok(root.parent, "init", str(root))
    peer.ok(root, "init", "sub")
    for name in ("sub/s", "sub/d/e", "o", "x/y"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name + "\n")
    peer.ok(root / "sub", "commit", "-A", "-m", "inner", "-d", "0 0")
    (root / ".hgsub").write_text("sub = sub\n")
    peer.ok(root, "commit", "-A", "-m", "outer", "-d", "0 0")
    for name in ("sub/s", "x/y", "sub/new"):
        (root / name).write_text("changed since\n")
    return root


@pytest.mark.parametrize("question", QUESTIONS)
def test_same_answer(question: str, repository: Path, peer: Peer) -> None:
    cwd = repository
    if question.startswith("@"):
        where, question = question[1:].split(" ", 1)
        cwd = repository / where
    words = shlex.split(question)
    assert ours(cwd, *words) == peer.run(cwd, *words)


def test_a_subrepository_of_another_kind_is_refused(repository: Path, peer: Peer) -> None:
    hgsub = repository / ".hgsub"
    before = hgsub.read_text()
    hgsub.write_text(before + "foreign = [git]https://example.org/x\n")
    try:
        answer, theirs = ours(repository, "status", "-S"), peer.run(repository, "status", "-S")
        allowed = ours(repository, "status", "-S", "--config", "subrepos.git:allowed=yes")
    finally:
        hgsub.write_text(before)
    assert answer == theirs
    assert b"git subrepos not allowed" in answer.err
    assert allowed.code == 255
    assert b"subrepository 'foreign' of type git" in allowed.err

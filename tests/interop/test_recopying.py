"""`copy --at-rev`: copies of a changeset are corrected as real Mercurial does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from interop.twins import Twins
from peer import Answer, Peer


@pytest.mark.parametrize("engine", ["pure", "native"])
@pytest.mark.parametrize("markers", ["all", ""], ids=["markers", "strip"])
def test_copies_of_a_changeset(peer: Peer, tmp_path: Path, engine: str, markers: str) -> None:
    twins = Twins(peer, tmp_path, engine)
    evolve = ("--config", f"experimental.evolution={markers}", "--config", "devel.default-date=0 0")
    for path in ("a", "d/b", "gone"):
        twins.write(path, f"{path}\n")
    twins.same_by_peer("commit", "-Aqm", "base", "-u", "t", "-d", "0 0")
    twins.write("a2", "a\n")
    twins.write("d/b", "b\nb\n")
    twins.same_by_peer("copy", "-q", "d/b", "d/c")
    twins.same_by_peer("remove", "-q", "gone")
    twins.same_by_peer("commit", "-Aqm", "copies", "-u", "t", "-d", "0 0")
    twins.same_by_peer("bookmark", "mark")
    twins.write("a", "not committed\n")
    for args in (
        ("copy", "--at-rev", ".", "a", "a2"),
        ("copy", "--at-rev", ".", "--after", "a"),
        ("copy", "--at-rev", ".", "--after", "a", "d"),
        ("copy", "--at-rev", ".", "--after", "a", "nothing"),
        ("copy", "--at-rev", ".", "--after", "a", "d/b", "a2"),
        ("copy", "--at-rev", ".", "--after", "missing", "a2"),
        ("copy", "--at-rev", ".", "--after", "a", "a2"),
        ("rename", "--at-rev", ".", "--after", "gone", "d/c"),
        ("copy", "--at-rev", ".", "--forget", "a", "a2"),
        ("copy", "--at-rev", ".", "--forget", "d"),
        ("copy", "--at-rev", "null", "--forget", "d"),
        ("commit", "-m", "on top", "-u", "t", "-d", "0 0"),
        ("copy", "--at-rev", ".^", "--after", "a", "a2"),
    ):
        mine = _plain(twins.run_ours(*args, *evolve), twins.ours)
        assert mine == _plain(peer.run(twins.theirs, *args, *evolve), twins.theirs), args
    twins.compare()


def _plain(answer: Answer, root: Path) -> tuple[int, bytes, bytes]:
    return (
        answer.code,
        answer.out.replace(bytes(root), b"ROOT"),
        answer.err.replace(bytes(root), b"ROOT"),
    )

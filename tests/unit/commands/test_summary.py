"""`summary` at every step of a history, byte for byte as real Mercurial's, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

#: What is asked at every step.
QUESTIONS = ("summary", "sum --quiet", "summary --verbose", "summary --color=debug", "summary --debug")
MARKERS = "--config=experimental.evolution=all"


def ask(peer: Peer, root: Path, *extra: str) -> bytes:
    """Asks everything of everybody; what the peer says first."""
    said = b""
    for question in QUESTIONS:
        words = (*question.split(), *extra)
        expected = peer.run(root, *words)
        for engine in ("pure", "native"):
            assert ours(root, *words, env={"HYG_ENGINE": engine}) == expected
        said = said or expected.out
    return said


@pytest.fixture
def root(peer: Peer, tmp_path: Path) -> Path:
    made = tmp_path / "r"
    peer.ok(tmp_path, "init", "r")
    return made


def test_states_of_files(peer: Peer, root: Path) -> None:
    assert b"(empty repository)" in ask(peer, root)
    for name in "abcde":
        (root / name).write_text(f"{name}\n")
    assert b"5 unknown" in ask(peer, root)
    peer.ok(root, "commit", "-Aqm", "  first line \nsecond", "-d0 0")
    peer.ok(root, "tag", "-l", "local")
    assert b"commit: (clean)" in ask(peer, root)
    (root / "a").write_text("changed")
    (root / "b").unlink()
    peer.ok(root, "remove", "c")
    peer.ok(root, "move", "d", "moved")
    peer.ok(root, "copy", "e", "copied")
    peer.ok(root, "copy", "e", "gone")
    (root / "gone").unlink()
    (root / "new").write_text("new")
    peer.ok(root, "add", "new")
    (root / "stray").write_text("stray")
    said = ask(peer, root)
    assert b"1 modified, 1 added, 1 removed, 1 renamed, 2 copied, 2 deleted, 1 unknown\n" in said
    peer.ok(root, "branch", "side")
    assert b"(new branch)" in ask(peer, root)
    ask(peer, root, "--config", "phases.new-commit=secret")


def test_heads_merges_phases_and_bookmarks(peer: Peer, root: Path) -> None:
    (root / "a").write_text("1\n")
    peer.ok(root, "commit", "-Aqm0", "-d0 0")
    peer.ok(root, "phase", "--public", ".")
    peer.ok(root, "bookmark", "here")
    (root / "a").write_text("2\n")
    peer.ok(root, "commit", "-qm1", "-d1 0")
    peer.ok(root, "bookmark", "second")
    peer.ok(root, "update", "-q", "0")
    assert b"update: 1 new changesets (update)" in ask(peer, root)
    (root / "a").write_text("3\n")
    assert b"(new branch head)" in ask(peer, root)
    peer.ok(root, "commit", "-qm2", "-d2 0", "--secret")
    assert b"2 branch heads (merge)" in ask(peer, root)
    peer.run(root, "merge", "-q", "--tool", ":fail", "second")
    said = ask(peer, root)
    assert b"1 unresolved (merge) (secret)" in said
    assert b"bookmarks: here second" in said
    peer.ok(root, "merge", "--abort")
    peer.ok(root, "bookmark", "-r", "second", "here", "-f")
    peer.ok(root, "update", "-q", "second")
    assert b"bookmarks: *second here" in ask(peer, root)
    peer.ok(root, "update", "-q", "0")
    (root / ".hg/graftstate").write_text("")
    (root / ".hg/updatestate").write_text("")
    assert b"(graft in progress) (interrupted update)" in ask(peer, root)
    (root / ".hg/graftstate").unlink()
    (root / ".hg/updatestate").unlink()
    peer.ok(root, "update", "-q", "null")
    assert b"(no revision checked out)" in ask(peer, root)
    peer.ok(root, "update", "-q", "2")
    peer.ok(root, "commit", "--close-branch", "-qmclosed", "-d3 0")
    assert b"(head closed)" in ask(peer, root)


def test_unstable_changesets(peer: Peer, root: Path) -> None:
    for number in range(3):
        (root / "a").write_text(f"{number}\n")
        peer.ok(root, "commit", "-Aqm", f"c{number}", "-d0 0")
    old = peer.ok(root, "log", "-r1", "-T{node}").decode()
    peer.ok(root, "debugobsolete", MARKERS, "-d0 0", old)
    said = ask(peer, root, MARKERS)
    assert b"orphan: 1 changesets" in said
    peer.ok(root, "update", "-q", "1", "--hidden", MARKERS)
    assert b"(obsolete)" in ask(peer, root, MARKERS)


def test_subrepositories(peer: Peer, root: Path) -> None:
    peer.ok(root, "init", "inner")
    (root / "inner/f").write_text("f\n")
    (root / ".hgsub").write_text("inner = inner\n")
    peer.ok(root / "inner", "commit", "-Aqm0", "-d0 0")
    peer.ok(root, "commit", "-Aqm0", "-d0 0")
    assert b"(clean)" in ask(peer, root)
    (root / "inner/f").write_text("changed\n")
    assert b"1 subrepos" in ask(peer, root)


def test_without_a_default_repository(peer: Peer, root: Path) -> None:
    assert ours(root, "summary", "--remote") == peer.run(root, "summary", "--remote")

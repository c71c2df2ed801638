"""Every reading command, on repositories of every format the peer writes, answered byte for byte as the peer does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import repositories
from ours import MODES, run_ours
from questions import EVERYTHING, Question

from peer import Peer

KINDS = [*repositories.FORMATS, "share", "share-of-share-safe", "clean"]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats")


def prepared(peer: Peer, shelf: Path, kind: str) -> tuple[Path, list[str]]:
    """The repository of that kind (made on first use) and the peer's arguments for it."""
    root = shelf / kind
    formats = {"share": "no-share-safe", "share-of-share-safe": "share-safe", "clean": "dirstate-v2"}
    name = formats.get(kind, kind)
    if not root.exists():
        if kind.startswith("share-of") or kind == "share":
            repositories.build(peer, name, shelf / f"{kind}-source")
            repositories.share(name, shelf / f"{kind}-source", root)
        else:
            repositories.build(peer, name, root)
        with (root / ".hg/hgrc").open("a") as hgrc:
            hgrc.write("[paths]\ndefault = ../elsewhere\nother = https://user:secret@example.org/x\n")
            hgrc.write("[ui]\nusername = somebody\n")
        if kind != "clean":
            repositories.dirty(peer, name, root)
    return root, repositories.arguments(name)


def difference(question: Question, mode: str, ours: object, theirs: object) -> str:
    return f"[{mode}] hg {' '.join(question[1])}  (in {question[0] or '.'})\n  peer: {theirs!r}\n  ours: {ours!r}"


@pytest.mark.parametrize("kind", [pytest.param(k, marks=pytest.mark.xdist_group(k)) for k in KINDS])
@pytest.mark.parametrize("mode", MODES)
def test_same_answers(kind: str, mode: str, peer: Peer, shelf: Path, hg_under_test: Path) -> None:
    root, extra = prepared(peer, shelf, kind)
    wrong = []
    for question in EVERYTHING:
        at, args = question
        theirs = peer.run(root / at, *extra, *args)
        ours = run_ours(hg_under_test, mode, root / at, args)
        if ours != theirs:
            wrong.append(difference(question, mode, ours, theirs))
    assert not wrong, f"{len(wrong)} of {len(EVERYTHING)} differ:\n" + "\n".join(wrong[:12])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["default", "dirstate-v2"])
def test_the_peer_continues_after_our_fixes(
    kind: str, mode: str, peer: Peer, tmp_path: Path, hg_under_test: Path
) -> None:
    """Our status writes the dirstate back; the peer then sees the same, and commits on it."""
    root = tmp_path / "repo"
    repositories.build(peer, kind, root)
    extra = repositories.arguments(kind)
    for path in (root / "src").rglob("*.py"):
        shutil.copy2(path, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)  # another inode, the same content and time
    for path in (root / "src/mod1").glob("*.py"):
        path.touch()
    before = (root / ".hg/dirstate").read_bytes()
    assert run_ours(hg_under_test, mode, root, ("status",)).out == b""
    assert run_ours(hg_under_test, mode, root, ("status",)).out == b""
    assert (root / ".hg/dirstate").read_bytes() != before, "nothing was written back"
    assert peer.run(root, "status", *extra).out == b""
    assert peer.run(root, "debugdirstate", "--no-dates", *extra).code == 0
    (root / "src/mod1/file7.py").write_bytes(b"and now changed\n")
    assert peer.run(root, "status", *extra).out == b"M src/mod1/file7.py\n"
    assert run_ours(hg_under_test, mode, root, ("status",)).out == b"M src/mod1/file7.py\n"
    peer.ok(root, "commit", "-m", "continued", *extra)
    assert peer.run(root, "verify", "-q", *extra) == (0, b"", b"")
    assert (
        run_ours(hg_under_test, mode, root, ("status", "-A")).out
        == peer.run(root, "status", "-A", *extra).out
    )

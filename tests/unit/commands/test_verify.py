"""`verify`, `recover` and `rollback` say and do what real Mercurial says and does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours, peer_process


def drop(path: str) -> Callable[[Path], None]:
    return lambda root: (root / ".hg/store" / path).unlink()


def change(path: str, at: int, data: bytes) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        full = root / ".hg/store" / path
        old = full.read_bytes()
        place = at if at >= 0 else len(old) + at
        full.write_bytes(old[:place] + data + old[place + len(data) :])

    return damage


def write(path: str, data: bytes) -> Callable[[Path], None]:
    return lambda root: (root / ".hg" / path).write_bytes(data) and None


def appended(path: str, data: bytes) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        with (root / ".hg/store" / path).open("ab") as file:
            file.write(data)

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    "sound": lambda root: None,
    "file gone": drop("data/a.i"),
    "data gone from fncache": write("store/fncache", b"data/a.i\n"),
    "orphan in fncache": lambda root: (
        appended("fncache", b"data/orphan.i\n")(root),
        shutil.copy(root / ".hg/store/data/a.i", root / ".hg/store/data/orphan.i"),
    ),
    "copy source gone": drop("data/b.i"),
    "content changed": change("data/a.i", 64 + 2, b"Z"),
    "link beyond the changelog": change("data/a.i", 20, b"\0\0\0\x63"),
    "link to another changeset": change("data/c.i", 20, b"\0\0\0\1"),
    "file of another history": lambda root: shutil.copy(
        root / ".hg/store/data/b.i", root / ".hg/store/data/a.i"
    ),
    "manifest of another history": lambda root: shutil.copy(
        root / ".hg/store/data/b.i", root / ".hg/store/00manifest.i"
    ),
    "manifest gone": drop("00manifest.i"),
    "too much data": appended("00changelog.d", b"xyz"),
    "journal": write("store/journal", b""),
    "dirstate of others": lambda root: shutil.copy(root.parent / "other-dirstate", root / ".hg/dirstate"),
}


@pytest.fixture(scope="module")
def original(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("verify") / "r"
    peer.ok(root.parent, "init", root.name)
    for turn, files in enumerate(({"a": b"a\n", "b": b"b\n"}, {"a": b"a\na\n"}, {"c": b"c\n"})):
        for name, data in files.items():
            (root / name).write_bytes(data)
        peer.ok(root, "commit", "-qAm", str(turn), "-d", f"{turn} 0", "-u", "x")
    peer.ok(root, "copy", "b", "d")
    peer.ok(root, "commit", "-qm", "copy", "-d", "9 0", "-u", "x")
    peer.ok(root, "update", "-q", "0")
    shutil.copy(root / ".hg/dirstate", root.parent / "other-dirstate")
    peer.ok(root, "update", "-q", "tip")
    (root / ".hg/dirstate").touch()
    return root


@pytest.mark.parametrize("damage", DAMAGES)
def test_damages(damage: str, original: Path, peer: Peer) -> None:
    root = original.parent / "copy"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(original, root)
    shutil.rmtree(root / ".hg/cache")
    if damage == "dirstate of others":
        # what it says of the parents is kept, what it says of files is wrong
        parents = (root / ".hg/dirstate").read_bytes()[:40]
        rest = (original.parent / "other-dirstate").read_bytes()[40:]
        (root / ".hg/dirstate").write_bytes(parents + rest)
    else:
        DAMAGES[damage](root)
    for options in ([], ["-v"], ["--full"]):
        expected = peer.run(root, "verify", *options)
        assert ours(root, "verify", *options) == expected
    assert (expected.code == 0) == (
        damage in ("sound", "journal", "data gone from fncache", "orphan in fncache")
    )


def test_tree_manifests(peer: Peer, tmp_path: Path) -> None:
    root = tmp_path / "r"
    peer.ok(tmp_path, "init", root.name, "--config", "experimental.treemanifest=yes")
    (root / "d/e").mkdir(parents=True)
    for name in ("a", "d/b", "d/e/c"):
        (root / name).write_bytes(b"x\n")
    peer.ok(root, "commit", "-qAm", "1")
    (root / "d/e/c").write_bytes(b"y\n")
    peer.ok(root, "commit", "-qm", "2")
    assert ours(root, "verify") == peer.run(root, "verify")
    (root / ".hg/store/meta/d/e/00manifest.i").unlink()
    expected = peer.run(root, "verify")
    assert expected.code == 1
    assert ours(root, "verify") == expected


def pair(tmp_path: Path, peer: Peer) -> list[Path]:
    root = tmp_path / "a"
    peer.ok(tmp_path, "init", root.name)
    for turn in range(3):
        (root / "f").write_bytes(b"%d\n" % turn)
        peer.ok(root, "commit", "-qAm", str(turn), "-d", "0 0", "-u", "x")
    shutil.copytree(root, tmp_path / "b")
    return [root, tmp_path / "b"]


def both(roots: list[Path], peer: Peer, *args: str) -> Answer:
    """Runs ours on one copy and the peer's on the other; everything must be the same."""
    expected = peer.run(roots[1], *args)
    assert ours(roots[0], *args) == expected
    states = [
        {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted((root / ".hg").rglob("*"))
            if path.is_file() and "cache" not in path.parent.name
        }
        for root in roots
    ]
    assert states[0].keys() == states[1].keys()
    assert states[0] == states[1]
    return expected


def test_rollback(tmp_path: Path, peer: Peer) -> None:
    roots = pair(tmp_path, peer)
    assert both(roots, peer, "rollback", "--config", "ui.rollback=no").code == 255
    both(roots, peer, "rollback", "-n")
    answer = both(roots, peer, "rollback")
    assert answer.out == (
        b"repository tip rolled back to revision 1 (undo commit)\nworking directory now based on revision 1\n"
    )
    assert both(roots, peer, "rollback").code == 1
    assert peer.ok(roots[0], "verify", "-q") == b""


def test_rollback_elsewhere(tmp_path: Path, peer: Peer) -> None:
    roots = pair(tmp_path, peer)
    for root in roots:
        peer.ok(root, "update", "-q", "0")
        os.utime(root / ".hg/dirstate", (0, 0))
    shutil.copy(roots[0] / ".hg/dirstate", roots[1] / ".hg/dirstate")
    assert b"rollback of last commit while not checked out" in both(roots, peer, "rollback").err
    assert both(roots, peer, "rollback", "-f").code == 0


def test_recover(tmp_path: Path, peer: Peer) -> None:
    roots = pair(tmp_path, peer)
    assert both(roots, peer, "recover").code == 1
    (roots[0] / "f").write_bytes(b"more\n")
    kill = ["--config", "devel.debug.abort-transaction=kill-9-post-finalize"]
    peer_process(roots[0], "commit", "-m", "dies", *kill)
    for name in ("wlock", "store/lock"):
        (roots[0] / ".hg" / name).unlink()
    shutil.rmtree(roots[1])
    shutil.copytree(roots[0], roots[1])
    assert both(roots, peer, "recover", "--verify").code == 0
    assert peer.ok(roots[0], "log", "-T", "{rev}") == b"210"

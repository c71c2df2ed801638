"""`init` makes the same repositories as real Mercurial, and refuses the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum.ops.init import Sharing, create_repository, new_requirements
from peer import Answer, Peer
from unit.driver import our_process, ours
from unit.opened import open_repository

ITEMS = [
    "",
    "format.dotencode=no",
    "format.usefncache=no",
    "format.usestore=no",
    "format.use-share-safe=no",
    "format.use-dirstate-v2=yes",
    "format.use-dirstate-tracked-hint=yes",
    "format.revlog-compression=zlib",
    "format.revlog-compression=none",
    "format.revlog-compression=rot13, lzma",
    "format.usegeneraldelta=no",
    "format.sparse-revlog=no",
    "format.use-delta-info-flags=yes",
    "format.use-persistent-nodemap=yes",
    "format.bookmarks-in-store=yes",
    "format.exp-use-very-fragile-and-unsafe-plain-store-encoding=yes",
    "experimental.treemanifest=yes",
    "storage.new-repo-backend=sqlite",
]


def made(root: Path) -> dict[str, object]:
    return {
        str(path.relative_to(root)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(root.rglob("*"))
    }


@pytest.mark.parametrize("item", ITEMS)
def test_same_repository(item: str, tmp_path: Path, peer: Peer) -> None:
    options = ["--config", "storage.all-slow-path=allow", *(["--config", item] if item else [])]
    answers = []
    for name, run in (("ours", ours), ("theirs", peer.run)):
        (tmp_path / name).mkdir()
        answers.append((run(tmp_path / name, "init", "some/where", *options), made(tmp_path / name)))
    assert answers[0] == answers[1]


def test_without_a_store(tmp_path: Path, peer: Peer) -> None:
    options = ["--config", "format.usestore=no", "--config", "format.use-share-safe=yes"]
    options += ["--config", "format.bookmarks-in-store=yes"]
    expected = peer.run(tmp_path, "init", "theirs", *options)
    assert b"beacuse" in expected.err
    assert ours(tmp_path, "init", "ours", *options) == expected
    assert made(tmp_path / "ours") == made(tmp_path / "theirs")


@pytest.mark.parametrize("args", [["r"], ["file"], ["file/x"], ["http://x/"], ["a", "b"], ["bundle:x"]])
def test_refused(args: list[str], tmp_path: Path, peer: Peer) -> None:
    (tmp_path / "r/.hg").mkdir(parents=True)
    (tmp_path / "file").touch()
    expected: Answer = peer.run(tmp_path, "init", *args)
    answer = ours(tmp_path, "init", *args)
    assert answer.code == expected.code == 255
    assert answer.err == expected.err


def test_the_native_command_line(tmp_path: Path, peer: Peer) -> None:
    assert our_process(tmp_path, "init").code == 0
    assert peer.ok(tmp_path, "verify", "-q") == b""


def test_shares(tmp_path: Path, peer: Peer) -> None:
    peer.ok(tmp_path, "init", "source")
    (tmp_path / "source/a").write_bytes(b"a\n")
    peer.ok(tmp_path / "source", "commit", "-qAm1")
    source, _ = open_repository(tmp_path / "source")
    for relative in (False, True):
        sharing = Sharing(
            source.engine.shared_dot_hg, source.engine.requirements, relative=relative, items=["bookmarks"]
        )
        wanted = new_requirements(source.config, ["zlib"], print, sharing=sharing)
        root = Path(create_repository(str(tmp_path / f"share{relative}"), wanted, sharing))
        assert peer.ok(root, "log", "-T", "{rev}") == b"0"
        assert len(open_repository(root)[0].engine.changelog()) == 1

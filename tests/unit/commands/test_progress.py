"""Progress of commands that may take long: shown to somebody only, with the topics and lines that the peer has."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

SHOWN = (
    *("--config", "progress.assume-tty=1", "--config", "progress.delay=0", "--config", "progress.refresh=0"),
    *("--config", "progress.changedelay=0", "--config", "progress.format=topic number unit"),
)
LINES = ("--debug", "--config", "progress.debug=1")


@pytest.fixture(scope="module")
def common(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("progress") / "repo"
    peer.ok(root.parent, "init", "repo")
    for number in range(4):
        (root / f"f{number}").write_text(f"{number}\n" * 9)
    peer.ok(root, "commit", "-qAm", "one", "-d", "0 0")
    (root / "f0").rename(root / "moved")
    (root / "f1").write_text("1\n" * 9 + "and more\n")
    (root / "f1").rename(root / "changed")
    peer.ok(root, "bundle", "-q", "--all", "../all.hg")
    return root


@pytest.mark.parametrize(
    ("topic", "args"),
    [
        ("archiving", ("archive", "../archive")),
        ("searching for exact renames", ("addremove", "-n", "-s", "50")),
        ("searching for similar files", ("addremove", "-n", "-s", "50")),
        ("linking", ("clone", ".", "../clone")),
        ("bundle", ("bundle", "--all", "../new.hg")),
        ("changesets", ("-R", "../empty", "unbundle", "../all.hg")),
        ("manifests", ("-R", "../empty", "unbundle", "../all.hg")),
        ("files", ("-R", "../empty", "unbundle", "../all.hg")),
        ("deleting", ("remove", "-n", "f2", "f3")),
        ("rebuilding", ("debugrebuildfncache",)),
    ],
)
def test_topics(topic: str, args: tuple[str, ...], common: Path, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "repo"
    shutil.copytree(common, root)
    shutil.copy(common.parent / "all.hg", tmp_path)
    ours(tmp_path, "init", "empty")
    found = ours(root, *args, *SHOWN)
    assert found.code == 0, found.err
    assert f"\r{topic} ".encode() in found.err
    if args[0] == "remove":
        for silent in ((), (*SHOWN, "-q"), (*SHOWN, "--debug")):
            assert topic.encode() not in ours(root, *args, *silent).err
        assert topic.encode() not in ours(root, *args, *SHOWN, env={"HGPLAIN": "1"}).err


def _lines(said: bytes, topic: str) -> list[bytes]:
    return [line for line in said.splitlines() if line.startswith(topic.encode() + b":")]


@pytest.mark.parametrize(
    ("topics", "args"),
    [
        (("archiving",), ("archive", "-t", "tar", "../archive.tar")),
        (("searching for exact renames", "searching for similar files"), ("addremove", "-n", "-s", "50")),
    ],
)
def test_lines(topics: tuple[str, ...], args: tuple[str, ...], peer: Peer, common: Path) -> None:
    wanted = peer.run(common, *args, *LINES).out
    found = ours(common, *args, *LINES).out
    for topic in topics:
        assert _lines(found, topic) == _lines(wanted, topic)
        assert _lines(found, topic)

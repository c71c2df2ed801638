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


@pytest.fixture(scope="module")
def forked(peer: Peer, common: Path) -> Path:
    """The same with three heads that change one file, and a patch."""
    import shutil

    root = common.parent / "forked"
    shutil.copytree(common, root)
    for number in range(3):
        peer.ok(root, "update", "-qC", "0")
        (root / "f3").write_text(f"head {number}\n")
        peer.ok(root, "commit", "-qm", f"head {number}", "-d", "0 0")
    (root / "unknown").write_text("unknown\n")
    (common.parent / "some.patch").write_bytes(peer.ok(root, "export", "-r", "1"))
    return root


#: Commands that need something to search, to take away or to merge.
FORKED = frozenset(("grep", "log", "annotate", "purge", "import", "strip", "debugupgraderepo", "merge"))


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
        ("searching", ("grep", "-r", ".", "2")),
        ("searching", ("grep", "2")),
        ("searching", ("grep", "--diff", "2")),
        ("searching", ("log", "-k", "one")),
        ("searching files", ("log", "glob:f*")),
        ("annotating", ("annotate", "-r", ".", "f1", "f2")),
        ("deleting", ("purge", "--no-confirm")),
        ("importing", ("import", "--exact", "--bypass", "../some.patch")),
        ("changesets", ("strip", "1", "--force", "--config", "extensions.strip=")),
        ("files", ("strip", "1", "--force", "--config", "extensions.strip=")),
        ("file revisions", ("debugupgraderepo", "--run", "-o", "re-delta-all", "--no-backup")),
        ("updating", ("merge", "--force", "-r", "2", "--tool", ":local")),
    ],
)
@pytest.mark.parametrize("engine", ["pure", "native"])
def test_topics(
    engine: str, topic: str, args: tuple[str, ...], common: Path, forked: Path, tmp_path: Path
) -> None:
    import shutil

    root = tmp_path / "repo"
    shutil.copytree(forked if args[0] in FORKED else common, root)
    for name in ("all.hg", "some.patch"):
        shutil.copy(common.parent / name, tmp_path)
    ours(tmp_path, "init", "empty")
    found = ours(root, *args, *SHOWN, env={"HYG_ENGINE": engine})
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

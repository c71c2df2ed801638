"""Debug commands that look below the history say what real Mercurial says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from hydrargyrum import lockfile
from peer import Peer, clean_environment
from unit.driver import ours


@pytest.fixture(scope="module")
def root(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store") / "r"
    peer.ok(root.parent, "init", root.name)
    for turn in range(3):
        (root / "a").write_bytes(b"line\n" * 40 + b"%d\n" % turn)
        peer.ok(root, "commit", "-qAm", str(turn), "-d", f"{turn} 0", "-u", "x")
    (root / "d").mkdir()
    peer.ok(root, "copy", "a", "d/b")
    peer.ok(root, "commit", "-qm", "copy", "-d", "9 0", "-u", "x")
    return root


@pytest.mark.parametrize(
    "args",
    [
        "debugindex a",
        "debugindex -c",
        "debugindex -m -v",
        "debugindex d/b --debug",
        "debugindex a -v -T json",
        "debugindex -c -T {rev}:{nodeid}",
        "debugindex -c -m",
        "debugindex -c a",
        "debugindex --dir d",
        "debugindex nowhere",
        "debugindex",
        "debugdata a 1",
        "debugdata -c 2",
        "debugdata -m -1",
        "debugdata d/b 0",
        "debugdata a",
        "debugdata a zzz",
        "debugdata -c 1 2",
        "debugdata a 99",
        "debugrequires",
        "debugrequirements",
        "debugformat",
        "debugformat -v",
        "debugformat delta share -T json",
        "debugformat -v --config format.usestore=no --config storage.revlog.zstd.level=5",
        "debuglocks",
    ],
)
def test_same(args: str, root: Path, peer: Peer) -> None:
    expected = peer.run(root, *args.split())
    assert ours(root, *args.split()) == expected


def test_by_node(root: Path, peer: Peer) -> None:
    node = peer.ok(root, "debugindex", "a", "--debug", "-T", "{nodeid}\n").split()[1].decode()
    for name in (node, node[:7]):
        assert ours(root, "debugdata", "a", name) == peer.run(root, "debugdata", "a", name)


@pytest.mark.parametrize("options", [[], ["--only-data"]])
def test_fncache(options: list[str], root: Path, peer: Peer) -> None:
    fncache = root / ".hg/store/fncache"
    sound = fncache.read_bytes()
    for broken in (sound, sound + b"data/more.i\ndata/more.d\n", b"data/a.i\n", b""):
        answers = []
        for run in (peer.run, ours):
            fncache.write_bytes(broken)
            answers.append((run(root, "debugrebuildfncache", *options), sorted(fncache.read_bytes().split())))
        assert answers[0] == answers[1]
    fncache.write_bytes(sound)


def test_locks(root: Path, peer: Peer) -> None:
    owner = lockfile.owner_prefix() + b":%d" % os.getpid()
    for target in (owner, b"elsewhere:12", b"somebody"):
        os.symlink(target, os.fsencode(root / ".hg/wlock"))
        os.utime(root / ".hg/wlock", (1, 1), follow_symlinks=False)
        expected, answer = peer.run(root, "debuglocks"), ours(root, "debuglocks")
        assert answer.code == expected.code == 1
        assert answer.out.rsplit(b"(", 1)[0] == expected.out.rsplit(b"(", 1)[0]
        assert ours(root, "debuglocks", "-W").code == 0
        assert not os.path.lexists(root / ".hg/wlock")


def test_locks_are_held(root: Path, peer: Peer, hg_under_test: Path) -> None:
    command = [hg_under_test, "-R", root, "--config", "ui.interactive=1", "debuglocks", "-s", "-S"]
    holder = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment(HYG_ENGINE="pure")
    )
    try:
        assert holder.stdout is not None
        assert b"ready to release" in holder.stdout.read1(100)
        answer = peer.run(root, "debuglocks")
        assert answer.code == 2
        assert f"process {holder.pid}".encode() in answer.out
        assert ours(root, "debuglocks", "-S").err == b"abort: wlock is already held\n"
    finally:
        holder.communicate(b"y\n")
    assert holder.returncode == 0
    assert ours(root, "debuglocks").code == 0

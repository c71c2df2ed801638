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
        "debugrevlogindex a",
        "debugrevlogindex -c -v",
        "debugrevlogindex -m -f 1",
        "debugrevlogindex d/b -f 1 --debug -v",
        "debugrevlogindex a -f 2",
        "debugindexdot -c",
        "debugindexdot a -i rankdir=BT -r 0 -r 2",
        'debugindexdot -c -T {desc}"{rev}',
        "debugindexdot -m -T {desc}",
        "debugindexdot -c --common",
        "debugdeltachain a",
        "debugdeltachain -m --all-info",
        "debugdeltachain a -T json --all-info --no-dist-info",
        "debugdeltachain -c -T {rev}:{chainid}:{chainlen}:{prevrev} -r 1 -r 3",
        "debugrevlog a",
        "debugrevlog -c",
        "debugrevlog -m -d",
        "debugcolor --style",
        "debugcolor --config color.mode=ansi --color always",
        "debugcolor --color debug",
        "debugdate -e 2006",
        "debugdate 1200000000",
        "debugdate 1200000000 tomorrow",
        "debugdag",
        "debugdag -t -b -s",
        "debugdag --dots",
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


GRAPHS = (
    ("+2:f +3:p2 @temp <f+4 @default /p2 +2", "-mno"),
    (".:base..:dst*base.:src*base..:wc", "-v"),
    (".+5:a$.+3:b$.+3:c<a+2<b+2", "-n"),
    ('.@"a\\"b c"..  # comment\n*2/1', "-o"),
    ("+1 !cmd\n<1+1", "-o"),
    ("+1 # bad", "-q"),
    ("+3 bad", "-q"),
    ("", "-m"),
)


@pytest.mark.parametrize(("text", "options"), GRAPHS)
def test_histories_from_texts(text: str, options: str, tmp_path: Path, peer: Peer) -> None:
    """The same changesets and tags; and what the peer has made is shown alike."""
    template = "{rev} {node} {branch} {p1rev} {p2rev} {files}\n"
    answers = []
    for run, name in ((peer.run, "theirs"), (ours, "ours")):
        root = tmp_path / name
        peer.ok(tmp_path, "init", name)
        built = run(root, "debugbuilddag", options, text)
        tags = root / ".hg/localtags"
        history = [peer.run(root, "log", "-T", template), peer.run(root, "phase", "-r", "all()")]
        answers.append((built, history, tags.exists() and tags.read_bytes()))
    assert answers[1] == answers[0]
    assert peer.ok(tmp_path / "ours", "verify", "-q") == b""
    sparse = ("--config", "experimental.sparse-read.min-gap-size=0")
    for args in (
        ("debugdag", "-t", "-b"),
        ("debugdag", "--dots", "-s"),
        ("debugindexdot", "-c"),
        *([("debugindexdot", "-c", "--common", "-r", "3", "-r", "2")] if ":" in text else ()),
        ("debugdeltachain", "mf", "--all-info"),
        ("debugrevlog", "mf"),
        ("debugrevlog", "-m"),
        ("debugdeltachain", "-m", "--sparse-info", *sparse),
    ):
        root = tmp_path / "theirs"
        assert ours(root, *args) == peer.run(root, *args)


def test_races_meet_at_files(root: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    config = ("--config", f"devel.sync.status.pre-dirstate-write-file={place}")
    late = ours(root, "status", *config, "--config", "devel.sync.status.pre-dirstate-write-file-timeout=0")
    assert late.err == b"abort: timed out waiting for file: %b\n" % os.fsencode(place)
    place.touch()
    os.unlink(f"{place}.waiting")
    assert ours(root, "status", *config) == (0, b"", b"")
    assert os.path.exists(f"{place}.waiting")


def test_by_node(root: Path, peer: Peer) -> None:
    node = peer.ok(root, "debugindex", "a", "--debug", "-T", "{nodeid}\n").split()[1].decode()
    for name in (node, node[:7]):
        assert ours(root, "debugdata", "a", name) == peer.run(root, "debugdata", "a", name)


@pytest.mark.parametrize("options", [[], ["--only-data"]])
def test_fncache(options: list[str], root: Path, peer: Peer) -> None:
    fncache = root / ".hg/store/fncache"
    sound = fncache.read_bytes()
    holes = b"data/a.i\n\n\ndata/b.i\n\n"
    for broken in (sound, sound + b"data/more.i\ndata/more.d\n", b"data/a.i\n", b"", holes, holes + b"data"):
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

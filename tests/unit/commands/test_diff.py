"""`diff`, byte for byte as real Mercurial's, on both engines: every flag, on a history with merges, copies and modes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

DATE = ("--config", "devel.default-date=1700000000 3600")

OPTIONS = [
    "",
    "-g",
    "--stat",
    "--stat -g",
    "-c 0",
    "-c 1 -g",
    "-c tip",
    "-c 3 -g",
    "-r 0 -r 3",
    "-r 0 -r 3 -g",
    "-r 3 -r 0 -g --reverse",
    "-r 0",
    "-r 0 -g",
    "--from 0 --to 2",
    "--from . --to null",
    "--from 1",
    "--to .",
    "--to 0 -g",
    "--reverse -g",
    "--reverse --stat",
    "--root d -g",
    "--root d -r 0",
    "--root d d/y a",
    "nope",
    "d",
    "-I a -X d",
    "-r 0 -r 0",
    "--debug a",
    "-U x",
    "-U 0",
    "-U 10 a",
    "-U1 -p a code.c",
    "-p -r 0 code.c",
    "-w",
    "-b",
    "-B",
    "-Z",
    "-wB -r 0",
    "-r 0 -c 0",
    "--from 0 --rev 1",
    "--to 0 -c 1",
    "--from 5",
    "--nodates --noprefix",
    "-g --noprefix",
    "-a -r 0",
    "-a",
    "-g --config diff.nobinary=1",
    "-g --no-binary",
    "--config diff.git=1 -c 0",
    "--config diff.git=1 --no-git -c 0",
    "--config diff.showfunc=1 --config diff.unified=1",
    "--config diff.noprefix=1 --config diff.nodates=1",
    "-g --config experimental.extendedheader.index=short",
    "-g --config experimental.extendedheader.index=7",
    "-g --config experimental.extendedheader.index=50",
    "-g --config experimental.extendedheader.index=many",
    "-g --config experimental.extendedheader.similarity=1 -r 0 -r 3",
    "--config experimental.xdiff=1 -r 0 code.c",
    "--color debug",
    "--color debug -g -r 0",
    "--color always --config diff.word-diff=1 code.c",
    "--stat --color debug",
]


#: The peer fails on these while a merge is going on.
NOT_IN_A_MERGE = ("--to .", "--to 0 -g", "--reverse -g", "--reverse --stat")


def make_history(peer: Peer, root: Path, *, merging: bool) -> None:
    """A merge that brings in additions, renames and copies, binary files, links, modes, names with spaces."""
    rng = random.Random(3)

    def write(name: str, data: bytes) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(data)

    def record(number: int) -> None:
        peer.ok(root, "commit", "-Aqm", f"c{number}", "-u", "t", "-d", f"{number * 1000} 0")

    peer.ok(root.parent, "init", str(root))
    lines = [b"line %d\n" % n for n in range(60)]
    code = [b"int f%d() {\n\tint x;\n\n  x = %d;\n}\n" % (n, n) for n in range(20)]
    write("a", b"".join(lines))
    write("bin", b"b\0" * 50)
    write("d/x", b"".join(lines[:30]))
    write("d/z", b"".join(lines[10:40]))
    write("code.c", b"".join(code))
    write("with space", b"one\ntwo")
    write("empty", b"")
    os.symlink("a", root / "link")
    record(0)
    write("a", b"".join([*lines[3:20], b"changed\n", *lines[22:]]))
    write("bin", b"c\0" * 60)
    peer.ok(root, "mv", "d/x", "d/y")
    peer.ok(root, "cp", "d/z", "copy of z")
    peer.ok(root, "mv", "d/z", "d/zz")
    (root / "code.c").chmod(0o755)
    record(1)
    peer.ok(root, "update", "-q", "0")
    write("side", b"side\n")
    write("doomed", b"x\n")
    record(2)
    peer.ok(root, "merge", "-q", "1")
    write("code.c", b"".join(rng.sample(code, 18)))
    record(3)
    peer.ok(root, "update", "-q", "1")
    if merging:
        peer.ok(root, "merge", "-q", "2")
        peer.ok(root, "rm", "-f", "doomed")
    write("a", b"".join(lines[3:21]) + b"no end")
    text = (root / "code.c").read_bytes()
    write(
        "code.c", text.replace(b"  x", b"\tx  ").replace(b"x = 7", b"x = 70;  ").replace(b"}\n", b"}\n\n", 3)
    )
    write("bin", b"c\0" * 61)
    write("with space", b"one\ntwo\nthree\n")
    write("new", b"")
    write("new binary", b"\0\1\2")
    peer.ok(root, "add", "new", "new binary")
    (root / "link").unlink()
    os.symlink("code.c", root / "link")
    peer.ok(root, "mv", "d/y", "moved again")


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> dict[bool, Path]:
    base = tmp_path_factory.mktemp("diff")
    for merging in (False, True):
        make_history(peer, base / f"merging-{merging}", merging=merging)
    return {merging: base / f"merging-{merging}" for merging in (False, True)}


@pytest.mark.parametrize("merging", [False, True])
@pytest.mark.parametrize("engine", ["pure", "native"])
@pytest.mark.parametrize("line", OPTIONS)
def test_like_the_peer(peer: Peer, roots: dict[bool, Path], line: str, engine: str, merging: bool) -> None:
    if merging and line in NOT_IN_A_MERGE:
        return
    root = roots[merging]
    args = ["diff", *line.split(), *DATE]
    theirs = peer.run(root, *args)
    mine = ours(root, *args, env={"HYG_ENGINE": engine})
    assert mine == theirs
    assert theirs.out or theirs.err or line in ("-r 0 -r 0",)

"""`annotate`, byte for byte as real Mercurial's, on both engines: merges, copies, skips, the working copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

OPTIONS = [
    "a",
    "a b",
    "-r 0 a",
    "-r 2 b",
    "-u a",
    "-v -u a",
    "-d a",
    "-q -d a",
    "-c a",
    "--debug -c a",
    "-n -c a",
    "-f b",
    "-l a",
    "-ln b",
    "-lc b",
    "-u -l a",
    "-u -n -l -f -d -c b",
    "--follow b",
    "--no-follow b",
    "--no-follow -f -n b",
    "-w a",
    "-b a",
    "-B a",
    "-Z a",
    "--config annotate.ignorews=1 a",
    "--skip 1 a",
    "--skip 1 --skip 4 b",
    "-r wdir() a",
    "-r wdir() -c a",
    "-r wdir() -n -c -u b",
    "bin",
    "-a bin",
    "-X a",
    "-I b .",
    "nope",
    "",
    "empty",
    "no-end",
    "-T json a",
    "-T json -u -n -l -f -c b",
    "-T {path}\\n{lines} b",
    "-T {lines%'{rev}:{lineno}:{line}'} b",
    "blame b",
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    made = tmp_path_factory.mktemp("annotate") / "r"
    peer.ok(made.parent, "init", str(made))
    number = 0

    def record(user: str = "Some One <some.one@example.org>") -> None:
        nonlocal number
        peer.ok(made, "commit", "-Aqm", f"c{number}", "-u", user, "-d", f"{number * 100000} -7200")
        number += 1

    lines = [f"line {n}\n" for n in range(30)]
    (made / "a").write_text("".join(lines))
    (made / "bin").write_bytes(b"x\0\n")
    (made / "empty").write_bytes(b"")
    (made / "no-end").write_bytes(b"a\nb")
    record()
    lines[3:6] = ["three\n", "  four \n"]
    (made / "a").write_text("".join(lines))
    record("zoë")
    peer.ok(made, "cp", "a", "b")
    (made / "b").write_text("".join([*lines[:10], "in b\n", *lines[10:]]))
    (made / "bin").write_bytes(b"x\0\ny\n")
    record()
    peer.ok(made, "update", "-q", "1")
    (made / "a").write_text("".join([*lines[:20], "other side\n", *lines[22:]]))
    record("other")
    peer.ok(made, "merge", "-q", "2")
    (made / "b").write_text("".join([*lines[:10], "in b\n", "merged\n", *lines[10:15], "\n", *lines[15:]]))
    record()
    (made / "a").write_text((made / "a").read_text().replace("line 7", "line  seven"))
    (made / "no-end").write_bytes(b"a\nb\nc")
    record("x y z")
    (made / "a").write_text("not committed\n" + (made / "a").read_text())
    (made / "b").write_text((made / "b").read_text() + "end\n")
    return made


@pytest.mark.parametrize("engine", ["pure", "native"])
@pytest.mark.parametrize("line", OPTIONS)
def test_like_the_peer(peer: Peer, root: Path, line: str, engine: str) -> None:
    args = line.split(" ") if line else []
    if args[:1] != ["blame"]:
        args.insert(0, "annotate")
    theirs = peer.run(root, *args)
    assert ours(root, *args, env={"HYG_ENGINE": engine}) == theirs

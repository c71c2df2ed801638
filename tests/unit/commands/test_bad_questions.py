"""Questions that cannot be answered, by mistake or by malice: the peer's words and exit codes, on both engines."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from peer import Peer, clean_environment
from unit.driver import ours, without_summary

LINES = [
    tuple(shlex.split(line))
    for line in (Path(__file__).parent / "bad_questions.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]

TOO_DEEP = b"nested too deeply"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("bad") / "repo"
    peer.ok(root.parent, "init", str(root))
    for number in range(4):
        (root / "a").write_bytes(b"".join(b"%d\n" % line for line in range(number + 3)))
        peer.ok(root, "commit", "-qAm", f"number {number}", "-d", f"{number} 0", "-u", "somebody")
    return root


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_what_is_said(repository: Path, peer: Peer, engine: str) -> None:
    wrong = []
    for line in LINES:
        theirs = without_summary(peer.run(repository, *line))
        mine = without_summary(ours(repository, *line, env={"HYG_ENGINE": engine}))
        usage = theirs.out.startswith((b"hg ", b"(use")) and theirs.code == 255
        same = (mine.code, mine.err) == (theirs.code, theirs.err) if usage else mine == theirs
        if not same:
            wrong.append(f"{shlex.join(line)}\n  peer {theirs}\n  ours {mine}")
    assert not wrong, f"{len(wrong)} of {len(LINES)} differ\n" + "\n".join(wrong)


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_expressions_without_end(repository: Path, engine: str) -> None:
    """Deep nesting and long chains end in an answer or an error, never in a crash."""
    for text in ("(" * 400 + "0" + ")" * 400, "+".join(["0"] * 3000), "not " * 300 + "0", "0" + "^0" * 300):
        answer = ours(repository, "log", "-q", "-r", text, env={"HYG_ENGINE": engine})
        assert answer.code == 0 or TOO_DEEP in answer.err, answer.err[:300]
    for text in ("{" + "if(1, " * 150 + "rev" + ")" * 150 + "}", "{" + "-" * 400 + "1}"):
        answer = ours(repository, "log", "-r", "0", "-T", text, env={"HYG_ENGINE": engine})
        assert answer.code == 0 or TOO_DEEP in answer.err, answer.err[:300]


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_a_repository_that_grows(tmp_path: Path, peer: Peer, engine: str) -> None:
    """Readers beside a writer always see some whole state of it."""
    root = tmp_path / "growing"
    peer.ok(tmp_path, "init", str(root))
    (root / "a").write_bytes(b"0\n")
    peer.ok(root, "commit", "-qAm", "0", "-u", "t")
    script = "for i in $(seq 1 12); do echo $i >> a; hg commit -qm $i -u t || exit 1; done"
    path = f"{Path(peer.process.args[0]).parent}:/usr/bin:/bin"  # type: ignore[index]
    writer = subprocess.Popen(["sh", "-c", script], cwd=root, env=clean_environment(PATH=path))
    seen = 1
    while writer.poll() is None:
        answer = ours(root, "log", "-T", "{rev} {desc} {files}\n", "-p", env={"HYG_ENGINE": engine})
        assert answer.code == 0, answer.err
        count = answer.out.count(b" a\n")
        assert count >= seen, "history became shorter"
        seen = count
    assert writer.wait() == 0
    assert ours(root, "log", "-T", ".", env={"HYG_ENGINE": engine}).out == b"." * 13

"""`grep`, byte for byte as real Mercurial's, on both engines: on disk, in revisions, in what history changed."""

from __future__ import annotations

import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from peer import Peer, clean_environment
from unit.driver import ours

QUESTIONS = [
    "grep import",
    "grep IMPORT",
    "grep -i IMPORT",
    "grep -n import",
    "grep -l import",
    "grep -0 import",
    "grep -ln0u import",
    "grep -nud import",
    "grep -q -d import",
    "grep -v -u import",
    "grep --color=debug -n import",
    "grep --color=debug --diff -nud import",
    "grep import a d",
    "grep import -X d",
    "grep import -I glob:*.py",
    "grep import missing",
    "grep nothing-like-it",
    "grep '('",
    "grep '*a'",
    "grep ''",
    "grep '^'",
    "grep 'x*'",
    "grep -n 'two$'",
    "grep -n 'one\\nimport'",
    "grep '[^a-z ]+$' -n",
    "grep -n '(?=imp)i'",
    "grep -n -r 1 'im.*?t|i(m)p(?P<x>o)rt'",
    "grep -n -r 1 '(?i)IMPORT$'",
    r"grep -n -r 1 '\\bimport\\b'",
    r"grep -n -r tip '[^i]mport|^\\w+\\s\\w'",
    r"grep -i -r 0 '\\xE9 IMP|\\Aone|t\\Z'",
    "grep -a bin",
    "grep bin",
    "grep 'not tracked'",
    "grep import -r 0",
    "grep import -r 0:tip -n",
    "grep import -r tip:0 -l a",
    "grep import -r 'wdir()'",
    "grep import -r nope",
    "grep import -r null",
    "grep -f import",
    "grep -f import -r 1 -l",
    "grep --all-files import -r 1",
    "grep --no-all-files import",
    "grep --no-all-files import -f -l",
    "grep --all-files --diff import",
    "grep --all import",
    "grep --diff import",
    "grep --diff -n import a",
    "grep --diff -l import",
    "grep --diff import -r 1:3",
    "grep --diff import -f b",
    "grep --diff import -f",
    "grep --diff import b",
    "grep --diff import -f -r 3",
    "grep --diff import -f -r 3 b",
    "grep -f import a",
    "grep -f import nope",
    "grep --diff -f import nope",
    "grep --diff import nope",
    "grep --diff -r 2 import glob:*",
    "grep --diff bin",
    "grep --diff import -r 'wdir()'",
    "grep --diff import -r 'wdir()' -f",
    "grep -f import -r 2 b",
    "grep --diff -f import -r 2 b",
    "grep --diff -f import kept",
    "grep --diff -f import -r 6 kept a",
    "grep --diff -u -T '{path}:{rev}:{change}:{lineno}:{user|user}:{date|isodate}: {texts}\\n' import",
    "grep -T json -r 0 import",
    "grep -T json import a",
    "grep --diff -T json import",
    "grep -T '{path}:{node|short} {texts % \"<{text}:{matched}>\"}\\n' import",
    "grep -T json -l import",
    "grep --cwd d import",
    "grep --cwd d import c",
    "grep --cwd d --config ui.relative-paths=yes import",
]


@pytest.fixture(scope="module")
def root(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("grep") / "r"
    peer.ok(made.parent, "init", "r")
    (made / "d").mkdir()

    def record(number: int) -> None:
        peer.ok(made, "commit", "-Aqm", f"c{number}", "-d", f"{number * 1000} -3600", "-u", "A B <ab@c.org>")

    (made / "a").write_text("one\nimport import\ntwo\nimported\n\nno end import")
    (made / "d/c").write_text("Import\nimport twice: import\n")
    (made / "bin").write_bytes(b"bin\0import\nbin\n")
    (made / "x.py").write_bytes(b"caf\xe9 import \xff\n")
    record(0)
    (made / "a").write_text("import first\none\ntwo\nimported\n\nno end import")
    record(1)
    peer.ok(made, "copy", "a", "b")
    (made / "b").write_text("import first\none\nimport in b\ntwo\nimported\n")
    peer.ok(made, "remove", "x.py")
    record(2)
    (made / "b").write_text("one\nimport in b\nimported\n")
    (made / "bin").write_bytes(b"bin\0nothing\n")
    record(3)
    peer.ok(made, "update", "-q", "1")
    (made / "d/c").write_text("import\n")
    record(4)
    peer.ok(made, "merge", "-q")
    record(5)
    peer.ok(made, "copy", "a", "kept")
    record(6)
    (made / "a").write_text("on disk import\n")
    (made / "d/c").unlink()
    (made / "stray").write_text("import not tracked\n")
    (made / "new").write_text("import new\n")
    (made / "link").symlink_to("import-link")
    peer.ok(made, "add", "new", "link")
    return made


@pytest.mark.parametrize("question", QUESTIONS)
def test_same_answer(peer: Peer, root: Path, question: str) -> None:
    words = shlex.split(question)
    expected = peer.run(root, *words)
    for engine in ("pure", "native"):
        assert ours(root, *words, env={"HYG_ENGINE": engine}) == expected


def test_a_pattern_is_needed(peer: Peer, root: Path) -> None:
    answer, expected = ours(root, "grep"), peer.run(root, "grep")
    assert (answer.code, answer.err) == (expected.code, expected.err)


@pytest.fixture(scope="module")
def explosive(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One long line on which a backtracking engine tries more ways than there is time for."""
    made = tmp_path_factory.mktemp("grep") / "explosive"
    peer.ok(made.parent, "init", "explosive")
    (made / "a").write_text("a" * 60 + "c\n")
    peer.ok(made, "commit", "-Aqm", "one")
    return made


@pytest.mark.parametrize("launcher", ["require", "never"])
def test_the_native_search_is_linear(explosive: Path, hg_under_test: Path, launcher: str) -> None:
    environment = clean_environment(HYG_ENGINE="native", HYG_LAUNCHER=launcher)
    for where in ([], ["-r", "tip"]):
        done = subprocess.run(
            [hg_under_test, "grep", *where, "^(a|a|aa)+$"],
            cwd=explosive,
            env=environment,
            timeout=120,
            check=False,
        )
        assert done.returncode == 1


def test_ctrl_c_ends_a_search_that_only_re_can_do(explosive: Path, hg_under_test: Path) -> None:
    process = subprocess.Popen(
        [hg_under_test, "grep", "--config", "hooks.pre-grep=echo begins; exec >&-", "(?=a)(a|a|aa)+$"],
        cwd=explosive,
        env=clean_environment(HYG_ENGINE="native"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begins\n"
    begun = _ticks(process.pid)
    while process.poll() is None and _ticks(process.pid) < begun + 50:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (255, b"interrupted!\n")


def _ticks(pid: int) -> int:
    """The processor time that a process has taken, in hundredths of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])

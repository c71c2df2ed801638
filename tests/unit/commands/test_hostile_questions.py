"""Questions that would never end, and a repository that grows while it is asked: never half of an answer."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from peer import Peer, clean_environment
from unit.driver import ours

ENGINES = ["pure", "native"]
SETTINGS = """\
[templates]
x = {y}
y = {x}
itself = "{itself}"
[templatealias]
again = again
twice(a) = twice(a)
[revsetalias]
again = again
one = two
two = one
call($1) = call($1)
"""
RECURSION = (
    ("log", "-T", "{again}"),
    ("log", "-T", "x"),
    ("log", "-T", "itself"),
    ("log", "-T", "{twice(1)}"),
    ("log", "-G", "-T", "x"),
    ("debugtemplate", "{again|short}"),
    ("log", "-r", "again"),
    ("log", "-r", "one + 0"),
    ("log", "-r", "call(0)"),
)
LONG = "a" * 60 + "!"
#: Each would take longer than the world exists.
EXPLODING = (
    ("log", "-r", "desc('re:(a+)+$')"),
    ("files", "re:(?=a)(a+)+$"),
)


@pytest.fixture(scope="module")
def root(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile") / "r"
    peer.ok(made.parent, "init", "r")
    (made / LONG).write_text(LONG)
    peer.ok(made, "commit", "-Aqm", LONG, "-u", "t", "-d", "0 0")
    (made / ".hg/hgrc").write_text(SETTINGS)
    return made


@pytest.mark.parametrize("engine", ENGINES)
def test_what_recurs_is_refused(peer: Peer, root: Path, engine: str) -> None:
    for words in RECURSION:
        expected = peer.run(root, *words)
        assert expected.code == 255
        assert ours(root, *words, env={"HYG_ENGINE": engine}) == expected, words


@pytest.mark.parametrize("engine", ENGINES)
def test_deep_nesting_is_an_error_or_an_answer(root: Path, engine: str) -> None:
    for depth in (50, 3000):
        for words in (
            ("log", "-r", "(" * depth + "0" + ")" * depth, "-T", "{rev}"),
            ("log", "-r", "not " * depth + "0", "-T", "{rev}"),
            ("log", "-T", "{if(rev, '" * depth + "x" + "')}" * depth),
            ("log", "-T", "{" + "(" * depth + "1" + ")" * depth + "}"),
            ("files", "set:" + "(" * depth + "all()" + ")" * depth),
        ):
            answer = ours(root, *words, env={"HYG_ENGINE": engine})
            assert answer.code in (0, 255), words
            assert b"Traceback" not in answer.err, words


@pytest.mark.parametrize("engine", ENGINES)
def test_expressions_that_explode_are_stopped(root: Path, engine: str) -> None:
    for words in EXPLODING:
        answer = ours(root, *words, env={"HYG_ENGINE": engine})
        assert answer.code == 255, words
        assert answer.err.startswith(b"abort: a regular expression takes too long: "), (words, answer)
    # the next one is not held responsible
    assert ours(root, "log", "-r", "desc('re:a+!$')", "-q", env={"HYG_ENGINE": engine}).out


@pytest.mark.parametrize("engine", ENGINES)
def test_a_repository_that_grows_while_it_is_read(
    peer: Peer, tmp_path: Path, hg_under_test: Path, engine: str
) -> None:
    """Readers see whole states: every changeset up to some point with all its files, and the names that it had."""
    made = tmp_path / "r"
    peer.ok(tmp_path, "init", "r")
    loop = (
        'for n in $(seq 1 8); do echo $n > f; echo $n > g$n; "$HG" commit -q -A -m c$n -u t -d "$n 0"; done'
    )
    environment = clean_environment(HYG_ENGINE=engine, HG=str(hg_under_test), HYG_LAUNCHER="never")
    with subprocess.Popen(["sh", "-c", loop], cwd=made, env=environment, stderr=subprocess.DEVNULL) as writer:
        last, looks = 0, 0
        while writer.poll() is None:
            answer = ours(made, "log", "-T", "{rev} {desc} {files}\n", env={"HYG_ENGINE": engine})
            assert (answer.code, answer.err) == (0, b"")
            lines = answer.out.decode().splitlines()
            wanted = [f"{n - 1} c{n} f g{n}" for n in range(len(lines), 0, -1)]
            assert lines == wanted
            assert len(lines) >= last
            last, looks = len(lines), looks + 1
            if lines:
                at = str(len(lines) - 1)
                assert (
                    ours(made, "cat", "-r", at, "f", env={"HYG_ENGINE": engine}).out
                    == f"{len(lines)}\n".encode()
                )
                files = ours(made, "files", "-r", at, env={"HYG_ENGINE": engine}).out.split()
                assert len(files) == len(lines) + 1
    assert looks > 1
    assert peer.run(made, "verify", "-q").code == 0
    assert peer.ok(made, "log", "-r", "tip", "-T", "{desc}") == b"c8"

"""Runs our command line inside the test process, with captured streams and an environment of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from hydrargyrum.cli.main import run
from hydrargyrum.ui.streams import Streams
from peer import ROOT, Answer, clean_environment, peer_path


class Captured(io.BytesIO):
    """A stream that remembers; as a terminal if asked to."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False) -> None:
        super().__init__(data)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def ours(
    cwd: Path | str,
    *args: str | bytes,
    env: dict[str, str] | None = None,
    stdin: bytes = b"",
    terminal: bool = False,
) -> Answer:
    """Runs one command line of ours, as `Peer.run` runs one of the peer's."""
    out, err = Captured(terminal=terminal), Captured(terminal=terminal)
    environ = clean_environment(**{"HYG_ENGINE": "pure", **(env or {})})
    before, old_environ = os.getcwd(), dict(os.environ)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    try:
        code = run(
            [os.fsdecode(arg) for arg in args],
            os.environ,
            Streams(Captured(stdin, terminal=terminal), out, err),
            "/usr/bin/hg",
        )
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(old_environ)
    return Answer(code, out.getvalue(), err.getvalue())


def peer_process(cwd: Path | str, *args: str | bytes, env: dict[str, str] | None = None) -> Answer:
    """Runs one command line of the peer in a process of its own: for aliases and extensions, which it keeps."""
    return _process([str(peer_path())], cwd, args, clean_environment(**(env or {})))


def our_process(cwd: Path | str, *args: str | bytes, env: dict[str, str] | None = None) -> Answer:
    """Runs one command line of ours in a process of its own; the native engine is found where it is installed."""
    environ = clean_environment(**{"HYG_ENGINE": "pure", **(env or {})})
    if environ["HYG_ENGINE"] == "pure":
        environ.setdefault("PYTHONPATH", str(ROOT / "src"))
    return _process([sys.executable, "-m", "hydrargyrum"], cwd, args, environ)


def _process(
    program: list[str], cwd: Path | str, args: tuple[str | bytes, ...], environ: dict[str, str]
) -> Answer:
    done = subprocess.run(
        [*program, *args], cwd=cwd, env=environ, input=b"", capture_output=True, check=False
    )
    return Answer(done.returncode & 255, done.stdout, done.stderr)


def without_summary(answer: Answer) -> Answer:
    """The answer without the sentence of a command's help, which is in words of our own."""
    lines = answer.out.split(b"\n")
    for place, line in enumerate(lines[:-2]):
        if line.startswith(b"hg ") and not lines[place + 1]:
            lines[place + 2] = b"SUMMARY"
            break
    return answer._replace(out=b"\n".join(lines))

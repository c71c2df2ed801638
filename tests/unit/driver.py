"""Runs our command line inside the test process, with captured streams and an environment of its own."""

from __future__ import annotations

import io
import os
from pathlib import Path

from peer import Answer, clean_environment

from hydrargyrum.cli.main import run
from hydrargyrum.ui.streams import Streams


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
    environ = clean_environment(HYG_ENGINE="pure", **(env or {}))
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

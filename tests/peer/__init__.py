"""Real Mercurial for tests: where it is, and a client of the long-running `server.py`."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "HGRCPATH": "",
    "HGUSER": "Test User <test@example.org>",
    "HGENCODING": "utf-8",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}


class Answer(NamedTuple):
    """What a command printed and its exit code."""

    code: int
    out: bytes
    err: bytes


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without anything that steers either program, plus ours."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("HG", "HYG_", "PYTEST", "LC_", "LANG", "PAGER"))
    }
    return {**kept, **ENVIRONMENT, **extra}


def peer_path() -> Path:
    """The peer's `hg`; fails the test run where there is none, because nothing may be skipped."""
    named = os.environ.get("HYG_PEER")
    path = Path(named) if named else ROOT / ".peer/bin/hg"
    if not path.exists():
        raise RuntimeError(f"real Mercurial not found at {path}; `make .peer/.installed` puts it there")
    return path


class Peer:
    """One process that answers `hg` calls as the peer's command line would."""

    def __init__(self, confine: Callable[[], None] | None = None, **environment: str) -> None:
        """Starts it; `confine` runs in the new process before its program does."""
        self.process = subprocess.Popen(
            [str(peer_path().parent / "python3"), str(Path(__file__).parent / "server.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean_environment(**environment),
            preexec_fn=confine,
        )

    def run(self, cwd: Path | str, *args: str | bytes, env: dict[str, str] | None = None) -> Answer:
        """Runs one command; every output is captured."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {
            "args": [base64.b64encode(os.fsencode(a)).decode() for a in args],
            "cwd": base64.b64encode(os.fsencode(cwd)).decode(),
            "env": env or {},
        }
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peer's process ended at {args}")
        answer = json.loads(line)
        return Answer(answer["code"], base64.b64decode(answer["out"]), base64.b64decode(answer["err"]))

    def standing(self, root: Path | str) -> dict[str, object]:
        """Everything about a repository that two programs must agree on; see `standing.py`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {"standing": base64.b64encode(os.fsencode(root)).decode()}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        assert isinstance(found, dict)
        if "problem" in found:
            raise RuntimeError(f"the peer cannot read {root}: {found['problem']}")
        return found

    def ok(self, cwd: Path | str, *args: str | bytes) -> bytes:
        """Runs a command that must succeed; returns stdout."""
        answer = self.run(cwd, *args)
        if answer.code != 0:
            raise RuntimeError(f"peer: hg {args} gave {answer.code}: {answer.err!r} {answer.out!r}")
        return answer.out

    def close(self) -> None:
        """Ends the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

"""Runs commands that die, fail or are held at a given change of a file: in copies of a process, or as the launcher.

What such a command leaves is judged elsewhere (`trying`).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import forking

from peer import clean_environment, peer_path

KINDS = {"count": 0, "kill": 1, "torn": 2, "fail": 3, "fail on": 4, "interrupt": 5, "pause": 6}
#: A command that has said nothing for so many seconds hangs.
PATIENCE = 120.0


class Fault(NamedTuple):
    """What happens: `kind` of `KINDS`, at which change of a file, with which error.

    Attributes:
        only: changes of files whose path (from what has the repository in it) begins with one of these, with ":" between.
    """

    kind: str
    at: int
    errno: int = 0
    only: str = ""


class Point(NamedTuple):
    """A change of a file: what it is called, and whether half of its data is there already."""

    name: str
    torn: bool


Visit = Callable[[Point], None]


def follow(connection: socket.socket, visit: Visit, *, holds: bool = True) -> None:
    """Calls `visit` for each point that is told, which is held meanwhile, until the other end has ended."""
    connection.settimeout(PATIENCE)
    with connection, connection.makefile("rb") as stream:
        for line in stream:
            word, _, name = line.decode("utf-8", "surrogateescape").rstrip("\n").partition(" ")
            visit(Point(name, word == "torn"))
            if holds:
                connection.send(b"+")


class Runner(forking.Driver):
    """A process that runs commands which die: ours on an engine, or (engine "peer") the peer's."""

    def __init__(self, library: Path, engine: str) -> None:
        self.engine = engine
        #: The engine of ours that recovers what is left.
        self.recovers_with = "pure" if engine == "peer" else engine
        self._directory = Path(tempfile.mkdtemp(prefix="hyg-points-"))
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._directory / "channel"))
        self._listener.listen(1)
        self._listener.settimeout(PATIENCE)
        python = [str(peer_path().parent / "python3")] if engine == "peer" else [sys.executable]
        super().__init__(
            [*python, str(forking.HERE / "driver.py"), *(["peer"] if engine == "peer" else [])],
            clean_environment(LD_PRELOAD=str(library), HYG_ENGINE=engine, HGEDITOR="true"),
        )
        # no object files by threads that a fork would lose: only modules
        names = ["mercurial.dispatch", "mercurial.main_script", "mercurial.commands", "mercurial.localrepo"]
        if engine != "peer":
            names = sorted(name for name in sys.modules if name.startswith("hydrargyrum."))
        self.ask({"import": names})

    def run(self, root: Path, cwd: Path, args: tuple[str, ...], fault: Fault) -> dict[str, Any]:
        """One command; see `driver.answer`."""
        return self.ask(self._request(root, cwd, args, fault))

    def pause(self, root: Path, cwd: Path, args: tuple[str, ...], visit: Visit) -> dict[str, Any]:
        """One command, which is held at each point until `visit` is through."""
        channel = str(self._directory / "channel")
        self.tell({**self._request(root, cwd, args, Fault("pause", -1)), "channel": channel})
        follow(self._listener.accept()[0], visit)
        return self.hear()

    def _request(self, root: Path, cwd: Path, args: tuple[str, ...], fault: Fault) -> dict[str, Any]:
        told = {**fault._asdict(), "kind": KINDS[fault.kind]}
        return {"root": str(root), "cwd": str(cwd), "args": args, "env": {}, **told}

    def close(self) -> None:
        super().close()
        self._listener.close()
        shutil.rmtree(self._directory)


class LauncherRunner:
    """Runs the installed launcher; whatever that hands over to Python dies there."""

    engine = "launcher"
    recovers_with = "native"

    def __init__(self, library: Path, program: Path) -> None:
        self._library = library
        self._program = program

    def run(self, root: Path, cwd: Path, args: tuple[str, ...], fault: Fault) -> dict[str, Any]:
        """One command; the answer is that of `driver.answer`."""
        points: list[Point] = []
        # without holding it nobody would know how many there are
        kind = "pause" if fault.kind == "count" else fault.kind
        answer = self._start(root, cwd, args, fault._replace(kind=kind), points.append)
        return {
            **answer,
            "point": points[0].name if points else "",
            "seen": sum(not point.torn for point in points),
        }

    def pause(self, root: Path, cwd: Path, args: tuple[str, ...], visit: Visit) -> dict[str, Any]:
        """One command, which is held at each point until `visit` is through."""
        return self._start(root, cwd, args, Fault("pause", -1), visit)

    def _start(
        self, root: Path, cwd: Path, args: tuple[str, ...], fault: Fault, visit: Visit
    ) -> dict[str, Any]:
        here, there = socket.socketpair()
        environ = clean_environment(
            LD_PRELOAD=str(self._library),
            HYG_ENGINE="native",
            HGEDITOR="true",
            FAULT_ROOT=str(root.parent),
            FAULT_ONLY=fault.only,
            FAULT_AT=str(fault.at),
            FAULT_KIND=str(KINDS[fault.kind]),
            FAULT_ERRNO=str(fault.errno),
            FAULT_CHANNEL=str(there.fileno()),
        )
        process = subprocess.Popen(
            [self._program, *args],
            cwd=cwd,
            env=environ,
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # whoever starts us in the background has Ctrl-C ignored
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
        )
        there.close()
        follow(here, visit, holds=fault.kind == "pause")
        out, err = process.communicate(timeout=PATIENCE)
        return {
            "killed": process.returncode == -signal.SIGKILL,
            "code": process.returncode,
            "out": os.fsdecode(out),
            "err": os.fsdecode(err),
        }

    def close(self) -> None:
        """Nothing to end."""

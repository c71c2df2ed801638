"""Runs commands of ours with something happening at a given look at a file, in a process of its own (`events_driver`)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from peer import clean_environment

HERE = Path(__file__).resolve().parent


def compile_events(directory: Path) -> Path:
    """The library that counts looks."""
    path = directory / "events.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", path, HERE / "events.c", "-ldl"],
        check=True,
        capture_output=True,
    )
    return path


class Watcher:
    """The process."""

    def __init__(self, library: Path, engine: str) -> None:
        self.engine = engine
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "events_driver.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean_environment(LD_PRELOAD=str(library), HYG_ENGINE=engine, HGEDITOR="true"),
        )
        self._ask({"import": sorted(name for name in sys.modules if name.startswith("hydrargyrum."))})

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def change(
        self, root: Path, args: tuple[str, ...], path: Path, at: int, kind: str, other: str = ""
    ) -> dict[str, Any]:
        """One command, while a file is changed after so many looks at it."""
        return self._ask(
            {
                "root": str(root),
                "watched": str(path),
                "directory": 0,
                "at": at,
                "kind": kind,
                "signal": 0,
                "other": other,
                "args": args,
                "env": {},
            }
        )

    def signal(self, root: Path, args: tuple[str, ...], at: int, number: int) -> dict[str, Any]:
        """One command, which gets a signal after so many looks at files around `root`; at -1 they are only counted."""
        return self._ask(
            {
                "root": str(root),
                "watched": str(root.parent),
                "directory": 1,
                "at": at,
                "kind": "signal" if at >= 0 else "count",
                "signal": number,
                "other": "",
                "args": args,
                "env": {},
            }
        )

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

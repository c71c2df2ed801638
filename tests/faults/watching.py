"""Runs commands of ours with something happening at a given look at a file, in a process of its own (`events_driver`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import forking

from peer import clean_environment


class Watcher(forking.Driver):
    """The process."""

    def __init__(self, library: Path, engine: str) -> None:
        self.engine = engine
        super().__init__(
            [sys.executable, str(forking.HERE / "events_driver.py")],
            clean_environment(LD_PRELOAD=str(library), HYG_ENGINE=engine, HGEDITOR="true"),
        )
        self.ask({"import": sorted(name for name in sys.modules if name.startswith("hydrargyrum."))})

    def change(
        self, root: Path, args: tuple[str, ...], path: Path, at: int, kind: str, other: str = ""
    ) -> dict[str, Any]:
        """One command, while a file is changed after so many looks at it."""
        return self.ask(
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
        return self.ask(
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

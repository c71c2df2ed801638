"""Our `hg` in the ways it can answer: as installed, without the launcher, and on the pure engine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from peer import Answer, clean_environment

MODES: dict[str, dict[str, str]] = {
    "launcher": {},
    "python": {"HYG_LAUNCHER": "never", "HYG_ENGINE": "native"},
    "pure": {"HYG_LAUNCHER": "never", "HYG_ENGINE": "pure"},
}


def run_ours(
    hg: Path, mode: str, cwd: Path, args: tuple[str | bytes, ...], env: dict[str, str] | None = None
) -> Answer:
    """One command in one mode."""
    done = subprocess.run(
        [str(hg), *args],
        cwd=os.fsencode(cwd),
        env=clean_environment(**MODES[mode], **(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Answer(done.returncode, done.stdout, done.stderr)

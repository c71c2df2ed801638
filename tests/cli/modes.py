"""The ways in which the `.t` files are run: a directory with an `hg` for each, and the environment that chooses it.

`peer` runs the files against real Mercurial itself, which is how their expected output is recorded and checked.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from peer import ROOT, peer_path

HERE = Path(__file__).resolve().parent

#: What decides in each mode. In files that begin with `#launcher` the launcher may not hand over to Python.
MODES: dict[str, dict[str, str]] = {
    "launcher": {"HYG_LAUNCHER": "auto", "HYG_ENGINE": "native"},
    "python": {"HYG_LAUNCHER": "never", "HYG_ENGINE": "native"},
    "pure": {"HYG_LAUNCHER": "never", "HYG_ENGINE": "pure"},
    "peer": {},
}

#: Files about what is ours alone (messages about damage, help texts): not run against the peer.
OURS_ALONE = frozenset(("broken-files.t", "launcher.t", "version-help.t"))


def test_files() -> list[Path]:
    """All `.t` files, sorted."""
    return sorted(HERE.glob("*.t"))


def program(mode: str, hg: Path | None) -> str:
    """The shell words that start `hg` in a mode.

    Args:
        mode: a key of `MODES`.
        hg: our installed `hg`; None runs the package of this checkout in Python.
    """
    if mode == "peer":
        return f'exec "{peer_path()}" --config storage.dirstate-v2.slow-path=allow "$@"'
    if hg is not None and mode != "pure":
        return f'exec "{hg}" "$@"'
    return f'HYG_PROGRAM="$0" PYTHONPATH="{ROOT / "src"}" exec "{sys.executable}" -m hydrargyrum "$@"'


def run_file(path: Path, mode: str, work: Path, hg: Path | None = None, *, record: bool = False) -> str:
    """Run one `.t` file; what differs from its expected output, "" where nothing does.

    Args:
        path: the file.
        mode: a key of `MODES`.
        work: a directory of its own.
        hg: see `program`.
        record: write what was printed into the file as its expected output.
    """
    commands = work / "bin"
    commands.mkdir(parents=True)
    script = commands / "hg"
    script.write_text(f"#!/bin/sh\n{program(mode, hg)}\n")
    script.chmod(0o755)
    eligible = path.read_bytes().startswith(b"#launcher")
    forced = {"HYG_LAUNCHER": "require"} if eligible and mode == "launcher" else {}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HG", "HYG_", "PYTEST", "PYTHON"))}
    environment = {
        **kept,
        **MODES[mode],
        **forced,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PEER": str(peer_path()),
        "TMPDIR": str(work),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "prysk", "--shell=/bin/bash", str(path)],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=900,
    )
    printed = path.with_suffix(".t.err")
    if record and printed.exists():
        path.write_bytes(printed.read_bytes())
    printed.unlink(missing_ok=True)
    return "" if done.returncode == 0 else done.stdout.decode("utf-8", "replace")

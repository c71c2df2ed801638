"""What one measured step of writing cost, and whether a wish about it was met.

Starting programs in turn is `measure`'s work; which steps there are is said in `commit.py` and `moving.py`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import prepare
from measure import run_once

USER = ("-u", "bench <bench@example.com>", "-d", "0 0")


class Programs(NamedTuple):
    """The programs that take part."""

    hg: Path
    peer: Path


class Cost(NamedTuple):
    """Seconds of wall time and of processor time, and KiB of peak memory, of one or more commands."""

    wall: float
    cpu: float
    memory: int

    def __str__(self) -> str:
        return f"{self.wall * 1e3:9.0f} ms {self.cpu * 1e3:9.0f} ms CPU {self.memory / 1024:7.0f} MiB"


def ours(programs: Programs, *args: str) -> list[str]:
    """A command of ours."""
    return [str(programs.hg), *args]


def environment(*, python: bool = False) -> dict[str, str]:
    """For every program; `python` passes the launcher by."""
    env = {**prepare.environment(), "GIT_AUTHOR_NAME": "b", "GIT_AUTHOR_EMAIL": "b@b"}
    env |= {"GIT_COMMITTER_NAME": "b", "GIT_COMMITTER_EMAIL": "b@b"}
    return env | ({"HYG_LAUNCHER": "never"} if python else {})


def cost(where: Path, *commands: list[str], python: bool = False) -> Cost:
    """Runs commands one after the other; exits where one fails."""
    wall = cpu = 0.0
    memory = 0
    for command in commands:
        sample = run_once(command, str(where), environment(python=python))
        if sample.code:
            sys.exit(f"{' '.join(command)} failed with {sample.code}")
        wall, cpu, memory = wall + sample.wall, cpu + sample.cpu, max(memory, sample.memory)
    return Cost(wall, cpu, memory)


def show(what: str, who: str, figures: Cost) -> None:
    """One line of the answer."""
    print(f"  {what:44} {who:12} {figures}", flush=True)


#: For so many seconds ext4 passes over inodes that were freed, one by one: whoever creates many files pays for what
#: another removed before.
_REMEMBERED = 300


def put_aside(path: Path, work: Path) -> None:
    """Moves something that is not needed any more to where `end` removes it; nothing where it is not there."""
    trash = work / "trash"
    trash.mkdir(exist_ok=True)
    if path.exists():
        path.rename(trash / f"{time.monotonic_ns()}")


def begin(work: Path) -> None:
    """Waits until what was removed last is forgotten."""
    work.mkdir(parents=True, exist_ok=True)
    removed = work / "removed"
    rest = removed.stat().st_mtime + _REMEMBERED - time.time() if removed.exists() else 0
    if rest > 0:
        print(f"  waiting {rest:.0f} s: many files were removed a moment ago", flush=True)
        time.sleep(rest)


def end(work: Path, verdicts: Verdicts) -> None:
    """Removes what was put aside, and prints the verdicts."""
    shutil.rmtree(work / "trash", ignore_errors=True)
    (work / "removed").touch()
    print("\nWhat is wanted\n\n" + "\n".join(verdicts.lines))


class Verdicts:
    """Collects what was wanted and what came of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def wish(self, what: str, measured: float, most: float, unit: str = "") -> None:
        """A figure that must not be larger than `most`."""
        mark = "met   " if measured <= most else "MISSED"
        line = f"  {mark} {what:64} {measured:9.2f} {unit} (at most {most:g})"
        self.lines.append(line)
        print(line, flush=True)


def calls_of(command: list[str], where: Path, log: Path) -> list[str]:
    """The lines of `strace -f` of a command; none where there is no strace."""
    try:
        traced = ["strace", "-f", "-qq", "-s", "1024", "-o", str(log), *command]
        subprocess.run(traced, cwd=where, env=environment(), check=True, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        return []
    lines = log.read_text(errors="replace").splitlines()
    log.unlink()
    return [line for line in lines if "resumed>" not in line]


def parser_of(description: str | None, parts: Sequence[str]) -> argparse.ArgumentParser:
    """The arguments that every bench of writing takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--hg", type=Path, required=True)
    parser.add_argument("--peer", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache/hydrargyrum-bench")
    parser.add_argument(
        "--shared", type=Path, default=Path(__file__).resolve().parent.parent.parent / "shared"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("parts", nargs="*", default=parts)
    return parser

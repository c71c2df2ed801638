"""Times whole processes: wall, CPU and peak memory by the operating system's accounting, peers in turn.

What is measured belongs to `scenarios.py`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from typing import NamedTuple

#: Seconds above which a command is run less often, and how often then.
SLOW = 1.2
SLOW_RUNS = 2


class Sample(NamedTuple):
    """One finished run: seconds and KiB."""

    wall: float
    cpu: float
    memory: int
    code: int


class Figures(NamedTuple):
    """Medians over the runs of one command."""

    wall: float
    low: float
    high: float
    cpu: float
    memory: int
    code: int


def run_once(command: list[str], cwd: str, env: dict[str, str]) -> Sample:
    """Starts the command with output thrown away and waits for it."""
    null = os.open(os.devnull, os.O_RDWR)
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdin=null, stdout=null, stderr=null)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    os.close(null)
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, process.returncode)


def in_turn(
    commands: dict[str, tuple[list[str], dict[str, str]]], cwd: str, runs: int, warm: int = 1
) -> dict[str, Figures]:
    """Runs the commands A B C A B C ...; the median of each. One that takes seconds stops after `SLOW_RUNS`."""
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for round_number in range(warm + runs):
        for name, (command, env) in commands.items():
            taken = samples[name]
            if len(taken) >= SLOW_RUNS and taken[0].wall > SLOW:
                continue
            sample = run_once(command, cwd, env)
            if round_number >= warm or sample.wall > SLOW:
                taken.append(sample)
    return {name: summary(taken) for name, taken in samples.items()}


def summary(taken: list[Sample]) -> Figures:
    """Medians of the samples."""
    walls = [s.wall for s in taken]
    return Figures(
        statistics.median(walls),
        min(walls),
        max(walls),
        statistics.median(s.cpu for s in taken),
        int(statistics.median(s.memory for s in taken)),
        taken[-1].code,
    )


def system_calls(command: list[str], cwd: str, env: dict[str, str]) -> dict[str, int]:
    """Counts of system calls by name, with `strace -c -f`; empty where strace is not installed."""
    try:
        done = subprocess.run(
            ["strace", "-f", "-c", "-U", "calls,name", "-o", "/dev/stderr", *command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return {}
    counts: dict[str, int] = {}
    for line in done.stderr.splitlines():
        words = line.split()
        if len(words) == 2 and words[0].isdigit():
            counts[words[1]] = int(words[0])
    return counts

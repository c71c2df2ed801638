"""The questions that are timed, each with its peers in the same run, and the ratio that the project wants."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import prepare
from measure import Figures, in_turn, system_calls

#: The programs by name.
OURS, PYTHON, PURE = "hydrargyrum", "hydrargyrum, Python", "hydrargyrum, pure engine"
RHG, C_BUILD, GIT = "rhg", "hg 7.2.4 (C)", "git"
#: git told not to look for untracked files: what `-mard` asks, but more than what is wanted is measured against.
GIT_TRACKED = "git status -uno"
REV_PARSE, BARE = "git rev-parse --show-toplevel", "python -I -S -c pass"


class Programs(NamedTuple):
    """The programs that take part."""

    hg: Path
    peer: Path
    rhg: Path


class Row(NamedTuple):
    """One line of the answer."""

    question: str
    program: str
    figures: Figures
    note: str = ""


def ours(programs: Programs, *args: str) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Our three ways to answer."""
    env = prepare.environment()
    return {
        OURS: ([str(programs.hg), *args], {**env, "HYG_LAUNCHER": "require"}),
        PYTHON: ([str(programs.hg), *args], {**env, "HYG_LAUNCHER": "never"}),
        PURE: (
            [str(programs.hg), *args],
            {**env, "HYG_LAUNCHER": "never", "HYG_ENGINE": "pure"},
        ),
    }


def theirs(
    programs: Programs, place: Path, git: list[str], *args: str
) -> dict[str, tuple[list[str], dict[str, str]]]:
    """rhg, the peer's C build and git for the same question."""
    env = prepare.environment()
    return {
        RHG: ([str(programs.rhg), *args], env),
        C_BUILD: ([str(programs.peer), *args, *prepare.SLOW], env),
        GIT: (prepare.git_command(place, *git), env),
    }


def status_rows(programs: Programs, name: str, place: Path, runs: int, *, slow: bool) -> list[Row]:
    """`status`, `-u`, `-mard` on one tree, beside rhg, git and, with `slow`, the C build and our pure engine.

    The peer of all is `git status`; that of `-mard` is also `git status -uno`, which is spared the untracked files, too.
    """
    rows = []
    whole = ["status", "--porcelain"]
    for flags in ([], ["-u"], ["-mard"]):
        commands = {**ours(programs, "status", *flags), **theirs(programs, place, whole, "status", *flags)}
        if flags == ["-mard"]:
            commands[GIT_TRACKED] = prepare.git_command(place, *whole, "-uno"), prepare.environment()
        if not slow:
            del commands[PURE], commands[C_BUILD]
        question = " ".join(["status", *flags, "on", name])
        rows += [Row(question, who, f) for who, f in in_turn(commands, str(place), runs).items()]
    return rows


def files_rows(programs: Programs, name: str, place: Path, runs: int) -> list[Row]:
    """`files` and `cat`."""
    rows = []
    commands = {**ours(programs, "files"), **theirs(programs, place, ["ls-files"], "files")}
    rows += [Row(f"files on {name}", who, f) for who, f in in_turn(commands, str(place), runs).items()]
    one = sorted(p.relative_to(place).as_posix() for p in place.glob("*.*") if p.is_file())[0]
    commands = {
        **ours(programs, "cat", "-r", "0", one),
        **theirs(programs, place, ["show", f"HEAD:{one}"], "cat", "-r", "0", one),
    }
    rows += [Row(f"cat on {name}", who, f) for who, f in in_turn(commands, str(place), runs).items()]
    return rows


def start_rows(programs: Programs, place: Path, runs: int) -> list[Row]:
    """What it costs to answer at all."""
    env = prepare.environment()
    rows = []
    for question in ("root", "version"):
        commands = ours(programs, question)
        commands[C_BUILD] = ([str(programs.peer), question], env)
        commands[REV_PARSE] = (
            prepare.git_command(place, "rev-parse", "--show-toplevel"),
            env,
        )
        commands[BARE] = ([sys.executable, "-I", "-S", "-c", "pass"], env)
        rows += [Row(question, who, f) for who, f in in_turn(commands, str(place), runs * 3).items()]
    return rows


def call_rows(programs: Programs, name: str, place: Path) -> list[str]:
    """System calls of a status, ours and rhg's."""
    env = prepare.environment()
    lines = []
    for who, command in (("hydrargyrum", programs.hg), ("rhg", programs.rhg)):
        for flags in ([], ["-mard"]):
            counts = system_calls([str(command), "status", *flags], str(place), env)
            top = ", ".join(f"{n} {c}" for n, c in sorted(counts.items(), key=lambda item: -item[1])[:7])
            lines.append(f"{who} status {' '.join(flags)} on {name}: {sum(counts.values())} calls: {top}")
    return lines

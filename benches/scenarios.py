"""The questions that are timed, each with its peers in the same run, and the ratio that the project wants."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import prepare
from measure import Figures, in_turn, system_calls


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
        "hydrargyrum": ([str(programs.hg), *args], {**env, "HYG_LAUNCHER": "require"}),
        "hydrargyrum, Python": ([str(programs.hg), *args], {**env, "HYG_LAUNCHER": "never"}),
        "hydrargyrum, pure engine": (
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
        "rhg": ([str(programs.rhg), *args], env),
        "hg 7.2.4 (C)": ([str(programs.peer), *args, *prepare.SLOW], env),
        "git": (prepare.git_command(place, *git), env),
    }


def status_rows(programs: Programs, name: str, place: Path, runs: int) -> list[Row]:
    """`status`, `-u`, `-mard` on one tree, beside rhg, the C build and git."""
    rows = []
    for flags, git in (
        ([], ["status", "--porcelain"]),
        (["-u"], ["ls-files", "--others", "--exclude-standard"]),
        (["-mard"], ["status", "--porcelain", "-uno"]),
    ):
        commands = {**ours(programs, "status", *flags), **theirs(programs, place, git, "status", *flags)}
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
    for question, _git in (("root", ["rev-parse", "--show-toplevel"]), ("version", ["version"])):
        commands = ours(programs, question)
        commands["hg 7.2.4 (C)"] = ([str(programs.peer), question], env)
        commands["git rev-parse --show-toplevel"] = (
            prepare.git_command(place, "rev-parse", "--show-toplevel"),
            env,
        )
        commands["python -I -S -c pass"] = ([sys.executable, "-I", "-S", "-c", "pass"], env)
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

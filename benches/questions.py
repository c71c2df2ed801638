"""What is asked about histories, with the same question for git: the rows of "asking", and what is wanted of each.

The histories are made here too: one that came from a project (the bundle among the shared data), and one that
`history.py` makes up.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import prepare
from measure import in_turn
from scenarios import C_BUILD, GIT, OURS, PYTHON, RHG, Programs, Row
from targets import Wish, grouped

HERE = Path(__file__).resolve().parent
LONG = 200_000
#: Milliseconds that Python without the launcher may cost more, and MiB that a whole log may need more than a short one.
PYTHON_MORE, MEMORY_MORE = 70.0, 24.0


class Question(NamedTuple):
    """One row: what is asked of both, and how much of git's and of the peer's time it may take."""

    name: str
    hg: list[str]
    git: list[str]
    of_git: float
    of_peer: float
    rhg: bool = False
    fresh: bool = False


class History(NamedTuple):
    """A history with its git twin, and what of it is asked for."""

    name: str
    place: Path
    bundle: Path
    file: str
    word: str
    user: str
    revs: tuple[int, int]


def shared_history(work: Path, shared: Path, peer: Path) -> History:
    """The project's history from the shared bundle, with the git twin that `twin.py` writes."""
    place, bundle = work / "flask", shared / "data/flask.hg"
    if not (place / ".hg/store/00changelog.i").exists():
        prepare.call([str(peer), "init", str(place)])
        prepare.call([str(peer), "-R", str(place), "unbundle", "-q", "-u", str(bundle)])
    git = prepare.git_directory(place)
    if not git.exists():
        print(f"preparing {git} ...", file=sys.stderr)
        prepare.call([sys.executable, str(HERE / "twin.py"), str(place), str(git)])
    return History("flask", place, bundle, "CHANGES.rst", "blueprint", "armin", (4000, 5000))


def long_history(work: Path, hg: Path, count: int) -> History:
    """A made-up history of that many changesets."""
    place, bundle = work / f"long-{count}", work / f"long-{count}.hg"
    git = prepare.git_directory(place)
    if not bundle.exists():
        print(f"preparing {bundle} ...", file=sys.stderr)
        shutil.rmtree(git, ignore_errors=True)
        prepare.call([sys.executable, str(HERE / "history.py"), str(count), str(bundle), str(git)])
    if not (place / ".hg/store/00changelog.i").exists():
        prepare.call([str(hg), "init", str(place)])
        prepare.call([str(hg), "-R", str(place), "unbundle", "-q", "-u", str(bundle)])
    file = _hot_file(git)
    return History(
        f"{count:,} changesets", place, bundle, file, "registry", "ledger", (count // 2, count // 2 + 1000)
    )


def _hot_file(git: Path) -> str:
    """A file that is changed often."""
    command = ["git", f"--git-dir={git}", "log", "-n", "3000", "--name-only", "--format=", "main"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return max(sorted(set(names)), key=names.count)


def questions(history: History, work: Path) -> Iterator[Question]:
    """All rows but that of the clean tree."""
    file, (old, new) = history.file, map(str, history.revs)
    scratch = work / "scratch"
    first, second = (_twin_of(history, rev) for rev in (old, new))
    yield Question("log", ["log"], ["log", "--all"], 1.0, 0.07)
    yield Question("log -l 1000", ["log", "-l", "1000"], ["log", "--all", "-n", "1000"], 1.5, 0.1)
    yield Question("log -l 10", ["log", "-l", "10"], ["log", "--all", "-n", "10"], 1.5, 0.02)
    graph = ["log", "--all", "--graph", "-n", "100"]
    yield Question("log -G -l 100", ["log", "-G", "-l", "100"], graph, 1.0, 0.1)
    yield Question(
        "log -p -l 500", ["log", "-p", "-l", "500"], ["log", "--all", "-p", "-n", "500"], 1.0, 0.06
    )
    yield Question("log FILE", ["log", file], ["log", "--all", "--", file], 0.5, 0.1)
    by_word = ["log", "--all", "-i", f"--grep={history.word}"]
    yield Question("log -k", ["log", "-k", history.word], by_word, 1.0, 0.1)
    by_user = ["log", "--all", "-i", f"--author={history.user}"]
    yield Question("log -r author()", ["log", "-r", f"author({history.user})"], by_user, 1.0, 0.1)
    yield Question("annotate", ["annotate", file], ["blame", "main", "--", file], 1.5, 0.05)
    yield Question("diff of two revisions", ["diff", "-r", old, "-r", new], ["diff", first, second], 1.0, 0.1)
    yield Question("cat", ["cat", "-r", "tip", file], ["show", f"main:{file}"], 2.0, 0.03, rhg=True)
    yield Question(
        "grep -r tip", ["grep", "-r", "tip", history.word], ["grep", history.word, "main"], 2.0, 0.1
    )
    yield from polled()
    made = scratch / "made"
    packed = ["bundle", "create", "-q", f"{made}.git", "--all"]
    yield Question("bundle -a", ["bundle", "-q", "-a", f"{made}.hg"], packed, 2.0, 0.25)
    clone = ["clone", "-q", "--bare", f"{made}.git"]
    yield Question("unbundle", ["unbundle", "-q", str(history.bundle)], clone, 2.0, 0.25, fresh=True)


def polled() -> Iterator[Question]:
    """What editors and prompts ask all the time."""
    yield Question("branch", ["branch"], ["symbolic-ref", "HEAD"], 4.0, 0.05)
    yield Question("bookmarks", ["bookmarks"], ["for-each-ref", "refs/heads"], 4.0, 0.05)
    yield Question("tags", ["tags"], ["for-each-ref", "refs/tags"], 4.0, 0.05)
    yield Question("identify -r tip", ["identify", "-r", "tip"], ["describe", "--always", "main"], 4.0, 0.05)
    parents = ["log", "-T", "json", "-r", "p1() + p2()"]
    yield Question("log -T json of the parents", parents, ["log", "-1", "main"], 4.0, 0.05)
    template = ["log", "-T", "{rev}:{node|short} {desc|firstline}\\n"]
    yield Question("log -T", template, ["log", "--all", "--format=%h %s"], 1.0, 0.1)


def _twin_of(history: History, rev: str) -> str:
    """The commit of git that a revision is: the scripts give each the mark after its number."""
    wanted = f":{int(rev) + 1} "
    with (prepare.git_directory(history.place) / "marks").open() as marks:
        return next(line.split()[1] for line in marks if line.startswith(wanted))


def rows(programs: Programs, history: History, work: Path, runs: int, only: set[str] | None) -> list[Row]:
    """Asks everything of all programs in turn."""
    env = prepare.environment()
    scratch = work / "scratch"
    scratch.mkdir(exist_ok=True)
    found = []
    for question in questions(history, work):
        if only and question.name not in only:
            continue
        python = {**env, "HYG_LAUNCHER": "never"}
        commands = {
            OURS: (_command([str(programs.hg)], question, scratch), env),
            PYTHON: (_command([str(programs.hg)], question, scratch), python),
            C_BUILD: (_command([str(programs.peer)], question, scratch), env),
            GIT: (_git(history, question, scratch), env),
        }
        if question.rhg:
            commands[RHG] = (_command([str(programs.rhg)], question, scratch), env)
        figures = in_turn(commands, str(history.place), runs)
        found += [Row(f"{question.name} on {history.name}", who, f) for who, f in figures.items()]
    return found


def _command(program: list[str], question: Question, scratch: Path) -> list[str]:
    """The command line; what needs an empty repository gets one."""
    if not question.fresh:
        return [*program, *question.hg]
    place, words = scratch / "fresh", " ".join(question.hg)
    return ["sh", "-c", f"rm -rf {place} && {program[0]} init {place} && {program[0]} -R {place} {words}"]


def _git(history: History, question: Question, scratch: Path) -> list[str]:
    """The same for git."""
    if question.fresh:
        place = scratch / "fresh"
        return ["sh", "-c", f"rm -rf {place} && git {' '.join(question.git)} {place}"]
    return ["git", f"--git-dir={prepare.git_directory(history.place)}", *question.git]


def clean_rows(programs: Programs, place: Path, runs: int) -> list[Row]:
    """A diff of a big tree in which nothing changed."""
    env = prepare.environment()
    commands = {
        OURS: ([str(programs.hg), "diff"], env),
        PYTHON: ([str(programs.hg), "diff"], {**env, "HYG_LAUNCHER": "never"}),
        C_BUILD: ([str(programs.peer), "diff", *prepare.SLOW], env),
        GIT: (prepare.git_command(place, "diff"), env),
    }
    return [Row("clean diff on 260k files", who, f) for who, f in in_turn(commands, str(place), runs).items()]


def wishes(found: list[Row], history: History, work: Path) -> Iterator[Wish]:
    """What is wanted beside what was measured."""
    wanted = {f"{q.name} on {history.name}": (q.of_git, q.of_peer) for q in questions(history, work)}
    wanted["clean diff on 260k files"] = (0.9, 0.4)
    groups = grouped(found)
    for question, group in groups.items():
        if question not in wanted:
            continue
        of_git, of_peer = wanted[question]
        mine = group[OURS]
        yield Wish(question, "of git", mine.wall / group[GIT].wall, of_git)
        yield Wish(question, "of the peer", mine.wall / group[C_BUILD].wall, of_peer)
        yield Wish(question, "ms more through Python", (group[PYTHON].wall - mine.wall) * 1e3, PYTHON_MORE)
    whole, short = (groups.get(f"{name} on {history.name}") for name in ("log", "log -l 1000"))
    if whole and short:
        for who in (OURS, PYTHON):
            more = (whole[who].memory - short[who].memory) / 1024
            yield Wish(f"log on {history.name}", f"MiB more than log -l 1000 ({who})", more, MEMORY_MORE)

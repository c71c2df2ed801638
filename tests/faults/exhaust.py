"""Every story of `stories` at every point, in every way: run as a program for a bounded time; it can be gone on with.

    exhaust.py [--minutes N] [--jobs N] [--log FILE] [--engines A,B] [--ways killed,failing,otherwise] [STORY ...]
    exhaust.py --table LOG ...

What is tried at a point is the business of `trying`; CI tries a few points only (`test_faults`).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

import forking  # noqa: E402
import trying  # noqa: E402
from running import LauncherRunner, Runner  # noqa: E402
from stories import LAUNCHED, MORE, STORIES, THEIRS, build  # noqa: E402

from peer import ROOT, Peer  # noqa: E402

ALL = (*STORIES, *MORE)
WAYS = ("killed", "failing", "otherwise")
ENGINES = ("native", "pure", "launcher", "peer")
#: So much of what is wrong is told of each story.
TOLD = 12


class Task(NamedTuple):
    """One story on an engine, in one way."""

    engine: str
    story: str
    way: str


class Limits(NamedTuple):
    """Where things are, and when to stop (seconds of `time.monotonic`)."""

    directory: Path
    library: Path
    until: float


def tasks(engines: list[str], ways: list[str], names: list[str]) -> Iterator[Task]:
    """What there is to do, the most important first."""
    for part in (STORIES, MORE):
        for way in ways:
            for story in part:
                for engine in engines:
                    wanted = {
                        "launcher": story.name in LAUNCHED,
                        "peer": story.name in THEIRS and way == "killed",
                    }
                    if wanted.get(engine, True) and (not names or story.name in names):
                        yield Task(engine, story.name, way)


def runner_for(engine: str, library: Path) -> Runner | LauncherRunner:
    """What runs the commands of an engine."""
    if engine == "launcher":
        program = os.environ.get("HYG_TEST_HG") or str(Path(sys.executable).parent / "hg")
        return LauncherRunner(library, Path(program))
    return Runner(library, engine)


def carry_out(task: Task, limits: Limits, peer: Peer) -> dict[str, Any]:
    """The line of the log for a task."""
    started = time.monotonic()
    story = next(each for each in ALL if each.name == task.story)
    runner = runner_for(task.engine, limits.library)
    base = Path(tempfile.mkdtemp(prefix="story-", dir=limits.directory))
    outcomes: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    first: dict[str, str] = {}
    cut = False
    line: dict[str, Any] = task._asdict()
    try:
        trial = trying.Trial(peer, runner, base, limits.directory / "common/repo", story)
        for name, outcome in TRIES[task.way](trial):
            outcomes[f"{name} {outcome.state}"] += 1
            for problem in outcome.problems:
                place, _, text = problem.partition("): ")
                problems[text] += 1
                first.setdefault(text, f"{name}, {place})")
            if time.monotonic() > limits.until:
                cut = True
                break
        line |= {"points": trial.points, "judged": trial.judged, "same": trial.same}
    except Exception as problem:
        # a line is written in any case: hours of work hang on it
        problems[f"the story cannot be told: {problem!r}"[:2000]] += 1
    finally:
        runner.close()
        shutil.rmtree(base, ignore_errors=True)
    told = [f"{count}x, first {first.get(text)}: {text}" for text, count in problems.items()]
    return {
        **line,
        "tried": sum(outcomes.values()),
        "outcomes": dict(sorted(outcomes.items())),
        "cut": cut,
        "seconds": round(time.monotonic() - started, 1),
        "problems": sum(problems.values()),
        "told": told[:TOLD],
    }


def killed(trial: trying.Trial) -> Iterator[tuple[str, trying.Outcome]]:
    """Killed at each point, and after half of its data."""
    for point, outcome in trial.every_kill():
        yield "torn" if point.torn else "killed", outcome


def failing(trial: trying.Trial) -> Iterator[tuple[str, trying.Outcome]]:
    """Ctrl-C at each point; the disk is full from there on; a permission is missing there."""
    yield "no caches", trial.caches()
    for at in range(trial.points):
        yield "interrupted", trial.interrupt(at)
        yield "full", trial.fail(at, "ENOSPC", on=True)
        yield "no permission", trial.fail(at, "EACCES")


def failing_otherwise(trial: trying.Trial) -> Iterator[tuple[str, trying.Outcome]]:
    """There is no space once, something is not permitted, and the disk is read-only from there on."""
    for at in range(trial.points):
        yield "no space once", trial.fail(at, "ENOSPC")
        yield "not permitted", trial.fail(at, "EPERM")
        yield "read-only", trial.fail(at, "EROFS", on=True)


TRIES = {"killed": killed, "failing": failing, "otherwise": failing_otherwise}


def work(limits: Limits, waiting: Any, done: Any) -> None:
    """One process: takes tasks as long as there are any and there is time."""
    peer = Peer()
    try:
        while (task := waiting.get()) is not None:
            if time.monotonic() < limits.until:
                done.put(carry_out(task, limits, peer))
    finally:
        peer.close()
        done.put(None)


def run(asked: argparse.Namespace) -> int:
    """Carries tasks out and prints a line for each; the exit code."""
    log = Path(asked.log) if asked.log else None
    known = {Task(each["engine"], each["story"], each["way"]) for each in read_log(log) if not each["cut"]}
    wanted = tasks(asked.engines.split(","), asked.ways.split(","), asked.story)
    waiting = [task for task in wanted if task not in known]
    memory = "/dev/shm"
    directory = Path(tempfile.mkdtemp(prefix="hyg-exhaust-", dir=memory if os.path.isdir(memory) else None))
    totals: Counter[str] = Counter()
    try:
        limits = Limits(
            directory, forking.compile_library("faults", directory), time.monotonic() + asked.minutes * 60
        )
        peer = Peer()
        (directory / "common").mkdir()
        build(peer, directory / "common/repo")
        peer.close()
        context = multiprocessing.get_context("spawn")
        queue, done = context.Queue(), context.Queue()
        for task in [*waiting, *[None] * asked.jobs]:
            queue.put(task)
        workers = [context.Process(target=work, args=(limits, queue, done)) for _ in range(asked.jobs)]
        for worker in workers:
            worker.start()
        ended = 0
        while ended < len(workers):
            line = done.get()
            if line is None:
                ended += 1
                continue
            if log is not None:
                with log.open("a") as stream:
                    stream.write(json.dumps(line) + "\n")
            totals["tasks"] += 1
            totals["tries"] += line["tried"]
            totals["problems"] += line["problems"]
            tell(line)
        for worker in workers:
            worker.join()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    left = len(waiting) - totals["tasks"]
    print(
        f"{totals['tries']} tries, {totals['problems']} problems; {left} of {len(waiting)} stories left for want of time"
    )
    return 1 if totals["problems"] else 0


def tell(line: dict[str, Any]) -> None:
    """Prints what came of a task."""
    counts = ", ".join(f"{name}: {count}" for name, count in line["outcomes"].items())
    print(
        f"{line['engine']} {line['story']}, {line['way']}: {line.get('points')} points, {line['tried']} tries"
        f"{' (cut short)' if line['cut'] else ''}, {line.get('judged')} judged, {line['seconds']} s; {counts}",
        flush=True,
    )
    for text in line["told"]:
        print(f"    {text[:900]}", flush=True)


def read_log(path: Path | None) -> list[dict[str, Any]]:
    """Its lines."""
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def table(paths: list[str]) -> None:
    """What logs say, as a table for docs/robustness.md; the last line of a task counts."""
    found: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for path in paths:
        for line in read_log(Path(path)):
            found.setdefault(line["story"], {})[line["engine"], line["way"]] = line
    print(
        "| story | engine | points | killed: old, new, between | judged | failing: tries | old, new, between | problems |"
    )
    print("|---|---|---|---|---|---|---|---|")
    order = {story.name: place for place, story in enumerate(ALL)}
    for story, lines in sorted(found.items(), key=lambda item: order.get(item[0], 999)):
        for engine in ENGINES:
            dead, failed = lines.get((engine, "killed")), lines.get((engine, "failing"))
            if not dead and not failed:
                continue
            points = (dead or failed or {}).get("points")
            problems = sum(each["problems"] for each in (dead, failed) if each)
            cells = [story, engine, points, states(dead), (dead or {}).get("judged", "")]
            cells += [(failed or {}).get("tried", "not run"), states(failed), problems]
            print("| " + " | ".join(str(cell) for cell in cells) + " |")


def states(line: dict[str, Any] | None) -> str:
    """How often what was left became which state."""
    if not line:
        return "not run"
    sums: Counter[str] = Counter()
    for name, count in line["outcomes"].items():
        sums[name.rpartition(" ")[2]] += count
    return ", ".join(str(sums[name]) for name in ("old", "new", "between")) + " (cut short)" * line["cut"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("story", nargs="*")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--log", default="")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--table", action="store_true", help="print a table of these logs")
    asked = parser.parse_args()
    if asked.table:
        table(asked.story)
        return 0
    assert (ROOT / "src").is_dir()
    return run(asked)


if __name__ == "__main__":
    sys.exit(main())

"""Measures recording: many new files, one changed file of many, and what the first `status` afterwards opens.

commit.py --hg HG --peer PEER [new floor one size] [--counts 20000,100000] [--work DIR]; moving files about is measured
by `moving.py`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

import prepare
import sizes
from measure import run_once, system_calls
from writing_figures import (
    USER,
    Cost,
    Programs,
    Verdicts,
    begin,
    calls_of,
    cost,
    end,
    environment,
    ours,
    parser_of,
    put_aside,
    show,
)

#: CPU seconds and system calls a file of a bare pipeline for 10,000 files, and how many times that we allow ourselves.
FLOOR_CPU, FLOOR_CALLS, TIMES = 0.32, 8, 3
PARTS = ("new", "floor", "one", "size")


def plain_tree(work: Path, shared: Path, count: int) -> Path:
    """The realistic tree, recorded by nobody."""
    place = work / f"plain-{count}"
    if not place.exists():
        prepare.call([sys.executable, str(shared / "bench/trees.py"), "realistic", str(count), str(place)])
    forget(place)
    return place


def forget(place: Path) -> None:
    """Takes the history away again."""
    for path in (place / ".hg", prepare.git_directory(place)):
        put_aside(path, place.parent)


def record(programs: Programs, place: Path) -> Cost:
    """`addremove` and `commit` by us, of everything."""
    prepare.call(ours(programs, "init", "."), place)
    return cost(place, ours(programs, "addremove", "-q"), ours(programs, "commit", "-q", "-m", "all", *USER))


def record_by_peer(programs: Programs, place: Path) -> Cost:
    """The same by the peer's C build."""
    peer = str(programs.peer)
    prepare.call([peer, "init", "."], place)
    return cost(place, [peer, "addremove", "-q"], [peer, "commit", "-q", "-m", "all", *USER])


def record_in_git(place: Path) -> Cost:
    """`git add -A` and `git commit`."""
    twin = prepare.git_directory(place)
    prepare.call(["git", "init", "-q", "--bare", str(twin)])
    prepare.call(["git", f"--git-dir={twin}", "config", "core.bare", "false"])
    prepare.call(["git", f"--git-dir={twin}", "config", "gc.auto", "0"])
    (twin / "info/exclude").write_text(".hg\n")
    add = prepare.git_command(place, "add", "-A")
    return cost(place, add, prepare.git_command(place, "commit", "-q", "-m", "all"))


def opened_files(programs: Programs, place: Path) -> int:
    """How many files of the working copy a `status` opens."""
    lines = calls_of(ours(programs, "status"), place, place.with_name("calls.log"))
    opens = [line for line in lines if " open" in line and "O_DIRECTORY" not in line and ") = -1" not in line]
    names = [line.split('"')[1] for line in opens if '"' in line]
    below = [name.removeprefix(f"{place}/") for name in names]
    inside = [name for name in below if not name.startswith(("/", ".hg/", "..")) and (place / name).is_file()]
    return len(inside)


def new_files(
    programs: Programs, work: Path, shared: Path, count: int, runs: int, verdicts: Verdicts
) -> None:
    """`addremove` and `commit` of `count` new files."""
    place = plain_tree(work, shared, count)
    what = f"addremove + commit, {count} files"
    mine: list[Cost] = []
    git: list[Cost] = []
    for number in range(runs):
        forget(place)
        mine.append(record(programs, place))
        show(what, "hydrargyrum", mine[-1])
        if number == 0:
            verdicts.wish(f"files opened by the first status after {count}", opened_files(programs, place), 0)
        forget(place)
        git.append(record_in_git(place))
        show(what, "git", git[-1])
    forget(place)
    peer = record_by_peer(programs, place)
    show(what, "peer (C)", peer)
    forget(place)
    wall = statistics.median(each.wall for each in mine)
    verdicts.wish(f"{what}, of git", wall / statistics.median(each.wall for each in git), 1)
    verdicts.wish(f"{what}, of the peer", wall / peer.wall, 0.2)
    verdicts.wish(f"{what}, peak memory", max(each.memory for each in mine) / 1024, 400, "MiB")


def floor(programs: Programs, work: Path, shared: Path, verdicts: Verdicts) -> None:
    """CPU time and system calls of 10,000 files."""
    count = 10_000
    place = plain_tree(work, shared, count)
    best = min((record_again(programs, place) for _ in range(3)), key=lambda each: each.cpu)
    show(f"addremove + commit, {count} files", "hydrargyrum", best)
    forget(place)
    prepare.call(ours(programs, "init", "."), place)
    calls: dict[str, int] = {}
    for command in (["addremove", "-q"], ["commit", "-q", "-m", "all", *USER]):
        counted = system_calls(ours(programs, *command), str(place), environment())
        for name, times in counted.items():
            calls[name] = calls.get(name, 0) + times
    calls.pop("total", None)
    forget(place)
    verdicts.wish(f"{count} files, CPU against {TIMES} floors", best.cpu, FLOOR_CPU * TIMES, "s")
    verdicts.wish("system calls a file", sum(calls.values()) / count, FLOOR_CALLS * TIMES)
    top = sorted(calls.items(), key=lambda item: -item[1])[:10]
    print("    " + ", ".join(f"{name} {times / count:.1f}" for name, times in top))


def record_again(programs: Programs, place: Path) -> Cost:
    """As `record`, from nothing."""
    forget(place)
    return record(programs, place)


def one_file(programs: Programs, work: Path, shared: Path, runs: int, verdicts: Verdicts) -> None:
    """`commit` of one changed file among 260,000, and `status` there; both through Python."""
    place = committed_copy(work, shared, programs)
    path = next(p for p in sorted(place.glob("*.*")) if p.is_file())
    changed = path.read_bytes()
    statuses: list[Cost] = []
    commits: list[Cost] = []
    for number in range(runs + 1):
        path.write_bytes(
            changed + b"%d\n" % number + path.stat().st_mtime_ns.to_bytes(8, "big").hex().encode()
        )
        status = cost(place, ours(programs, "status", "-q"), python=True)
        commit = cost(place, ours(programs, "commit", "-q", "-m", "one", *USER), python=True)
        if number:
            statuses.append(status)
            commits.append(commit)
    status, commit = (Cost(*map(statistics.median, zip(*each, strict=True))) for each in (statuses, commits))
    show("status, one of 260,000 files changed", "Python", status)
    show("commit, one of 260,000 files changed", "Python", commit)
    verdicts.wish("commit of one file of 260,000, ms", commit.wall * 1e3, status.wall * 1.3e3 + 15, "ms")


def committed_copy(work: Path, shared: Path, programs: Programs) -> Path:
    """A copy of the big tree to commit to."""
    copy = work / "realistic-260000-commits"
    if not copy.exists():
        place = prepare.tree(work, shared, programs.peer, "260k realistic")
        prepare.call(["cp", "-a", str(place), str(copy)])
        run_once(ours(programs, "status"), str(copy), environment())
    return copy


def main() -> int:
    """Parses arguments, measures, prints."""
    parser = parser_of(__doc__, PARTS)
    parser.add_argument("--counts", default="20000,100000")
    o = parser.parse_args()
    begin(o.work)
    programs = Programs(o.hg.absolute(), o.peer.absolute())
    verdicts = Verdicts()
    if "floor" in o.parts:
        floor(programs, o.work, o.shared, verdicts)
    if "new" in o.parts:
        for count in o.counts.split(","):
            new_files(programs, o.work, o.shared, int(count), o.runs, verdicts)
    if "one" in o.parts:
        one_file(programs, o.work, o.shared, o.runs, verdicts)
    if "size" in o.parts:
        python = o.hg.absolute().parent / "python"
        command = [
            str(python),
            str(Path(sizes.__file__)),
            str(o.shared / "data/flask.hg"),
            str(programs.peer),
        ]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        verdicts.wish("store of flask, revision by revision, of the peer's", float(answer[-1]), 1.05)
    end(o.work, verdicts)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs the benchmarks and prints tables: `make bench`, `make bench BENCH="status --runs 9"`.

run.py --hg HG --peer PEER [start|status|files|calls|ladder|ask ...] [--runs N] [--work DIR] [--small] [--only ROW ...]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import prepare
import questions
import scenarios
import targets

HERE = Path(__file__).resolve().parent
PARTS = ("start", "status", "files", "calls", "ladder", "ask")


def show(rows: list[scenarios.Row]) -> None:
    """Prints one table per question, each row with its ratio to ours."""
    for question in dict.fromkeys(row.question for row in rows):
        group = [row for row in rows if row.question == question]
        first = group[0].figures.wall
        print(f"\n{question}")
        print(
            f"  {'program':32} {'median ms':>10} {'min':>8} {'max':>8} {'cpu ms':>8} {'MiB':>7} {'ours/it':>8}"
        )
        for row in group:
            f = row.figures
            code = "" if f.code == 0 else f"  exit {f.code}"
            print(
                f"  {row.program:32} {f.wall * 1e3:10.1f} {f.low * 1e3:8.1f} {f.high * 1e3:8.1f}"
                f" {f.cpu * 1e3:8.1f} {f.memory / 1024:7.1f} {first / f.wall:8.2f}{code}"
            )
    sys.stdout.flush()


def main() -> int:
    """Parses arguments, prepares, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hg", type=Path, required=True)
    parser.add_argument("--peer", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache/hydrargyrum-bench")
    parser.add_argument("--shared", type=Path, default=HERE.parent.parent / "shared")
    parser.add_argument(
        "--small", action="store_true", help="trees of 5,000 files, to see that everything runs"
    )
    parser.add_argument("--only", action="append", help="of what is asked about histories, this row")
    parser.add_argument("parts", nargs="*", default=PARTS)
    o = parser.parse_args()
    o.work.mkdir(parents=True, exist_ok=True)
    programs = scenarios.Programs(o.hg.absolute(), o.peer.absolute(), prepare.rhg(o.work))
    limit = 5000 if o.small else None
    rows: list[scenarios.Row] = []

    def take(more: list[scenarios.Row]) -> None:
        rows.extend(more)
        show(more)

    trees = set(o.parts) - {"ask"}
    for name in prepare.TREES if trees else ():
        clean = prepare.tree(o.work, o.shared, programs.peer, name, limit=limit)
        changed = prepare.changed_copy(clean)
        if "start" in o.parts and name == "260k realistic":
            take(scenarios.start_rows(programs, clean, o.runs))
        if "status" in o.parts:
            take(scenarios.status_rows(programs, f"{name}, clean", clean, o.runs, slow=True))
            take(scenarios.status_rows(programs, f"{name}, 500 changes", changed, o.runs, slow=False))
        if "files" in o.parts:
            take(scenarios.files_rows(programs, name, clean, o.runs))
        if "calls" in o.parts and name == "260k realistic":
            print("\n" + "\n".join(scenarios.call_rows(programs, name, clean)))
        if "ladder" in o.parts and name == "100k pathological":
            python = o.hg.absolute().parent / "python"
            env = {**prepare.environment(), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
            subprocess.run([str(python), str(HERE / "ladder.py"), str(clean)], env=env, check=True)
    wanted = list(targets.wishes(rows))
    if "ask" in o.parts:
        only = set(o.only or ())
        clean = prepare.tree(o.work, o.shared, programs.peer, "260k realistic", limit=limit)
        if not only or "clean diff" in only:
            take(questions.clean_rows(programs, clean, o.runs))
        for history in (
            questions.shared_history(o.work, o.shared, programs.peer),
            questions.long_history(o.work, programs.hg, limit or questions.LONG),
        ):
            take(questions.rows(programs, history, o.work, o.runs, only))
            wanted += questions.wishes(rows, history, o.work)
    if rows:
        print(f"\nMedian ms of wall time, in brackets MiB of peak memory\n\n{targets.table(rows)}")
        print(f"\nWhat is wanted\n\n{targets.verdicts(wanted)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

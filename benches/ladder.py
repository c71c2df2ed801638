"""The talk's lesson as a table: 100,000 status rows handed to Python in four ways, by the native engine.

ladder.py REPOSITORY        (asks for `-A`, so that every file is a row)
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings, PatternSet, StatusRequest


def timed(work: Callable[[], object], runs: int = 7) -> tuple[float, float]:
    """Median and minimum seconds, after one run to warm up."""
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken), min(taken)


def main() -> int:
    """Measures and prints."""
    root = str(Path(sys.argv[1]).resolve())
    repository = select_engine("native").open(root, EngineSettings())
    request = StatusRequest(PatternSet(root), clean=True)

    def drain_table() -> int:
        import pyarrow

        return int(pyarrow.table(repository.status(request).table()).num_rows)

    def loop() -> int:
        return sum(1 for _letter, _path in repository.status(request).rows())

    rungs: list[tuple[str, Callable[[], object]]] = [
        ("native alone", lambda: repository.status(request)),
        ("as an Arrow table", drain_table),
        ("lazy iterator of tuples, with a loop", loop),
        ("list of tuples", lambda: list(repository.status(request).rows())),
    ]
    print(f"\n{drain_table()} status rows handed to Python")
    base = 0.0
    for name, work in rungs:
        median, low = timed(work)
        base = base or median
        print(
            f"  {name:38} {median * 1e3:8.1f} ms  (min {low * 1e3:7.1f})  {median / base:5.2f} x native alone"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Commits many new files by the store writer of each engine, and by a peer where one is named.

commit.py [FILES] [PEER]        (20,000 files of about 600 bytes by default)
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hydrargyrum.engine.select import select_engine
from hydrargyrum.plans import CommitHeader
from hydrargyrum.types import EngineSettings, PatternSet, StatusRequest

REQUIRES = "dotencode\nfncache\ngeneraldelta\nrevlog-compression-zstd\nrevlogv1\nsparserevlog\nstore\n"


def fill(root: Path, count: int) -> None:
    """Makes the files, a hundred in each directory."""
    for number in range(count):
        path = root / f"dir{number // 100}" / f"file{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"line {line} of file {number * 7919 % 10007}\n" for line in range(24)))


def commit(engine_name: str, root: Path) -> tuple[float, float]:
    """Wall and processor seconds of the engine's part of a commit."""
    store = root / ".hg" / "store"
    store.mkdir(parents=True)
    (root / ".hg" / "requires").write_text(REQUIRES)
    (store / "journal").touch()
    (store / "journal.backupfiles").write_text("2\n")
    engine = select_engine("native").open(str(root), EngineSettings())
    request = StatusRequest(PatternSet(str(root)), unknown=True)
    with engine_paths(engine.status(request).unknown) as report:
        writer = (
            select_engine(engine_name).open(str(root), EngineSettings()).write_store(str(store / "journal"))
        )
        before, used = time.perf_counter(), processor()
        writer.commit_working_copy(CommitHeader((-1, -1), "me", (0, 0), "all", {}), report)  # type: ignore[arg-type]
        writer.finish()
        return time.perf_counter() - before, processor() - used


class engine_paths:  # noqa: N801 (a report in few words)
    """A report that calls unknown files added."""

    def __init__(self, added: object) -> None:
        self.added = added
        self.modified = self.removed = ()

    def __enter__(self) -> engine_paths:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def processor() -> float:
    """Processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Measures and prints."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    peer = sys.argv[2] if len(sys.argv) > 2 else None
    for name in ("native", "pure"):
        root = Path(tempfile.mkdtemp(prefix="hyg-commit-"))
        fill(root, count)
        wall, used = commit(name, root)
        print(f"{name:8} {count} files: {wall:6.2f} s, {used:6.2f} s CPU")
        shutil.rmtree(root)
    if peer:
        root = Path(tempfile.mkdtemp(prefix="hyg-commit-"))
        subprocess.run([peer, "init", str(root)], check=True)
        fill(root, count)
        subprocess.run([peer, "--cwd", str(root), "addremove", "-q"], check=True)
        before = time.perf_counter()
        subprocess.run([peer, "--cwd", str(root), "commit", "-m", "all", "-u", "me"], check=True)
        print(f"{'peer':8} {count} files: {time.perf_counter() - before:6.2f} s")
        shutil.rmtree(root)
    return 0


if __name__ == "__main__":
    sys.exit(main())

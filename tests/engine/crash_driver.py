"""Makes a commit in copies of a repository and dies in each at another point: before the Nth change of a file.

Run as `python crash_driver.py ENGINE ORIGINAL DIRECTORY`; DIRECTORY/N is the copy that died at point N. Prints how many
points there were. They are what Python's audit events tell: files opened for writing, renamed, linked, cut and removed;
what the native engine writes itself has none.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from hydrargyrum.config import Config
from hydrargyrum.engine.select import select_engine
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.repo import Repository

EVENTS = frozenset(("os.rename", "os.link", "os.truncate", "os.remove", "os.chmod", "os.mkdir", "os.symlink"))


def die_at(point: int, root: str) -> None:
    """Kills this process before the change of that number below `root`."""
    left = point

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if event == "open":
            path, _mode, flags = args
            if not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
                return
        elif event in EVENTS:
            path = args[0]
        else:
            return
        if isinstance(path, (str, bytes)) and os.fsdecode(path).startswith(root):
            left -= 1
            if left < 0:
                os._exit(9)

    sys.addaudithook(hook)


def commit(root: Path, engine: str) -> None:
    config = Config({})
    config.load()
    repo = Repository.open(str(root), config=config, engine=select_engine(engine))
    with repo.lock_working_copy(), repo.lock_store(), repo.transaction("commit") as txn:
        changes = [
            FileChange("big", b"more\n" * 30000 + os.urandom(140000), ""),
            FileChange("d/new", b"n\n", ""),
        ]
        txn.writer.commit(CommitHeader((0, -1), "me", (0, 0), "dies", {}), changes, ["gone"])
        txn.generate("plain", "bookmarks", lambda: b"")
        txn.write_pending()


def main() -> None:
    engine, original, directory = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    point = 0
    while True:
        root = directory / str(point)
        shutil.copytree(original, root, symlinks=True)
        child = os.fork()
        if not child:
            die_at(point, f"{root}/")
            commit(root, engine)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 0:
            break
        if status != 9:
            sys.exit(f"point {point}: the commit ended with {status}")
        point += 1
    print(point)


if __name__ == "__main__":
    main()

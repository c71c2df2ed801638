"""Whether a tracked path lies where it says: not below a symbolic link and not inside another repository.

What the file itself looks like does not matter here; and the file system's own clock is asked here.
"""

from __future__ import annotations

import os
import stat

from hydrargyrum.engine.pure.worktree.entry import split_time


class PathAuditor:
    """Remembers what it found about directories."""

    __slots__ = ("_known", "_root")

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._known: dict[bytes, bool] = {b"": True}

    def is_inside(self, path: bytes) -> bool:
        """Whether every directory above `path` is a plain one of this repository (or is not there)."""
        return self._is_plain(path.rpartition(b"/")[0])

    def _is_plain(self, directory: bytes) -> bool:
        known = self._known.get(directory)
        if known is not None:
            return known
        missing = []
        while known is None:
            missing.append(directory)
            directory = directory.rpartition(b"/")[0]
            known = self._known.get(directory)
        for directory in reversed(missing):
            known = known and self._look(directory)
            self._known[directory] = known
        return known

    def _look(self, directory: bytes) -> bool:
        if directory == b".hg" or directory.endswith(b"/.hg"):
            return False
        full = os.path.join(self._root, directory)
        try:
            look = os.lstat(full)
        except FileNotFoundError:
            return True
        except (OSError, ValueError):
            return False
        if stat.S_ISLNK(look.st_mode):
            return False
        return not (stat.S_ISDIR(look.st_mode) and os.path.isdir(os.path.join(full, b".hg")))


def filesystem_now(directory: bytes) -> tuple[int, int] | None:
    """Seconds and nanoseconds that a file made in `directory` gets now; None where none can be made."""
    flags = os.O_WRONLY | os.O_CLOEXEC
    unnamed = getattr(os, "O_TMPFILE", 0)
    try:
        if unnamed:
            try:
                return _time_and_close(os.open(directory, flags | unnamed, 0o600))
            except OSError:
                pass
        name = os.path.join(directory, b".hyg-now-%d" % os.getpid())
        handle = os.open(name, flags | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            return _time_and_close(handle)
        finally:
            os.unlink(name)
    except OSError:
        return None


def _time_and_close(handle: int) -> tuple[int, int]:
    try:
        return split_time(os.fstat(handle).st_mtime_ns)
    finally:
        os.close(handle)

"""The working copy lock `.hg/wlock`: taken only when it is free; one whose owner is dead is broken.

Waiting for a lock and telling the user about it do not belong here (format: `docs/formats/working-copy-lock.md`).
"""

from __future__ import annotations

import errno
import os

#: How often a lock that vanishes while it is looked at is tried again.
ATTEMPTS = 5


class Lock:
    """A held lock; a context manager that releases it."""

    def __init__(self, path: bytes) -> None:
        self._path = path
        self._pid = os.getpid()

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        if os.getpid() == self._pid:  # after a fork it belongs to the parent
            try:
                os.unlink(self._path)
            except OSError:
                pass


def try_lock(directory: bytes, name: bytes) -> Lock | None:
    """Takes a lock if it is free, None where somebody holds it.

    Raises:
        OSError: it can neither be made nor read.
    """
    prefix = owner_prefix()
    path = os.path.join(directory, name)
    for _ in range(ATTEMPTS):
        if _make(prefix + b":%d" % os.getpid(), path):
            return Lock(path)
        holder = _read(path)
        if holder is None:
            continue
        if not _is_dead(holder, prefix) or not _break(directory, name, prefix):
            return None
    return None


def _make(owner: bytes, path: bytes) -> bool:
    try:
        os.symlink(owner, path)
        return True
    except FileExistsError:
        return False
    except OSError as problem:
        if problem.errno != errno.EPERM:  # a file would fail for the same reason
            raise
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        return False
    with open(handle, "wb") as file:
        file.write(owner)
    return True


def _read(path: bytes) -> bytes | None:
    """Who holds a lock; None where nobody does any more."""
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return None
    except OSError as problem:
        if problem.errno != errno.EINVAL:
            raise
    try:
        with open(path, "rb") as file:
            return file.read(4096)
    except FileNotFoundError:
        return None


def _break(directory: bytes, name: bytes, prefix: bytes) -> bool:
    """Removes a lock whose owner is dead, under a lock of its own."""
    if name.endswith(b".break"):
        return False
    guard = try_lock(directory, name + b".break")
    if guard is None:
        return False
    with guard:
        path = os.path.join(directory, name)
        holder = _read(path)
        if holder is not None:
            if not _is_dead(holder, prefix):
                return False
            os.unlink(path)
    return True


def _is_dead(holder: bytes, prefix: bytes) -> bool:
    """Whether the holder is a process of this host and process namespace that runs no longer."""
    host, colon, number = holder.partition(b":")
    if not colon or host != prefix or not number.isdigit() or not 0 < int(number) < 1 << 31:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def owner_prefix() -> bytes:
    """Host name and, where there is one, the process namespace."""
    prefix = os.fsencode(os.uname().nodename)
    try:
        return prefix + b"/%x" % os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return prefix

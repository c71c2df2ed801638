"""Locks as files: symbolic links that name their owner, made only where there are none; those of the dead are broken.

Which locks there are, and waiting for them, is `repo.locks`' business (format: `docs/formats/working-copy-lock.md`).
"""

from __future__ import annotations

import errno
import os

#: How often a lock that vanishes while it is looked at is tried again.
ATTEMPTS = 5


class Busy:
    """Why a lock was not taken: `owner` holds it ("" where it changed hands too often to tell)."""

    __slots__ = ("owner",)

    def __init__(self, owner: bytes) -> None:
        self.owner = owner


class Lock:
    """A held lock; a context manager that releases it."""

    def __init__(self, path: bytes) -> None:
        self._path = path
        self._pid = os.getpid()
        held.append(self)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @property
    def is_ours(self) -> bool:
        """Whether this process took it (and is not a fork of the one that did)."""
        return os.getpid() == self._pid

    def release(self) -> None:
        """Removes the lock; nothing in a forked process, because it belongs to the parent."""
        if self in held:
            held.remove(self)
        if self.is_ours:
            try:
                os.unlink(self._path)
            except OSError:
                pass


#: What was taken and not given back yet. Ctrl-C may come before the first line of whatever gives it back.
held: list[Lock] = []


def try_lock(directory: bytes, name: bytes) -> Lock | None:
    """Takes a lock if it is free, None where somebody holds it.

    Raises:
        OSError: it can neither be made nor read.
    """
    taken = attempt(directory, name)
    return taken if isinstance(taken, Lock) else None


def attempt(directory: bytes, name: bytes) -> Lock | Busy:
    """Takes a lock, or says who holds it.

    Raises:
        OSError: it can neither be made nor read.
    """
    prefix = owner_prefix()
    path = os.path.join(directory, name)
    own = prefix + b":%d" % os.getpid()
    for _ in range(ATTEMPTS):
        try:
            if _make(own, path):
                return Lock(path)
        except KeyboardInterrupt:
            # it may have been made before that was raised
            if read_owner(path) == own:
                os.unlink(path)
            raise
        holder = read_owner(path)
        if holder is None:
            continue
        if not _is_dead(holder, prefix) or not _break(directory, name, prefix):
            return Busy(holder)
    return Busy(b"")


def live_owner(directory: bytes, name: bytes) -> bytes | None:
    """Who holds a lock; None where it is free, or was held by the dead (it is removed then)."""
    path = os.path.join(directory, name)
    holder = read_owner(path)
    if holder is None:
        return None
    prefix = owner_prefix()
    if _is_dead(holder, prefix) and _break(directory, name, prefix):
        return None
    return holder


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


def read_owner(path: bytes) -> bytes | None:
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
    """Removes a lock whose owner is dead, under a lock of its own, which is broken likewise where its owner died."""
    guard = try_lock(directory, name + b".break")
    if guard is None:
        return False
    with guard:
        path = os.path.join(directory, name)
        holder = read_owner(path)
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

"""The two locks of a repository: waiting for them, telling the user about it, taking them again while they are held.

How a lock looks on disk is `lockfile`'s business; who needs both takes the working copy's first.
"""

from __future__ import annotations

import os

from hydrargyrum import errors, lockfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.repo.repository import Repository

    AfterUnlock = Callable[[bool], object]


class RepositoryLock:
    """A lock that this process holds or does not; entered again while it is held, it only counts.

    Attributes:
        path: the file.
        what: how messages call it.
    """

    __slots__ = ("_after", "_count", "_held", "_name", "path", "what")

    def __init__(self, directory: str, name: str, what: str) -> None:
        self.path = os.path.join(directory, name)
        self.what = what
        self._name = os.fsencode(name)
        self._held: lockfile.Lock | None = None
        self._count = 0
        self._after: list[AfterUnlock] = []

    @property
    def is_held(self) -> bool:
        """Whether this process has it."""
        return self._count > 0

    def after_release(self, callback: AfterUnlock) -> None:
        """Calls `callback` with the outcome (True: no exception) once the lock, which is held, is given back."""
        self._after.append(callback)

    def acquire(self, waiting: Waiting | None) -> bool:
        """Takes the lock, or counts that it is taken again; True where it was not held before.

        Raises:
            LockHeld: somebody holds it (for longer than we wait).
            LockUnavailable: it cannot be made.
        """
        if self._count:
            self._count += 1
            return False
        self._held = self._take(waiting)
        self._count = 1
        return True

    def _take(self, waiting: Waiting | None) -> lockfile.Lock:
        directory = os.fsencode(os.path.dirname(self.path))
        waited = 0
        while True:
            try:
                taken = lockfile.attempt(directory, self._name)
            except OSError as problem:
                raise errors.LockUnavailable(what=self.what, path=self.path, errno=problem.errno) from None
            if isinstance(taken, lockfile.Lock):
                if waiting is not None and waited:
                    waiting.over(waited)
                return taken
            owner = os.fsdecode(taken.owner)
            if waiting is None:
                raise errors.LockHeld(what=self.what, path=self.path, holder=owner, waited=0)
            waiting.step(self, owner, waited)
            waited += 1

    def __enter__(self) -> RepositoryLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.release(success=kind is None)

    def release(self, *, success: bool = True) -> None:
        """Gives the lock back where it was taken first; then what waits for that is called."""
        self._count -= 1
        if self._count or self._held is None:
            return
        held, self._held = self._held, None
        held.release()
        if held.is_ours:
            callbacks, self._after = self._after, []
            for callback in callbacks:
                callback(success)


class Waiting:
    """How long to wait for a lock, and what the user is told meanwhile (`ui.timeout`, `ui.timeout.warn`)."""

    __slots__ = ("_debug_at", "_repo", "_timeout", "_warn_at")

    def __init__(self, repo: Repository, *, wait: bool) -> None:
        config = repo.config
        self._repo = repo
        self._timeout = config.integer("ui", "timeout") if wait else 0
        warn_at = config.integer("ui", "timeout.warn") if wait else 0
        self._debug_at = 0 if warn_at and self._timeout else -1
        self._warn_at = warn_at if self._timeout else -1

    def step(self, lock: RepositoryLock, owner: str, waited: int) -> None:
        """Waits for a second.

        Raises:
            LockHeld: it has been long enough.
        """
        import time

        reporter, config = self._repo.reporter, self._repo.config
        sync_file = config.text("devel", "lock-wait-sync-file")
        if sync_file:
            with open(sync_file, "wb"):
                pass  # tests wait for it
        if waited == self._debug_at:
            reporter.debug(_waiting_for(lock, owner))
        if waited == self._warn_at:
            reporter.warn(_waiting_for(lock, owner))
        if self._timeout <= waited:
            raise errors.LockHeld(what=lock.what, path=lock.path, holder=owner, waited=waited, timed_out=1)
        time.sleep(1)

    def over(self, waited: int) -> None:
        """The lock is ours now."""
        warned = 0 <= self._warn_at <= waited
        tell = self._repo.reporter.warn if warned else self._repo.reporter.debug
        tell(f"got lock after {waited} seconds\n")


def _waiting_for(lock: RepositoryLock, owner: str) -> str:
    host, colon, process = owner.partition(":")
    if not colon:
        return f"waiting for lock on {lock.what} held by {errors.quoted(owner)}\n"
    who = f"process {errors.quoted(process)} on host {errors.quoted(host)}"
    return f"waiting for lock on {lock.what} held by {who}\n"


class Locks:
    """Both locks of a repository.

    Attributes:
        working_copy: guards everything under `.hg` but the store.
        store: guards the store (in a share it belongs to all of them).
    """

    __slots__ = ("_repo", "store", "working_copy")

    def __init__(self, repo: Repository) -> None:
        engine = repo.engine
        self._repo = repo
        self.working_copy = RepositoryLock(engine.dot_hg, "wlock", f"working directory of {repo.root}")
        self.store = RepositoryLock(engine.store, "lock", f"repository {repo.root}")

    def take(self, lock: RepositoryLock, hook: str, *, wait: bool) -> RepositoryLock:
        """Takes one of the locks (again)."""
        if lock.is_held:
            lock.acquire(None)
            return lock
        self._repo.hooks.run(hook, {}, stops=True)
        if lock.acquire(Waiting(self._repo, wait=wait)):
            self._repo.invalidate()
        return lock

    def after_unlock(self, callback: AfterUnlock) -> None:
        """Calls `callback` when no lock is held any more: at once where none is."""
        for lock in (self.working_copy, self.store):
            if lock.is_held:
                lock.after_release(callback)
                return
        callback(True)

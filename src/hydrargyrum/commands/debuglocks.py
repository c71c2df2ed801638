"""`debuglocks`: who holds the locks of a repository; also frees and holds them."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo.locks import RepositoryLock


@command(
    "debuglocks",
    options=[
        Option("L", "force-free-lock", "free the store lock (DANGEROUS)"),
        Option("W", "force-free-wlock", "free the working state lock (DANGEROUS)"),
        Option("s", "set-lock", "set the store lock until stopped"),
        Option("S", "set-wlock", "set the working state lock until stopped"),
    ],
    synopsis="[OPTION]...",
    max_args=0,
)
def debuglocks(context: CommandContext) -> int:
    """show or modify state of locks

    Shows which locks are held, by whom and for how long. Locks of processes that have ended are removed on the way.

    The other options free a lock whatever its owner is doing, which can damage the repository, or take locks and hold
    them until the command is interrupted.

    Returns 0 if no locks are held.
    """
    options, locks = context.options, context.repo.locks
    freed = False
    for key, lock in (("force_free_lock", locks.store), ("force_free_wlock", locks.working_copy)):
        if options.flag(key):
            freed = True
            try:
                os.unlink(lock.path)
            except FileNotFoundError:
                pass
    if freed:
        return 0
    if options.flag("set_lock") or options.flag("set_wlock"):
        _hold(context)
        return 0
    return _report(context, "lock", locks.store) + _report(context, "wlock", locks.working_copy)


def _hold(context: CommandContext) -> None:
    """Takes the chosen locks until the user says so or interrupts."""
    repo, ui, options = context.repo, context.ui, context.options
    held: list[RepositoryLock] = []
    try:
        for key, name, take in (
            ("set_wlock", "wlock", repo.lock_working_copy),
            ("set_lock", "lock", repo.lock_store),
        ):
            if options.flag(key):
                try:
                    held.append(take(wait=False))
                except errors.LockHeld:
                    raise errors.Abort(f"{name} is already held") from None
        try:
            if ui.is_interactive():
                ui.choose("ready to release the lock (y)? $$ &Yes")
            else:
                ui.status(f"{len(held)} locks held, waiting for signal\n")
                ui.flush()
                _wait_for_signal()
        except KeyboardInterrupt:
            ui.status("signal-received releasing locks\n")
    finally:
        for lock in reversed(held):
            lock.release()


def _wait_for_signal() -> None:
    import signal

    while True:
        signal.pause()


def _report(context: CommandContext, name: str, lock: RepositoryLock) -> int:
    """One line about a lock; 1 where it is held."""
    import time

    from hydrargyrum import lockfile

    directory, file = os.path.split(os.fsencode(lock.path))
    owner = lockfile.live_owner(directory, file)
    if owner is not None:
        try:
            look = os.lstat(lock.path)
        except FileNotFoundError:
            owner = None
    if owner is None:
        context.ui.write(f"{name + ':':<6} free\n")
        return 0
    age = int(time.time() - look.st_mtime)
    context.ui.write(f"{name + ':':<6} {_described(os.fsdecode(owner), look.st_uid)} ({age}s)\n")
    return 1


def _described(owner: str, uid: int) -> str:
    host, colon, process = owner.partition(":")
    if not colon:
        return owner
    import pwd

    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    where = "" if host == os.uname().nodename else f", host {host}"
    return f"user {user}, process {process}{where}"

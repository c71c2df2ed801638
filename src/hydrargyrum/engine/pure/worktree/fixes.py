"""Writes into the dirstate which files were found clean, if the lock is free and nothing changed meanwhile.

None of it matters to what the repository means, so every trouble ends in doing nothing. Finding out is `compare`.
"""

from __future__ import annotations

import os

from hydrargyrum.engine.pure.worktree.dirstate_v1 import ParsedV1, replace_entries
from hydrargyrum.engine.pure.worktree.dirstate_v2 import Docket, TreeAppender
from hydrargyrum.engine.pure.worktree.entry import clean_entry
from hydrargyrum.errors import EngineError
from hydrargyrum.lockfile import try_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.worktree.compare import Clean
    from hydrargyrum.engine.pure.worktree.dirstate import Dirstate
    from hydrargyrum.engine.pure.worktree.entry import Entry

#: A data file more than half of which is unreachable is written anew.
MAX_UNREACHABLE = 0.5
MAX_DATA_SIZE = 0xFFFFFFFF


def write_fixes(dirstate: Dirstate, dot_hg: bytes, clean: dict[bytes, Clean]) -> bool:
    """Records clean files; whether that was done. A copy source of such a file is forgotten, as the peer does."""
    changes: dict[bytes, Entry] = {}
    for path, (mode, size, time) in clean.items():
        old = dirstate.entries.get(path)
        if old is not None:
            changes[path] = clean_entry(old, mode, size, time)
    if not changes:
        return False
    try:
        lock = try_lock(dot_hg, b"wlock")
        if lock is None:
            return False
        with lock:
            if not _is_unchanged(dirstate):
                return False
            if dirstate.docket is None:
                _write_v1(dirstate, changes)
            else:
                _write_v2(dirstate, dirstate.docket, dot_hg, changes)
    except (OSError, EngineError, RecursionError):
        return False
    return True


def _is_unchanged(dirstate: Dirstate) -> bool:
    """Whether the dirstate on disk is the one that was read. Both formats replace this file at every change."""
    try:
        with open(dirstate.path, "rb") as file:
            return file.read(len(dirstate.main) + 1) == dirstate.main
    except FileNotFoundError:
        return not dirstate.main


def _write_v1(dirstate: Dirstate, changes: dict[bytes, Entry]) -> None:
    parsed = ParsedV1(dirstate.main, dirstate.path)
    _replace(dirstate.path, replace_entries(dirstate.main, parsed, changes))


def _write_v2(dirstate: Dirstate, docket: Docket, dot_hg: bytes, changes: dict[bytes, Entry]) -> None:
    appender = TreeAppender(dirstate.data, dirstate.data_path)
    start = appender.rewrite(docket.root_start, docket.root_count, changes)
    new = Docket(docket.to_bytes(), dirstate.path)
    new.root_start = start
    new.copies = docket.copies - appender.copies_dropped
    new.unreachable = min(docket.unreachable + appender.unreachable, MAX_DATA_SIZE)
    new.data_size = docket.data_size + len(appender.added)
    if new.data_size > MAX_DATA_SIZE or new.unreachable > MAX_UNREACHABLE * new.data_size:
        _rewrite_v2(dirstate, docket, dot_hg, changes)
        return
    with open(dirstate.data_path, "r+b") as file:
        file.seek(docket.data_size)
        file.write(appender.added)
    _replace(dirstate.path, new.to_bytes())


def _rewrite_v2(dirstate: Dirstate, docket: Docket, dot_hg: bytes, changes: dict[bytes, Entry]) -> None:
    """Writes a new data file without anything unreachable, then the docket, then removes the old data file."""
    from hydrargyrum.engine.pure.worktree.dirstate_pack import pack_tree

    copies = {path: source for path, source in dirstate.copies.items() if path not in changes}
    data, root_start, root_count = pack_tree({**dirstate.entries, **changes}, copies)
    new = Docket(docket.to_bytes(), dirstate.path)
    new.root_start, new.root_count, new.unreachable = root_start, root_count, 0
    new.entries, new.copies = len(dirstate.entries), len(copies)
    new.ignore_hash = bytes(20)  # no directory time is kept
    new.data_size = len(data)
    while True:
        new.uid = os.urandom(4).hex().encode()
        path = os.path.join(dot_hg, b"dirstate." + new.uid)
        try:
            with open(path, "xb") as file:
                file.write(data)
            break
        except FileExistsError:
            continue
    _copy_mode(dirstate.path, path)
    _replace(dirstate.path, new.to_bytes())
    os.unlink(dirstate.data_path)


def _replace(path: bytes, data: bytes) -> None:
    """Replaces a file by rename, keeping its permissions."""
    temporary = path + b"-%d~" % os.getpid()
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        _copy_mode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


def _copy_mode(source: bytes, target: bytes) -> None:
    os.chmod(target, os.stat(source).st_mode & 0o7777)

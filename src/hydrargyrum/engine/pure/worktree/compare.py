"""Settles the files whose look does not decide, by comparing their contents with the first parent's.

The walk that leaves them open is `walk`; writing down what was learnt is `fixes`.
"""

from __future__ import annotations

import os
import stat

from hydrargyrum.contents import LONG, from_start, open_content, pieces
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.worktree.entry import EXEC_BIT, reliable_time, split_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.manifest import Found as ManifestFile
    from hydrargyrum.engine.pure.store.manifest import Manifest
    from hydrargyrum.engine.pure.worktree.walk import Found, WalkOptions
    from hydrargyrum.types import ContentFilters

    #: mode, size and reliable time of a file that was found clean
    Clean: TypeAlias = tuple[int, int, tuple[int, int, bool]]

#: From so many lookups on, a manifest is read whole.
MANY = 16


class WorkingFiles:
    """Contents and flags of files on disk."""

    def __init__(
        self,
        root: bytes,
        options: WalkOptions,
        filters: ContentFilters | None = None,
        long_from: int = LONG,
    ) -> None:
        self._root = root
        self._options = options
        self._filters = filters
        self._long_from = long_from

    def look(self, path: bytes) -> os.stat_result:
        """What `lstat` says."""
        return os.lstat(os.path.join(self._root, path))

    def flags(self, look: os.stat_result, recorded: bytes) -> bytes:
        """Manifest flags of a file; where the file system cannot tell, those that are `recorded`."""
        options = self._options
        if options.symlinks and stat.S_ISLNK(look.st_mode):
            return b"l"
        if not options.symlinks and recorded == b"l":
            return b"l"
        if options.exec_bits:
            return b"x" if look.st_mode & EXEC_BIT else b""
        return b"x" if recorded == b"x" else b""

    def compare(self, history: History, path: bytes, node: bytes) -> os.stat_result | None:
        """How a file on disk looked before it was read, where its content is that of a file revision; None where it is
        not.

        Raises:
            OSError: the file cannot be read.
        """
        full = os.path.join(self._root, path)
        filelog = history.filelog(path)
        rev = filelog.rev(node)
        found, look = open_content(full)
        if self._filters is None and look.st_size >= self._long_from and not isinstance(found, bytes):
            with found:
                same = filelog.holds(rev, look.st_size, lambda: from_start(found), self._long_from)
                return look if same else None
        data = b"".join(pieces(found))
        if self._filters is not None:
            data = self._filters.from_disk(decode(path), data)
        return look if filelog.is_same(rev, data) else None


def lookup(manifest: Manifest, paths: list[bytes]) -> dict[bytes, ManifestFile]:
    """The entries of some paths."""
    if len(paths) < MANY:
        return {path: manifest.get(path) for path in paths}
    wanted = set(paths)
    return {path: (node, flags) for path, node, flags in manifest.files() if path in wanted}


def settle(
    history: History,
    parent: int,
    files: WorkingFiles,
    found: Found,
    *,
    boundary: tuple[int, int] | None,
    list_clean: bool,
) -> dict[bytes, Clean]:
    """Moves every unsure file of `found` to where its content says; what may be recorded of the clean ones.

    A file that cannot be looked at any more counts as deleted.
    """
    fixes: dict[bytes, Clean] = {}
    unsure, found.unsure = sorted(found.unsure), []
    if not unsure:
        return fixes
    recorded = lookup(history.manifest(parent, keep=True), unsure)
    for path in unsure:
        entry = recorded.get(path)
        try:
            look = files.look(path)
            if (
                entry is None
                or files.flags(look, entry[1]) != entry[1]
                or (seen := files.compare(history, path, entry[0])) is None
            ):
                found.modified.append(path)
                continue
        except OSError:
            found.deleted.append(path)
            continue
        time = None if boundary is None else reliable_time(split_time(seen.st_mtime_ns), boundary)
        if time is not None:
            fixes[path] = seen.st_mode, seen.st_size, time
        if list_clean:
            found.clean.append(path)
    found.sort()
    return fixes

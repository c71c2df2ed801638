"""Reads the files of a commit from the working copy, each once, and keeps what was seen of them for the dirstate.

Which files those are, status said; what is made of them is `commit`'s work.
"""

from __future__ import annotations

import os
import stat

from hydrargyrum.contents import open_content
from hydrargyrum.engine.pure.store.files import io_error
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.engine.pure.worktree.entry import EXEC_BIT, reliable_time, split_time
from hydrargyrum.engine.pure.writing.commit import file_of
from hydrargyrum.engine.pure.writing.filecommit import File
from hydrargyrum.engine.pure.writing.longfiles import LongFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from hydrargyrum.engine.protocol import StatusReport
    from hydrargyrum.plans import FileChange
    from hydrargyrum.types import EngineSettings

    #: Mode, size and time of a file; without time where a later change might not show.
    Stamp: TypeAlias = tuple[int, int, tuple[int, int, bool] | None]


class WorkingReader:
    """Reads files of the working copy.

    Attributes:
        stamps: what was seen of each, by path.
    """

    def __init__(
        self,
        root: bytes,
        settings: EngineSettings,
        boundary: tuple[int, int] | None = None,
        recorded: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._root = root
        self._symlinks = settings.symlinks is not False
        self._exec_bits = settings.exec_bits is not False
        self._boundary = boundary
        self._recorded = recorded or (lambda _path: b"")
        self._filters = settings.filters
        self._long_from = settings.long_from
        self.stamps: dict[bytes, Stamp] = {}

    def read(self, path: bytes) -> tuple[bytes | LongFile, bytes]:
        """Content and flags of a file; a long one is only opened, and has to be closed.

        Raises:
            IoError: it cannot be read.
        """
        full = os.path.join(self._root, path)
        try:
            found, look = open_content(full)
            if isinstance(found, bytes):
                data = found
            elif self._filters is None and look.st_size >= self._long_from:
                self._saw(path, look, look.st_size)
                long = LongFile(path, found, look.st_size, lambda length: self._saw(path, look, length))
                return long, self._flags(look.st_mode, path)
            else:
                with found:
                    data = found.read()
        except OSError as problem:
            raise io_error(path, problem, "read") from None
        self._saw(path, look, len(data))
        if self._filters is not None:
            data = self._filters.from_disk(decode(path), data)
        return data, self._flags(look.st_mode, path)

    def _saw(self, path: bytes, look: os.stat_result, length: int) -> None:
        """Keeps how a file looked of which so many bytes were read."""
        time = None
        # where it had another length when it was opened, somebody changes it
        if self._boundary is not None and look.st_size == length:
            time = reliable_time(split_time(look.st_mtime_ns), self._boundary)
        self.stamps[path] = look.st_mode, length, time

    def _flags(self, mode: int, path: bytes) -> bytes:
        if self._symlinks and stat.S_ISLNK(mode):
            return b"l"
        recorded = b"" if self._symlinks and self._exec_bits else self._recorded(path)
        if not self._symlinks and recorded == b"l":
            return b"l"
        if self._exec_bits:
            return b"x" if mode & EXEC_BIT else b""
        return b"x" if recorded == b"x" else b""


def committed_files(
    report: StatusReport, special: Sequence[FileChange], copies: Mapping[str, str], reader: WorkingReader
) -> Iterator[File]:
    """The files of a commit in byte order, read when they are asked for."""
    replaced = {encode(change.path): change for change in special}
    sources = {encode(path): encode(source) for path, source in copies.items()}
    paths = {encode(path) for group in (report.modified, report.added) for path in group}
    for path in sorted(paths | replaced.keys()):
        change = replaced.get(path)
        if change is not None:
            yield file_of(change, reader.read)
        else:
            data, flags = reader.read(path)
            yield File(path, data, flags, copied_from=sources.get(path))

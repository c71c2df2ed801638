"""Long files of the working copy: opened once, read in pieces as often as it takes.

Which files are long, and what is made of them, is decided by who opens them.
"""

from __future__ import annotations

import os

from hydrargyrum.contents import PIECE
from hydrargyrum.engine.pure.store.files import io_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

#: Parts of a file that tell whether it can be compressed: how many, and how long.
_SAMPLES = 16
_SAMPLE = 64 * 1024


class LongFile:
    """A file of the working copy that is not in memory.

    Attributes:
        length: as it was when it was opened; it can be another one when it is read.
    """

    __slots__ = ("_file", "_on_read", "_path", "length")

    def __init__(self, path: bytes, file: BinaryIO, length: int, on_read: Callable[[int], object]) -> None:
        """`on_read` is told each time how many bytes were read when the end is reached; errors name `path`."""
        self._path = path
        self._file = file
        self._on_read = on_read
        self.length = length

    def pieces(self) -> Iterator[bytes]:
        """All of it from the start. Raises `IoError`."""
        count = 0
        try:
            self._file.seek(0)
            while piece := self._file.read(PIECE):
                count += len(piece)
                yield piece
        except OSError as problem:
            raise io_error(self._path, problem, "read") from None
        self._on_read(count)

    def whole(self) -> bytes:
        """All of it at once. Raises `IoError`."""
        try:
            self._file.seek(0)
            data = self._file.read()
        except OSError as problem:
            raise io_error(self._path, problem, "read") from None
        self._on_read(len(data))
        return data

    def samples(self) -> Iterator[bytes]:
        """Parts from all over it. Raises `IoError`."""
        step = self.length // _SAMPLES
        try:
            for number in range(_SAMPLES):
                yield os.pread(self._file.fileno(), _SAMPLE, number * step)
        except OSError as problem:
            raise io_error(self._path, problem, "read") from None

    def close(self) -> None:
        """Closes it."""
        self._file.close()

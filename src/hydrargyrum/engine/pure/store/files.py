"""Reads files under `.hg` whole or mapped, and turns what the operating system says into `IoError`.

What the bytes mean, and writing them, belong elsewhere.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Buffer: TypeAlias = bytes | memoryview

#: Smaller files are read: a mapping costs more than the copy.
MAP_FROM = 1 << 20


def io_error(path: bytes, problem: OSError, operation: str) -> errors.IoError:
    """The `IoError` for what the system answered."""
    return errors.IoError(path=decode(path), operation=operation, errno=problem.errno or 5)


def corrupt(path: bytes, problem: str, offset: int | None = None) -> errors.CorruptFile:
    """The `CorruptFile` for a file that does not follow its format."""
    if offset is None:
        return errors.CorruptFile(path=decode(path), problem=problem)
    return errors.CorruptFile(path=decode(path), offset=offset, problem=problem)


def read_file(path: bytes) -> bytes:
    """All bytes of a file.

    Raises:
        IoError: whatever the system said, absence included.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as problem:
        raise io_error(path, problem, "read") from None


def read_optional(path: bytes) -> bytes | None:
    """All bytes of a file, or None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise io_error(path, problem, "read") from None


def read_cache(path: bytes) -> bytes:
    """All bytes of a cache; none where it cannot be read for whatever reason."""
    try:
        return read_optional(path) or b""
    except errors.IoError:
        return b""


def map_cache(path: bytes) -> Buffer:
    """The same, mapped where it is large."""
    try:
        return map_optional(path) or b""
    except errors.IoError:
        return b""


def map_optional(path: bytes, limit: int | None = None) -> Buffer | None:
    """The bytes of a file (the first `limit`), mapped where it is large; None where there is none.

    A mapped file only ever grows or is replaced by rename, so the mapping stays readable.
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            wanted = size if limit is None else min(size, limit)
            if wanted < MAP_FROM:
                return file.read(wanted)
            import mmap

            try:
                return memoryview(mmap.mmap(file.fileno(), wanted, access=mmap.ACCESS_READ))
            except ValueError:  # shortened between fstat and mmap
                return file.read(wanted)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise io_error(path, problem, "read") from None


def is_directory(path: bytes) -> bool:
    """Whether a directory is there (through links)."""
    return os.path.isdir(path)

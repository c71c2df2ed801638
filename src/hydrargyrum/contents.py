"""Contents of the working copy's files: whatever has taken the place of what was there a moment ago, only a file or the
target of a link is read; nothing is followed, and nothing that is no file is waited for. What they are compared with, and
filters, are the callers'.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    Name = str | bytes

#: Without the second flag a pipe would be waited for.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: So many times a name is looked at again that is now a link and now none.
_LOOKS = 8
#: Length of pieces.
PIECE = 1 << 20
#: Files from this length on are better not read as a whole.
LONG = 16 << 20


def open_content(full: Name) -> tuple[BinaryIO | bytes, os.stat_result]:
    """Opens a file, or reads the target of a link; with it, how it looked then.

    Raises:
        OSError: with EISDIR for a directory and EINVAL for what is neither of them.
    """
    import errno

    for _ in range(_LOOKS):
        try:
            handle = os.open(full, _FLAGS)
        except OSError as problem:
            if problem.errno == errno.ENXIO:  # a socket
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), full) from None
            if problem.errno != errno.ELOOP:
                raise
        else:
            look = os.fstat(handle)
            if stat.S_ISREG(look.st_mode):
                return open(handle, "rb"), look
            os.close(handle)
            number = errno.EISDIR if stat.S_ISDIR(look.st_mode) else errno.EINVAL
            raise OSError(number, os.strerror(number), full)
        look = os.lstat(full)
        try:
            return os.readlink(os.fsencode(full)), look
        except OSError as problem:
            if problem.errno != errno.EINVAL:
                raise
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), full)


def read_content(full: Name) -> tuple[bytes, os.stat_result]:
    """The content of a file, or the target of a link; and how it looked before it was read. Raises as `open_content`."""
    found, look = open_content(full)
    if isinstance(found, bytes):
        return found, look
    with found:
        return found.read(), look


def pieces(found: BinaryIO | bytes) -> Iterator[bytes]:
    """What `open_content` found, piece by piece; a file is closed at the end."""
    if isinstance(found, bytes):
        yield found
        return
    with found:
        yield from from_start(found)


def from_start(file: BinaryIO) -> Iterator[bytes]:
    """All of an open file, piece by piece; it stays open."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece

"""The three standard streams as binary files. What is written to them, and in which colour, is `interface`'s business."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Protocol

    class Writer(Protocol):
        """What the interface needs of a stream that it writes to."""

        def write(self, data: bytes, /) -> object: ...
        def flush(self) -> object: ...
        def fileno(self) -> int: ...
        def isatty(self) -> bool: ...

    class Reader(Protocol):
        """What the interface needs of a stream that it reads from."""

        def readline(self, size: int = -1, /) -> bytes: ...
        def fileno(self) -> int: ...
        def isatty(self) -> bool: ...


class StreamError(Exception):
    """Standard output or error cannot be written; `cause` is the OSError."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(cause)
        self.cause = cause


class ClosedStream:
    """Stands for a standard stream that the parent process has closed."""

    def write(self, _data: bytes, /) -> int:
        """Raises OSError."""
        raise _bad_descriptor()

    def readline(self, _size: int = -1, /) -> bytes:
        """Raises OSError."""
        raise _bad_descriptor()

    def flush(self) -> None:
        """Nothing was written."""

    def fileno(self) -> int:
        """Raises OSError."""
        raise _bad_descriptor()

    def isatty(self) -> bool:
        """It is not."""
        return False


class LineBuffered:
    """Flushes after each write that ends a line: for standard output on a terminal."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> int:
        """Write, and flush at an end of line."""
        written = self._stream.write(data)
        if data.endswith(b"\n"):
            self._stream.flush()
        return written

    def flush(self) -> None:
        """Flush."""
        self._stream.flush()

    def fileno(self) -> int:
        """The descriptor."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._stream.isatty()


class Streams:
    """The streams of one invocation: `out`, `err`, and `source` for input."""

    __slots__ = ("err", "out", "source")

    def __init__(self, source: Reader, out: Writer, err: Writer) -> None:
        self.source = source
        self.out = out
        self.err = err


def standard_streams() -> Streams:
    """The process's own."""
    out: Writer
    if sys.stdout is not None and not hasattr(sys.stdout.buffer, "raw"):
        _buffer_output()
    if sys.stdout is None:
        out = ClosedStream()
    elif sys.stdout.buffer.isatty():
        out = LineBuffered(sys.stdout.buffer)
    else:
        out = sys.stdout.buffer
    source: Reader = ClosedStream() if sys.stdin is None else sys.stdin.buffer
    err: Writer = ClosedStream() if sys.stderr is None else sys.stderr.buffer
    return Streams(source, out, err)


def _buffer_output() -> None:
    """Undoes PYTHONUNBUFFERED, with which images of containers come: every piece of a line would be a system call."""
    import io

    old = sys.stdout
    try:
        stream = open(old.fileno(), "wb", closefd=False)  # noqa: SIM115 (the interpreter's end closes it)
    except OSError:
        # no descriptor: somebody put a stream in memory there
        return
    sys.stdout = io.TextIOWrapper(
        stream, encoding=old.encoding, errors=old.errors, newline="\n", line_buffering=stream.isatty()
    )


def silence_standard_streams() -> None:
    """Give up what cannot be flushed, so that the interpreter does not complain about it at its end."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            try:
                stream.close()
            except OSError:
                pass


def _bad_descriptor() -> OSError:
    import errno

    return OSError(errno.EBADF, os.strerror(errno.EBADF))

"""The contents that a patch is about: in memory, or where they are long only known by place, because most of what is
said of a binary file can be told while it is read in pieces. What is said is `differences`' business.
"""

from __future__ import annotations

from hydrargyrum.contents import open_content, pieces
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.errors import IoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from hydrargyrum.engine.pure.store.filelog import Filelog

    Content: TypeAlias = "bytes | LongRevision | LongFile"


class LongRevision:
    """A long revision of a file."""

    __slots__ = ("_filelog", "_long_from", "_rev")

    def __init__(self, filelog: Filelog, rev: int, long_from: int) -> None:
        self._filelog = filelog
        self._rev = rev
        self._long_from = long_from

    def pieces(self) -> Iterator[bytes]:
        """All of it."""
        found = self._filelog.stream(self._rev, self._long_from)
        return iter((self._filelog.data(self._rev),)) if found is None else found


class LongFile:
    """A long file on disk."""

    __slots__ = ("_full",)

    def __init__(self, full: bytes) -> None:
        self._full = full

    def pieces(self) -> Iterator[bytes]:
        """All of it. Raises `IoError`."""
        try:
            yield from pieces(open_content(self._full)[0])
        except OSError as problem:
            raise IoError(path=decode(self._full), errno=problem.errno, operation="read") from None


def in_pieces(content: Content) -> Iterator[bytes]:
    """A content in pieces."""
    return iter((content,)) if isinstance(content, bytes) else content.pieces()


def whole(content: Content) -> bytes:
    """A content at once."""
    return content if isinstance(content, bytes) else b"".join(content.pieces())


def is_binary(content: Content) -> bool:
    """Whether there is a zero byte in a content."""
    return any(b"\0" in piece for piece in in_pieces(content))


def length(content: Content) -> int:
    """How long a content is."""
    return sum(map(len, in_pieces(content)))


def are_same(old: Content, new: Content) -> bool:
    """Whether two contents are the same."""
    if isinstance(old, bytes) and isinstance(new, bytes):
        return old == new
    from hydrargyrum.engine.pure.store.streaming import same_content

    return same_content(in_pieces(old), lambda: in_pieces(new))


def blob_hash(content: Content | None) -> bytes:
    """The hash that git gives a content; zeros where there is none."""
    from hashlib import sha1

    if content is None:
        return b"0" * 40
    hasher = sha1(b"blob %d\0" % length(content), usedforsecurity=False)
    for piece in in_pieces(content):
        hasher.update(piece)
    return hasher.hexdigest().encode("ascii")


def binary_patch(content: Content) -> Iterator[bytes]:
    """The patch that replaces a file by a content, in pieces that end where lines end."""
    from hydrargyrum.text.binary import literal_pieces

    return literal_pieces(length(content), _packed(content))


def _packed(content: Content) -> Iterator[bytes]:
    import zlib

    compressor = zlib.compressobj()
    for piece in in_pieces(content):
        yield compressor.compress(piece)
    yield compressor.flush()

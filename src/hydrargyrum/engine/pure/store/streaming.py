"""Long texts piece by piece: revisions that are stored whole are unpacked and verified without being all in memory.

Short ones and those that are stored as deltas are `revlog`'s business (format: `docs/formats/revlog.md`).
"""

from __future__ import annotations

import os

from hydrargyrum.contents import PIECE
from hydrargyrum.engine.pure.store.chunk import TOO_LONG
from hydrargyrum.engine.pure.store.files import io_error
from hydrargyrum.text.hunks import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hydrargyrum.engine.pure.store.files import Buffer
    from hydrargyrum.engine.pure.store.index import IndexEntry
    from hydrargyrum.engine.pure.store.revlog import Revlog

#: So much of a zstd frame is undone at once, because a few bytes of it can stand for 128 KiB.
_FRAME = 1024


def stream(revlog: Revlog, rev: int, at_least: int) -> Iterator[bytes] | None:
    """The text of a revision in pieces, or None where it is shorter, not stored whole, or not to be had in this way.

    The hash is looked at after the last piece: what was handed out by then may turn out to be wrong.

    Raises:
        CorruptRevision, IoError: as `Revlog.text`, once the pieces are taken.
    """
    from hydrargyrum.engine.pure.store.revlog import NEUTRAL

    if rev == -1 or rev >= revlog.index.first_new:
        return None
    entry = revlog.index.entry(rev)
    if entry.size < at_least or entry.base != rev or entry.flags & ~NEUTRAL:
        return None
    return _verified(revlog, rev, entry)


def _verified(revlog: Revlog, rev: int, entry: IndexEntry) -> Iterator[bytes]:
    from hydrargyrum.engine.pure.store.revlog import revision_hasher

    p1, p2 = revlog.parents(rev)
    hasher = revision_hasher(revlog.node(p1), revlog.node(p2))
    left = entry.size
    try:
        for piece in _collected(_unpacked(_stored(revlog, rev, entry)), entry.size):
            left -= len(piece)
            hasher.update(piece)
            yield piece
    except Unreadable as problem:
        raise revlog.corrupt(rev, problem.problem) from None
    if left:
        problem_text = "the text has another length than the index says"
        raise revlog.corrupt(rev, problem_text, expected=entry.size, got=entry.size - left)
    if hasher.digest() != entry.node:
        raise revlog.corrupt(rev, "integrity check failed")


def _stored(revlog: Revlog, rev: int, entry: IndexEntry) -> Iterator[Buffer]:
    """The chunk of a revision in pieces, read and not mapped, because what is mapped stays in memory."""
    if revlog.index.inline:
        chunk = revlog.chunk(rev)
        yield from (chunk[at : at + PIECE] for at in range(0, len(chunk), PIECE))
        return
    if entry.stored_size < 0:
        raise revlog.index.corrupt("the length of a chunk is negative", revlog.index.start(rev), rev=rev)
    path = revlog.data_path
    end = entry.offset + entry.stored_size
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size < end:
                raise revlog.partial_read(rev, path, entry, size - entry.offset)
            at = entry.offset
            while at < end and (piece := os.pread(file.fileno(), min(PIECE, end - at), at)):
                at += len(piece)
                yield piece
    except OSError as problem:
        raise io_error(path, problem, "read") from None


def _unpacked(stored: Iterator[Buffer]) -> Iterator[Buffer]:
    first = next(stored, b"")
    kind = first[0] if len(first) else 0
    if kind == 0x78:  # x
        yield from _inflated(first, stored)
    elif kind == 0x28:  # (
        yield from _unframed(first, stored)
    elif kind in (0, 0x75):
        yield first[1:] if kind else first
        yield from stored
    else:
        raise Unreadable("unknown compression type")


def _inflated(first: Buffer, stored: Iterator[Buffer]) -> Iterator[bytes]:
    import zlib

    inflater = zlib.decompressobj()
    rest: Buffer = first
    try:
        while not inflater.eof:
            text = inflater.decompress(rest, PIECE)
            if text:
                yield text
            rest = inflater.unconsumed_tail
            if not rest and not text:
                rest = next(stored, b"")
                if not len(rest):
                    break
    except zlib.error:
        raise Unreadable("a zlib chunk cannot be decompressed") from None
    if not inflater.eof:
        raise Unreadable("a chunk is cut short")


def _unframed(first: Buffer, stored: Iterator[Buffer]) -> Iterator[bytes]:
    from hydrargyrum.engine.pure import zstd_streams

    decoder = zstd_streams.decoder()
    piece: Buffer = first
    try:
        while len(piece):
            for at in range(0, len(piece), _FRAME):
                yield decoder.decompress(bytes(piece[at : at + _FRAME]))
                if decoder.eof:
                    return
            piece = next(stored, b"")
    except ValueError:
        raise Unreadable("a zstd chunk cannot be decompressed") from None
    raise Unreadable("a chunk is cut short")


def _collected(parts: Iterable[Buffer], limit: int) -> Iterator[bytes]:
    """The parts joined to pieces that are worth handing on; not more than `limit` bytes in all."""
    waiting: list[Buffer] = []
    held = 0
    for part in parts:
        limit -= len(part)
        if limit < 0:
            raise Unreadable(TOO_LONG)
        waiting.append(part)
        held += len(part)
        if held >= PIECE:
            yield b"".join(waiting)
            waiting.clear()
            held = 0
    if held:
        yield b"".join(waiting)


def same_content(one: Iterable[bytes], other: Callable[[], Iterable[bytes]]) -> bool:
    """Whether two contents in pieces, which need not be cut at the same places, are the same."""
    first, second = filter(None, one), filter(None, other())
    mine = theirs = b""
    while True:
        mine = mine or next(first, b"")
        theirs = theirs or next(second, b"")
        size = min(len(mine), len(theirs))
        if not size or mine[:size] != theirs[:size]:
            return mine == theirs
        mine, theirs = mine[size:], theirs[size:]

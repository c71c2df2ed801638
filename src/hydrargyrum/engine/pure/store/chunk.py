"""From a chunk as stored in a revlog to the text or delta in it: the compression that its first byte names.

Which chunks make up a revision is decided in `revlog` (format: `docs/formats/revlog.md`).
"""

from __future__ import annotations

import zlib

from hydrargyrum import errors
from hydrargyrum.text.hunks import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from hydrargyrum.engine.pure.store.files import Buffer

    Decompressor: TypeAlias = Callable[[Buffer, int], bytes]

TOO_LONG = "a chunk is longer than it may be"
BAD_ZSTD = "a zstd chunk cannot be decompressed"
#: What a frame says of its size is believed as far as real data usually goes.
BELIEVABLE = 1 << 20


def decompress(chunk: Buffer, limit: int) -> Buffer:
    """Undoes the compression of a chunk; `limit` bounds the result.

    Raises:
        Unreadable: the chunk does not follow its format or holds more than `limit` bytes.
        Abort: it is compressed with zstd and no module for that is installed.
    """
    kind = chunk[0] if len(chunk) else 0
    if kind == 0x78:  # x
        return _inflate(chunk, limit)
    if kind == 0x28:  # (
        return _zstd()(chunk, limit)
    if kind not in (0, 0x75):
        raise Unreadable("unknown compression type")
    if len(chunk) > limit + 1:
        raise Unreadable(TOO_LONG)
    return chunk[1:] if kind else chunk


def _inflate(chunk: Buffer, limit: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        # One byte more than allowed shows that a chunk is too long; 0 would mean no limit.
        text = inflater.decompress(chunk, limit + 1)
    except zlib.error:
        raise Unreadable("a zlib chunk cannot be decompressed") from None
    if len(text) > limit:
        raise Unreadable(TOO_LONG)
    if not inflater.eof:
        raise Unreadable("a zlib chunk is cut short")
    return text


_found: Decompressor | None = None


def _zstd() -> Decompressor:
    """The installed zstd: the standard library's, else the one of the extra `zstd`."""
    global _found
    if _found is None:
        _found = _standard_zstd() or _extra_zstd()
    if _found is None:
        raise errors.Abort(
            "this repository is compressed with zstd, which the pure engine needs an extra for",
            hint="install hydrargyrum[zstd], or use Python 3.14 or later",
        )
    return _found


def _standard_zstd() -> Decompressor | None:
    try:
        from compression import zstd
    except ImportError:
        return None

    def read(chunk: Buffer, limit: int) -> bytes:
        decompressor = zstd.ZstdDecompressor()
        try:
            text: bytes = decompressor.decompress(bytes(chunk), limit + 1)
        except zstd.ZstdError:
            raise Unreadable(BAD_ZSTD) from None
        if len(text) > limit:
            raise Unreadable(TOO_LONG)
        if not decompressor.eof:
            raise Unreadable("a zstd chunk is cut short")
        return text

    return read


def _extra_zstd() -> Decompressor | None:
    try:
        import zstandard
    except ImportError:
        return None
    context = zstandard.ZstdDecompressor()

    def read(chunk: Buffer, limit: int) -> bytes:
        try:
            claimed = zstandard.frame_content_size(chunk)
            if claimed > limit:
                raise Unreadable(TOO_LONG)
            if 0 < claimed <= max(BELIEVABLE, 64 * len(chunk)):
                return context.decompress(chunk)
            return _stream(context.decompressobj(), chunk, limit)
        except zstandard.ZstdError:
            raise Unreadable(BAD_ZSTD) from None

    def _stream(stream: zstandard.ZstdDecompressionObj, chunk: Buffer, limit: int) -> bytes:
        out = bytearray()
        for at in range(0, len(chunk), 4096):
            out += stream.decompress(chunk[at : at + 4096])
            if len(out) > limit:
                raise Unreadable(TOO_LONG)
            if stream.eof:
                return bytes(out)
        raise Unreadable("a zstd chunk is cut short")

    return read

"""From a text or delta to the chunk that a revlog stores; the other way is `chunk`.

Which compression a repository uses follows from its requirements (format: `docs/formats/revlog.md`).
"""

from __future__ import annotations

import zlib

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from hydrargyrum.engine.exchanging import StreamEncoder

    #: Gives a chunk body that names itself by its first byte; the caller uses it only where it is shorter.
    Compressor: TypeAlias = Callable[[bytes], bytes]

#: What is shorter than this never gets smaller.
_SHORT = {"zlib": 44, "zstd": 50}
ZSTD_LEVEL = 3
ZLIB_LEVEL = -1


def available() -> tuple[str, ...]:
    """The compressions that can be written and read here."""
    return ("zlib", "none") if _zstd(ZSTD_LEVEL) is None else ("zlib", "zstd", "none")


class ChunkWriter:
    """Makes chunks with one compression."""

    __slots__ = ("_compress", "_level", "_name", "_short")

    def __init__(self, name: str, level: int | None = None) -> None:
        """`level` is the compression's own default where it is None. Raises `Abort` where it is not installed."""
        self._name, self._level = name, level
        self._short = _SHORT.get(name, 0)
        self._compress: Compressor | None = None
        if name == "zlib":
            wanted = ZLIB_LEVEL if level is None else level
            self._compress = lambda data: zlib.compress(data, wanted)
        elif name == "zstd":
            self._compress = _zstd(ZSTD_LEVEL if level is None else level)
            if self._compress is None:
                raise errors.Abort(
                    "this repository is compressed with zstd, which the pure engine needs an extra for",
                    hint="install hydrargyrum[zstd], or use Python 3.14 or later",
                )

    def chunk(self, data: bytes) -> tuple[bytes, bytes]:
        """The chunk for some data in two parts, so that what is stored as it is need not be copied."""
        if not data:
            return b"", b""
        if self._compress is not None and len(data) >= self._short:
            packed = self._compress(data)
            if len(packed) < len(data):
                return b"", packed
        return (b"", data) if data[0] == 0 else (b"u", data)

    def shortens(self, samples: Iterable[bytes]) -> bool:
        """Whether samples of a text say that compressing it is worth it."""
        return any(sum(map(len, self.chunk(sample))) + len(sample) // 64 < len(sample) for sample in samples)

    def packed(self, pieces: Iterable[bytes], *, plain: bool) -> Iterator[bytes]:
        """The chunk for a text that comes in pieces, as it gets ready; with `plain`, not compressed."""
        encoder = None if plain else self._encoder()
        if encoder is None:
            waiting = iter(pieces)
            first = next(waiting, b"")
            yield first if first[:1] in (b"", b"\0") else b"u" + first
            yield from waiting
            return
        for piece in pieces:
            yield encoder.compress(piece)
        yield encoder.flush()

    def _encoder(self) -> StreamEncoder | None:
        if self._name == "zlib":
            return zlib.compressobj(ZLIB_LEVEL if self._level is None else self._level)
        if self._name == "zstd":
            from hydrargyrum.engine.pure import zstd_streams

            return zstd_streams.encoder(ZSTD_LEVEL if self._level is None else self._level)
        return None


def _zstd(level: int) -> Compressor | None:
    """The installed zstd: the standard library's, else the one of the extra `zstd`."""
    try:
        from compression import zstd
    except ImportError:
        pass
    else:

        def compress(data: bytes) -> bytes:
            packed: bytes = zstd.compress(data, level=level)
            return packed

        return compress
    try:
        import zstandard
    except ImportError:
        return None
    return zstandard.ZstdCompressor(level=level).compress

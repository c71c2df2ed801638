"""Compression of whole bundles, by the names that bundles know it by; each works on a stream, piece by piece.

Compression of single chunks in revlogs is the engine's. zstd and bzip2 come from the engine.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Protocol

    class Decoder(Protocol):
        """Undoes a compression step by step."""

        def decompress(self, data: bytes) -> bytes:
            """What comes out for this piece."""
            ...

        def rest(self) -> bytes:
            """What is left where no more comes."""
            ...

    class Encoder(Protocol):
        """Compresses step by step."""

        def compress(self, data: bytes) -> bytes:
            """What is ready after this piece."""
            ...

        def flush(self) -> bytes:
            """The rest."""
            ...

    class Decoders(Protocol):
        """Undoes what the standard library cannot, or slowly."""

        def zstd_decoder(self) -> Decoder: ...
        def bzip2_decoder(self) -> Decoder: ...

    class Codecs(Decoders, Protocol):
        """Has what the standard library lacks or is slow at, as an engine does."""

        def zstd_encoder(self, level: int) -> Encoder: ...
        def bzip2_encoder(self, level: int) -> Encoder: ...

    Read = Callable[[int], bytes]

#: Mark in bundles -> name in bundle specifications.
NAMES = {"GZ": "gzip", "BZ": "bzip2", "ZS": "zstd", "UN": "none"}
MARKS = {name: mark for mark, name in NAMES.items()}
#: Bytes that are read from a file at once.
PIECE = 128 * 1024
#: Bytes of a compressed delta that are looked at at once.
_STEP = 16 * 1024


def decompressed(read: Read, decoder: Decoder) -> Iterator[bytes]:
    """The pieces that come out of a compressed stream; a bomb costs no more memory than its pieces."""
    is_over = False
    while not is_over:
        data = read(PIECE)
        is_over = not data
        try:
            piece = decoder.decompress(data) if data else decoder.rest()
        except ValueError as problem:
            raise errors.Abort(f"the bundle cannot be decompressed: {problem}") from None
        if piece:
            yield piece


class _Zlib:
    """zlib with errors as `ValueError`."""

    def __init__(self) -> None:
        import zlib

        self._object = zlib.decompressobj()
        self._error = zlib.error

    def decompress(self, data: bytes) -> bytes:
        try:
            return self._object.decompress(data)
        except self._error as problem:
            raise ValueError(str(problem)) from None

    def rest(self) -> bytes:
        return b""


def decoder(mark: str, codecs: Decoders) -> Decoder | None:
    """Undoes the compression called `mark`; None where there is none. Raises `Abort` for an unknown one."""
    if mark == "GZ":
        return _Zlib()
    if mark == "BZ":
        return codecs.bzip2_decoder()
    if mark == "ZS":
        return codecs.zstd_decoder()
    if mark == "UN":
        return None
    raise errors.Abort(f"{mark} is not a valid compression type for bundles")


def undone(data: bytes, mark: str, zstd: Callable[[], Decoder] | None, most: int) -> bytes:
    """What a delta holds that is compressed with "GZ" or "ZS", step by step, so that a bomb stops at `most` bytes."""
    if mark == "ZS" and zstd is None:
        raise errors.Abort("there is nothing that undoes zstd")
    made = zstd() if mark == "ZS" and zstd is not None else _Zlib()
    out: list[bytes] = []
    size = 0
    for at in range(0, len(data), _STEP):
        try:
            out.append(made.decompress(data[at : at + _STEP]))
        except ValueError as problem:
            raise errors.Abort(f"a delta cannot be decompressed: {problem}") from None
        size += len(out[-1])
        if size > most:
            raise errors.Abort(f"a delta holds more than {most} bytes")
    return b"".join(out)


def compress_stream(pieces: Iterable[bytes], mark: str, level: int | None, codecs: Codecs) -> Iterator[bytes]:
    """The same stream, compressed; `level` None is the usual one."""
    if mark == "UN":
        yield from pieces
        return
    encoder: Encoder
    if mark == "GZ":
        import zlib

        encoder = zlib.compressobj() if level is None else zlib.compressobj(level)
    elif mark == "BZ":
        encoder = codecs.bzip2_encoder(9 if level is None else level)
    else:
        encoder = codecs.zstd_encoder(3 if level is None else level)
    for piece in pieces:
        data = encoder.compress(piece)
        if data:
            yield data
    yield encoder.flush()

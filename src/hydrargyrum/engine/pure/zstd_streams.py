"""zstd for streams, from the standard library where it has it, else from the package of the extra `zstd`.

Single chunks of revlogs are `store.chunk`'s business.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.exchanging import StreamEncoder


class _Decoder:
    """Undoes zstd with the extra package; its errors are not ValueErrors."""

    def __init__(self) -> None:
        import zstandard

        self._object = zstandard.ZstdDecompressor().decompressobj()
        self._error = zstandard.ZstdError

    def decompress(self, data: bytes) -> bytes:
        try:
            return self._object.decompress(data)
        except self._error as problem:
            raise ValueError(str(problem)) from None

    def rest(self) -> bytes:
        """Nothing: all that came in has come out."""
        return b""

    @property
    def eof(self) -> bool:
        """Whether a frame has come to its end."""
        found: bool = self._object.eof
        return found


class _StandardDecoder:
    """The same with the standard library."""

    def __init__(self) -> None:
        from compression import zstd

        self._object = zstd.ZstdDecompressor()
        self._error = zstd.ZstdError

    def decompress(self, data: bytes) -> bytes:
        try:
            found: bytes = self._object.decompress(data)
        except self._error as problem:
            raise ValueError(str(problem)) from None
        return found

    def rest(self) -> bytes:
        """Nothing: all that came in has come out."""
        return b""

    @property
    def eof(self) -> bool:
        """Whether a frame has come to its end."""
        found: bool = self._object.eof
        return found


def decoder() -> _Decoder | _StandardDecoder:
    """A decoder. Raises `Abort` where there is no module for it."""
    for kind in (_StandardDecoder, _Decoder):
        try:
            return kind()
        except ImportError:
            continue
    raise _missing()


def encoder(level: int) -> StreamEncoder:
    """An encoder. Raises `Abort` where there is no module for it."""
    found: StreamEncoder
    try:
        from compression import zstd

        found = zstd.ZstdCompressor(level=level)
    except ImportError:
        pass
    else:
        return found
    try:
        import zstandard
    except ImportError:
        raise _missing() from None
    return zstandard.ZstdCompressor(level=level).compressobj()


def _missing() -> errors.Abort:
    return errors.Abort(
        "this bundle needs zstd, which is not installed",
        hint="install the package 'zstandard', or hydrargyrum with its native engine",
    )

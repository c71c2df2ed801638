"""What exchange asks of an engine: changesets with all that belongs to them as finished bytes, compressed streams.

Only types live here, so at run time this module is imported by nobody. Bundles around it are `exchange/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from hydrargyrum.types import Rev


class StreamDecoder(Protocol):
    """Undoes a compression step by step."""

    def decompress(self, data: bytes, /) -> bytes:
        """What comes out for this piece. Raises ValueError where it does not follow its format."""
        ...

    def rest(self) -> bytes:
        """What is left where no more comes. Raises like `decompress`."""
        ...


class StreamEncoder(Protocol):
    """Compresses step by step."""

    def compress(self, data: bytes, /) -> bytes:
        """What is ready after this piece."""
        ...

    def flush(self) -> bytes:
        """The rest, with the end."""
        ...


class ExchangingRepository(Protocol):
    """What an `EngineRepository` offers beside reading and writing."""

    def changegroup(self, revs: Sequence[Rev], have: Sequence[Rev], version: str) -> Iterator[bytes]:
        """Changesets with their manifests and files as a changegroup (`docs/formats/changegroup.md`), in pieces.

        Args:
            revs: ascending; with each, its parents are among them or among the ancestors of `have`.
            have: heads of what the receiver has.
            version: "01", "02", "03" or "04".

        Raises:
            Unsupported: tree manifests in a version that cannot carry them.
        """
        ...

    def zstd_decoder(self) -> StreamDecoder:
        """Undoes zstd. Raises `Abort` where no module for it is installed."""
        ...

    def zstd_encoder(self, level: int) -> StreamEncoder:
        """Compresses with zstd. Raises like `zstd_decoder`."""
        ...

    def bzip2_decoder(self) -> StreamDecoder:
        """Undoes bzip2."""
        ...

    def bzip2_encoder(self, level: int) -> StreamEncoder:
        """Compresses with bzip2, levels 1 to 9: the bytes are those of the standard library."""
        ...

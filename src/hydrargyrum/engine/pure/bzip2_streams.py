"""bzip2 for streams, from the standard library, with its errors as `ValueError`.

Which streams are compressed so is decided by who reads and writes bundles.
"""

from __future__ import annotations

import bz2


class Bzip2Decoder:
    """Undoes bzip2 step by step."""

    def __init__(self) -> None:
        self._object = bz2.BZ2Decompressor()

    def decompress(self, data: bytes) -> bytes:
        """What comes out for this piece."""
        try:
            return self._object.decompress(data)
        except (OSError, EOFError) as problem:
            raise ValueError(str(problem)) from None

    def rest(self) -> bytes:
        """Nothing: all that came in has come out."""
        return b""

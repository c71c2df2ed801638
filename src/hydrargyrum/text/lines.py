"""A text as lines and back. What lines mean, and which of them match, belongs to the other modules."""

from __future__ import annotations

#: Deltas address texts with 32 bits.
LIMIT = 0xFFFFFFFF


def split_lines(text: bytes) -> list[bytes]:
    r"""The lines of `text`, each with its newline; the last may lack one. Only `\n` ends a line.

    Raises:
        Unsupported: the text has 4 GiB or more.
    """
    from io import BytesIO

    if len(text) > LIMIT:
        from hydrargyrum.errors import Unsupported

        raise Unsupported(feature="a text of 4 GiB or more")
    return BytesIO(text).readlines()

"""Reads exact sizes from a stream that comes in pieces of its own sizes, copying every byte once.

What the pieces are, decompressed data or payload frames, is the caller's business.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class PieceReader:
    """Gives so many bytes of the pieces at a time."""

    __slots__ = ("_at", "_piece", "_pieces")

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end."""
        end = self._at + size
        if end <= len(self._piece):
            data = self._piece[self._at : end]
            self._at = end
            return data
        parts = [self._piece[self._at :]]
        have = len(parts[0])
        self._piece, self._at = b"", 0
        while have < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            if have + len(piece) > size:
                self._piece, self._at = piece, size - have
                piece = piece[: self._at]
            parts.append(piece)
            have += len(piece)
        return b"".join(parts)

    def rest(self) -> bytes:
        """Everything that is left."""
        data = self._piece[self._at :] + b"".join(self._pieces)
        self._piece, self._at = b"", 0
        return data

    def skip(self) -> None:
        """Passes over everything that is left."""
        self._piece, self._at = b"", 0
        for _ in self._pieces:
            pass

"""Reads binary deltas: hunks of start, end, length (big-endian 32-bit numbers) and the bytes that replace them.

The one parser of the format in Python (`docs/formats/binary-delta.md`); making and applying deltas belongs elsewhere.
"""

from __future__ import annotations

from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    #: What was handed in is what its pieces are.
    Data = TypeVar("Data", bytes, memoryview, bytes | memoryview)

HEADER = Struct(">III")


class Unreadable(Exception):
    """A delta or another stored text does not follow its format; the caller knows of which revision.

    Attributes:
        problem: a short fixed phrase.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read_hunks(delta: Data, length: int | None) -> list[tuple[int, int, Data]]:
    """The hunks (start, end, replacement) of a delta against a text of `length` bytes, checked.

    With None for the length, the format is checked, but not where the hunks reach.

    Raises:
        Unreadable: it does not follow the format or reaches outside its text.
    """
    hunks = []
    at = done = 0
    total = len(delta)
    while at < total:
        if total - at < 12:
            raise Unreadable("a delta ends inside a hunk header")
        start, end, size = HEADER.unpack_from(delta, at)
        at += 12
        if size > total - at:
            raise Unreadable("a delta ends inside a hunk")
        if length is not None and (start < done or end < start or end > length):
            raise Unreadable("a delta reaches outside its text")
        hunks.append((start, end, delta[at : at + size]))
        at += size
        done = end
    return hunks

"""Three-way merge of lines: regions unchanged, changed on one side, changed alike, or in conflict.

How a conflict is written belongs to `conflict` (`docs/formats/merge-markers.md`).
"""

from __future__ import annotations

from hydrargyrum.text.diff import match_lines
from hydrargyrum.text.lines import split_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.text.diff import Block

    #: A kind, and lines as pairs of start and end: UNCHANGED of the base, A and SAME of the first side, B of the
    #: second, CONFLICT of the base, the first and the second side.
    Region = tuple[str, tuple[int, ...]]
    #: Places in the base, the first and the second side from which on so many lines are the same.
    Sync = tuple[int, int, int, int]

UNCHANGED = "unchanged"
A = "a"
B = "b"
SAME = "same"
CONFLICT = "conflict"


def is_binary(text: bytes) -> bool:
    """Whether a content counts as binary: it holds a zero byte."""
    return b"\0" in text


def binary_input(local: bytes, base: bytes, other: bytes) -> str | None:
    """Which text is binary, `local`, `base` or `other`, the first in this order, or None."""
    for name, text in (("local", local), ("base", base), ("other", other)):
        if is_binary(text):
            return name
    return None


class Merge:
    """Three texts to merge.

    Attributes:
        base, a, b: the lines of the common ancestor and of both sides.
    """

    __slots__ = ("_relaxed", "a", "b", "base")

    def __init__(self, base: bytes, a: bytes, b: bytes, *, relaxed: bool = False) -> None:
        self.base = split_lines(base)
        self.a = split_lines(a)
        self.b = split_lines(b)
        # Changes that only touch each other are merged (`experimental.relaxed-block-sync-merge`).
        self._relaxed = relaxed

    def regions(self) -> list[Region]:
        """The regions in order."""
        out: list[Region] = []
        base = a = b = 0
        for sync_base, sync_a, sync_b, size in self._syncs():
            # Nothing is said where both sides only deleted.
            if sync_a > a or sync_b > b:
                out.append(self._between((base, sync_base), (a, sync_a), (b, sync_b)))
            if size:
                out.append((UNCHANGED, (sync_base, sync_base + size)))
            base, a, b = sync_base + size, sync_a + size, sync_b + size
        return out

    def _between(self, base: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> Region:
        """What lies between two places where all three texts agree."""
        in_base, in_a, in_b = self.base[slice(*base)], self.a[slice(*a)], self.b[slice(*b)]
        if in_a == in_b:
            return SAME, a
        if in_a == in_base:
            return B, b
        if in_b == in_base:
            return A, a
        return CONFLICT, (*base, *a, *b)

    def _syncs(self) -> list[Sync]:
        """Where both sides match the base, closed by the ends of all three texts."""
        a_blocks, b_blocks = match_lines(self.base, self.a), match_lines(self.base, self.b)
        out: list[Sync] = []
        i = j = 0
        while i < len(a_blocks) and j < len(b_blocks):
            a1, a2, a_place, _ = a_blocks[i]
            b1, b2, b_place, _ = b_blocks[j]
            start, end = max(a1, b1), min(a2, b2)
            if start < end or (self._relaxed and start == end):
                out.append((start, a_place + start - a1, b_place + start - b1, end - start))
            step_a, step_b = self._advance(a_blocks[i : i + 2], b_blocks[j : j + 2])
            i += step_a
            j += step_b
        end_of_all = (len(self.base), len(self.a), len(self.b), 0)
        if not out or out[-1] != end_of_all:
            out.append(end_of_all)
        return out

    def _advance(self, a: list[Block], b: list[Block]) -> tuple[bool, bool]:
        """Which side goes on to its next block: the one whose block ends first in the base."""
        a_end, b_end = a[0][1], b[0][1]
        if a_end != b_end:
            return a_end < b_end, a_end > b_end
        if not self._relaxed or len(a) == 1:
            return False, True
        if len(b) == 1:
            return True, False
        # Both end here, and either may touch the next block of the other.
        return a[1][0] <= b[1][0], a[1][0] >= b[1][0]

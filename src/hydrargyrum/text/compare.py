"""Two texts as an alternation of equal, changed and ignorable stretches, under the options of a diff.

How they are written, as hunks, tokens or attribution, belongs to the callers (`docs/formats/diff.md`).
"""

from __future__ import annotations

from hydrargyrum.text.diff import match_lines
from hydrargyrum.text.lines import split_lines
from hydrargyrum.text.whitespace import Ignored
from hydrargyrum.types import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.text.diff import Block

    #: A block of lines on both sides, and what they are to each other: EQUAL, CHANGED or IGNORABLE.
    Stretch = tuple[Block, str]

EQUAL = "="
CHANGED = "!"
#: Different only in blank lines, which do not count.
IGNORABLE = "~"


class Comparison(Value):
    """How lines are compared.

    Attributes:
        ignored: white space that does not count.
        xdiff: match lines as `experimental.xdiff` does.
    """

    __slots__ = ("ignored", "xdiff")

    def __init__(self, ignored: Ignored | None = None, *, xdiff: bool = False) -> None:
        self.ignored = Ignored() if ignored is None else ignored
        self.xdiff = xdiff

    def blocks(self, a: Sequence[bytes], b: Sequence[bytes]) -> list[Block]:
        """The matching blocks of two texts as they are, white space included."""
        if self.xdiff:
            from hydrargyrum.text.xdiff import match_lines as match_lines_xdiff

            return match_lines_xdiff(a, b)
        return match_lines(a, b)

    def stretches(self, a: Sequence[bytes], b: Sequence[bytes]) -> list[Stretch]:
        """All stretches of two texts, given as lines, in ascending order; changed ones are never empty twice.

        Line numbers are those of the texts with ignored white space removed; only a last line without a newline that
        is nothing but such white space makes a difference, it then has no number.
        """
        if self.ignored.changes_lines:
            clean = self.ignored.clean_lines
            found = self.blocks(split_lines(clean(b"".join(a))), split_lines(clean(b"".join(b))))
        else:
            found = self.blocks(a, b)
        out: list[Stretch] = []
        done_a = done_b = 0
        for a1, a2, b1, b2 in found:
            if a1 != done_a or b1 != done_b:
                kind = self._kind(a[done_a:a1], b[done_b:b1])
                out.append(((done_a, a1, done_b, b1), kind))
            out.append(((a1, a2, b1, b2), EQUAL))
            done_a, done_b = a2, b2
        return out

    def _kind(self, old: Sequence[bytes], new: Sequence[bytes]) -> str:
        if not self.ignored.blank_lines:
            return CHANGED
        clean = self.ignored.clean_stretch
        return IGNORABLE if clean(b"".join(old)) == clean(b"".join(new)) else CHANGED

"""White space that a comparison shall not see: texts before lines are matched, and changed stretches.

The peer's clean-up, as `docs/formats/diff.md` describes it; matching itself belongs to `diff`.
"""

from __future__ import annotations

from hydrargyrum.types import Value


class Ignored(Value):
    """Which white space does not count.

    Attributes:
        all: none does (`-w`).
        amount: its amount does not (`-b`); `all` wins.
        at_end: none at the end of a line does (`-Z`).
        blank_lines: changes whose lines are all blank do not count (`-B`).
    """

    __slots__ = ("all", "amount", "at_end", "blank_lines")

    def __init__(
        self, *, all: bool = False, amount: bool = False, at_end: bool = False, blank_lines: bool = False
    ) -> None:
        self.all = all
        self.amount = amount
        self.at_end = at_end
        self.blank_lines = blank_lines

    @property
    def changes_lines(self) -> bool:
        """Whether lines are compared in another form than the one they have."""
        return self.all or self.amount or self.at_end

    def clean_lines(self, text: bytes) -> bytes:
        """`text` in the form in which lines are compared; each newline stays where it is."""
        return self._strip_ends(self._fix(text))

    def clean_stretch(self, text: bytes) -> bytes:
        """A changed stretch in the form in which two of them are the same but for blank lines."""
        text = self._fix(text)
        if self.blank_lines:
            text = b"\n".join(line for line in text.split(b"\n") if line)
        return self._strip_ends(text)

    def _fix(self, text: bytes) -> bytes:
        if self.all:
            return text.translate(None, b" \t\r")
        if self.amount:
            import re

            return re.sub(rb"[ \t\r]+", b" ", text).replace(b" \n", b"\n")
        return text

    def _strip_ends(self, text: bytes) -> bytes:
        if not self.at_end:
            return text
        # What follows the last newline stays as it is.
        *lines, last = text.split(b"\n")
        return b"\n".join([*(line.rstrip(b" \t\r\f") for line in lines), last])

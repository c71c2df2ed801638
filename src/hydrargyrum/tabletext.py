"""Text in the columns of tables, which has to be UTF-8: bytes that are none go through as private characters.

One to one, so that what a table gives back can be written as it is stored; where tables come from is the engines'
business.
"""

from __future__ import annotations

#: The private characters of Unicode that stand for the bytes 0x80 to 0xff: this plus the byte.
ESCAPE_BASE = 0x10F700

_STANDS_IN = {0xDC00 + byte: ESCAPE_BASE + byte for byte in range(0x80, 0x100)}
_BACK = {stand_in: surrogate for surrogate, stand_in in _STANDS_IN.items()}


def to_table(text: str) -> str:
    """A name as it stands in a table; `text` has bytes that are not UTF-8 as `surrogateescape` does."""
    if text.isascii():
        return text
    if any(ESCAPE_BASE + 0x80 <= ord(one) <= ESCAPE_BASE + 0xFF for one in text):
        # a real character that looks like a stand-in goes through byte by byte
        text = "".join(
            one.encode().decode("ascii", "surrogateescape") if ord(one) > ESCAPE_BASE else one for one in text
        )
    return text.translate(_STANDS_IN)


def from_table(text: str) -> str:
    """What `to_table` was given."""
    if text.isascii():
        return text
    back = text.translate(_BACK)
    if back == text:
        return text
    return back.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")

"""Between text as the program holds it (`str` with surrogateescape) and the bytes that users and files have.

Only the conversion lives here; who writes the bytes, and what a value looks like, is decided elsewhere.
"""

from __future__ import annotations


def to_bytes(text: str) -> bytes:
    """The bytes that `text` stands for."""
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    """Text that stands for exactly these bytes."""
    return data.decode("utf-8", "surrogateescape")


def recode_local(text: str, encoding: str) -> str:
    """Replace what `text` would decode to in the user's `encoding`; raises UnicodeError where it is not valid."""
    return to_bytes(text).decode(encoding)


def from_local(text: str, encoding: str) -> str:
    """Text (real characters) as it is held when its bytes are in the user's `encoding`."""
    return to_text(text.encode(encoding))

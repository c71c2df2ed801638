"""The border between the bytes that formats hold and the `str` that the protocol hands out.

Every byte sequence survives the round trip (UTF-8 with surrogateescape); contents and nodes never pass here.
"""

from __future__ import annotations


def decode(data: bytes) -> str:
    """Bytes of a path or name as text."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """What `decode` undid. Text that never was bytes (a lone surrogate) gets a byte sequence that names nothing."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")

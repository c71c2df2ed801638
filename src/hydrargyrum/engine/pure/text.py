"""The border between the bytes that formats hold and the `str` that the protocol hands out.

Every byte sequence survives the round trip (UTF-8 with surrogateescape); contents and nodes never pass here.
"""

from __future__ import annotations

from binascii import unhexlify


def decode(data: bytes) -> str:
    """Bytes of a path or name as text."""
    return data.decode("utf-8", "surrogateescape")


def node_of(digits: bytes) -> bytes | None:
    """The node that 40 hexadecimal digits spell, or None where they do not."""
    try:
        node = unhexlify(digits)
    except ValueError:
        return None
    return node if len(node) == 20 else None


def encode(text: str) -> bytes:
    """What `decode` undid. Text that never was bytes (a lone surrogate) gets a byte sequence that names nothing."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")

"""Values as JSON, CBOR and indented text: the serialised forms of formatter items and template values.

Values are None, booleans, numbers, `str`, `bytes`, mappings and iterables of these; nothing here knows of templates.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.codec import to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT_ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
_JSON_ESCAPES = {code: f"\\u{code:04x}" for code in (*range(32), 0x7F)} | _SHORT_ESCAPES
_MARKUP_ESCAPES = {0x3C: "\\u003c", 0x3E: "\\u003e"}


def json_text(text: str, *, ascii_only: bool) -> str:
    """The inside of a JSON string.

    Args:
        text: what to escape; bytes that are not UTF-8 show as lone surrogates U+DC80 to U+DCFF.
        ascii_only: escape everything outside ASCII and the two angle brackets too.
    """
    if text.isascii():
        escaped = text.translate(_JSON_ESCAPES)
        return escaped.translate(_MARKUP_ESCAPES) if ascii_only else escaped
    if not ascii_only:
        # a byte that is no UTF-8 is written as the three bytes of its surrogate
        encoded = text.translate(_JSON_ESCAPES).encode("utf-8", "surrogatepass")
        return to_text(encoded)
    table = _JSON_ESCAPES | _MARKUP_ESCAPES
    return "".join(_json_ascii(character, table) for character in text)


def _json_ascii(character: str, table: dict[int, str]) -> str:
    code = ord(character)
    if code < 0x80:
        return table.get(code, character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def to_json(value: object, *, ascii_only: bool = True) -> str:
    """`value` as one line of JSON; mappings are sorted by key."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, bytes):
        value = to_text(value)
    if isinstance(value, str):
        # what the user's character set may lack is still known here
        text: str = getattr(value, "stored", value)
        return f'"{json_text(text, ascii_only=ascii_only)}"'
    if hasattr(value, "keys"):
        pairs = sorted(value.items(), key=_key_bytes)  # type: ignore[attr-defined]
        inside = (
            f'"{json_text(key, ascii_only=ascii_only)}": {to_json(item, ascii_only=ascii_only)}'
            for key, item in pairs
        )
        return "{" + ", ".join(inside) + "}"
    if hasattr(value, "__iter__"):
        return "[" + ", ".join(to_json(item, ascii_only=ascii_only) for item in value) + "]"
    raise errors.InternalError(problem=f"cannot encode {value!r}")


def _key_bytes(pair: tuple[str, object]) -> bytes:
    return to_bytes(pair[0])


def to_cbor(value: object) -> bytes:
    """`value` as CBOR (RFC 8949) in a deterministic form: text as byte strings, mappings sorted by key."""
    return b"".join(_cbor_chunks(value))


def _cbor_chunks(value: object) -> Iterator[bytes]:
    if value is None:
        yield b"\xf6"
    elif isinstance(value, bool):
        yield b"\xf5" if value else b"\xf4"
    elif isinstance(value, int):
        yield _cbor_head(0, value) if value >= 0 else _cbor_head(1, -1 - value)
    elif isinstance(value, str | bytes):
        data = to_bytes(value) if isinstance(value, str) else value
        yield _cbor_head(2, len(data))
        yield data
    elif isinstance(value, dict):
        yield _cbor_head(5, len(value))
        for key, item in sorted(value.items(), key=_key_bytes):
            yield from _cbor_chunks(key)
            yield from _cbor_chunks(item)
    elif isinstance(value, list | tuple):
        yield _cbor_head(4, len(value))
        for item in value:
            yield from _cbor_chunks(item)
    else:
        raise errors.InternalError(problem=f"cannot encode {type(value).__name__} as CBOR")


CBOR_BEGIN_LIST = b"\x9f"
CBOR_BREAK = b"\xff"


def _cbor_head(major: int, number: int) -> bytes:
    kind = major << 5
    if number < 24:
        return bytes([kind | number])
    for code, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * width):
            return bytes([kind | code]) + number.to_bytes(width, "big")
    raise errors.InternalError(problem="integers of more than 64 bits cannot be encoded as CBOR")


def escape_bytes(data: bytes) -> str:
    """Bytes as the inside of a quoted literal: printable ASCII as it is, the rest as backslash escapes."""
    return "".join(_BYTE_ESCAPES[byte] for byte in data)


_BYTE_ESCAPES = [chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in range(256)]
for _byte, _escape in ((9, "\\t"), (10, "\\n"), (13, "\\r"), (0x27, "\\'"), (0x5C, "\\\\")):
    _BYTE_ESCAPES[_byte] = _escape
del _byte, _escape


def to_literal(value: object, *, indent: int = 0, level: int = 0) -> str:
    """`value` in the notation of `-T debug`.

    Args:
        value: what to show.
        indent: columns per level; 0 keeps everything on one line.
        level: level of the first line.
    """
    if isinstance(value, str):
        return f"'{escape_bytes(to_bytes(value))}'"
    if isinstance(value, bytes):
        return f"'{escape_bytes(value)}'"
    brackets = _BRACKETS.get(type(value))
    if brackets is None:
        return str(value)
    if not value:
        return brackets[0] + brackets[1]
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=_key_bytes)
        items = [
            f"{to_literal(key)}: {to_literal(item, indent=indent, level=level + 1)}" for key, item in pairs
        ]
    else:
        assert isinstance(value, list | tuple)
        items = [to_literal(item, indent=indent, level=level + 1) for item in value]
    if not indent:
        return brackets[0] + ", ".join(items) + brackets[1]
    inner, outer = "\n" + " " * (indent * (level + 1)), "\n" + " " * (indent * level)
    return brackets[0] + inner + f",{inner}".join(items) + outer + brackets[1]


_BRACKETS: dict[type, tuple[str, str]] = {dict: ("{", "}"), list: ("[", "]"), tuple: ("(", ")")}

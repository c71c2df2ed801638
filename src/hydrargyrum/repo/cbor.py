"""The part of CBOR (RFC 8949) that files about unfinished operations use: bytes, numbers, lists, maps, booleans.

What is in such a file belongs to the operation; output in CBOR is `view.serial`.
"""

from __future__ import annotations

from collections.abc import Mapping

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Item = None | bool | int | bytes | Sequence["Item"] | Mapping[bytes, "Item"]

_NUMBER, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _SIMPLE = 0, 1, 2, 3, 4, 5, 7
_SIMPLE_VALUES: dict[int, bool | None] = {20: False, 21: True, 22: None}


def encode(item: Item) -> bytes:
    """An item as bytes; keys of maps are sorted."""
    if item is None or isinstance(item, bool):
        return bytes([_SIMPLE << 5 | {False: 20, True: 21, None: 22}[item]])
    if isinstance(item, int):
        return _head(_NUMBER, item) if item >= 0 else _head(_NEGATIVE, -1 - item)
    if isinstance(item, bytes):
        return _head(_BYTES, len(item)) + item
    if isinstance(item, Mapping):
        inside = b"".join(encode(key) + encode(item[key]) for key in sorted(item))
        return _head(_MAP, len(item)) + inside
    return _head(_LIST, len(item)) + b"".join(map(encode, item))


def _head(kind: int, value: int) -> bytes:
    if value < 24:
        return bytes([kind << 5 | value])
    for code, size in ((24, 1), (25, 2), (26, 4)):
        if value < 1 << (8 * size):
            return bytes([kind << 5 | code]) + value.to_bytes(size, "big")
    return bytes([kind << 5 | 27]) + value.to_bytes(8, "big")


def decode(data: bytes, path: str) -> Item:
    """The item that the bytes of a file hold.

    Raises:
        CorruptFile: they hold none, or something that is not used in such files.
    """
    reader = _Reader(data, path)
    item = reader.item()
    if reader.at != len(data):
        raise reader.corrupt("something follows its end")
    return item


class _Reader:
    """A position in a file."""

    __slots__ = ("_data", "_depth", "_path", "at")

    def __init__(self, data: bytes, path: str) -> None:
        self._data = data
        self._path = path
        self._depth = 0
        self.at = 0

    def corrupt(self, problem: str) -> errors.CorruptFile:
        """The error for this place."""
        return errors.CorruptFile(path=self._path, offset=self.at, problem=problem)

    def _take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self._data):
            raise self.corrupt("it is cut off")
        found = self._data[self.at : end]
        self.at = end
        return found

    def item(self) -> Item:
        """The next item."""
        first = self._take(1)[0]
        kind, value = first >> 5, first & 31
        if kind == _SIMPLE:
            if value not in _SIMPLE_VALUES:
                raise self.corrupt("a value of an unknown type")
            return _SIMPLE_VALUES[value]
        if value > 27:
            raise self.corrupt("a length that is not known before")
        if value >= 24:
            value = int.from_bytes(self._take(1 << (value - 24)), "big")
        if kind == _NUMBER:
            return value
        if kind == _NEGATIVE:
            return -1 - value
        if kind in (_BYTES, _TEXT):
            return self._take(value)
        if kind not in (_LIST, _MAP) or self._depth > 16 or value > len(self._data):
            raise self.corrupt("a value of an unknown type")
        self._depth += 1
        found: Item = [self.item() for _ in range(value)] if kind == _LIST else self._pairs(value)
        self._depth -= 1
        return found

    def _pairs(self, count: int) -> dict[bytes, Item]:
        found: dict[bytes, Item] = {}
        for _ in range(count):
            key = self.item()
            if not isinstance(key, bytes):
                raise self.corrupt("a name that is no text")
            found[key] = self.item()
        return found

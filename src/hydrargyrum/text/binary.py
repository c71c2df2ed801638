"""Git's form of binary files in patches: base 85 lines of a compressed text or delta, and git's own delta format.

Compressing, and reading the lines around, belong to the caller (`docs/formats/diff.md`).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes of compressed data in one line of a patch.
_LINE = 52
#: So many lines are put together before the next ones are made, because each of them is an object.
_AT_ONCE = 10000


class BadPatch(ValueError):
    """A binary patch does not follow its format.

    Attributes:
        problem: a short fixed phrase; the caller knows the file's name.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def literal_patch(length: int, packed: bytes) -> bytes:
    """The binary patch that replaces a file by a text of `length` bytes that compress to `packed`."""
    return b"".join(literal_pieces(length, (packed,)))


def literal_pieces(length: int, packed: Iterable[bytes]) -> Iterator[bytes]:
    """The same with both of them in pieces.

    Pieces end where lines end.
    """
    yield b"GIT binary patch\nliteral %d\n" % length
    rest = b""
    for piece in packed:
        rest += piece
        whole = len(rest) - len(rest) % (_LINE * _AT_ONCE)
        for start in range(0, whole, _LINE * _AT_ONCE):
            yield _lines(rest[start : start + _LINE * _AT_ONCE])
        rest = rest[whole:]
    yield _lines(rest) + b"\n"


def _lines(packed: bytes) -> bytes:
    """The lines for some compressed data, of which all but the last one are full."""
    from base64 import b85encode

    lines = []
    for at in range(0, len(packed), _LINE):
        chunk = packed[at : at + _LINE]
        size = len(chunk)
        mark = ord("A") + size - 1 if size <= 26 else ord("a") + size - 27
        lines.append(b"%c%s\n" % (mark, b85encode(chunk, pad=True)))
    return b"".join(lines)


def decode_line(line: bytes) -> bytes:
    """What one line of a binary patch holds: a length letter and that many bytes in base 85.

    Raises:
        BadPatch: it is not such a line.
    """
    from base64 import b85decode

    mark, digits = line[:1], line[1:]
    if not mark:
        raise BadPatch("an empty line")
    if b"A" <= mark <= b"Z":
        size = mark[0] - ord("A") + 1
    elif b"a" <= mark <= b"z":
        size = mark[0] - ord("a") + 27
    else:
        raise BadPatch("a line without a length")
    if len(digits) % 5:
        raise BadPatch("a line is cut short")
    try:
        data = b85decode(digits)
    except ValueError as error:
        overflow = "overflow" in str(error)
        raise BadPatch("a group that is too large" if overflow else "a byte that is not base 85") from None
    if not 0 <= len(data) - size <= 3:
        raise BadPatch("a line is not as long as it says")
    return data[:size]


def apply_git_delta(base: bytes, delta: bytes, max_length: int) -> bytes:
    """Applies a delta of git's kind (`delta` in a binary patch, already unpacked).

    Raises:
        BadPatch: the delta does not follow its format, was made for another base, or its result would be longer than
            `max_length`.
    """
    reader = _Reader(delta)
    if reader.size() != len(base):
        raise BadPatch("the delta was made for another text")
    length = reader.size()
    if length > max_length:
        raise BadPatch("the text is longer than it may be")
    out = bytearray()
    while reader.at < len(delta):
        command = reader.byte()
        if command & 0x80:
            offset = reader.number(command & 0x0F)
            size = reader.number((command >> 4) & 0x07) or 0x10000
            if offset + size > len(base):
                raise BadPatch("the delta reaches outside its text")
            piece = base[offset : offset + size]
        elif command:
            piece = reader.take(command)
        else:
            raise BadPatch("an unknown command in the delta")
        if len(out) + len(piece) > length:
            raise BadPatch("the delta makes another length than it says")
        out += piece
    if len(out) != length:
        raise BadPatch("the delta makes another length than it says")
    return bytes(out)


class _Reader:
    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        taken = self.data[self.at : self.at + size]
        if len(taken) < size:
            raise BadPatch("the delta ends too early")
        self.at += size
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def size(self) -> int:
        """Seven bits a byte, the lowest first; the high bit says that more follow."""
        value = 0
        for shift in range(0, 63, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return value
        raise BadPatch("a size in the delta has no end")

    def number(self, present: int) -> int:
        """The bytes of a little-endian number that `present` names, bit by bit."""
        value = 0
        for index in range(4):
            if present & (1 << index):
                value |= self.byte() << (8 * index)
        return value

"""Makes binary deltas between two texts, and answers simple questions about them.

Where deltas are stored, and against which base, belongs elsewhere (format: `docs/formats/binary-delta.md`).
"""

from __future__ import annotations

from hydrargyrum.text.diff import match_lines
from hydrargyrum.text.hunks import HEADER, Unreadable, read_hunks
from hydrargyrum.text.lines import LIMIT, split_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    #: Bytes start..end of the text before are replaced by the data.
    Hunk = tuple[int, int, bytes]


def encode(a: bytes, b: bytes) -> bytes:
    """The delta that makes `b` of `a` as the peer computes it for anything but storage.

    Whole lines; common leading lines are left out before lines are matched.

    Raises:
        Unsupported: a text has 4 GiB or more.
    """
    return _encode_middle(a, b, _common_leading_lines(a, b), 0)


def encode_stored(a: bytes, b: bytes) -> bytes:
    """The delta that makes `b` of `a` as the peer computes it for revlogs: common trailing lines are left out too.

    Raises:
        Unsupported: a text has 4 GiB or more.
    """
    prefix = _common_leading_lines(a, b)
    return _encode_middle(a, b, prefix, _common_trailing_lines(a, b, prefix))


def trivial_header(length: int) -> bytes:
    """The header of the one hunk that inserts `length` bytes into an empty text; nothing for nothing."""
    return HEADER.pack(0, 0, length) if length else b""


def replace_header(old_length: int, new_length: int) -> bytes:
    """The header of the one hunk that replaces a text of `old_length` bytes by `new_length` others."""
    return HEADER.pack(0, old_length, new_length)


def whole_text(delta: bytes, base_length: int) -> bytes | None:
    """The new text, where `delta` replaces the whole base: then the base need not be known. Otherwise None."""
    size = len(delta) - HEADER.size
    if size < 0 or delta[: HEADER.size] != replace_header(base_length, size):
        return None
    return delta[HEADER.size :]


def literals(delta: bytes) -> bytes:
    """The bytes that `delta` brings along, one hunk after the other.

    Raises:
        CorruptRevision: the delta does not follow its format.
    """
    return b"".join(data for _start, _end, data in _hunks(delta, None, 0))


def patched_length(base_length: int, delta: bytes) -> int:
    """How long a text of `base_length` bytes is after `delta`.

    Raises:
        CorruptRevision: the delta does not follow its format or reaches outside its text.
    """
    return base_length + sum(len(data) - (end - start) for start, end, data in _hunks(delta, base_length, 0))


def compose(base_length: int, deltas: Iterable[bytes]) -> bytes:
    """The one delta that does what `deltas` do one after the other to a text of `base_length` bytes.

    Raises:
        CorruptRevision: a delta does not follow its format or reaches outside its text.
    """
    # Pieces of the text so far: (start, length) of the base, or literal bytes.
    pieces: list[tuple[int, int] | bytes] = [(0, base_length)] if base_length else []
    length = base_length
    for position, delta in enumerate(deltas):
        hunks = _hunks(delta, length, position)
        if hunks:
            length += sum(len(data) - (end - start) for start, end, data in hunks)
            pieces = _replaced(pieces, hunks)
    return _from_pieces(pieces, base_length)


def _corrupt(problem: str, position: int) -> Exception:
    from hydrargyrum.errors import CorruptRevision

    return CorruptRevision(problem=problem, delta=position)


def _hunks(delta: bytes, length: int | None, position: int) -> list[Hunk]:
    try:
        return read_hunks(delta, length)
    except Unreadable as error:
        raise _corrupt(error.problem, position) from None


def _replaced(pieces: list[tuple[int, int] | bytes], hunks: list[Hunk]) -> list[tuple[int, int] | bytes]:
    """The pieces of a text after some of its bytes were replaced."""
    out: list[tuple[int, int] | bytes] = []
    index = offset = 0

    def copy(start: int, end: int) -> None:
        nonlocal index, offset
        while start < end:
            piece = pieces[index]
            size = len(piece) if isinstance(piece, bytes) else piece[1]
            if offset + size <= start:
                offset += size
                index += 1
                continue
            skip = start - offset
            take = min(end - start, size - skip)
            out.append(piece[skip : skip + take] if isinstance(piece, bytes) else (piece[0] + skip, take))
            start += take

    done = 0
    for start, end, data in hunks:
        copy(done, start)
        if data:
            out.append(data)
        done = end
    total = sum(len(piece) if isinstance(piece, bytes) else piece[1] for piece in pieces)
    copy(done, total)
    return out


def _from_pieces(pieces: list[tuple[int, int] | bytes], base_length: int) -> bytes:
    """Pieces as hunks: whatever lies between two copies replaces what the copies leave out."""
    out = []
    literal = []
    done = 0
    for piece in [*pieces, (base_length, 0)]:
        if isinstance(piece, bytes):
            literal.append(piece)
            continue
        start, size = piece
        if start > done or literal:
            data = b"".join(literal)
            out.append(HEADER.pack(done, start, len(data)) + data)
            literal.clear()
        done = start + size
    return b"".join(out)


def _common_prefix(a: bytes, b: bytes) -> int:
    """How many bytes two texts have in common at their start: halving, so that comparing is done in bulk."""
    low, high = 0, min(len(a), len(b))
    if a[:high] == b[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _common_suffix(a: bytes, b: bytes, most: int) -> int:
    """How many bytes, `most` at most, two texts have in common at their end."""
    low, high = 0, most
    if a[len(a) - high :] == b[len(b) - high :]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle
    return low


def _common_leading_lines(a: bytes, b: bytes) -> int:
    """The length of the whole lines that both texts start with."""
    return a.rfind(b"\n", 0, _common_prefix(a, b)) + 1


def _common_trailing_lines(a: bytes, b: bytes, prefix: int) -> int:
    """The length of what follows the first newline of the common end: whole lines, or a part without a newline."""
    common = _common_suffix(a, b, min(len(a), len(b)) - prefix)
    newline = a.find(b"\n", len(a) - common)
    return 0 if newline < 0 else len(a) - newline - 1


def _encode_middle(a: bytes, b: bytes, prefix: int, suffix: int) -> bytes:
    """The delta of what lies between a common prefix and a common suffix of so many bytes."""
    if max(len(a), len(b)) > LIMIT:
        split_lines(a if len(a) > len(b) else b)
    old = split_lines(a[prefix : len(a) - suffix])
    new = split_lines(b[prefix : len(b) - suffix])
    out = []
    done_a = done_b = 0
    offset = prefix
    for a1, a2, b1, b2 in match_lines(old, new):
        start = offset
        offset += sum(map(len, old[done_a:a1]))
        if a1 != done_a or b1 != done_b:
            data = b"".join(new[done_b:b1])
            out.append(HEADER.pack(start, offset, len(data)) + data)
        offset += sum(map(len, old[a1:a2]))
        done_a, done_b = a2, b2
    return b"".join(out)

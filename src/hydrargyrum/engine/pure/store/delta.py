"""Applies binary deltas: hunks of start, end, length (big-endian 32-bit numbers) and the bytes that replace them.

Making deltas, and storing them, belongs elsewhere (format: `docs/formats/revlog.md`).
"""

from __future__ import annotations

from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.engine.pure.store.files import Buffer

_HEADER = Struct(">III")

#: Up to so many hunks of one delta are written into the text in place; more are joined anew.
_FEW = 6


class Unreadable(Exception):
    """A chunk or delta does not follow its format; the caller knows of which revision.

    Attributes:
        problem: a short fixed phrase.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def apply_deltas(base: Buffer, deltas: Iterable[Buffer], max_length: int) -> bytes:
    """The text that results from applying `deltas` one after the other to `base`.

    Raises:
        Unreadable: a delta does not follow the format, reaches outside its text, or the result is longer than
            `max_length`.
    """
    text = bytearray(base)
    for delta in deltas:
        if not len(delta):
            continue
        hunks = read_hunks(delta, len(text))
        if len(hunks) <= _FEW or all(end - start == len(data) for start, end, data in hunks):
            for start, end, data in reversed(hunks):
                text[start:end] = data
        else:
            text = _join(text, hunks)
    if len(text) > max_length:
        raise Unreadable("the text is longer than it may be")
    return bytes(text)


def read_hunks(delta: Buffer, length: int) -> list[tuple[int, int, Buffer]]:
    """The hunks (start, end, replacement) of a delta against a text of `length` bytes, checked.

    Raises:
        Unreadable: it does not follow the format or reaches outside its text.
    """
    hunks = []
    at = done = 0
    total = len(delta)
    while at < total:
        if total - at < 12:
            raise Unreadable("a delta ends inside a hunk header")
        start, end, size = _HEADER.unpack_from(delta, at)
        at += 12
        if size > total - at:
            raise Unreadable("a delta ends inside a hunk")
        if start < done or end < start or end > length:
            raise Unreadable("a delta reaches outside its text")
        hunks.append((start, end, delta[at : at + size]))
        at += size
        done = end
    return hunks


def _join(text: bytearray, hunks: list[tuple[int, int, Buffer]]) -> bytearray:
    source = memoryview(text)
    out = bytearray()
    done = 0
    for start, end, data in hunks:
        out += source[done:start]
        out += data
        done = end
    out += source[done:]
    return out

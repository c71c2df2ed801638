"""Applies binary deltas, one after the other, to the text they were made for.

Reading their hunks is `hydrargyrum.text.hunks`; making and storing deltas belongs elsewhere.
"""

from __future__ import annotations

from hydrargyrum.text.hunks import Unreadable, read_hunks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.engine.pure.store.files import Buffer

#: Up to so many hunks of one delta are written into the text in place; more are joined anew.
_FEW = 6


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

"""Sizes of files as users write them: `1k`, `< 20k`, `4k - 1MB`.

Measuring files is not done here.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: In the order in which they are tried.
_UNITS = (
    ("m", 1 << 20),
    ("k", 1 << 10),
    ("g", 1 << 30),
    ("kb", 1 << 10),
    ("mb", 1 << 20),
    ("gb", 1 << 30),
    ("b", 1),
)


def size_test(expression: str) -> Callable[[int], bool]:
    """A test of sizes in bytes. Raises ParseError."""
    text = expression.strip()
    if "-" in text:
        first, _, last = text.partition("-")
        low, high = _exactly(first), _exactly(last)
    elif text.startswith("<="):
        low, high = -1, _exactly(text[2:])
    elif text.startswith("<"):
        low, high = -1, _exactly(text[1:]) - 1
    elif text.startswith(">="):
        low, high = _exactly(text[2:]), 1 << 80
    elif text.startswith(">"):
        low, high = _exactly(text[1:]) + 1, 1 << 80
    else:
        low, high = _exactly(text), _at_most(text)
    return lambda size: low <= size <= high


def _exactly(text: str) -> int:
    text = text.strip().lower()
    try:
        for unit, factor in _UNITS:
            if text.endswith(unit):
                return int(float(text[: -len(unit)]) * factor)
        return int(text)
    except ValueError:
        raise errors.ParseError(f"couldn't parse size: {text}") from None


def _at_most(text: str) -> int:
    """The last size that rounds down to the one that is written: one less than the next in its last digit."""
    text = text.strip().lower()
    try:
        for unit, factor in _UNITS:
            if text.endswith(unit):
                number = text[: -len(unit)]
                step = 10.0 ** -len(number.partition(".")[2])
                return int((float(number) + step) * factor) - 1
        return int(text)
    except ValueError:
        raise errors.ParseError(f"couldn't parse size: {text}") from None

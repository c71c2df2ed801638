"""Ranges of dates as users write them: a day, `<DATE`, `>DATE`, `-DAYS`, `DATE to DATE`.

Reading a single date is the business of `dates`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.dates import INPUT_FORMATS, now, parse_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: Notations of dates, and those that are ranges by themselves.
RANGE_FORMATS = (*INPUT_FORMATS, "%Y", "%Y-%m", "%b", "%b %Y")
#: Moments before and after all others.
_BEGINNING, _END = -(1 << 63), (1 << 63) - 1
_LATEST = {"mb": "12", "HI": "23", "M": "59", "S": "59"}


def date_test(text: str) -> Callable[[int], bool]:
    """A test whether a moment, in seconds since the epoch, lies in a range. Raises as `date_span`."""
    first, last = date_span(text)
    return lambda moment: first <= moment <= last


def date_span(text: str) -> tuple[int, int]:
    """The first and the last second of a range, since the epoch.

    Raises:
        InputError: it is no range; ParseError: a date in it is none.
    """
    text = text.strip()
    if not text:
        raise errors.InputError("dates cannot consist entirely of whitespace")
    if text[0] in "<>":
        if not text[1:]:
            raise errors.InputError(f"invalid day spec, use '{text[0]}DATE'")
        if text[0] == "<":
            return _BEGINNING, _latest(text[1:])
        return _earliest(text[1:]), _END
    if text[0] == "-":
        return now()[0] - _days(text[1:]) * 86400, _END
    first, to, last = text.partition(" to ")
    if to:
        return _earliest(first), _latest(last)
    return _earliest(text), _latest(text)


def _days(text: str) -> int:
    try:
        days = int(text)
    except ValueError:
        raise errors.InputError(f"invalid day spec: {text}") from None
    if days < 0:
        raise errors.InputError(f"{text} must be nonnegative (see 'hg help dates')")
    return days


def _earliest(text: str) -> int:
    return parse_date(text, formats=RANGE_FORMATS)[0]


def _latest(text: str) -> int:
    """The last second of what a date leaves open; months have 31 days or the most that makes a date."""
    for day in ("31", "30", "29"):
        try:
            return parse_date(text, formats=RANGE_FORMATS, missing={**_LATEST, "d": day})[0]
        except errors.ParseError:
            continue
    return parse_date(text, formats=RANGE_FORMATS, missing={**_LATEST, "d": "28"})[0]

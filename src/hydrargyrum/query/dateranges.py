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
_LATEST = {"mb": "12", "HI": "23", "M": "59", "S": "59"}


def date_test(text: str) -> Callable[[int], bool]:
    """A test whether a moment, in seconds since the epoch, lies in a range.

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
            end = _latest(text[1:])
            return lambda moment: moment <= end
        begin = _earliest(text[1:])
        return lambda moment: moment >= begin
    if text[0] == "-":
        oldest = now()[0] - _days(text[1:]) * 86400
        return lambda moment: moment >= oldest
    first, to, last = text.partition(" to ")
    if to:
        start, stop = _earliest(first), _latest(last)
    else:
        start, stop = _earliest(text), _latest(text)
    return lambda moment: start <= moment <= stop


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

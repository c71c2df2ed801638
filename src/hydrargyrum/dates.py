"""Dates as a pair of seconds since the epoch and seconds west of UTC: formatting and reading them.

No value of a date is decided here and nothing is printed; matching date ranges belongs to `query/`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    #: Seconds since the epoch and seconds west of UTC.
    Date = tuple[int, int]

DEFAULT_FORMAT = "%a %b %d %H:%M:%S %Y %1%2"

#: Notations that are tried in this order.
INPUT_FORMATS = (
    *(f"%Y-%m-%dT{clock}" for clock in ("%H:%M:%S", "%H:%M", "%H%M%S", "%H%M")),
    *(f"%Y-%m-%d {clock}" for clock in ("%H:%M:%S", "%H:%M", "%H%M%S", "%H%M", "%I:%M:%S%p", "%I:%M%p")),
    "%Y-%m-%d",
    "%m-%d",
    "%m/%d",
    "%m/%d/%y",
    "%m/%d/%Y",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %I:%M:%S%p %Y",
    "%a, %d %b %Y %H:%M:%S",
    "%b %d %H:%M:%S %Y",
    "%b %d %I:%M:%S%p %Y",
    "%b %d %H:%M:%S",
    "%b %d %I:%M:%S%p",
    "%b %d %H:%M",
    "%b %d %I:%M%p",
    "%b %d %Y",
    "%b %d",
    "%H:%M:%S",
    "%I:%M:%S%p",
    "%H:%M",
    "%I:%M%p",
)

#: Parts of a date from the finest to the coarsest: directives that give it, and its smallest value.
_PARTS = (("S", "00"), ("M", "00"), ("HI", "00"), ("d", "1"), ("mb", "1"), ("yY", "1"))

_FIRST, _LAST = -0x80000000, 0x7FFFFFFF


def local_offset(seconds: float) -> int:
    """Seconds west of UTC of the local time zone at that moment."""
    import time

    local = time.localtime(seconds)
    return -int(local.tm_gmtoff)


def now() -> Date:
    """The current moment in the local time zone."""
    import time

    seconds = time.time()
    return int(seconds), local_offset(seconds)


def format_date(date: Date, notation: str = DEFAULT_FORMAT) -> str:
    """A date in the notation of `strftime`, in its own time zone.

    `%1` stands for sign and hours of the offset, `%2` for its minutes, `%z` for both. Moments that do not fit into
    32 bits are shown as the nearest one that does.
    """
    import datetime

    seconds, offset = date
    hours, minutes = divmod(abs(offset) // 60, 60)
    sign = "-" if offset > 0 else "+"
    notation = (
        notation.replace("%z", "%1%2").replace("%1", f"{sign}{hours:02d}").replace("%2", f"{minutes:02d}")
    )
    local = min(max(seconds - offset, _FIRST), _LAST)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=local)
    try:
        return moment.strftime(notation)
    except UnicodeEncodeError:
        # bytes that are no UTF-8: only the directives are for strftime
        import re

        return re.sub("%.", lambda directive: moment.strftime(directive.group()), notation, flags=re.DOTALL)


def short_date(date: Date) -> str:
    """Year, month and day."""
    return format_date(date, "%Y-%m-%d")


def split_zone(text: str) -> tuple[int | None, str]:
    """The offset that `text` ends with, and what is before it; None where it names no zone."""
    if text.endswith(("GMT", "UTC")):
        return 0, text[:-3].rstrip()
    if len(text) >= 5 and text[-5] in "+-" and _digits(text[-4:]):
        return _zone(text[-5], text[-4:-2], text[-2:]), text[:-5].rstrip()
    if text.endswith("Z") and _digits(text[-2:-1]):
        return 0, text[:-1]
    if len(text) >= 6 and text[-6] in "+-" and text[-3] == ":" and _digits(text[-5:-3] + text[-2:]):
        return _zone(text[-6], text[-5:-3], text[-2:]), text[:-6]
    return None, text


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _zone(sign: str, hours: str, minutes: str) -> int:
    seconds = (int(hours) * 60 + int(minutes)) * 60
    return -seconds if sign == "+" else seconds


def parse_date(
    text: str, *, formats: Sequence[str] = INPUT_FORMATS, missing: Mapping[str, str] | None = None
) -> Date:
    """What a user's date stands for.

    What a date leaves open has its smallest value, or the one in `missing` (by the first column of `_PARTS`).

    Takes "SECONDS OFFSET", `now`, `today`, `yesterday` and the notations of `INPUT_FORMATS` with or without a zone.

    Raises:
        ParseError: it follows none of them, or is out of range.
    """
    if not text:
        return 0, 0
    text = text.strip()
    if text == "now":
        return now()
    if text in ("today", "yesterday"):
        import datetime

        day = datetime.date.today() - datetime.timedelta(days=text == "yesterday")
        text = day.strftime("%b %d")
    seconds, offset = _parse_pair(text) or _parse_notation(text, formats, missing or {})
    if not _FIRST <= seconds <= _LAST:
        raise errors.ParseError(f"date exceeds 32 bits: {seconds}")
    if not -50400 <= offset <= 43200:
        raise errors.ParseError(f"impossible time zone offset: {offset}")
    return seconds, offset


def _parse_pair(text: str) -> Date | None:
    try:
        seconds, offset = map(int, text.encode("utf-8", "surrogateescape").split(b" "))
    except ValueError:
        return None
    return seconds, offset


def _parse_notation(text: str, formats: Sequence[str], missing: Mapping[str, str]) -> Date:
    today = now()
    current = {directives: format_date(today, "%" + directives[0]) for directives, _ in _PARTS}
    parts = [
        (directives, missing.get(directives, value), current[directives]) for directives, value in _PARTS
    ]
    for notation in formats:
        try:
            return _parse_as(text, notation, parts)
        except (ValueError, OverflowError):
            continue
    shown = repr(text.encode("utf-8", "surrogateescape"))[1:]
    raise errors.ParseError(f"invalid date: {shown}")


def _parse_as(text: str, notation: str, parts: Sequence[tuple[str, str, str]]) -> Date:
    """Parts, as (directives, value, that of today), have their value where finer than the finest given, else today's."""
    import calendar
    import time

    offset, rest = split_zone(text)
    coarser = False
    for directives, value, current in parts:
        if any("%" + directive in notation for directive in directives):
            coarser = True
        else:
            rest += "@" + (current if coarser else value)
            notation += "@%" + directives[0]
    parsed = time.strptime(rest, notation)
    local = calendar.timegm(parsed)
    if offset is None:
        seconds = int(time.mktime(parsed))
        return seconds, seconds - local
    return local + offset, offset

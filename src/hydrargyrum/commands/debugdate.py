"""`debugdate`: how a date is understood, and whether it lies in a range."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugdate",
    options=[Option("e", "extended", "try extended date formats")],
    synopsis="[-e] DATE [RANGE]",
    norepo=True,
    optionalrepo=True,
    min_args=1,
    max_args=2,
)
def debugdate(context: CommandContext) -> int:
    """parse and display a date

    Prints DATE as seconds since the epoch with the offset of its time zone, and as it is usually shown; with RANGE,
    whether it lies in that range of dates.

    Returns 0 on success.
    """
    from hydrargyrum.dates import INPUT_FORMATS, format_date, parse_date
    from hydrargyrum.query.dateranges import RANGE_FORMATS, date_test

    text, *more = context.args
    formats = RANGE_FORMATS if context.options.flag("extended") else INPUT_FORMATS
    date = parse_date(text, formats=formats)
    context.ui.write(f"internal: {date[0]} {date[1]}\nstandard: {format_date(date)}\n")
    if more:
        context.ui.write(f"match: {date_test(more[0])(date[0])}\n")
    return 0

"""`debugrevlogindex`: the rows of a revlog's index in the two notations that older programs read."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.revlog_options import REVLOG_OPTIONS, chosen_revlog
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.revlogs import IndexRow
    from hydrargyrum.extension import CommandContext


@command(
    "debugrevlogindex",
    options=[*REVLOG_OPTIONS, Option("f", "format", "revlog format", default=0, metavar="FORMAT")],
    synopsis="[-f FORMAT] -c|-m|FILE",
    max_args=1,
)
def debugrevlogindex(context: CommandContext) -> int:
    """dump the contents of a revlog index

    Format 0 shows the hashes of parents, format 1 their numbers, flags and sizes. With --verbose, where the chunks
    lie is shown too.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revlogs import index_rows, open_revlog

    ui = context.ui
    revlog = open_revlog(
        context.repo,
        chosen_revlog(context, context.args[0] if context.args else "", for_command="debugrevlogindex"),
    )
    notation = context.options.number("format")
    if notation not in (0, 1):
        raise errors.Abort(f"unknown format {notation}")
    digits = 40 if ui.debugging else 12
    width = digits if len(revlog) else 12
    place = "   offset   length" if notation else "    offset  length"
    place = place if ui.verbose else ""
    if notation:
        ui.write(f"   rev flag{place}     size   link     p1     p2 {'nodeid'.rjust(width)}\n")
    else:
        ui.write(f"   rev{place} linkrev {'nodeid'.ljust(width)} {'p1'.ljust(width)} p2\n")
    for rev, row in enumerate(index_rows(revlog)):
        if notation:
            ui.write(_with_sizes(rev, row, digits, verbose=ui.verbose))
            continue
        _flags, offset, stored, _size, _base, link, p1, p2, node = row
        shown = " ".join(one.hex()[:digits] for one in (node, revlog.node(p1), revlog.node(p2)))
        place = f" {offset: 9d} {stored: 7d}" if ui.verbose else ""
        ui.write(f"{rev: 6d}{place} {link: 7d} {shown}\n")
    return 0


def _with_sizes(rev: int, row: IndexRow, digits: int, *, verbose: bool) -> str:
    flags, offset, stored, size, _base, link, p1, p2, node = row
    place = f" {offset: 8d} {stored: 8d}" if verbose else ""
    numbers = f"{size: 8d} {link: 6d} {p1: 6d} {p2: 6d}"
    return f"{rev: 6d} {flags:04x}{place} {numbers} {node.hex()[:digits]}\n"

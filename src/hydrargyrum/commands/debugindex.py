"""`debugindex`: the rows of a revlog's index."""

from __future__ import annotations

from hydrargyrum.commands.revlog_options import REVLOG_OPTIONS, chosen_revlog
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.revlogs import IndexRow, StoredRevlog
    from hydrargyrum.extension import CommandContext

#: Columns with their widths; a width of None is that of a hash. Those with a mark are for --verbose.
COLUMNS: tuple[tuple[str, int | None, bool], ...] = (
    ("rev", 6, False),
    ("rank", 6, True),
    ("linkrev", 6, False),
    ("nodeid", None, False),
    ("p1-rev", 6, True),
    ("p1-nodeid", None, False),
    ("p2-rev", 6, True),
    ("p2-nodeid", None, False),
    ("full-size", 20, True),
    ("delta-base", 6, True),
    ("flags", 2, True),
    ("comp-mode", 4, True),
    ("data-offset", 20, True),
    ("chunk-size", 10, True),
    ("sd-comp-mode", 7, True),
    ("sidedata-offset", 20, True),
    ("sd-chunk-size", 10, True),
)


@command(
    "debug-revlog-index",
    aliases=["debugindex"],
    options=[*REVLOG_OPTIONS, TEMPLATE_OPTION],
    synopsis="-c|-m|FILE",
    max_args=1,
)
def debugindex(context: CommandContext) -> int:
    """dump index data for a revlog

    Prints the entries of a revlog's index: the changelog (-c), the manifest (-m, or --dir), or FILE.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revlogs import index_rows, open_revlog

    revlog = open_revlog(context.repo, chosen_revlog(context, context.args[0] if context.args else ""))
    ui = context.ui
    digits = 40 if ui.debugging else 12
    columns = []
    for name, width, verbose in COLUMNS:
        if ui.verbose or not verbose:
            size = (digits if len(revlog) else 12) if width is None else width
            columns.append((name, max(size, len(name))))
    with context.formatter("debugindex") as formatter:
        formatter.plain(" ".join(name.rjust(size) for name, size in columns) + "\n")
        for rev, row in enumerate(index_rows(revlog)):
            values = _texts(revlog, rev, row, digits)
            formatter.start_item()
            for place, (name, size) in enumerate(columns):
                if place:
                    formatter.plain(" ")
                formatter.field(name, values[name], values[name].rjust(size))
            formatter.plain("\n")
    return 0


def _texts(revlog: StoredRevlog, rev: int, row: IndexRow, digits: int) -> dict[str, str]:
    """All columns of a revision; those that only other formats have say that there is nothing."""
    flags, offset, stored_size, size, base, link_rev, p1, p2, node = row
    return {
        "rev": str(rev),
        "rank": "-1",
        "linkrev": str(link_rev),
        "nodeid": node.hex()[:digits],
        "p1-rev": str(p1),
        "p1-nodeid": revlog.node(p1).hex()[:digits],
        "p2-rev": str(p2),
        "p2-nodeid": revlog.node(p2).hex()[:digits],
        "full-size": str(size),
        "delta-base": str(base),
        "flags": str(flags),
        "comp-mode": "2",
        "data-offset": str(offset),
        "chunk-size": str(stored_size),
        "sd-comp-mode": "inline",
        "sidedata-offset": "0",
        "sd-chunk-size": "0",
    }

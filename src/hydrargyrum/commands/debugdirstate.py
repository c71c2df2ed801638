"""`debugdirstate`: what the dirstate says about every file."""

from __future__ import annotations

import os
import time

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.types import DirstateEntry

#: How the facts of a docket are shown.
_DOCKET_FACTS = (
    "size of dirstate data",
    "data file uuid",
    "start offset of root nodes",
    "number of root nodes",
    "nodes with entries",
    "nodes with copies",
    "number of unused bytes",
    "ignore pattern hash",
)
#: A bit that symbolic links have and regular files have not.
_LINK_BIT = 0o20000


@command(
    "debugdirstate",
    aliases=("debugstate",),
    options=[
        Option("", "nodates", "do not display the saved mtime", marks=["deprecated"]),
        Option("", "dates", "display the saved mtime", default=True),
        Option("", "datesort", "sort by saved mtime"),
        Option("", "docket", "display the docket (metadata file) instead"),
        Option("", "all", "display dirstate-v2 tree nodes that would not exist in v1"),
    ],
    synopsis="[OPTION]...",
)
def debugdirstate(context: CommandContext) -> int:
    """show the contents of the current dirstate

    For each file: state, mode, size, time and name; then the copies.
    """
    options, repo = context.options, context.repo
    if options.flag("docket"):
        return _show_docket(context)
    dates = options.flag("dates") and not options.flag("nodates")
    entries = list(repo.engine.dirstate().items())
    if options.flag("datesort"):
        entries.sort(key=lambda item: (item[1].mtime, os.fsencode(item[0])))
    mask = os.umask(0)
    os.umask(mask)
    for path, entry in entries:
        context.ui.write(f"{_line(entry, mask, dates=dates)}{path}\n")
    for path, entry in entries:
        if entry.copied_from is not None:
            context.ui.write(f"copy: {entry.copied_from} -> {path}\n")
    return 0


def _line(entry: DirstateEntry, mask: int, *, dates: bool) -> str:
    if entry.mtime == -1:
        moment = "unset               "
    elif not dates:
        moment = "set                 "
    else:
        moment = time.strftime("%Y-%m-%d %H:%M:%S ", time.localtime(entry.mtime))
    mode = "lnk" if entry.mode & _LINK_BIT else f"{entry.mode & 0o777 & ~mask:3o}"
    return f"{entry.state} {mode} {entry.size:10d} {moment}"


def _show_docket(context: CommandContext) -> int:
    """Tells the facts of the small file of the second format. Raises Abort where there is none."""
    facts = context.repo.engine.dirstate_docket()
    if facts is None:
        raise errors.Abort("dirstate v1 does not have a docket")
    for name, value in zip(_DOCKET_FACTS, (*facts[:-1], facts[-1].hex()), strict=True):
        context.ui.write(f"{name}: {value}\n")
    return 0

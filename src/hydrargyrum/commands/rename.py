"""`rename`: files under a second or another name. That is the business of `ops.copying`."""

from __future__ import annotations

from hydrargyrum.commands.copy_options import run_copy
from hydrargyrum.commands.walk_options import DRY_RUN_OPTION, WALK_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "rename",
    aliases=("move", "mv"),
    options=[
        Option("", "forget", "unmark a destination file as renamed"),
        Option("A", "after", "record a rename that has already occurred"),
        Option(
            "",
            "at-rev",
            "(un)mark renames in the given revision",
            default="",
            metavar="REV",
            marks=["experimental"],
        ),
        Option("f", "force", "forcibly move over an existing managed file"),
        *WALK_OPTIONS,
        DRY_RUN_OPTION,
    ],
    synopsis="[OPTION]... SOURCE... DEST",
    category="wdir",
)
def rename(context: CommandContext) -> int:
    """rename files; equivalent of copy + remove

    Sources are moved to the destination, a directory or (for one source) a file, and recorded as copies and removals.
    With -A, only the record is made of what has happened already.

    Returns 0 on success, 1 if errors are encountered.
    """
    return run_copy(context, rename=True)

"""`copy`: files under a second or another name. That is the business of `ops.copying`."""

from __future__ import annotations

from hydrargyrum.commands.copy_options import run_copy
from hydrargyrum.commands.walk_options import DRY_RUN_OPTION, WALK_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "copy",
    aliases=("cp",),
    options=[
        Option("", "forget", "unmark a destination file as copied"),
        Option("A", "after", "record a copy that has already occurred"),
        Option(
            "",
            "at-rev",
            "(un)mark copies in the given revision",
            default="",
            metavar="REV",
            marks=["experimental"],
        ),
        Option("f", "force", "forcibly copy over an existing managed file"),
        *WALK_OPTIONS,
        DRY_RUN_OPTION,
    ],
    synopsis="[OPTION]... (SOURCE... DEST | --forget DEST...)",
    category="files",
)
def copy(context: CommandContext) -> int:
    """mark files as copied for the next commit

    Sources are copied to the destination, a directory or (for one source) a file, and recorded as copies. With -A,
    only the record is made of what has happened already. With --forget, files stop being copies.

    Returns 0 on success, 1 if errors are encountered.
    """
    return run_copy(context, rename=False)

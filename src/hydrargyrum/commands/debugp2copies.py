"""`debugp2copies`: copies of a changeset whose source is in its second parent. Between any two, see `debugpathcopies`."""

from __future__ import annotations

from hydrargyrum.commands.debugp1copies import REV_OPTION, show_copies
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugp2copies", options=[REV_OPTION], synopsis="[-r REV]", max_args=0)
def debugp2copies(context: CommandContext) -> int:
    """dump copy information compared to p2

    The source and the destination of each file that was copied from the second parent; of the working directory unless
    a revision is given.
    """
    return show_copies(context, 1)

"""`debuglabelcomplete`: what `debugnamecomplete` was called before."""

from __future__ import annotations

from hydrargyrum.commands.debugnamecomplete import write_names
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debuglabelcomplete", synopsis="LABEL...", intents=["readonly"])
def debuglabelcomplete(context: CommandContext) -> int:
    """complete names for old completion scripts (DEPRECATED)

    Does what debugnamecomplete does.
    """
    return write_names(context)

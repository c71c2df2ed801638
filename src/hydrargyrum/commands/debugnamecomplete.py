"""`debugnamecomplete`: names of revisions for shells to complete with."""

from __future__ import annotations

from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugnamecomplete", synopsis="NAME...", intents=["readonly"])
def debugnamecomplete(context: CommandContext) -> int:
    """complete "names" - tags, open branch names, bookmark names

    Those that begin as one of the arguments does, or all of them.
    """
    return write_names(context)


def write_names(context: CommandContext) -> int:
    """Write the names that begin as one of the arguments does."""
    from hydrargyrum.ops.completing import names

    context.ui.write("\n".join(names(context.repo, context.args)) + "\n")
    return 0

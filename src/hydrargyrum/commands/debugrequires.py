"""`debugrequires`: what a repository needs of the programs that open it."""

from __future__ import annotations

import os

from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugrequires", aliases=["debugrequirements"], max_args=0)
def debugrequires(context: CommandContext) -> int:
    """print the current repo requirements

    Prints what a program has to know to open the repository, one requirement a line.

    Returns 0 on success.
    """
    for name in sorted(context.repo.engine.requirements, key=os.fsencode):
        context.ui.write(f"{name}\n")
    return 0

"""`debugapplystreamclonebundle`: fills an empty repository with the store in a file. The work is `ops.packing`'s."""

from __future__ import annotations

import os

from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugapplystreamclonebundle", synopsis="FILE", min_args=1, max_args=1)
def debugapplystreamclonebundle(context: CommandContext) -> int:
    """apply a stream clone bundle file

    The repository has to be empty; all changesets are public then.

    Returns 0 on success.
    """
    from hydrargyrum.ops.packing import apply_packed

    apply_packed(context.repo, os.path.join(context.cwd, context.args[0]))
    return 0

"""`debugcreatestreamclonebundle`: the store of a repository as a file. The work is `ops.packing`'s."""

from __future__ import annotations

import os

from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugcreatestreamclonebundle", synopsis="FILE", min_args=1, max_args=1)
def debugcreatestreamclonebundle(context: CommandContext) -> int:
    """create a stream clone bundle file

    The file holds the store as it is, without phases: whoever takes it in with 'hg debugapplystreamclonebundle' need not
    make anything of it.

    Returns 0 on success.
    """
    from hydrargyrum.ops.packing import write_packed

    formats = write_packed(context.repo, os.path.join(context.cwd, context.args[0]))
    context.ui.write(f"bundle requirements: {', '.join(formats)}\n")
    return 0

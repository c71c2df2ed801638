"""`debugrebuildfncache`: makes the list of store files anew. The work is `ops.fncache`'s."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugrebuildfncache",
    options=[Option("", "only-data", "only look for wrong .d files (much faster)")],
    max_args=0,
)
def debugrebuildfncache(context: CommandContext) -> int:
    """rebuild the fncache file

    Makes the list of the store's files again from what the history names.

    Returns 0 on success.
    """
    from hydrargyrum.ops.fncache import rebuild_fncache

    ui = context.ui
    change = rebuild_fncache(context.repo, only_data=context.options.flag("only_data"))
    if change is None:
        ui.warn("(not rebuilding fncache because repository does not support fncache)\n")
        return 0
    for name in change.removed:
        ui.write(f"removing {name}\n")
    for name in change.added:
        ui.write(f"adding {name}\n")
    if change.added or change.removed:
        ui.write(f"{len(change.added)} items added, {len(change.removed)} removed from fncache\n")
    else:
        ui.write("fncache already up to date\n")
    return 0

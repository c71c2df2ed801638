"""`debugp1copies`: copies of a changeset whose source is in its first parent. Between any two, see `debugpathcopies`."""

from __future__ import annotations

from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

REV_OPTION = Option("r", "rev", "revision to debug", default="", metavar="REV")


@command("debugp1copies", options=[REV_OPTION], synopsis="[-r REV]", max_args=0)
def debugp1copies(context: CommandContext) -> int:
    """dump copy information compared to p1

    The source and the destination of each file that was copied from the first parent; of the working directory unless
    a revision is given.
    """
    return show_copies(context, 0)


def show_copies(context: CommandContext, number: int) -> int:
    """Writes the copies whose source is in the first (0) or only in the second parent (1)."""
    from hydrargyrum.ops.revisions import resolve_revision

    repo, name = context.repo, context.options.text("rev")
    changeset = resolve_revision(repo, name) if name else repo.working_copy
    own = changeset.parents[number]
    first = changeset.parents[0].manifest if number else None
    if own.rev == NULL_REV:
        return 0
    for path, source in sorted(changeset.copies):
        if source in own.manifest and (first is None or source not in first):
            context.ui.write(f"{source} -> {path}\n")
    return 0

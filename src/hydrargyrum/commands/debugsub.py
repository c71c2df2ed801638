"""`debugsub`: what a changeset records of subrepositories. Reading it is the business of `repo.substates`."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugsub",
    options=[Option("r", "rev", "revision to check", default="", metavar="REV")],
    synopsis="[-r REV] [REV]",
    max_args=1,
)
def debugsub(context: CommandContext) -> int:
    """show path, source and revision of each subrepository

    Those of the working copy are shown unless a revision is given.
    """
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.repo.substates import subrepos_of

    name = context.args[0] if context.args else context.options.text("rev")
    changeset = resolve_revision(context.repo, name, default=None)
    for path, recorded in sorted(subrepos_of(changeset).items()):
        context.ui.write(f"path {path}\n source   {recorded.source}\n revision {recorded.revision}\n")
    return 0

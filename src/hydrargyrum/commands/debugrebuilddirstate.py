"""`debugrebuilddirstate`: the dirstate anew from a changeset."""

from __future__ import annotations

from hydrargyrum.extension import Option, command
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugrebuilddirstate",
    aliases=("debugrebuildstate",),
    options=[
        Option("r", "rev", "revision to rebuild to", default="", metavar="REV"),
        Option("", "minimal", "only rebuild files that are inconsistent with the working copy parent"),
    ],
    synopsis="[-r REV]",
)
def debugrebuilddirstate(context: CommandContext) -> int:
    """rebuild the dirstate as it would look like for the given revision

    All files of the revision (by default the first parent) count as tracked, and only these; the next :hg:`status`
    compares them all. With --minimal, only files are changed that are tracked but not in the revision, or the other
    way round.
    """
    from hydrargyrum.ops.revisions import resolve_revision

    repo = context.repo
    target = resolve_revision(repo, context.options.text("rev"))
    with repo.lock_working_copy():
        edit = repo.engine.edit_dirstate()
        only = None
        if context.options.flag("minimal"):
            stored = set(repo.engine.files(target.rev, PatternSet(repo.root))[0])
            known = set(repo.engine.dirstate())
            only = [path for path in known - stored if edit.facts(path) != (True, False, False)]
            only += stored - known
        edit.rebuild(target.rev, only)
        edit.write()
    return 0

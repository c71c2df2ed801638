"""`revert`: files as another changeset has them. That is the business of `ops.revert`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import DRY_RUN_OPTION, WALK_OPTIONS, selection_of
from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_NODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "revert",
    options=[
        Option("a", "all", "revert all changes when no arguments given"),
        Option("d", "date", "tipmost revision matching date", default="", metavar="DATE"),
        Option("r", "rev", "revert to the specified revision", default="", metavar="REV"),
        Option("C", "no-backup", "do not save backup copies of files"),
        Option("i", "interactive", "interactively select the changes"),
        *WALK_OPTIONS,
        DRY_RUN_OPTION,
    ],
    synopsis="[OPTION]... [-r REV] [NAME]...",
    category="wdir",
)
def revert(context: CommandContext) -> int:
    """restore files to their checkout state

    Files become what the parent of the working copy has, or with -r another changeset; the parent itself stays as it
    is. Files with local changes are kept under their name with ".orig" (see `ui.origbackuppath`), unless -C is given.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revert import RevertRequest, refuse_nothing
    from hydrargyrum.ops.revert import revert as revert_files
    from hydrargyrum.ops.revisions import resolve_revision

    options, repo = context.options, context.repo
    if options.flag("interactive"):
        raise errors.Abort("revert --interactive is not supported yet")
    if options.text("date"):
        if options.text("rev"):
            raise errors.InputError("cannot specify both --date and --rev")
        raise errors.Abort("revert --date is not supported yet")
    rev = options.text("rev")
    if not rev and repo.engine.working_parents()[1] != NULL_NODE:
        raise errors.InputError(
            "uncommitted merge with no revision specified",
            hint="use 'hg update' or see 'hg help revert'",
        )
    target = resolve_revision(repo, rev)
    selection = selection_of(context)
    if selection.patterns.everything and not options.flag("all"):
        refuse_nothing(repo, target)
    request = RevertRequest(
        target,
        backup=not options.flag("no_backup"),
        dry_run=options.flag("dry_run"),
        verbose=context.ui.verbose,
    )
    revert_files(repo, selection, context.ui, request)
    return 0

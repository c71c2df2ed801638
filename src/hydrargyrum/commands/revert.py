"""`revert`: files as another changeset has them. That is the business of `ops.revert`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.nested import outer_selection
from hydrargyrum.commands.walk_options import DRY_RUN_OPTION, WALK_OPTIONS, selection_of
from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_NODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.text.pieces import Chosen


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
    from hydrargyrum.commands.merging import merger_for
    from hydrargyrum.ops.nested.reverting import named_subrepos, revert_subrepo
    from hydrargyrum.ops.revert import RevertRequest, refuse_nothing
    from hydrargyrum.ops.revert import revert as revert_files
    from hydrargyrum.ops.revisions import resolve_revision

    options, repo = context.options, context.repo
    rev = options.text("rev")
    if options.text("date"):
        if rev:
            raise errors.InputError("cannot specify both --date and --rev")
        from hydrargyrum.commands.update import newest_of_date

        rev = newest_of_date(context, options.text("date"))
    if not rev and repo.working_parents()[1] != NULL_NODE:
        raise errors.InputError(
            "uncommitted merge with no revision specified",
            hint="use 'hg update' or see 'hg help revert'",
        )
    target = resolve_revision(repo, rev)
    selection = selection_of(context)
    interactive = options.flag("interactive")
    if selection.patterns.everything and not (options.flag("all") or interactive):
        refuse_nothing(repo, target)
    request = RevertRequest(
        target,
        backup=not options.flag("no_backup"),
        dry_run=options.flag("dry_run"),
        verbose=context.ui.verbose,
        choice=_Choice(context, selection) if interactive else None,
    )
    within = named_subrepos(repo, selection.patterns)
    outer = outer_selection(context) if within else selection
    if outer is not None:
        revert_files(repo, outer, context.ui, request)
    if within:
        merger = merger_for(context, "revert")
        for path in within:
            revert_subrepo(path, merger, selection.show, request, modified_only=options.flag("all"))
    return 0


class _Choice:
    """The user decides; implements `ops.revert.Choice`."""

    def __init__(self, context: CommandContext, selection: Selection) -> None:
        from hydrargyrum.commands.choosing import style_for

        self._context = context
        self._selection = selection
        self.style = style_for(context, "revert", functions=False)

    def confirm(self, question: str) -> bool:
        return self._context.ui.choose(question) == 0

    def choose(self, patch: bytes, operation: str) -> list[Chosen]:
        from hydrargyrum.commands.choosing import choose

        return choose(self._context, patch, self._selection.is_exact, operation)

"""What `copy` and `rename` have in common: their options as a request. Copying is the business of `ops.copying`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import path_shower, patterns_of, selection_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


def run_copy(context: CommandContext, *, rename: bool) -> int:
    """Runs either command; its exit code."""
    from hydrargyrum.ops.copying import CopyRequest, copy, forget_copies

    options, ui = context.options, context.ui
    if options.flag("forget") and options.flag("dry_run"):
        raise errors.InputError("cannot specify both --forget and --dry-run")
    if options.text("at_rev"):
        _correct(context)
        return 0
    if options.flag("forget"):
        forget_copies(context.repo, selection_of(context), ui, path_shower(context))
        return 0
    request = CopyRequest(
        patterns_of(context), rename=rename, after=options.flag("after"), force=options.flag("force")
    )
    request.dry_run = options.flag("dry_run")
    request.verbose, request.quiet = ui.verbose, ui.quiet
    return 0 if copy(context.repo, request, ui, path_shower(context)) else 1


def _correct(context: CommandContext) -> None:
    """Changes what an earlier changeset records."""
    from hydrargyrum.commands.commit_options import CommitDialog
    from hydrargyrum.ops import recopying
    from hydrargyrum.ops.revisions import resolve_revision

    options, ui = context.options, context.ui
    if not options.flag("forget") and not options.flag("after"):
        raise errors.InputError("--at-rev requires --after")
    with context.repo.lock_working_copy():
        changeset = resolve_revision(context.repo, options.text("at_rev"))
        recopying.check_revision(changeset)
        change = recopying.forget_recorded_copies if options.flag("forget") else recopying.record_copy
        dialog = CommitDialog(context, "amend")
        change(changeset, patterns_of(context), ui, path_shower(context), dialog)

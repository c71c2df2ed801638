"""`merge`: another revision is merged into the working copy. How, is in `ops.merge` and `ops.moving`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.merging import MERGE_TOOL_OPTION, merger_for, one_revision
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset


@command(
    "merge",
    options=[
        Option("f", "force", "force a merge including outstanding changes", marks=["deprecated"]),
        Option("r", "rev", "revision to merge", default="", metavar="REV"),
        Option("P", "preview", "review revisions to merge (no merge is performed)"),
        Option("", "abort", "abort the ongoing merge"),
        MERGE_TOOL_OPTION,
    ],
    synopsis="[-P] [[-r] REV]",
    category="management",
    basic=True,
    max_args=1,
)
def merge(context: CommandContext) -> int:
    """merge another revision into working directory

    Bring all changes of a revision since the last common ancestor into the working directory. What comes out is
    committed as usual and has two parents; before that, --abort goes back and loses what was merged.

    Without a revision the other head of the current branch is merged, if there is exactly one.

    Files that both sides changed are merged by a tool, which --tool chooses (see :hg:`help merge-tools`); those that it
    could not merge are the business of :hg:`resolve`.

    Returns 0 on success, 1 if there are unresolved files.
    """
    from hydrargyrum.commands.commit_options import at_most_one
    from hydrargyrum.ops import merge as operation
    from hydrargyrum.types import NULL_NODE

    options, repo = context.options, context.repo
    if options.flag("abort"):
        if repo.working_parents()[1] == NULL_NODE:
            _refuse_abort(context)
        at_most_one(context, "abort", "rev")
        at_most_one(context, "abort", "preview")
        _check_abort(context)
        with repo.lock_working_copy():
            operation.abort_merge(repo, merger_for(context, "merge"))
        return 0
    target = _target(context, one_revision(context))
    if options.flag("preview"):
        _show(context, operation.preview(repo, target))
        return 0
    with repo.lock_working_copy():
        done = operation.merge(repo, target, merger_for(context, "merge"), force=options.flag("force"))
    return 0 if done else 1


def _target(context: CommandContext, name: str) -> Changeset:
    from hydrargyrum.ops.revisions import resolve_revision

    repo = context.repo
    if name:
        target = resolve_revision(repo, name)
    else:
        if context.config.boolean("commands", "merge.require-rev"):
            raise errors.InputError("configuration requires specifying revision to merge with")
        from hydrargyrum.ops.destination import merge_destination

        target = repo[merge_destination(repo)]
    if target.is_working_copy:
        raise errors.InputError("merging with the working copy has no effect")
    return target


def _refuse_abort(context: CommandContext) -> None:
    from hydrargyrum.repo.unfinished import way_to_continue

    way = way_to_continue(context.repo)
    raise errors.StateError("no merge in progress", hint=None if way is None else f"continue: {way}")


def _check_abort(context: CommandContext) -> None:
    from hydrargyrum.repo.unfinished import any_unfinished

    state = any_unfinished(context.repo)
    if state is not None and state.name != "merge":
        raise errors.StateError(f"cannot abort merge with {state.name} in progress", hint=state.hint)
    if context.args:
        raise errors.InputError("cannot specify a node with --abort")


def _show(context: CommandContext, changesets: list[Changeset]) -> None:
    """Show changesets as `log` does."""
    from hydrargyrum.commands.log_options import printer_for

    printer = printer_for(context)
    for changeset in changesets:
        printer.show(changeset)
    printer.close()

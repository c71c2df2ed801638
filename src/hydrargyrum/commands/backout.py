"""`backout`: an earlier changeset is undone by a new one. How, is in `ops.backout` and `ops.grafting`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import AUTHOR_OPTIONS, EDIT_OPTION, MESSAGE_OPTIONS
from hydrargyrum.commands.merging import MERGE_TOOL_OPTION, merger_for, one_revision
from hydrargyrum.commands.walk_options import WALK_OPTIONS, patterns_of
from hydrargyrum.extension import Option, command
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset


@command(
    "backout",
    options=[
        Option("", "merge", "merge with old dirstate parent after backout"),
        Option("", "commit", "commit if no conflicts were encountered", marks=["deprecated"]),
        Option("", "no-commit", "do not commit"),
        Option(
            "",
            "parent",
            "parent to choose when backing out merge",
            default="",
            metavar="REV",
            marks=["deprecated"],
        ),
        Option("r", "rev", "revision to backout", default="", metavar="REV"),
        EDIT_OPTION,
        MERGE_TOOL_OPTION,
        *WALK_OPTIONS,
        *MESSAGE_OPTIONS,
        *AUTHOR_OPTIONS,
    ],
    synopsis="[OPTION]... [-r] REV",
    category="management",
    max_args=1,
)
def backout(context: CommandContext) -> int:
    """reverse effect of earlier changeset

    Record a changeset that undoes what an ancestor of the working directory did. With --no-commit the working directory
    is changed only.

    Where that conflicts with what came later, resolve the files (see :hg:`resolve`) and commit.

    With --merge the undoing changeset is made on top of the one that it undoes, and then merged with where you were.

    Returns 0 on success, 1 if nothing to backout or there are unresolved files.
    """
    from hydrargyrum.commands.commit_options import incompatible
    from hydrargyrum.ops.backout import parent_to_restore
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.ops.update import require_clean
    from hydrargyrum.repo.unfinished import check_unfinished

    repo, options = context.repo, context.options
    incompatible(context, "no_commit", ("commit", "merge"))
    name = one_revision(context)
    if not name:
        raise errors.InputError("please specify a revision to backout")
    with repo.lock_working_copy(), repo.lock_store():
        check_unfinished(repo)
        require_clean(repo)
        change = resolve_revision(repo, name)
        parent = parent_to_restore(repo, change, options.text("parent"))
        start = repo["."]
        merger = merger_for(context, "backout")
        if not _apply(context, change, parent, start, merger):
            return 1
        if options.flag("no_commit"):
            short = change.node.hex()[:12]
            context.ui.status(f"changeset {short} backed out, don't forget to commit.\n")
            return 0
        return _record(context, change, start, merger)


def _apply(
    context: CommandContext, change: Changeset, parent: Changeset, start: Changeset, merger: FileMerger
) -> bool:
    """Undo the change in the working copy; False where files are unresolved."""
    from hydrargyrum.ops import moving
    from hydrargyrum.ops.grafting import restore, take_back
    from hydrargyrum.ops.update import show_stats
    from hydrargyrum.repo.branches import set_working_branch

    repo = context.repo
    if context.options.flag("merge") or start.rev == change.rev:
        branch = repo.working_copy.branch
        moving.move(repo, moving.clean_update_to(change), merger)
        set_working_branch(repo, branch)
        restore(repo, change, parent, merger)
        return True
    with repo.transaction("backout"):
        stats = take_back(repo, change, parent, merger)
    show_stats(merger.talk, stats)
    if stats.unresolved:
        merger.talk.status("use 'hg resolve' to retry unresolved file merges\n")
    return not stats.unresolved


def _record(context: CommandContext, change: Changeset, start: Changeset, merger: FileMerger) -> int:
    from hydrargyrum.commands.commit_options import CommitDialog, date_of, message_of
    from hydrargyrum.ops import moving
    from hydrargyrum.ops.commit import commit, future_heads
    from hydrargyrum.ops.commit_plan import CommitRequest
    from hydrargyrum.ops.merge import merge

    repo, options, ui = context.repo, context.options, context.ui
    message = message_of(context)
    short = f"{change.rev}:{change.node.hex()[:12]}"
    edit = options.flag("edit") or not message
    request = CommitRequest(
        _patterns(context),
        message or f"Backed out changeset {change.node.hex()[:12]}",
        user=options.text("user") or None,
        date=date_of(context),
    )
    heads = future_heads(repo, closing=False)
    outcome = commit(repo, request, CommitDialog(context, "backout", force_editor=edit))
    repo.invalidate()
    if outcome.node is None:
        ui.status("nothing changed\n")
        return 1
    if heads.new_head and not outcome.existed:
        ui.status("created new head\n")
    for rev in heads.reopened:
        ui.status(f"reopening closed branch head {rev}\n")
    made = f"{outcome.rev}:{outcome.node.hex()[:12]}"
    ui.status(f"changeset {made} backs out changeset {short}\n")
    if options.flag("merge") and start.rev != change.rev:
        moving.move(repo, moving.clean_update_to(start), merger)
        ui.status(f"merging with changeset {made}\n")
        return 0 if merge(repo, repo[outcome.node], merger, labels=None) else 1
    return 0


def _patterns(context: CommandContext) -> PatternSet:
    """The files that -I and -X leave."""
    named = patterns_of(context)
    return PatternSet(named.cwd, (), named.include, named.exclude)

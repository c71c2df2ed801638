"""`branch`: the named branch of the working copy."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.extension import CommandContext


@command(
    "branch",
    options=[
        Option("f", "force", "set branch name even if it shadows an existing branch"),
        Option("C", "clean", "reset branch name to parent branch name"),
        Option("r", "rev", "change branches of the given revs", default=[], marks=["experimental"]),
    ],
    synopsis="[-fC] [NAME]",
    category="organization",
)
def branch(context: CommandContext) -> int:
    """set or show the current branch name

    Branch names are permanent and visible to everybody. A bookmark (:hg:`bookmark`) is lighter.

    Without a name, the branch of the working directory is shown. With one, the working directory is set to that
    branch; it comes into being with the next commit. A name that another branch has is refused without -f.

    -C sets the working directory back to the branch of its parent. :hg:`commit --close-branch` closes a branch.

    Returns 0 on success.
    """
    options, ui, repo = context.options, context.ui, context.repo
    names = [name.strip() for name in context.args]
    if len(names) > 1:
        raise errors.CommandError(command="branch", problem="invalid arguments")
    name = names[0] if names else ""
    revs = options.items("rev")
    if not options.flag("clean") and not name:
        if revs:
            raise errors.InputError("no branch name specified for the revisions")
        from hydrargyrum.text.local import to_local

        ui.write(f"{to_local(repo.engine.working_branch())}\n")
        return 0
    if revs and not options.flag("clean"):
        return _change(context, name, revs)
    from hydrargyrum.ops.branch import reset_branch, start_branch
    from hydrargyrum.text.local import to_local, to_stored

    with repo.lock_working_copy():
        if options.flag("clean"):
            ui.status(f"reset working directory to branch {to_local(reset_branch(repo))}\n")
            return 0
        first_one = start_branch(repo, to_stored(name), force=options.flag("force"))
        ui.status(f"marked working directory as branch {name}\n")
        if first_one:
            ui.status("(branches are permanent and global, did you want a bookmark?)\n")
    return 0


def _change(context: CommandContext, name: str, revs: Sequence[str]) -> int:
    """Gives changesets another branch."""
    from hydrargyrum.commands.commit_options import asking
    from hydrargyrum.commands.merging import merger_for
    from hydrargyrum.ops.branch import change_branch
    from hydrargyrum.ops.identity import check_new_name, user_name
    from hydrargyrum.ops.obsolete import allows
    from hydrargyrum.ops.revisions import resolve_revisions

    repo = context.repo
    check_new_name(name)
    with repo.lock_working_copy(), repo.lock_store():
        _refuse_changes(context)
        user = user_name(context.config, asking(context)) if allows(repo, "createmarkers") else ""
        chosen = sorted(resolve_revisions(repo, revs))
        change_branch(
            repo, chosen, name, merger_for(context, "branch"), force=context.options.flag("force"), user=user
        )
    return 0


def _refuse_changes(context: CommandContext) -> None:
    """Raises StateError where there is a merge, or anything that is not committed."""
    from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

    repo = context.repo
    if repo.working_copy.parents[1].rev != NULL_REV:
        raise errors.StateError("outstanding uncommitted merge")
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    if len(report.modified) or len(report.added) or len(report.removed) or len(report.deleted):
        raise errors.StateError("uncommitted changes")

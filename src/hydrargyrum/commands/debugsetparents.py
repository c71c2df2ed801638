"""`debugsetparents`: other parents for the working copy, and nothing else changes."""

from __future__ import annotations

from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugsetparents", synopsis="REV1 [REV2]", min_args=1, max_args=2)
def debugsetparents(context: CommandContext) -> int:
    """manually set the parents of the current working directory (DANGEROUS)

    Only the record of the parents changes; files and what is known about them stay, so what :hg:`status` says may be
    wrong afterwards.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revisions import resolve_revision

    repo = context.repo
    first = resolve_revision(repo, context.args[0])
    second = resolve_revision(repo, context.args[1] if len(context.args) > 1 else "null")
    with repo.lock_working_copy():
        edit = repo.engine.edit_dirstate()
        edit.set_parents(first.node, second.node)
        edit.write()
    return 0

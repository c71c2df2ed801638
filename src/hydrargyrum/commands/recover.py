"""`recover`: plays back the journal of an interrupted transaction. The work is `repo.transaction.recover`'s."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "recover",
    options=[Option("", "verify", "run `hg verify` after successful recover")],
    category="maintenance",
    max_args=0,
)
def recover(context: CommandContext) -> int:
    """roll back an interrupted transaction

    Undoes what a commit or pull had done when it was interrupted. Needed only where another command says so.

    Returns 0 on success, 1 if there is nothing to recover or verifying fails.
    """
    from hydrargyrum.repo.transaction import recover as play_back

    if not play_back(context.repo):
        return 1
    if context.options.flag("verify"):
        return context.run("verify")
    context.ui.warn("(verify step skipped, run `hg verify` to check your repository content)\n")
    return 0

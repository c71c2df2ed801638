"""`continue`: whatever has stopped half-way goes on, by the command that it belongs to."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.abort import DRY_RUN_OPTION
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

#: Operations that go on so.
_WITH_CONTINUE = ("rebase", "histedit", "unshelve", "transplant")


@command("continue", options=[DRY_RUN_OPTION], category="management", basic=True)
def continue_operation(context: CommandContext) -> int:
    """resumes an interrupted operation (EXPERIMENTAL)

    Go on with a rebase, histedit or unshelve that has stopped half-way. With --dry-run only say which it is.
    """
    from hydrargyrum.repo.unfinished import any_unfinished

    state = any_unfinished(context.repo)
    if state is None:
        raise errors.StateError("no operation in progress")
    if state.name not in _WITH_CONTINUE:
        raise errors.StateError(
            f"{state.name} in progress but does not support 'hg continue'",
            hint=f"hg {state.name} --continue",
        )
    if context.options.flag("dry_run"):
        context.ui.status(f"{state.name} in progress, will be resumed\n")
        return 0
    return context.run(state.name, (), **{"continue": True})

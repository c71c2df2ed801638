"""`abort`: whatever has stopped half-way is abandoned, by the command that it belongs to."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

DRY_RUN_OPTION = Option("n", "dry-run", "do not perform actions, just print output")
#: Operations whose command has --abort.
_WITH_ABORT = ("merge", "graft", "rebase", "histedit", "unshelve")


@command("abort", options=[DRY_RUN_OPTION], category="management", basic=True)
def abort(context: CommandContext) -> int:
    """abort an unfinished operation (EXPERIMENTAL)

    Go back to where a graft, merge, rebase, histedit or unshelve began that has stopped half-way. With --dry-run only
    say which it is.
    """
    from hydrargyrum.repo.unfinished import any_unfinished

    state = any_unfinished(context.repo)
    if state is None:
        raise errors.StateError("no operation in progress")
    if state.name not in _WITH_ABORT:
        raise errors.InputError(f"{state.name} in progress but does not support 'hg abort'", hint=state.hint)
    if context.options.flag("dry_run"):
        context.ui.status(f"{state.name} in progress, will be aborted\n")
        return 0
    return context.run(state.name, abort=True)

"""`commit --amend`, also as other commands offer it: options, the talk with the user. The work is `ops.amend`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import CommitDialog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.commit_plan import CommitOutcome, CommitRequest, Draft


class _AmendDialog(CommitDialog):
    """Opens the editor with the old message where none was given."""

    def __init__(self, context: CommandContext, *, given: bool) -> None:
        super().__init__(context, "commit.amend")
        wish = context.options["edit"]
        self._edits = wish is True if given else wish in (True, None)

    def message(self, draft: Draft) -> str:
        self.force_editor = self._edits or not draft.description
        return super().message(draft)


def amend_command(
    context: CommandContext, request: CommitRequest, phase: int | None, *, note: str = ""
) -> CommitOutcome:
    """Amends; an outcome without a node where nothing changed. Both locks are held."""
    from hydrargyrum.ops.amend import AmendRequest, amend, check_rewriting
    from hydrargyrum.ops.commit_plan import CommitOutcome, HeadChange
    from hydrargyrum.ops.obsolete import allows
    from hydrargyrum.repo.unfinished import check_unfinished

    repo, config = context.repo, context.config
    if config.boolean("ui", "commitsubrepos"):
        raise errors.InputError("cannot amend with ui.commitsubrepos enabled")
    old = repo["."]
    node = old.node  # its number may be another changeset's afterwards
    check_rewriting(repo, [old.rev], "amend")
    if not allows(repo, "createmarkers"):
        check_unfinished(repo)
    may_differ = False
    if request.date is None and config.boolean("rewrite", "update-timestamp"):
        from hydrargyrum.dates import now

        request.date, may_differ = now(), True
    wish = AmendRequest(request, phase=phase, date_may_differ=may_differ, note=note)
    if context.options.flag("addremove"):
        from hydrargyrum.commands.commit import add_and_remove

        wish.prepare = lambda: add_and_remove(context)
    outcome = amend(repo, wish, _AmendDialog(context, given=bool(request.message)))
    if outcome.node == node:
        return CommitOutcome(None, -1, HeadChange(False))
    return outcome

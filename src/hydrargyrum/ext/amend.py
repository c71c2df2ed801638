"""`amend`, as the peer's extension of that name has it: `commit --amend` that keeps the message unless told otherwise."""

from __future__ import annotations

from hydrargyrum.commands.commit import commit_chosen
from hydrargyrum.commands.commit_options import (
    AUTHOR_OPTIONS,
    CURRENT_OPTIONS,
    EDIT_OPTION,
    MESSAGE_OPTIONS,
    at_most_one,
    message_of,
    note_of,
)
from hydrargyrum.commands.walk_options import WALK_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "amend",
    options=[
        Option("A", "addremove", "mark new/missing files as added/removed before committing"),
        EDIT_OPTION,
        Option("i", "interactive", "use interactive mode"),
        Option("", "close-branch", "mark a branch as closed, hiding it from the branch list"),
        Option("s", "secret", "use the secret phase for committing"),
        Option("", "draft", "use the draft phase for committing"),
        Option("n", "note", "store a note on the amend", default=""),
        *WALK_OPTIONS,
        *MESSAGE_OPTIONS,
        *AUTHOR_OPTIONS,
        *CURRENT_OPTIONS,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="commit",
    inferrepo=True,
)
def amend(context: CommandContext) -> int:
    """amend the working copy parent with all or specified outstanding changes

    Like :hg:`commit --amend`, but the message stays as it is unless -m, -l or -e is given.
    """
    at_most_one(context, "draft", "secret")
    note = note_of(context)
    repo = context.repo
    with repo.lock_working_copy(), repo.lock_store():
        message = message_of(context) or repo["."].description
        return commit_chosen(context, message, amending=True, note=note)

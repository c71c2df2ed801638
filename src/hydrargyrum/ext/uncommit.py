"""`uncommit` and `unamend`, as the peer's extension `uncommit` has them; the work is `ops.uncommit`."""

from __future__ import annotations

from hydrargyrum.commands.commit_options import (
    AUTHOR_OPTIONS,
    CURRENT_OPTIONS,
    MESSAGE_OPTIONS,
    asking,
    date_of,
    message_of,
    note_of,
    user_of,
)
from hydrargyrum.commands.walk_options import WALK_OPTIONS, patterns_of
from hydrargyrum.extension import Option, command, config_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

config_item("experimental", "uncommit.keep", default=False, kind="boolean")
config_item("experimental", "uncommitondirtywdir", default=False, kind="boolean")


@command(
    "uncommit",
    options=[
        Option("", "keep", "allow an empty commit after uncommitting"),
        Option("", "allow-dirty-working-copy", "allow uncommit with outstanding changes", default=False),
        Option("n", "note", "store a note on uncommit", default="", metavar="TEXT"),
        *WALK_OPTIONS,
        *MESSAGE_OPTIONS,
        *AUTHOR_OPTIONS,
        *CURRENT_OPTIONS,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="management",
)
def uncommit(context: CommandContext) -> int:
    """uncommit part or all of a local changeset

    Takes files out of the parent of the working directory again. They stay on disk as they are, and so are modified
    afterwards.

    Without files, the whole changeset goes away, unless --keep is given.
    """
    from hydrargyrum.ops.uncommit import UncommitRequest
    from hydrargyrum.ops.uncommit import uncommit as take_out

    options, config, repo = context.options, context.config, context.repo
    keep = options["keep"]
    with repo.lock_working_copy(), repo.lock_store():
        request = UncommitRequest(
            patterns_of(context),
            message=message_of(context),
            user=user_of(context),
            date=date_of(context),
            keep=config.boolean("experimental", "uncommit.keep") if keep is None else bool(keep),
            dirty=options.flag("allow_dirty_working_copy")
            or config.boolean("experimental", "uncommitondirtywdir"),
            note=note_of(context),
        )
        if take_out(repo, request, _marker_user(context)):
            return 0
    context.ui.status("nothing to uncommit\n")
    return 1


@command("unamend", category="management", basic=True, max_args=0)
def unamend(context: CommandContext) -> int:
    """undo the most recent amend operation on a current changeset

    The parent of the working directory is replaced by what it was before :hg:`amend`. Files stay on disk as they are;
    what was amended shows as modified.
    """
    from hydrargyrum.ops.uncommit import unamend as go_back

    with context.repo.lock_working_copy(), context.repo.lock_store():
        go_back(context.repo, _marker_user(context))
    return 0


def _marker_user(context: CommandContext) -> str:
    from hydrargyrum.ops.identity import user_name
    from hydrargyrum.ops.obsolete import allows

    return user_name(context.config, asking(context)) if allows(context.repo, "createmarkers") else ""

"""`strip`, as the peer's extension of that name has it: `commands.debugstrip` under another name."""

from __future__ import annotations

from hydrargyrum.commands.debugstrip import FIRST_OPTIONS, OPTIONS, run
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "strip",
    options=[
        *FIRST_OPTIONS,
        Option("", "nobackup", "do not save backup bundle", marks=["deprecated"]),
        *OPTIONS,
        Option("", "permit-empty-revset", "return success even if no revs would be stripped (EXPERIMENTAL)"),
    ],
    synopsis="[-k] [-f] [-B bookmark] [-r] REV...",
    category="maintenance",
)
def strip(context: CommandContext) -> int:
    """strip changesets and all their descendants from the repository

    The changesets are removed, and kept in a bundle under ``.hg/strip-backup`` unless --no-backup is given;
    :hg:`unbundle` brings them back. If the working directory's parent goes away, it is updated to the nearest ancestor
    that stays; with -k files are left as they are.

    Returns 0 on success.
    """
    options = context.options
    backup = not (options.flag("no_backup") or options.flag("nobackup"))
    return run(context, backup=backup, permit_empty=options.flag("permit_empty_revset"))

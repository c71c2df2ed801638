"""`rollback`: takes the last transaction back. The work is `ops.rollback`'s."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "rollback",
    options=[
        Option("n", "dry-run", "do not perform actions, just print output"),
        Option("f", "force", "ignore safety measures"),
    ],
    category="maintenance",
    max_args=0,
)
def rollback(context: CommandContext) -> int:
    """roll back the last transaction (DANGEROUS) (DEPRECATED)

    Takes back what the last command added to the history: a commit, an import, a pull or what others pushed here. There
    is one level of it, and it cannot be undone. The files of the working copy stay as they are.

    What others may have pulled already is not taken back from them. `hg commit --amend` is the better way to correct
    the last commit. The configuration item `ui.rollback` disables this command.

    Returns 0 on success, 1 if there is nothing to roll back.
    """
    from hydrargyrum.ops.rollback import rollback as roll_back

    if not context.config.boolean("ui", "rollback"):
        raise errors.Abort(
            "rollback is disabled because it is unsafe", hint="see `hg help -v rollback` for information"
        )
    options = context.options
    done = roll_back(context.repo, dry_run=options.flag("dry_run"), force=options.flag("force"))
    return 0 if done else 1

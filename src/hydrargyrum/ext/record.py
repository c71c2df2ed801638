"""`record`, as the peer's deprecated extension of that name has it: `commit -i` under another name."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.commit import commit
from hydrargyrum.commands.diff_options import WHITE_SPACE_OPTIONS
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.extension.declarations import Command, Option


def _commit_options() -> list[Option]:
    from hydrargyrum.extension.declarations import Command as Declared
    from hydrargyrum.extension.declarations import declarations_of

    found: list[Command] = [one for one in declarations_of(commit.__module__) if isinstance(one, Declared)]
    return [option for option in found[0].options if option.key != "interactive"]


@command(
    "record",
    options=[*_commit_options(), *WHITE_SPACE_OPTIONS],
    synopsis="hg record [OPTION]... [FILE]...",
    category="commit",
    inferrepo=True,
)
def record(context: CommandContext) -> int:
    """interactively select changes to commit

    As :hg:`commit --interactive`. Each changed file is asked about, and each change in it.

    Returns 0 on success, 1 if nothing changed.
    """
    if not context.ui.is_interactive():
        raise errors.Abort("running non-interactively, use commit instead")
    from hydrargyrum.extension import ParsedOptions

    options = {**context.options.as_dict(), "interactive": True}
    given = frozenset(key for key in options if context.options.given(key))
    context.options = ParsedOptions(options, given | {"interactive"})
    return commit(context) or 0

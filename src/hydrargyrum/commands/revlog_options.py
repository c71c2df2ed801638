"""Options of the commands that look at one revlog, and what they choose."""

from __future__ import annotations

from hydrargyrum.extension import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.revlogs import RevlogChoice

REVLOG_OPTIONS = [
    Option("c", "changelog", "open changelog"),
    Option("m", "manifest", "open manifest"),
    Option("", "dir", "open directory manifest", default=""),
]


def chosen_revlog(context: CommandContext, path: str, *, for_command: str = "") -> RevlogChoice:
    """What options, or the path of a tracked file, name; `for_command` as `RevlogChoice` has it."""
    from hydrargyrum.ops.revlogs import RevlogChoice

    options = context.options
    return RevlogChoice(
        path,
        changelog=options.flag("changelog"),
        manifest=options.flag("manifest"),
        directory=options.text("dir"),
        for_command=for_command,
    )

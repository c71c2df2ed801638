"""Options of the commands that look at one revlog, and what they choose."""

from __future__ import annotations

from hydrargyrum.extension import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.extension import CommandContext

REVLOG_OPTIONS = [
    Option("c", "changelog", "open changelog"),
    Option("m", "manifest", "open manifest"),
    Option("", "dir", "open directory manifest", default=""),
]


def chosen_revlog(context: CommandContext, path: str) -> Revlog:
    """The revlog that options, or the path of a tracked file, name."""
    from hydrargyrum.ops.revlogs import RevlogChoice, open_revlog

    options = context.options
    choice = RevlogChoice(
        path,
        changelog=options.flag("changelog"),
        manifest=options.flag("manifest"),
        directory=options.text("dir"),
    )
    return open_revlog(context.repo, choice)

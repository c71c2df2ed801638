"""`debugpathcomplete`: tracked paths for shells to complete with."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugpathcomplete",
    options=[
        Option("f", "full", "complete an entire path"),
        Option("n", "normal", "show only normal files"),
        Option("a", "added", "show only added files"),
        Option("r", "removed", "show only removed files"),
    ],
    synopsis="FILESPEC...",
    intents=["readonly"],
)
def debugpathcomplete(context: CommandContext) -> int:
    """complete part or all of a tracked path

    Goes as far as the next slash, so that a shell can ask again; with --full, to the end. What is not tracked is not
    known here.
    """
    from hydrargyrum.ops.completing import tracked_paths
    from hydrargyrum.repo.paths import relative_path

    options, root, cwd = context.options, context.repo.root, context.cwd
    states = "".join(
        letters
        for name, letters in (("normal", "nm"), ("added", "a"), ("removed", "r"))
        if options.flag(name)
    )
    found = tracked_paths(
        context.repo, cwd, context.args, states=states or "nmar", whole=options.flag("full")
    )
    context.ui.write("\n".join(relative_path(root, cwd, path) for path in found) + "\n")
    return 0

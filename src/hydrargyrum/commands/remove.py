"""`remove`: files are untracked and removed. That is the business of `ops.tracking`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.nested import inner_selections, outer_selection
from hydrargyrum.commands.walk_options import (
    DRY_RUN_OPTION,
    SUBREPO_OPTION,
    WALK_OPTIONS,
)
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "remove",
    aliases=("rm",),
    options=[
        Option("A", "after", "record delete for missing files"),
        Option("f", "force", "forget added files, delete modified files"),
        SUBREPO_OPTION,
        *WALK_OPTIONS,
        DRY_RUN_OPTION,
    ],
    synopsis="[OPTION]... FILE...",
    category="wdir",
    basic=True,
    inferrepo=True,
)
def remove(context: CommandContext) -> int:
    """remove the specified files on the next commit

    Files are removed from the working directory and untracked; history keeps them. Modified files stay, and so do
    files that were only added (for these, :hg:`forget` is meant); -f removes and forgets them all the same. With -A
    only files are untracked that are gone already; with both, files are untracked and stay on disk.

    Returns 0 on success, 1 if any warnings encountered.
    """
    from hydrargyrum.ops.tracking import RemoveRequest
    from hydrargyrum.ops.tracking import remove as remove_files

    options = context.options
    after = options.flag("after")
    if not context.args and not after:
        raise errors.InputError("no files specified")
    request = RemoveRequest(
        after=after,
        force=options.flag("force"),
        dry_run=options.flag("dry_run"),
        verbose=context.ui.verbose,
    )
    complete = True
    for inner in inner_selections(context, into=options.flag("subrepos")):
        complete = remove_files(inner.repo, inner.selection, context.ui, request) and complete
    outer = outer_selection(context)
    if outer is not None:
        complete = remove_files(context.repo, outer, context.ui, request) and complete
    return 0 if complete else 1

"""`add`: files that the next commit adds. Tracking them is the business of `ops.tracking`."""

from __future__ import annotations

from hydrargyrum.commands.nested import inner_selections, outer_selection
from hydrargyrum.commands.walk_options import (
    DRY_RUN_OPTION,
    SUBREPO_OPTION,
    WALK_OPTIONS,
)
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "add",
    options=[*WALK_OPTIONS, SUBREPO_OPTION, DRY_RUN_OPTION],
    synopsis="[OPTION]... [FILE]...",
    category="wdir",
    basic=True,
    inferrepo=True,
)
def add(context: CommandContext) -> int:
    """add the specified files on the next commit

    Files are tracked from now on and become part of the repository with the next commit. Without names, all files are
    added that are neither tracked nor ignored. What was added can be taken back with :hg:`forget`.

    Returns 0 if all files are added.
    """
    from hydrargyrum.ops.tracking import add as add_files

    options, ui = context.options, context.ui
    flags = {"dry_run": options.flag("dry_run"), "verbose": ui.verbose}
    outer = outer_selection(context)
    # those that are there before `.hgsub` may be added
    within = [*inner_selections(context, into=options.flag("subrepos"), files_only=True)]
    complete = outer is None or add_files(context.repo, outer, ui, **flags)
    for inner in within:
        complete = add_files(inner.repo, inner.selection, ui, **flags) and complete
    return 0 if complete else 1

"""`add`: files that the next commit adds. Tracking them is the business of `ops.tracking`."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import (
    DRY_RUN_OPTION,
    SUBREPO_OPTION,
    WALK_OPTIONS,
    refuse_subrepos,
    selection_of,
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

    refuse_subrepos(context)
    complete = add_files(
        context.repo,
        selection_of(context),
        context.ui,
        dry_run=context.options.flag("dry_run"),
        verbose=context.ui.verbose,
    )
    return 0 if complete else 1

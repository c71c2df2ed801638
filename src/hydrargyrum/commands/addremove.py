"""`addremove`: tracked files become those that are there. That is the business of `ops.addremove`."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import (
    DRY_RUN_OPTION,
    SUBREPO_OPTION,
    WALK_OPTIONS,
    refuse_subrepos,
    selection_of,
)
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "addremove",
    options=[
        Option(
            "s",
            "similarity",
            "guess renamed files by similarity (0<=s<=100)",
            default="",
            metavar="SIMILARITY",
        ),
        SUBREPO_OPTION,
        *WALK_OPTIONS,
        DRY_RUN_OPTION,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="wdir",
    basic=True,
    inferrepo=True,
)
def addremove(context: CommandContext) -> int:
    """add all new files, delete all missing files

    New files that are not ignored are added, and tracked files that are gone are removed. With -s, removed files are
    compared with new ones; those that are alike in so many percent are recorded as renames (100: equal files only).
    Without -s, the percentage is 100.

    Returns 0 if all files are successfully added.
    """
    from hydrargyrum.ops.addremove import addremove as add_and_remove
    from hydrargyrum.ops.addremove import parse_similarity

    refuse_subrepos(context)
    complete = add_and_remove(
        context.repo,
        selection_of(context),
        context.ui,
        parse_similarity(context.options.text("similarity") or "100"),
        dry_run=context.options.flag("dry_run"),
        verbose=context.ui.verbose,
    )
    return 0 if complete else 1

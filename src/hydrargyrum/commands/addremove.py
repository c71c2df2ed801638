"""`addremove`: tracked files become those that are there. That is the business of `ops.addremove`."""

from __future__ import annotations

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

    options, ui = context.options, context.ui
    similarity = parse_similarity(options.text("similarity") or "100")
    flags = {"dry_run": options.flag("dry_run"), "verbose": ui.verbose}
    complete = True
    named = bool(context.args or options.items("include") or options.items("exclude"))
    for inner in inner_selections(context, into=options.flag("subrepos"), relative=named):
        complete = add_and_remove(inner.repo, inner.selection, ui, similarity, **flags) and complete
    outer = outer_selection(context, relative=named)
    if outer is not None:
        complete = add_and_remove(context.repo, outer, ui, similarity, **flags) and complete
    return 0 if complete else 1

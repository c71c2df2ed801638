"""`debugpathcopies`: which files were copied between two changesets. For one, see `debugp1copies`."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import WALK_OPTIONS
from hydrargyrum.extension import command
from hydrargyrum.types import PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset


@command(
    "debugpathcopies",
    options=WALK_OPTIONS,
    synopsis="REV1 REV2 [FILE]",
    min_args=2,
)
def debugpathcopies(context: CommandContext) -> int:
    """show copies between two revisions

    One line for each file that is there in the second revision: its source in the first one, and its name.
    """
    from hydrargyrum.ops.revisions import resolve_revision

    base, target = (resolve_revision(context.repo, name) for name in context.args[:2])
    options = context.options
    patterns = PatternSet(
        context.cwd,
        context.args[2:],
        options.items("include"),
        options.items("exclude"),
        warn_missing=False,
    )
    _show(context, base, target, patterns)
    return 0


def _show(context: CommandContext, base: Changeset, target: Changeset, patterns: PatternSet) -> None:
    request = StatusRequest(patterns, base=base.rev, target=target.engine_rev, unknown=False, copies=True)
    for path, source in sorted(context.repo.engine.status(request).copies.items()):
        context.ui.write(f"{source} -> {path}\n")

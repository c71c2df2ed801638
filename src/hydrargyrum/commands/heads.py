"""`heads`: where development goes on. How changesets are shown is the business of `view.changesets`."""

from __future__ import annotations

from hydrargyrum.commands.log_options import TEMPLATE_OPTIONS, printer_for
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset


@command(
    "heads",
    options=[
        Option(
            "r", "rev", "show only heads which are descendants of STARTREV", default="", metavar="STARTREV"
        ),
        Option("t", "topo", "show topological heads only"),
        Option("a", "active", "show active branchheads only", marks=["deprecated"]),
        Option("c", "closed", "show normal and closed branch heads"),
        *TEMPLATE_OPTIONS,
    ],
    synopsis="[-ct] [-r STARTREV] [REV]...",
    category="navigation",
    intents=["readonly"],
)
def heads(context: CommandContext) -> int:
    """show branch heads

    Changesets that have no descendant on the same branch, the newest first; those that close their branch only with
    --closed. With revisions, only heads of their branches are shown: "hg heads ." shows those of the working copy's
    parent. With --rev, only descendants of that revision; with --topo, changesets without any child, whatever their
    branch.

    Returns 0 if matching heads are found, 1 if not.
    """
    from hydrargyrum.ops.heads import HeadsRequest, find_heads

    options = context.options
    request = HeadsRequest(
        start=options.text("rev"),
        branches_of=context.args,
        topological=options.flag("topo"),
        active=options.flag("active"),
        closed=options.flag("closed"),
    )
    context.repo.tell_oddities("tip")
    found, headless = find_heads(context.repo, request)
    if headless:
        started = f" (started at {request.start})" if request.start else ""
        context.ui.warn(f"no open branch heads found on branches {', '.join(headless)}{started}\n")
    if not found:
        return 1
    context.ui.pager("heads")
    _show(context, found)
    return 0


def _show(context: CommandContext, found: list[Changeset]) -> None:
    printer = printer_for(context)
    for changeset in found:
        printer.show(changeset)
    printer.close()

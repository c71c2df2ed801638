"""`tip`: the changeset that came last. How changesets are shown is the business of `view.changesets`."""

from __future__ import annotations

from hydrargyrum.commands.log_options import TEMPLATE_OPTIONS, printer_for
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "tip",
    options=[
        Option("p", "patch", "show patch"),
        Option("g", "git", "use git extended diff format"),
        *TEMPLATE_OPTIONS,
    ],
    synopsis="[-p] [-g]",
    category="navigation",
)
def tip(context: CommandContext) -> int:
    """show the tip revision (DEPRECATED)

    The tip is the changeset that was added to the repository last. Use :hg:`heads` or :hg:`log` instead.

    Returns 0 on success.
    """
    printer = printer_for(context)
    printer.show(context.repo["tip"])
    printer.close()
    return 0

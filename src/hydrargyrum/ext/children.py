"""The extension `children`: which changesets are based on one, or on the last change of a file.

How changesets are shown is `view.changesets`' business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.log_options import TEMPLATE_OPTIONS, printer_for
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.types import Rev


@command(
    "children",
    options=[
        Option("r", "rev", "show children of the specified revision", default=".", metavar="REV"),
        *TEMPLATE_OPTIONS,
    ],
    synopsis="[-r REV] [FILE]",
    category="navigation",
    inferrepo=True,
    max_args=1,
)
def children(context: CommandContext) -> int:
    """show the children of the given or working directory revision

    Prints the changesets that have the working copy's parent, or the revision that -r names, as a parent. With FILE,
    those that changed the file next.

    ``hg log -r "children(REV)"`` says the same.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revisions import resolve_revision

    repo = context.repo
    changeset = resolve_revision(repo, context.options.text("rev"))
    printer = printer_for(context)
    if context.args:
        found = _next_changes(context, changeset.rev)
    else:
        found = [rev for rev in repo.engine.children_of([changeset.rev]) if rev not in repo.hidden]
    for rev in found:
        printer.show(repo[rev])
    printer.close()
    return 0


def _next_changes(context: CommandContext, rev: Rev) -> list[Rev]:
    """The changesets that made the next revisions of the file that is named."""
    repo, path = context.repo, context.args[0]
    changeset = repo[rev]
    entry = changeset.manifest.get(path)
    if entry is None:
        raise errors.Abort(f"{path}@{changeset.node.hex()}: not found in manifest")
    rows = list(repo.engine.file_revisions(path))
    place = next(number for number, row in enumerate(rows) if row[0] == entry.node)
    return sorted(row[3] for row in rows if place in row[1:3] and row[3] not in repo.hidden)

"""`parents`: what the working copy or a revision is based on. How changesets are shown is `view.changesets`' business."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.log_options import TEMPLATE_OPTIONS, printer_for
from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset


@command(
    "parents",
    options=[
        Option("r", "rev", "show parents of the specified revision", default="", metavar="REV"),
        *TEMPLATE_OPTIONS,
    ],
    synopsis="[-r REV] [FILE]",
    category="navigation",
    inferrepo=True,
    intents=["readonly"],
    max_args=1,
)
def parents(context: CommandContext) -> int:
    """show the parents of the working directory or revision (DEPRECATED)

    The parents of the working copy, or of the revision that -r names. With a file, the changesets in which it was last
    changed before.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revisions import resolve_revision

    changeset = resolve_revision(context.repo, context.options.text("rev"), default=None)
    found = [parent for parent in changeset.parents if parent.rev != NULL_REV]
    if context.args:
        found = _last_changed(context, found, context.args[0])
    if found and not context.options.text("template"):
        context.repo.tell_oddities("tip")  # tags are shown
    printer = printer_for(context)
    for parent in found:
        printer.show(parent)
    printer.close()
    return 0


def _last_changed(context: CommandContext, parents: list[Changeset], name: str) -> list[Changeset]:
    """The changesets that brought the file as the parents have it."""
    repo = context.repo
    found = []
    patterns = PatternSet(context.cwd, [name], warn_missing=False)
    path = name
    for parent in parents:
        matching = list(repo.engine.files(parent.rev, patterns)[0])
        if len(matching) > 1 or (matching and _is_pattern(name)):
            raise errors.InputError("can only specify an explicit filename")
        if matching:
            path = matching[0]
            node = parent.manifest[path].node
            origin = repo.engine.file_ancestors(path, node)[0][0]
            if origin in repo.hidden:
                raise errors.Abort(f"filtered revision '{repo[origin].node.hex()}'")
            found.append(repo[origin])
    if not found:
        raise errors.InputError(f"'{path}' not found in manifest")
    return found


def _is_pattern(name: str) -> bool:
    kind, colon, _ = name.partition(":")
    return bool(colon) and kind in (
        "glob",
        "re",
        "relglob",
        "relre",
        "rootglob",
        "set",
        "include",
        "subinclude",
    )

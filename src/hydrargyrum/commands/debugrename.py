"""`debugrename`: where file revisions were copied from, as their filelogs say."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "debugrename",
    options=[Option("r", "rev", "revision to debug", default="", metavar="REV")],
    synopsis="[-r REV] [FILE]...",
)
def debugrename(context: CommandContext) -> int:
    """dump rename information

    One line for each file of the revision.
    """
    from hydrargyrum.commands.walk_options import tell
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.repo.paths import relative_path
    from hydrargyrum.types import PatternSet

    repo = context.repo
    target = resolve_revision(repo, context.options.text("rev"))
    patterns = PatternSet(context.cwd, context.args) if context.args else PatternSet(repo.root)
    manifest = target.manifest
    paths, warnings = repo.engine.files(target.rev, patterns)
    tell(context, warnings)
    for path in paths:
        shown = relative_path(repo.root, context.cwd, path)
        found = repo.engine.file_copy(path, manifest[path].node)
        if found is None:
            context.ui.write(f"{shown} not renamed\n")
        else:
            context.ui.write(f"{shown} renamed from {found[0]}:{found[1].hex()}\n")
    return 0

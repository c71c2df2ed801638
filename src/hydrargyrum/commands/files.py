"""`files`: which files are tracked. Listing them is the business of `ops.files`."""

from __future__ import annotations

from hydrargyrum.commands.walk_options import SUBREPO_OPTION, TEMPLATE_OPTION, WALK_OPTIONS, patterns_of, tell
from hydrargyrum.extension import Option, command
from hydrargyrum.types import RenderOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.files import FileListing
    from hydrargyrum.view.formatter import Formatter


@command(
    "files",
    options=[
        Option("r", "rev", "search the repository as it is in REV", default="", metavar="REV"),
        Option("0", "print0", "end filenames with NUL, for use with xargs"),
        *WALK_OPTIONS,
        TEMPLATE_OPTION,
        SUBREPO_OPTION,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="wdir",
    intents=["readonly"],
)
def files(context: CommandContext) -> int:
    """list tracked files

    The tracked files of the working copy, or of a revision with -r; with arguments only those that they name. Files
    that are going to be removed by the next commit are not listed. -v shows sizes and flags.

    Fields for templates: `path`, `flags`, `size`.

    Returns 0 if a file matches, 1 otherwise.
    """
    from hydrargyrum.ops.files import list_files
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.repo.paths import wants_relative

    options = context.options
    changeset = resolve_revision(context.repo, options.text("rev"), default=None)
    relative = wants_relative(context.config, legacy=True)
    end = "\0" if options.flag("print0") else "\n"
    found = False
    listings = list_files(changeset, patterns_of(context), subrepos=options.flag("subrepos"))
    context.ui.pager("files")
    with context.formatter("files") as formatter:
        details = context.ui.verbose or not formatter.fields_used().isdisjoint(("size", "flags"))
        for listing in listings:
            tell(context, listing.warnings)
            found = found or len(listing.paths) > 0
            if formatter.is_plain and not details and not listing.prefix:
                look = RenderOptions(
                    letters=False, end=end.encode("ascii"), relative_to=context.cwd if relative else None
                )
                for lines in listing.paths.render_pieces(look):
                    context.ui.write(lines)
            else:
                _write_rows(context, formatter, listing, relative=relative, details=details, end=end)
    return 0 if found else 1


def _write_rows(
    context: CommandContext,
    formatter: Formatter,
    listing: FileListing,
    *,
    relative: bool,
    details: bool,
    end: str,
) -> None:
    from hydrargyrum.repo.paths import relative_path

    changeset, root = listing.changeset, context.repo.root
    for inner in listing.paths:
        path = listing.prefix + inner
        formatter.start_item()
        formatter.resources(changeset=changeset, repo=changeset.repo)
        if details:
            file = changeset.file(inner)
            size, flags = file.size, file.flags
            formatter.field("size", size, f"{size:10} ")
            formatter.field("flags", flags, f"{flags:>1} ")
        formatter.data(path=inner)
        formatter.plain((relative_path(root, context.cwd, path) if relative else path) + end)

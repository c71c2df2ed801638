"""`purge`: untracked files are removed. That is the business of `ops.purge`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import WALK_OPTIONS, selection_of
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "purge",
    aliases=("clean",),
    options=[
        Option("a", "abort-on-err", "abort if an error occurs"),
        Option("", "all", "purge ignored files too"),
        Option("i", "ignored", "purge only ignored files"),
        Option("", "dirs", "purge empty directories"),
        Option("", "files", "purge files"),
        Option("p", "print", "print filenames instead of deleting them"),
        Option("0", "print0", "end filenames with NUL, for use with xargs (implies -p/--print)"),
        Option("", "confirm", "ask before permanently deleting files"),
        *WALK_OPTIONS,
    ],
    synopsis="[OPTION]... [DIR]...",
    category="wdir",
)
def purge(context: CommandContext) -> int:
    """removes files not tracked by Mercurial

    Files that are neither tracked nor ignored are deleted for good, and so are directories that are empty. With --all
    ignored files go too, with -i only these. --files and --dirs restrict what goes to files or to empty directories.
    The user is asked before anything is deleted, unless --no-confirm is given or the extension `purge` is enabled.
    """
    from hydrargyrum.ops.purge import PurgeRequest
    from hydrargyrum.ops.purge import purge as purge_files

    options, ui = context.options, context.ui
    if options.flag("all") and options.flag("ignored"):
        raise errors.InputError("cannot specify both --all and --ignored")
    everything, only_ignored = options.flag("all"), options.flag("ignored")
    files, directories = options.flag("files"), options.flag("dirs")
    both = not files and not directories
    request = PurgeRequest(
        unknown=everything or not only_ignored,
        ignored=everything or only_ignored,
        files=files or both,
        directories=directories or both,
    )
    request.act = not (options.flag("print") or options.flag("print0"))
    request.strict = options.flag("abort_on_err")
    asks = options.flag("confirm") if options.given("confirm") else not _is_enabled(context)
    if asks:
        request.confirm = lambda question: ui.choose(f"{question} (yN)$$ &Yes $$ &No", 1) == 0
    end = "\0" if options.flag("print0") else "\n"
    for path in purge_files(context.repo, selection_of(context), ui, request):
        if not request.act:
            ui.write(f"{path}{end}")
    return 0


def _is_enabled(context: CommandContext) -> bool:
    """Whether the extension of that name is, which does not ask."""
    for name in ("purge", "hgext.purge"):
        if context.config.has("extensions", name):
            return not (context.config.text("extensions", name) or "").startswith("!")
    return False

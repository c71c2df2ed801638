"""`update`: the working copy moves to another revision. How, is in `ops.update` and `ops.moving`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.merging import MERGE_TOOL_OPTION, merger_for, one_revision
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "update",
    aliases=("up", "checkout", "co"),
    options=[
        Option("C", "clean", "discard uncommitted changes (no backup)"),
        Option("c", "check", "require clean working directory"),
        Option("m", "merge", "merge uncommitted changes"),
        Option("d", "date", "tipmost revision matching date", default="", metavar="DATE"),
        Option("r", "rev", "revision", default="", metavar="REV"),
        MERGE_TOOL_OPTION,
    ],
    synopsis="[-C|-c|-m] [-d DATE] [[-r] REV]",
    category="wdir",
    basic=True,
    max_args=1,
)
def update(context: CommandContext) -> int:
    """update working directory (or switch revisions)

    Put the files of another revision into the working directory and make it the parent of the next commit. Without a
    revision this is the active bookmark, or the highest head of the current branch that descends from where you are.

    Uncommitted changes are taken along as long as the revision is an ancestor or a descendant of the current one, and
    refused otherwise:

    - with -m they are taken along (merged) in any case;
    - with -c any uncommitted change is refused;
    - with -C they are discarded, and so is an uncommitted merge.

    The config item `commands.update.check` says what happens without these options. The revision `null` empties the
    working directory.

    Returns 0 on success, 1 if there are unresolved files.
    """
    from hydrargyrum.commands.commit_options import at_most_one
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.ops.update import UpdateRequest
    from hydrargyrum.ops.update import update as update_working_copy
    from hydrargyrum.repo.unfinished import clear_unfinished

    options, repo = context.options, context.repo
    at_most_one(context, "clean", "check", "merge")
    name = one_revision(context)
    date = options.text("date")
    if not name and not date and context.config.boolean("commands", "update.requiredest"):
        raise errors.InputError("you must specify a destination", hint='for example: hg update ".::"')
    if date and name:
        raise errors.InputError("you can't specify a revision and a date")
    check = None
    if options.flag("check") or options["merge"] is False:
        check = "abort"
    elif options.flag("merge") or options["check"] is False:
        check = "none"
    with repo.lock_working_copy():
        clear_unfinished(repo)
        if date:
            name = newest_of_date(context, date)
        target = resolve_revision(repo, name) if name else None
        if target is not None and target.is_working_copy:
            target = None
        hidden = None
        if target is not None and context.global_options.flag("hidden"):
            hidden = repo.why_hidden(target.node)
        request = UpdateRequest(target, name, clean=options.flag("clean"), check=check)
        done = update_working_copy(repo, request, merger_for(context, "update"), context.ui.label)
        if hidden is not None:
            context.ui.warn(f"updated to hidden changeset {hidden.facts['name']}\n")
            if "fate" in hidden.facts:
                context.ui.warn(f"({hidden.text()})\n")
    return 0 if done else 1


def newest_of_date(context: CommandContext, date: str) -> str:
    """The number of the highest revision with a date. Raises `InputError` where there is none."""
    from hydrargyrum.dates import format_date
    from hydrargyrum.ops.revisions import resolve_revisions

    quoted = date.replace("\\", "\\\\").replace('"', '\\"')
    found = resolve_revisions(context.repo, [f'date("{quoted}")'])
    if not found:
        raise errors.InputError("revision matching date not found")
    rev = max(found)
    context.ui.status(f"found revision {rev} from {format_date(context.repo[rev].date)}\n")
    return str(rev)

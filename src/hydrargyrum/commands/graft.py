"""`graft`: changes of other changesets are made again here. How, is in `ops.graft`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import AUTHOR_OPTIONS, EDIT_OPTION
from hydrargyrum.commands.merging import MERGE_TOOL_OPTION, merger_for
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.graft import GraftState
    from hydrargyrum.types import Rev

_RECORDING = ("edit", "log", "user", "date", "currentdate", "currentuser", "to")


@command(
    "graft",
    options=[
        Option("r", "rev", "revisions to graft", default=[], metavar="REV"),
        Option(
            "",
            "base",
            "base revision when doing the graft merge",
            default="",
            metavar="REV",
            marks=["advanced"],
        ),
        Option("", "to", "graft to this destination, in-memory", default="", marks=["experimental"]),
        Option("c", "continue", "resume interrupted graft"),
        Option("", "stop", "stop interrupted graft"),
        Option("", "abort", "abort interrupted graft"),
        EDIT_OPTION,
        Option("", "log", "append graft info to log message"),
        Option("", "no-commit", "don't commit, just apply the changes in working directory"),
        Option("f", "force", "force graft"),
        Option("D", "currentdate", "record the current date as commit date"),
        Option("U", "currentuser", "record the current user as committer"),
        *AUTHOR_OPTIONS,
        MERGE_TOOL_OPTION,
        Option("n", "dry-run", "do not perform actions, just print output"),
    ],
    synopsis="[OPTION]... [-r REV]... REV...",
    category="management",
)
def graft(context: CommandContext) -> int:
    """copy changes from other branches onto the current branch

    Make the changes of other changesets again on top of the working directory's parent, each as a changeset of its own
    with the user, the date and the message of the original. Ancestors, merges, and what was grafted before are left out,
    the latter two unless --force or --base is given.

    Where a change conflicts, the graft stops. After :hg:`resolve` it goes on with --continue; --stop keeps what was
    grafted so far, --abort takes it back.

    Returns 0 on successful completion, 1 if there are unresolved files.
    """
    from hydrargyrum.commands.commit_options import at_most_one, incompatible

    options = context.options
    at_most_one(context, "abort", "stop", "continue")
    incompatible(context, "no_commit", _RECORDING)
    incompatible(context, "continue", ("to",))
    for key in ("stop", "abort"):
        incompatible(context, key, (*_RECORDING, "base", "rev"))
    at_most_one(context, "date", "currentdate")
    at_most_one(context, "user", "currentuser")
    with context.repo.lock_working_copy():
        if options.flag("stop"):
            return _stop(context)
        if options.flag("abort"):
            return _abort(context)
        return _graft(context)


def _stop(context: CommandContext) -> int:
    from hydrargyrum.ops import graft as operation

    here = operation.stop(context.repo, merger_for(context, "graft"))
    context.ui.status("stopped the interrupted graft\n")
    context.ui.status(f"working directory is now at {here.node.hex()[:12]}\n")
    return 0


def _abort(context: CommandContext) -> int:
    from hydrargyrum.ops import graft as operation

    here = operation.abort(context.repo, merger_for(context, "graft"))
    context.ui.status("graft aborted\n")
    context.ui.status(f"working directory is now at {here.node.hex()[:12]}\n")
    return 0


def _graft(context: CommandContext) -> int:
    from hydrargyrum.commands.commit_options import CommitDialog
    from hydrargyrum.ops import graft as operation
    from hydrargyrum.ops.revisions import resolve_revision

    options, repo = context.options, context.repo
    goes_on = options.flag("continue")
    state, revs = _begin(context)
    _fill(context, state)
    to = options.text("to")
    target = resolve_revision(repo, to) if to else repo["."]
    chosen = operation.choose(
        repo,
        revs,
        context.ui,
        target=target,
        again=goes_on or options.flag("force"),
        with_base=state.base is not None,
    )
    if not chosen:
        return -1
    if state.base is not None and len(chosen) != 1:
        raise errors.InputError("only one revision allowed with --base")
    dialog = CommitDialog(context, "graft", force_editor=options.flag("edit"))
    run = operation.Graft(repo, state, merger_for(context, "graft"), dialog, dry_run=options.flag("dry_run"))
    if to:
        run.run_in_memory(chosen, target)
        return 0
    if run.run(chosen, goes_on=goes_on):
        return 0
    context.ui.error("abort: unresolved conflicts, can't continue\n")
    context.ui.error("(use 'hg resolve' and 'hg graft --continue')\n")
    return 1


def _begin(context: CommandContext) -> tuple[GraftState, list[Rev]]:
    """What is to be done: as an interrupted graft left it, or from the command line."""
    from hydrargyrum.ops.graft import GraftState
    from hydrargyrum.ops.revisions import resolve_revisions
    from hydrargyrum.ops.update import require_clean
    from hydrargyrum.repo.unfinished import check_unfinished, way_to_continue

    options, repo = context.options, context.repo
    named = [*context.args, *options.items("rev")]
    if context.args and options.items("rev"):
        context.ui.warn("warning: inconsistent use of --rev might give unexpected revision ordering!\n")
    if options.flag("continue"):
        if named:
            raise errors.InputError("can't specify --continue and revisions")
        state = GraftState.read(repo)
        if state is None:
            way = way_to_continue(repo)
            raise errors.StateError("no graft in progress", hint=None if way is None else f"continue: {way}")
        return state, [repo[node].rev for node in state.nodes]
    if not named:
        raise errors.InputError("no revisions specified")
    check_unfinished(repo)
    if not options.text("to"):
        require_clean(repo)
    return GraftState(), resolve_revisions(repo, named)


def _fill(context: CommandContext, state: GraftState) -> None:
    """Take over what the options say and an interrupted graft has not said."""
    from hydrargyrum.ops.revisions import resolve_revision

    options = context.options
    if state.user is None:
        state.user = options.text("user") or None
        if options.flag("currentuser"):
            from hydrargyrum.commands.commit_options import CommitDialog

            state.user = CommitDialog(context, "graft").user()
    if state.date is None:
        state.date = options.text("date") or None
        if options.flag("currentdate"):
            from hydrargyrum.dates import now

            seconds, offset = now()
            state.date = f"{seconds} {offset}"
    state.log = state.log or options.flag("log")
    state.no_commit = state.no_commit or options.flag("no_commit")
    if options.text("base"):
        state.base = resolve_revision(context.repo, options.text("base")).node

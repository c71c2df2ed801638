"""`unshelve`: brings changes back that were put aside. How, is in `ops.shelving_restore`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.merging import merger_for
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.shelving import Shelf
    from hydrargyrum.ops.shelving_create import Choosing


@command(
    "unshelve",
    options=[
        Option("a", "abort", "abort an incomplete unshelve operation"),
        Option("c", "continue", "continue an incomplete unshelve operation"),
        Option("i", "interactive", "use interactive mode", marks=["experimental"]),
        Option("k", "keep", "keep shelve after unshelving"),
        Option("n", "name", "restore shelved change with given name", default="", metavar="NAME"),
        Option("t", "tool", "specify merge tool", default=""),
        Option(
            "",
            "date",
            "set date for temporary commits",
            default="",
            metavar="DATE",
            marks=["deprecated"],
        ),
    ],
    synopsis="[OPTION]... [[-n] SHELVED]",
    category="wdir",
)
def unshelve(context: CommandContext) -> int:
    """restore a shelved change to the working directory

    The changes of the shelved change that is named, or of the newest one, are made again where the working directory
    is now. The shelved change is moved to ``.hg/shelve-backup``, where the newest ones are kept
    (`shelve.maxbackups`), unless -k is given.

    Where the changes conflict with what is there, resolve the files (see :hg:`resolve`) and use --continue, or go back
    with --abort; the shelved change stays in place until then.

    Returns 0 on success, 1 if there are unresolved files.
    """
    from hydrargyrum.ops.shelving_restore import unshelve as bring_back
    from hydrargyrum.repo.unfinished import check_unfinished

    options, repo = context.options, context.repo
    with repo.lock_working_copy():
        going_on = options.flag("abort") or options.flag("continue")
        if not going_on:
            check_unfinished(repo)
        names = [*context.args, *([options.text("name")] if options.text("name") else [])]
        if options.flag("interactive") and options.flag("keep"):
            raise errors.InputError("--keep on --interactive is not yet supported")
        if going_on:
            return _go_on(context, names)
        shelf = _shelf(context, names)
        from hydrargyrum.commands.commit_options import date_of

        with repo.lock_store():
            merger = merger_for(context, "unshelve")
            choosing = _choosing(context) if options.flag("interactive") else None
            done = bring_back(
                repo, shelf, merger, keep=options.flag("keep"), date=date_of(context), choosing=choosing
            )
    if done:
        return 0
    context.ui.error("unresolved conflicts (see 'hg resolve', then 'hg unshelve --continue')\n")
    return 1


def _choosing(context: CommandContext) -> Choosing:
    from functools import partial

    from hydrargyrum.commands.choosing import record_chosen
    from hydrargyrum.types import PatternSet

    return partial(record_chosen, context, patterns=PatternSet(context.repo.root), unfinished=True)


def _shelf(context: CommandContext, names: list[str]) -> Shelf:
    """The shelf that is named, or the newest. Raises `InputError`, `StateError` where there is none."""
    from hydrargyrum.ops.shelving import shelf, shelves

    if len(names) > 1:
        raise errors.InputError("can only unshelve one change at a time")
    if not names:
        found = shelves(context.repo)
        if not found:
            raise errors.StateError("no shelved changes to apply!")
        context.ui.status(f"unshelving change '{found[0].name}'\n")
        return found[0]
    one = shelf(context.repo, names[0])
    if not one.exists():
        raise errors.InputError(f"shelved change '{names[0]}' not found")
    return one


def _go_on(context: CommandContext, names: list[str]) -> int:
    """Continue or abort.

    Raises:
        InputError: options that exclude each other.
        StateError: nothing was begun.
        Abort: it cannot go on; or what was recorded is damaged.
    """
    from hydrargyrum.ops import shelving, shelving_restore
    from hydrargyrum.repo.unfinished import way_to_continue

    options, repo = context.options, context.repo
    aborting = options.flag("abort")
    if aborting and options.flag("continue"):
        raise errors.InputError("cannot use both abort and continue")
    if names:
        raise errors.InputError("cannot combine abort/continue with naming a shelved change")
    if aborting and options.text("tool"):
        context.ui.warn("tool option will be ignored\n")
    try:
        state = shelving.UnshelveState.read(repo)
    except (ValueError, KeyError, errors.UnknownNode):
        if not aborting:
            raise errors.Abort(
                "corrupted shelved state file",
                hint="please run hg unshelve --abort to abort unshelve operation",
            ) from None
        shelving.forget_state(repo)
        raise errors.Abort(
            "could not read shelved state file, your working copy may be in an unexpected state\n"
            "please update to some commit\n"
        ) from None
    if state is None:
        way = way_to_continue(repo)
        raise errors.StateError("no unshelve in progress", hint=None if way is None else f"continue: {way}")
    if options.flag("interactive") and not aborting:
        raise errors.InputError("cannot use both continue and interactive")
    merger = merger_for(context, "unshelve")
    with repo.lock_store():
        if aborting:
            shelving_restore.abort(repo, state, merger)
        else:
            keep = options.flag("keep") if options.given("keep") else state.keep
            choosing = _choosing(context) if state.interactive else None
            shelving_restore.go_on(repo, state, merger, keep=keep, choosing=choosing)
    return 0

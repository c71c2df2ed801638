"""`shelve`: puts changes of the working copy aside. How, is in `ops.shelving_create`; the files are `ops.shelving`'s."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import WALK_OPTIONS, patterns_of
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.shelving import Shelf

#: Options with the actions that they go with, in the order in which they are checked.
_GO_WITH = (
    ("addremove", ("create",)),
    ("unknown", ("create",)),
    ("cleanup", ("cleanup",)),
    ("delete", ("delete",)),
    ("edit", ("create",)),
    ("keep", ("create",)),
    ("list", ("list",)),
    ("message", ("create",)),
    ("name", ("create",)),
    ("patch", ("patch", "list")),
    ("stat", ("stat", "list")),
)
_AGES = (
    ("Y", 3600 * 24 * 365),
    ("M", 3600 * 24 * 30),
    ("W", 3600 * 24 * 7),
    ("d", 3600 * 24),
    ("h", 3600),
    ("m", 60),
    ("s", 1),
)


@command(
    "shelve",
    options=[
        Option("A", "addremove", "mark new/missing files as added/removed before shelving"),
        Option("u", "unknown", "store unknown files in the shelve"),
        Option("", "cleanup", "delete all shelved changes"),
        Option("", "date", "shelve with the specified commit date", default="", metavar="DATE"),
        Option("d", "delete", "delete the named shelved change(s)"),
        Option("e", "edit", "invoke editor on commit messages"),
        Option("k", "keep", "shelve, but keep changes in the working directory"),
        Option("l", "list", "list current shelves"),
        Option("m", "message", "use text as shelve message", default="", metavar="TEXT"),
        Option("n", "name", "use the given name for the shelved commit", default="", metavar="NAME"),
        Option(
            "p",
            "patch",
            "output patches for changes (provide the names of the shelved changes as positional arguments)",
        ),
        Option("i", "interactive", "interactive mode"),
        Option(
            "",
            "stat",
            "output diffstat-style summary of changes "
            "(provide the names of the shelved changes as positional arguments)",
        ),
        *WALK_OPTIONS,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="wdir",
)
def shelve(context: CommandContext) -> int:
    """save and set aside changes from the working directory

    What :hg:`status` reports as modified, added or removed (or what is named of it) is saved as a shelved change and
    taken out of the working directory; :hg:`unshelve` brings it back, also elsewhere in the history. The name of a
    shelved change is that of the active bookmark or of the branch, with a number where that is taken, or what -n says.

    -l lists shelved changes with their age, -p and --stat show what is in them, -d deletes those that are named and
    --cleanup all of them. What is deleted is kept for a while in ``.hg/shelve-backup``.

    Without files, a new branch name of the working directory is saved too.

    Returns 0 on success, 1 if nothing changed.
    """
    if _chosen(context, "cleanup"):
        if context.args:
            raise errors.InputError("cannot specify names when using '--cleanup'")
        return _delete(context, None)
    if _chosen(context, "delete"):
        if not context.args:
            raise errors.InputError("no shelved changes specified!")
        return _delete(context, context.args)
    if _chosen(context, "list"):
        return _list(context, context.args)
    if _chosen(context, "patch") or _chosen(context, "stat"):
        return _show(context)
    return _create(context)


def _chosen(context: CommandContext, action: str) -> bool:
    """Whether an action is asked for. Raises `InputError` for options that do not go with it."""
    if not context.options[action]:
        return False
    for name, actions in _GO_WITH:
        if context.options[name] and action not in actions:
            raise errors.InputError(f"options '--{action}' and '--{name}' may not be used together")
    return True


def _create(context: CommandContext) -> int:
    from functools import partial

    from hydrargyrum.commands.choosing import record_chosen
    from hydrargyrum.commands.commit import add_and_remove
    from hydrargyrum.commands.commit_options import CommitDialog, date_of
    from hydrargyrum.commands.merging import merger_for
    from hydrargyrum.ops.shelving_create import ShelveRequest
    from hydrargyrum.ops.shelving_create import shelve as put_aside
    from hydrargyrum.repo.unfinished import check_unfinished

    options, repo = context.options, context.repo
    with repo.lock_working_copy():
        check_unfinished(repo)
        request = ShelveRequest(
            patterns_of(context),
            name=options.text("name"),
            message=options.text("message"),
            date=date_of(context),
            unknown=options.flag("unknown") and not options.flag("addremove"),
            keep=options.flag("keep"),
        )
        dialog = CommitDialog(context, "shelve.shelve", force_editor=options.flag("edit"))
        with repo.lock_store():
            choosing = None
            if options.flag("interactive"):
                choosing = partial(record_chosen, context)
                request.bare = False
            elif options.flag("addremove"):
                add_and_remove(context)
                repo.invalidate()
            outcome = put_aside(repo, request, merger_for(context, "shelve"), dialog, choosing)
    if outcome.node is None:
        gone = f" ({outcome.missing} missing files, see 'hg status')" if outcome.missing else ""
        context.ui.status(f"nothing changed{gone}\n")
        return 1
    return 0


def _delete(context: CommandContext, names: Collection[str] | None) -> int:
    """Put shelves away, without names all of them. Raises `InputError` for one that is not there."""
    from hydrargyrum.ops.shelving import put_away, shelf, shelves

    repo = context.repo
    with repo.lock_working_copy():
        if names is None:
            for one in shelves(repo):
                put_away(repo, one)
            return 0
        for name in names:
            one = shelf(repo, name)
            if not one.exists():
                raise errors.InputError(f"shelved change '{name}' not found")
            put_away(repo, one)
    return 0


def _show(context: CommandContext) -> int:
    """List shelves with what is in them, without names the newest. Raises `Abort` where there is none."""
    from hydrargyrum.ops.shelving import shelf, shelves

    names = list(context.args)
    if not names:
        found = shelves(context.repo)
        if not found:
            raise errors.Abort("there are no shelves to show")
        names = [found[0].name]
    for name in names:
        if not shelf(context.repo, name).exists():
            raise errors.Abort(f"cannot find shelf {name}")
    return _list(context, names)


def _list(context: CommandContext, names: Collection[str]) -> int:
    from hydrargyrum.ops.shelving import shelves

    ui = context.ui
    width = 80 if context.config.is_plain() else ui.terminal_width()
    ui.pager("shelve")
    label = "shelve.newest"
    for shelf in shelves(context.repo):
        if names and shelf.name not in names:
            continue
        ui.write(shelf.name, label)
        label = "shelve.name"
        if ui.quiet:
            ui.write("\n")
            continue
        _describe(context, shelf, width)
    return 0


def _describe(context: CommandContext, shelf: Shelf, width: int) -> None:
    """What follows the name in a list: age, first line of the message, and what the options ask for."""
    from hydrargyrum.extension.output import columns_for
    from hydrargyrum.view.codec import to_text
    from hydrargyrum.view.diffs import Histogram, file_stats, write_patches

    ui, options = context.ui, context.options
    ui.write(" " * (16 - len(shelf.name)))
    age = f"({_age(shelf.time)})"
    ui.write(age, "shelve.age")
    ui.write(" " * (12 - len(age)))
    lines = shelf.patch().splitlines(keepends=True)
    place = next((number for number, line in enumerate(lines) if not line.startswith(b"#")), len(lines))
    if place < len(lines):
        text = to_text(lines[place].rstrip())
        if ui.is_formatted():
            text = columns_for(context).trim(text, width - 28, ellipsis="...")
        ui.write(text)
    ui.write("\n")
    rest = lines[place + 1 :]
    if options.flag("patch"):
        write_patches([b"".join(rest)], ui.write, labels=ui.painter is not None)
    if options.flag("stat"):
        starts = [number for number, line in enumerate(rest) if line.startswith(b"diff --git a/")]
        patches = [b"".join(rest[at:end]) for at, end in zip(starts, [*starts[1:], len(rest)], strict=True)]
        Histogram(file_stats(patches), width, columns_for(context)).write(ui.write)


def _age(moment: int) -> str:
    """How long ago something was, in the largest unit of which there are two."""
    import time

    distance = time.time() - moment
    seconds = max(1, int(abs(distance)))
    if distance < 0 and seconds > _AGES[0][1] * 30:
        return "in the distant future"
    if distance >= 0 and seconds > _AGES[0][1] * 2:
        from hydrargyrum.dates import format_date

        return format_date((moment, 0), "%Y-%m-%d")
    letter, length = next((letter, size) for letter, size in _AGES if seconds // size >= 2 or size == 1)
    return f"{seconds // length}{letter} {'from now' if distance < 0 else 'ago'}"

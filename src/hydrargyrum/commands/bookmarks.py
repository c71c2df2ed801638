"""`bookmarks`: lists, sets, renames and removes bookmarks. The rules are in `ops.bookmarks`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import at_most_one, incompatible
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "bookmarks",
    aliases=["bookmark"],
    options=[
        Option("f", "force", "force"),
        Option("r", "rev", "revision for bookmark action", default="", metavar="REV"),
        Option("d", "delete", "delete a given bookmark"),
        Option("m", "rename", "rename a given bookmark", default="", metavar="OLD"),
        Option("i", "inactive", "mark a bookmark inactive"),
        Option("l", "list", "list existing bookmarks"),
        TEMPLATE_OPTION,
    ],
    synopsis="[OPTIONS]... [NAME]...",
    category="organization",
)
def bookmarks(context: CommandContext) -> int:
    """create a new bookmark or list existing bookmarks

    Bookmarks are names of changesets that can be moved, renamed and removed, and are not part of history.

    A bookmark that is set on the parent of the working directory becomes active, unless -i is given: it moves along
    with every commit, and is marked with '*' in the list. Updating elsewhere makes it inactive again.

    '.' stands for the active bookmark after -m, -d and -l.

    Fields for templates, beside those of changesets: `bookmark`, `active`.

    Returns 0 on success.
    """
    options = context.options
    action = at_most_one(context, "delete", "rename", "list")
    if action:
        incompatible(context, action, ("rev",))
    elif context.args or options.text("rev"):
        action = "add"
    else:
        action = "inactive" if options.flag("inactive") else "list"
    incompatible(context, "inactive", ("delete", "list"))
    if not context.args and action in ("add", "delete"):
        raise errors.InputError("bookmark name required")
    if action == "list":
        return _list(context)
    repo = context.repo
    # a transaction also where only `.hg/bookmarks.current` changes: `rollback` goes by it
    with repo.lock_working_copy(), repo.lock_store(), repo.transaction("bookmark"):
        return _change(context, action)


def _change(context: CommandContext, action: str) -> int:
    from hydrargyrum.ops import bookmarks as operation
    from hydrargyrum.text.local import to_sought

    options, repo = context.options, context.repo
    args = [to_sought(name) for name in context.args]
    force, inactive = options.flag("force"), options.flag("inactive")
    if action == "delete":
        operation.delete(repo, [operation.whole_name(repo, name) for name in args])
    elif action == "rename":
        if not args:
            raise errors.InputError("new bookmark name required")
        if len(args) > 1:
            raise errors.InputError("only one new bookmark name allowed")
        old = operation.whole_name(repo, to_sought(options.text("rename")))
        operation.rename(repo, old, args[0], force=force, inactive=inactive)
    elif action == "add":
        rev = None
        if options.text("rev"):
            from hydrargyrum.ops.revisions import resolve_revision

            changeset = resolve_revision(repo, options.text("rev"))
            rev = None if changeset.is_working_copy else changeset.rev
        operation.add(repo, args, rev, force=force, inactive=inactive)
    elif not len(repo.engine.bookmarks()):
        context.ui.status("no bookmarks set\n")
    elif not repo.active_bookmark:
        context.ui.status("no active bookmark\n")
    else:
        from hydrargyrum.repo.bookmarks import activate

        activate(repo, None)
    return 0


def _list(context: CommandContext) -> int:
    from hydrargyrum.ops.bookmarks import whole_name
    from hydrargyrum.text.local import to_shown, to_sought
    from hydrargyrum.view.columns import Columns

    repo, ui = context.repo, context.ui
    known, active = repo.engine.bookmarks(), repo.active_bookmark
    names = {whole_name(repo, to_sought(name)) for name in context.args} or set(known)
    for name in names:
        if name not in known:
            raise errors.InputError(f"bookmark '{to_shown(name)}' does not exist")
    with context.formatter("bookmarks") as formatter:
        if not names and formatter.is_plain:
            ui.status("no bookmarks set\n")
        for name in sorted(names, key=os.fsencode):
            label = "bookmarks.active bookmarks.current" if name == active else ""
            node = known[name]
            formatter.start_item()
            formatter.resources(repo=repo)
            if not ui.quiet:
                formatter.plain(f" {'*' if name == active else ' '} ", label)
            shown = to_shown(name)
            formatter.field("bookmark", shown, shown, label)
            padding = " " * (25 - Columns(ui.encoding).width(shown))
            rev = repo[node].rev
            formatter.field_if(not ui.quiet, "rev", rev, f"{padding} {rev}:{formatter.node(node)}", label)
            formatter.data(node=node.hex())
            formatter.data(active=name == active)
            formatter.plain("\n")
    return 0

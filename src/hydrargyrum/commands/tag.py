"""`tag`: names changesets. What is written is decided in `ops.tag`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import AUTHOR_OPTIONS, EDIT_OPTION, CommitDialog, date_of
from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_NODE, NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.types import Node


@command(
    "tag",
    options=[
        Option("f", "force", "force tag"),
        Option("l", "local", "make the tag local"),
        Option("r", "rev", "revision to tag", default="", metavar="REV"),
        Option("", "remove", "remove a tag"),
        EDIT_OPTION,
        Option("m", "message", "use text as commit message", default="", metavar="TEXT"),
        *AUTHOR_OPTIONS,
    ],
    synopsis="[-f] [-l] [-m TEXT] [-d DATE] [-u USER] [-r REV] NAME...",
    category="organization",
    min_args=1,
)
def tag(context: CommandContext) -> int:
    """add one or more tags for the current or given revision

    Tags name changesets for good, releases for example. They are recorded in the file ``.hgtags``, which is committed
    like any other; a tag is therefore visible from the next changeset on.

    Without -r, the parent of the working directory is tagged. -l makes a tag that is only known here
    (``.hg/localtags``). A tag that exists is only moved with -f; --remove takes one away.

    Returns 0 on success.
    """
    from hydrargyrum.ops.tag import check_names
    from hydrargyrum.text.local import to_sought

    options, repo = context.options, context.repo
    with repo.lock_working_copy(), repo.lock_store():
        names = [name.strip() for name in context.args]
        if options.text("rev") and options.flag("remove"):
            raise errors.InputError("cannot specify both --remove and --rev")
        check_names(names)
        return _tag_locked(context, [to_sought(name) for name in names])


def _tag_locked(context: CommandContext, names: list[str]) -> int:
    from hydrargyrum.ops.tag import TagRequest, check_tagging, default_message, set_tags

    options, repo = context.options, context.repo
    removing = options.flag("remove")

    def request(node: Node, message: str) -> TagRequest:
        return TagRequest(
            names,
            node,
            local=options.flag("local"),
            force=options.flag("force"),
            remove=removing,
            message=message,
            user=options.text("user") or None,
            date=date_of(context),
        )

    check_tagging(repo, request(NULL_NODE, ""))
    node = NULL_NODE if removing else _target(context)
    wanted = request(node, options.text("message"))
    if not wanted.message:
        wanted = request(node, default_message(wanted))
    form = "tag.remove" if removing else "tag.add"
    set_tags(repo, wanted, CommitDialog(context, form, force_editor=options.flag("edit")))
    return 0


def _target(context: CommandContext) -> Node:
    from hydrargyrum.ops.revisions import resolve_revision

    changeset = resolve_revision(context.repo, context.options.text("rev"))
    if changeset.is_working_copy:
        raise errors.InputError("cannot tag working directory")
    if changeset.rev == NULL_REV:
        raise errors.InputError("cannot tag null revision")
    return changeset.node

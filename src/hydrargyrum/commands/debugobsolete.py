"""`debugobsolete`: lists and makes obsolescence markers."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import AUTHOR_OPTIONS, asking, date_of
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option, command
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo.obsolescence import Marker
    from hydrargyrum.view.formatter import Formatter


@command(
    "debugobsolete",
    options=[
        Option("", "flags", "markers flag", default=0),
        Option("", "record-parents", "record parent information for the precursor"),
        Option("r", "rev", "display markers relevant to REV", default=[]),
        Option("", "exclusive", "restrict display to markers only relevant to REV"),
        Option("", "index", "display index of the marker"),
        Option("", "delete", "delete markers specified by indices", default=[]),
        *AUTHOR_OPTIONS,
        TEMPLATE_OPTION,
    ],
    synopsis="[OBSOLETED [REPLACEMENT ...]]",
)
def debugobsolete(context: CommandContext) -> int:
    """create arbitrary obsolete marker

    Without arguments, the markers are listed.
    """
    options = context.options
    if options.items("delete"):
        return _delete(context)
    if context.args:
        if options.items("rev"):
            raise errors.InputError("cannot select revision when creating marker")
        return _create(context)
    return _list(context)


def _delete(context: CommandContext) -> int:
    from hydrargyrum.ops.obsolete import delete_markers

    places = set()
    for text in context.options.items("delete"):
        try:
            places.add(int(text))
        except ValueError:
            raise errors.InputError(
                f"invalid index value: b{_quoted(text)}",
                hint="use integers for indices",
            ) from None
    context.ui.write(f"deleted {delete_markers(context.repo, places)} obsolescence markers\n")
    return 0


def _create(context: CommandContext) -> int:
    from hydrargyrum.ops.identity import user_name
    from hydrargyrum.ops.obsolete import allows, recorded_parents
    from hydrargyrum.repo.obsolescence import Marker, add_markers

    options, repo = context.options, context.repo
    user = options.text("user") or user_name(context.config, asking(context))
    predecessor, *successors = (_node(text) for text in context.args)
    if predecessor in successors:
        shown = f"in-marker cycle with {predecessor.hex()}"
        raise errors.Abort(f"bad obsmarker input: {shown}")
    with repo.lock_store(), repo.transaction("debugobsolete") as txn:
        parents = None
        if options.flag("record_parents"):
            try:
                parents = recorded_parents(repo[predecessor])
            except errors.UnknownNode:
                raise errors.Abort("cannot used --record-parents on unknown changesets") from None
        date = date_of(context) or repo.working_copy.date
        facts = [("user", user)]
        marker = Marker(predecessor, successors, options.number("flags"), facts, date, parents)
        if not allows(repo, "createmarkers"):
            raise errors.Abort("creating obsolete markers is not enabled on this repo")
        obsoleted = _is_made_obsolete(context, predecessor)
        added = add_markers(repo, txn, [marker])
    if added:
        context.ui.status(f"{added} new obsolescence markers\n")
        if obsoleted:
            context.ui.status("obsoleted 1 changesets\n")
    return 0


def _is_made_obsolete(context: CommandContext, node: Node) -> bool:
    """Whether the first marker of a changeset that is there and not public is being made."""
    from hydrargyrum.repo.obsolescence import read_markers

    try:
        phase = context.repo[node].phase
    except errors.UnknownNode:
        return False
    known = any(marker.predecessor == node for marker in read_markers(context.repo))
    return phase != "public" and not known


def _node(text: str) -> Node:
    try:
        node = Node(bytes.fromhex(text))
    except ValueError:
        node = Node(b"")
    if len(node) != 20:
        raise errors.InputError("changeset references must be full hexadecimal node identifiers")
    return node


def _list(context: CommandContext) -> int:
    from hydrargyrum.ops.obsolete import listed_markers
    from hydrargyrum.ops.revisions import resolve_revisions

    options, repo = context.options, context.repo
    revs = options.items("rev")
    nodes = [repo[rev].node for rev in resolve_revisions(repo, revs)] if revs else None
    rows = listed_markers(repo, nodes, exclusive=options.flag("exclusive"), numbered=options.flag("index"))
    with context.formatter("debugobsolete") as formatter:
        for number, marker in rows:
            formatter.start_item()
            if context.options.flag("index"):
                formatter.field("index", number, f"{number} ")
            show_marker(formatter, marker)
    return 0


def show_marker(formatter: Formatter, marker: Marker) -> None:
    """Shows a marker as one item."""
    from hydrargyrum.dates import DEFAULT_FORMAT, format_date

    formatter.field("prednode", marker.predecessor.hex(), f"{marker.predecessor.hex()} ")
    successors = [node.hex() for node in marker.successors]
    formatter.field_if(
        bool(successors), "succnodes", formatter.items(successors, "node"), f"{' '.join(successors)} "
    )
    formatter.field("flag", marker.flags, f"{marker.flags:X} ")
    if marker.parents is not None:
        parents = [node.hex() for node in marker.parents]
        formatter.field("parentnodes", formatter.items(parents, "node", ", "), f"{{{', '.join(parents)}}} ")
    date = (int(marker.date[0]), marker.date[1])
    formatter.field("date", formatter.date(date, DEFAULT_FORMAT), f"({format_date(date, DEFAULT_FORMAT)}) ")
    facts = dict(marker.metadata)
    shown = ", ".join(f"{_quoted(key)}: {_quoted(value)}" for key, value in facts.items())
    formatter.field(
        "metadata",
        formatter.entries(dict(facts), notation="%r: %r"),
        f"{{{shown}}}",
    )
    formatter.plain("\n")


def _quoted(text: str) -> str:
    return repr(text.encode("utf-8", "surrogateescape"))[1:]

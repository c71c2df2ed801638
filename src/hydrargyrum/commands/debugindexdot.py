"""`debugindexdot`: the graph of a revlog as a text for Graphviz."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.revlog_options import REVLOG_OPTIONS, chosen_revlog
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from hydrargyrum.engine.revlogs import StoredRevlog
    from hydrargyrum.extension import CommandContext

_USUAL = "{rev}"


@command(
    "debugindexdot",
    options=[
        *REVLOG_OPTIONS,
        Option("i", "include", "arbitrary graphviz statement to include", default=[]),
        Option("T", "template", "label template", default=_USUAL, metavar="TEMPLATE"),
        Option("r", "rev", "only show these revisions", default=[], metavar="REV"),
        Option("", "common", "also show common ancestors"),
    ],
    synopsis="-c|-m|FILE",
    max_args=1,
)
def debugindexdot(context: CommandContext) -> int:
    """dump an index DAG as a graphviz dot file

    Prints an edge from each parent to its child. With -r, only between the revisions that it names: lines stand for
    parents, dashed lines for ancestors with none of them in between. With --common, their common ancestors are shown
    as well.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revlogs import find_revision, index_rows, open_revlog

    options, write = context.options, context.ui.write
    choice = chosen_revlog(context, context.args[0] if context.args else "", for_command="debugindexdot")
    revlog = open_revlog(context.repo, choice)
    label = None
    if options.text("template") != _USUAL:
        if not choice.changelog:
            raise errors.Abort("-T/--template is only supported for -c/--changelog")
        label = _labels(context)
    named = {find_revision(revlog, name, of_file=choice.is_file) for name in options.items("rev")}
    parents = [row[6:8] for row in index_rows(revlog)]
    shown = named
    if options.flag("common"):
        if not named:
            raise errors.Abort("--common has no effect without -r/--rev")
        shown = _with_common_ancestors(revlog, parents, named)
    write("digraph G {\n")
    for statement in options.items("include"):
        write(f"\t{statement}\n")
    if label is not None or shown:
        for rev in sorted(shown) or range(len(parents)):
            marks = []
            if label is not None:
                marks.append(f'label="{label(rev)}"')
            if shown and rev not in named:
                marks.append("style=filled")
            more = f" [{','.join(marks)}]" if marks else ""
            write(f"\t{rev}{more}\n")
    if shown:
        for line in _edges_between(parents, shown):
            write(line)
    else:
        for rev, pair in enumerate(parents):
            for place, parent in enumerate(pair):
                if place == 0 or parent != -1:
                    write(f"\t{parent} -> {rev}\n")
    write("}\n")
    return 0


def _labels(context: CommandContext) -> Callable[[int], str]:
    """What the template says about a changeset, with its quotation marks escaped."""
    from hydrargyrum.extension.output import changesets_for

    printer = changesets_for(context, buffered=True)

    def label(rev: int) -> str:
        changeset = context.repo[rev]
        printer.show(changeset)
        return printer.take(rev).replace('"', '\\"')

    return label


def _ancestors(parents: Sequence[tuple[int, ...]], rev: int, *, stop: Collection[int] = ()) -> set[int]:
    """A revision and its ancestors; what is in `stop` is reached and not gone past."""
    pending, seen = [rev], {rev}
    while pending:
        one = pending.pop()
        if one in stop:
            continue
        for parent in parents[one]:
            if parent >= 0 and parent not in seen:
                seen.add(parent)
                pending.append(parent)
    return seen


def _with_common_ancestors(
    revlog: StoredRevlog, parents: Sequence[tuple[int, ...]], named: set[int]
) -> set[int]:
    """These revisions with the greatest common ancestor of any two among them and those that this adds."""
    from itertools import combinations

    found = set(named)
    while True:
        more = set()
        for first, second in combinations(sorted(found), 2):
            common = _ancestors(parents, first) & _ancestors(parents, second)
            below = {parent for one in common for parent in parents[one]}
            heads = common - below
            if heads:
                more.add(min(heads, key=revlog.node))
        if more <= found:
            return found
        found |= more


def _edges_between(parents: Sequence[tuple[int, ...]], shown: set[int]) -> list[str]:
    lines = []
    for rev in sorted(shown):
        pair = dict.fromkeys(sorted(parent for parent in parents[rev] if parent >= 0))
        lines += [f"\t{parent} -> {rev}\n" for parent in pair if parent in shown]
        reached: set[int] = set()
        for parent in pair:
            if parent not in shown:
                reached |= _ancestors(parents, parent, stop=shown)
        lines += [f"\t{one} -> {rev} [style=dashed]\n" for one in sorted(reached & shown, reverse=True)]
    return lines

"""Draws the graph of changesets for a command: symbols, styles of lines and text from options and configuration.

The drawing itself is `view.graph`'s; commands that show graphs call `draw_graph`.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence, Set

    from hydrargyrum.extension.context import CommandContext
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev
    from hydrargyrum.view.changesets import ChangesetPrinter
    from hydrargyrum.view.graph import Graph


def draw_graph(
    context: CommandContext,
    revs: Iterable[Rev],
    printer: ChangesetPrinter,
    *,
    copies: bool = False,
    everything: bool = False,
    names: dict[str, object] | None = None,
    repo: Repository | None = None,
    within: bool = False,
    working: Repository | None = None,
) -> None:
    """Show changesets with the lines between them to the left.

    Args:
        context: the invocation.
        revs: which ones, newest first (or children before parents).
        printer: shows one; has to be buffered.
        copies: the user wants to see copied files.
        everything: `revs` are all that are visible: then they are not collected before the first is drawn.
        names: further names for templates.
        repo: whose changesets they are, if not the invocation's.
        within: lines only lead to changesets among `revs`.
        working: whose working copy's parents are marked, if not the invocation's.
    """
    repo = repo or context.repo
    shown: Callable[[Rev], bool]
    if everything:
        hidden = repo.hidden
        shown = lambda rev: rev not in hidden  # noqa: E731
        nearest = _Nearest(repo, frozenset())
    else:
        revs = list(revs)
        wanted = frozenset(revs)
        shown = wanted.__contains__
        nearest = _Nearest(repo, wanted)
    from hydrargyrum.view.graph import edges_of

    graph, symbol = _graph(context), _symbol(context, printer, working or context.repo)
    for changeset in repo.changesets(revs):
        parents = [parent.rev for parent in changeset.parents if parent.rev != NULL_REV]
        if within:
            parents = sorted(filter(shown, parents))
        edges = edges_of(parents, shown, nearest)
        rows = graph.rows(changeset.rev, symbol(changeset), edges)
        first = next(rows)
        printer.show(
            changeset,
            copies=changeset.copies if copies else None,
            graph_width=first.width,
            names=names,
        )
        lines = printer.take(changeset.rev).split("\n")
        if not lines[-1]:
            lines.pop()
        printer.flush(changeset)
        _write(context, graph.draw(first, lines))
        for row in rows:
            _write(context, graph.draw(row, []))
    printer.close()


def _write(context: CommandContext, lines: Sequence[str]) -> None:
    context.ui.write("".join(f"{line}\n" for line in lines))


class _Nearest:
    """Finds the nearest shown ancestors of a changeset that is not shown."""

    def __init__(self, repo: Repository, wanted: Set[Rev]) -> None:
        self._index = repo.engine.changelog()
        self._wanted = wanted
        self._least = min(wanted, default=0)
        self._known: dict[Rev, list[Rev]] = {}

    def __call__(self, rev: Rev) -> Sequence[Rev]:
        found = self._known.get(rev)
        if found is None:
            found = self._known[rev] = sorted(self._search(rev))
        return found

    def _search(self, rev: Rev) -> set[Rev]:
        reached, seen, waiting = set(), {rev}, [rev]
        while waiting:
            current = waiting.pop()
            if current in self._wanted:
                reached.add(current)
                continue
            for parent in self._index.parents(current):
                if parent >= self._least and parent != NULL_REV and parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return reached


def _graph(context: CommandContext) -> Graph:
    from hydrargyrum.view.graph import DEFAULT_STYLES, Graph

    config = context.config
    if config.is_plain("graph"):
        return Graph(dict.fromkeys(DEFAULT_STYLES, "|"))
    styles: dict[str, str | None] = {}
    for sort, usual in DEFAULT_STYLES.items():
        chosen = config.text("experimental", f"graphstyle.{sort}", usual)
        styles[sort] = chosen or None
    return Graph(styles, short=config.boolean("experimental", "graphshorten"))


def _symbol(
    context: CommandContext, printer: ChangesetPrinter, working: Repository
) -> Callable[[Changeset], str]:
    """What gives a changeset its character."""
    wanted = context.config.text("command-templates", "graphnode")
    if not wanted:
        from hydrargyrum.view.changesets.nodes import graph_node

        cache: dict[str, object] = {}
        return lambda changeset: graph_node(changeset, cache, working)
    from hydrargyrum.extension.output import environment_for
    from hydrargyrum.view.templates.selection import unquote

    environment = environment_for(context, {"": unquote(wanted)})
    shared = getattr(printer, "environment", None)
    if shared is not None:
        environment.resources["cache"] = shared.resources["cache"]
    return lambda changeset: environment.render("", {}, {"changeset": changeset, "repo": changeset.repo})

"""What `incoming` and `outgoing` have in common: their options, and showing changesets and bookmarks.

Which changesets those are is found by `ops.discovery`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.log_options import LOG_OPTIONS, printer_for
from hydrargyrum.commands.walk_options import SUBREPO_OPTION
from hydrargyrum.extension import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node, Rev

#: How another machine is reached.
REMOTE_OPTIONS = (
    Option("e", "ssh", "specify ssh command to use", default="", metavar="CMD"),
    Option("", "remotecmd", "specify hg command to run on the remote side", default="", metavar="CMD"),
    Option("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
)
SHOWING_OPTIONS = (*LOG_OPTIONS, *REMOTE_OPTIONS, SUBREPO_OPTION)


def check_graph(context: CommandContext) -> None:
    """Raises InputError where a graph is wanted in an order in which it cannot be drawn."""
    if context.options.flag("graph") and context.options.flag("newest_first"):
        raise errors.InputError("-G/--graph option is incompatible with --newest-first")


def show_changesets(
    context: CommandContext, repo: Repository, revs: Sequence[Rev], *, ends_each: bool = False
) -> None:
    """Show changesets of a repository, given ascending, as the options say.

    With `ends_each`, what ends a document comes after each of them.
    """
    from hydrargyrum.commands.log import limit_of

    graph = context.options.flag("graph")
    context.ui.pager(context.command.name)
    printer = printer_for(context, buffered=graph)
    if graph:
        from hydrargyrum.extension.graphs import draw_graph

        wanted = list(reversed(revs))[: limit_of(context.options.text("limit"))]
        working = repo if ends_each else context.repo
        draw_graph(context, wanted, printer, repo=repo, within=True, working=working)
        return
    for changeset in _chosen(context, repo, revs):
        printer.show(changeset)
        if ends_each:
            printer.close()
    if not ends_each:
        printer.close()


def _chosen(context: CommandContext, repo: Repository, revs: Sequence[Rev]) -> Iterator[Changeset]:
    from itertools import islice

    from hydrargyrum.commands.log import limit_of
    from hydrargyrum.types import NULL_REV

    options = context.options
    limit = limit_of(options.text("limit"))
    wanted: Sequence[Rev] = list(reversed(revs)) if options.flag("newest_first") else revs
    if options.flag("no_merges"):
        index = repo.engine.changelog()
        wanted = [rev for rev in wanted if index.parents(rev)[1] == NULL_REV]
    return repo.changesets(islice(wanted, limit))


def subrepo_abort(problem: errors.Abort, path: str) -> errors.Abort:
    """What went wrong, with the subrepository where that was."""
    if isinstance(problem, _InSubrepo):
        return problem
    return _InSubrepo(f'{problem.text()} (in subrepository "{path}")', hint=problem.hint_text())


class _InSubrepo(errors.Abort):
    """Something went wrong in a subrepository."""


def show_bookmarks(context: CommandContext, found: Sequence[tuple[str, Node | None, str]]) -> int:
    """Show bookmarks with their nodes and, for a verbose user, what happened to them; the exit code."""
    ui = context.ui
    if not found:
        ui.status("no changed bookmarks found\n")
        return 1
    lines = []
    for name, node, state in found:
        text = " " * 40 if node is None else node.hex()
        text = text if ui.debugging else text[:12]
        # Mercurial counts bytes here
        padded = name + " " * (25 - len(name.encode("utf-8", "surrogateescape")))
        lines.append(f"   {padded} {text} {state}\n" if ui.verbose else f"   {padded} {text}\n")
    for line in sorted(lines):
        ui.write(line)
    return 0

"""Options of commands that show changesets, and what such a command hands to the printer to show patches.

Which changesets there are is decided in `ops/`; how they look, in `view.changesets`.
"""

from __future__ import annotations

from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import PatternSet
    from hydrargyrum.view.changesets import ChangesetPrinter
    from hydrargyrum.view.changesets.plain import Write

    FilesOf = Callable[[Changeset], PatternSet]
    #: Leaves of a changeset's patches what is to be shown.
    Narrow = Callable[[Changeset, Iterable[bytes]], Iterable[bytes]]

#: How changesets are shown.
TEMPLATE_OPTIONS = (
    Option("", "style", "display using template map file", default="", metavar="STYLE", marks=["deprecated"]),
    TEMPLATE_OPTION,
)
#: How changesets are shown, with what they changed.
LOG_OPTIONS = (
    Option("p", "patch", "show patch"),
    Option("g", "git", "use git extended diff format"),
    Option("l", "limit", "limit number of changes displayed", default="", metavar="NUM"),
    Option("M", "no-merges", "do not show merges"),
    Option("", "stat", "output diffstat-style summary of changes"),
    Option("G", "graph", "show the revision DAG"),
    *TEMPLATE_OPTIONS,
)


class PatchDiffer:
    """Shows what a changeset changed against its first parent.

    Args:
        context: the invocation, for options and width.
        files_of: which files of a changeset are shown; narrow: what of their patches is.
    """

    def __init__(
        self, context: CommandContext, files_of: FilesOf | None = None, narrow: Narrow | None = None
    ) -> None:
        from hydrargyrum.ops.diff import StyleChoice

        self._context = context
        self._files_of = files_of
        self._narrow = narrow
        choice = StyleChoice(context.config, context.options.as_dict(), warn=context.ui.warn)
        self._choice, self._words = choice, choice.words

    def _patches(self, changeset: Changeset, *, stat: bool) -> list[bytes]:
        from hydrargyrum.ops.diff import patches
        from hydrargyrum.types import PatternSet

        style = self._choice.stat_style() if stat else self._choice.style()
        if self._files_of is None:
            files = PatternSet(changeset.repo.root, warn_missing=False)
        else:
            files = self._files_of(changeset)
        debug = self._context.ui.debugging
        found: Iterable[bytes] = patches(changeset.parents[0], changeset, files, style, full_nodes=debug)
        return list(found if self._narrow is None else self._narrow(changeset, found))

    def show(self, write: Write, changeset: Changeset, *, stat: bool = False, graph_width: int = 0) -> None:
        """Write the patch or the histogram."""
        from hydrargyrum.commands.diff_options import show_stat
        from hydrargyrum.view.diffs import write_patches

        found = self._patches(changeset, stat=stat)
        if stat:
            show_stat(self._context, found, write, graph_width=graph_width)
        else:
            labels = self._context.ui.painter is not None
            write_patches(found, write, labels=labels, words=self._words)

    def stats(self, changeset: Changeset) -> list[dict[str, object]]:
        """Counts of each file."""
        from hydrargyrum.view.codec import to_text
        from hydrargyrum.view.diffs import file_stats

        return [
            {
                "name": to_text(stat.name),
                "additions": stat.added,
                "removals": stat.removed,
                "binary": stat.binary,
            }
            for stat in file_stats(self._patches(changeset, stat=True))
        ]


def printer_for(
    context: CommandContext,
    *,
    files_of: FilesOf | None = None,
    narrow: Narrow | None = None,
    buffered: bool = False,
) -> ChangesetPrinter:
    """The printer that the command's options ask for, with patches where it has options for them."""
    from hydrargyrum.extension.output import changesets_for

    options = context.options
    stat, patch = (name in options and options.flag(name) for name in ("stat", "patch"))
    return changesets_for(
        context, differ=PatchDiffer(context, files_of, narrow), stat=stat, patch=patch, buffered=buffered
    )

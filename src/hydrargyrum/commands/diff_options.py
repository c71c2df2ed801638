"""Options of commands that show patches, and how such a command writes them.

What a style is made of is in `ops.diff`.
"""

from __future__ import annotations

import os

from hydrargyrum.extension import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.view.diffs import FileStat, Write

DIFF_OPTIONS = (
    Option("a", "text", "treat all files as text"),
    Option("g", "git", "write headers as git does, with modes, copies and binary files"),
    Option("", "binary", "with --git, write binary files as patches (default)"),
    Option("", "nodates", "leave dates out of headers"),
)
WHITE_SPACE_OPTIONS = (
    Option("w", "ignore-all-space", "pass over white space when lines are compared"),
    Option("b", "ignore-space-change", "pass over changes in the amount of white space"),
    Option("B", "ignore-blank-lines", "pass over changes of blank lines only"),
    Option("Z", "ignore-space-at-eol", "pass over white space at the ends of lines"),
)
DIFF_DETAIL_OPTIONS = (
    Option("", "noprefix", "leave a/ and b/ out of file names"),
    Option("p", "show-function", "name the function that each change is in"),
    Option("", "reverse", "write the patch that undoes the changes"),
    *WHITE_SPACE_OPTIONS,
    Option("U", "unified", "lines of context to show", default="", metavar="NUM"),
    Option("", "stat", "show how many lines changed in each file"),
    Option("", "root", "show changes below a directory, from there", default="", metavar="DIR"),
)


def show_patches(context: CommandContext, patches: Iterable[bytes], *, words: bool) -> None:
    """Writes patches as the user likes to see them."""
    from hydrargyrum.view.diffs import write_patches

    write_patches(patches, context.ui.write, labels=context.ui.painter is not None, words=words)


def show_stat(
    context: CommandContext,
    patches: Iterable[bytes],
    write: Write | None = None,
    *,
    graph_width: int = 0,
    rooted: bool = False,
) -> None:
    """Writes the histogram of patches that were made without context, beside a graph of some columns.

    Names are shown from the current directory where that is configured, but not below a directory that was named
    (`rooted`).
    """
    from hydrargyrum.extension.output import columns_for
    from hydrargyrum.view.diffs import Histogram, file_stats

    width = 80 if context.config.is_plain() else context.ui.terminal_width()
    stats = file_stats(patches) if rooted else _from_here(context, file_stats(patches))
    histogram = Histogram(stats, width - graph_width, columns_for(context))
    histogram.write(write or context.ui.write)


def _from_here(context: CommandContext, stats: Iterator[FileStat]) -> Iterator[FileStat]:
    """The same with names from the current directory, where `ui.relative-paths` wants that."""
    from hydrargyrum.repo.paths import relative_path, wants_relative

    relative = wants_relative(context.config, legacy=False)
    for stat in stats:
        if relative:
            shown = relative_path(context.repo.root, context.cwd, os.fsdecode(stat.name))
            stat.name = os.fsencode(shown)
        yield stat

"""Options that commands about files share, and what they mean as patterns."""

from __future__ import annotations

from hydrargyrum.extension import Option
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.merge.conversation import ShowPath
    from hydrargyrum.ops.selection import Selection

WALK_OPTIONS = (
    Option("I", "include", "include names matching the given patterns", default=[], metavar="PATTERN"),
    Option("X", "exclude", "exclude names matching the given patterns", default=[], metavar="PATTERN"),
)
SUBREPO_OPTION = Option("S", "subrepos", "recurse into subrepositories")
DRY_RUN_OPTION = Option("n", "dry-run", "do not perform actions, just print output")
TEMPLATE_OPTION = Option("T", "template", "display with template", default="", metavar="TEMPLATE")

#: Warnings whose `path` is a repository path, to be shown from the current directory.
_ABOUT_FILES = frozenset(("bad-file", "unsupported-file-type", "no-such-file-in-rev"))


def patterns_of(context: CommandContext) -> PatternSet:
    """The files that positional arguments, `-I` and `-X` name."""
    return PatternSet(
        context.cwd, context.args, context.options.items("include"), context.options.items("exclude")
    )


def selection_of(context: CommandContext, *, relative: bool = True) -> Selection:
    """The same with how their paths are shown (see `path_shower`), for commands that change the working copy."""
    from hydrargyrum.ops.selection import Selection

    return Selection(context.repo, patterns_of(context), path_shower(context, relative=relative))


def path_shower(context: CommandContext, *, relative: bool = True) -> ShowPath:
    """How commands that change the working copy show a path: from the current directory, unless configured.

    Where nothing is configured, and not `relative`, paths are shown as they are in the repository.
    """
    from hydrargyrum.repo.paths import relative_path, wants_relative

    root, cwd = context.repo.root, context.cwd
    if not wants_relative(context.config, legacy=relative):
        return str
    return lambda path: relative_path(root, cwd, path)


def tell(context: CommandContext, warnings: Iterable[EngineWarning]) -> None:
    """Print warnings of an operation."""
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo.paths import relative_path

    for warning in warnings:
        path = warning.facts.get("path")
        if warning.id in _ABOUT_FILES and isinstance(path, str):
            shown = relative_path(context.repo.root, context.cwd, path)
            warning = EngineWarning(warning.id, {**warning.facts, "path": shown})
        context.ui.warn(f"{warning.text()}\n")

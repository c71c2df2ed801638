"""`debugwalk`: which files of the working directory patterns mean."""

from __future__ import annotations

import os

from hydrargyrum.commands.walk_options import WALK_OPTIONS, patterns_of, tell
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.types import PatternSet


@command(
    "debugwalk",
    options=[*WALK_OPTIONS],
    synopsis="[OPTION]... [FILE]...",
    inferrepo=True,
    intents=["readonly"],
)
def debugwalk(context: CommandContext) -> int:
    """show how files match on given patterns

    Each file that is tracked, or there and not ignored, by its path from the root and from the current directory, and
    whether an argument names exactly this one. -v shows first what the patterns were made into.
    """
    from hydrargyrum.matching.notation import pretty
    from hydrargyrum.query.fileset.notation import matcher_notation
    from hydrargyrum.repo.paths import relative_path
    from hydrargyrum.types import StatusRequest

    repo, patterns = context.repo, patterns_of(context)
    if context.ui.verbose:
        shown = pretty(matcher_notation(repo.working_copy, patterns))
        context.ui.write(f"* matcher:\n{shown}\n")
    report = repo.engine.status(StatusRequest(patterns, clean=True))
    tell(context, report.warnings)
    paths = sorted((path for _letter, path in report.rows()), key=os.fsencode)
    if not paths:
        return 0
    exact = _named(context, patterns)
    own_paths = [relative_path(repo.root, context.cwd, path) for path in paths]
    columns, own_columns = (max(len(os.fsencode(each)) for each in side) for side in (paths, own_paths))
    for path, own in zip(paths, own_paths, strict=True):
        first = path + " " * (columns - len(os.fsencode(path)))
        second = own + " " * (own_columns - len(os.fsencode(own)))
        line = f"f  {first}  {second}  {'exact' if path in exact else ''}"
        context.ui.write(f"{line.rstrip()}\n")
    return 0


def _named(context: CommandContext, patterns: PatternSet) -> set[str]:
    """The paths that arguments name as they are."""
    from hydrargyrum.ops.file_history import plain_paths
    from hydrargyrum.types import PatternSet

    found: set[str] = set()
    for pattern in patterns.patterns:
        if pattern.startswith("glob:") and not set(pattern) & set("*?[{\\"):
            # without wildcards it is a name
            pattern = "relpath:" + pattern[5:]
        found.update(plain_paths(context.repo, PatternSet(context.cwd, [pattern])) or ())
    return found

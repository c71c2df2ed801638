"""`locate`: tracked files by name, removed ones included. Its successor is `files`."""

from __future__ import annotations

import os

from hydrargyrum.commands.walk_options import WALK_OPTIONS
from hydrargyrum.extension import Option, command
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.extension import CommandContext


@command(
    "locate",
    options=[
        Option("r", "rev", "search the repository as it is in REV", default="", metavar="REV"),
        Option("0", "print0", "end filenames with NUL, for use with xargs"),
        Option("f", "fullpath", "print complete paths from the filesystem root"),
        *WALK_OPTIONS,
    ],
    synopsis="[OPTION]... [PATTERN]...",
    category="wdir",
    intents=["readonly"],
)
def locate(context: CommandContext) -> int:
    """locate files matching specific patterns (DEPRECATED)

    Tracked files of the working copy (also removed ones) or of a revision, in any directory, whose names match the
    patterns; without patterns all of them. See :hg:`help files` for a more versatile command.

    Returns 0 if a match is found, 1 otherwise.
    """
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.repo.paths import relative_path, wants_relative

    options, repo = context.options, context.repo
    changeset = resolve_revision(repo, options.text("rev"), default=None)
    patterns = PatternSet(
        context.cwd,
        context.args,
        options.items("include"),
        options.items("exclude"),
        default_kind="relglob",
        warn_missing=False,
    )
    paths: Iterable[str]
    if changeset.is_working_copy:
        plain = repo.engine.plain_patterns(None, patterns)
        paths = repo.engine.matching_paths(repo.engine.dirstate(), plain)
    else:
        paths = repo.engine.files(changeset.rev, patterns)[0]
    end = "\0" if options.flag("print0") else "\n"
    relative = wants_relative(context.config, legacy=bool(context.args))
    context.ui.pager("locate")
    found = False
    for path in paths:
        found = True
        if options.flag("fullpath"):
            path = os.path.join(repo.root, path)
        elif relative:
            path = relative_path(repo.root, context.cwd, path)
        context.ui.write(path + end)
    return 0 if found else 1

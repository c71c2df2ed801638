"""`share` and `unshare`: several working copies with one history. How that is noted is in `ops.share`.

Enabled with `share =` in section `extensions`, as in Mercurial.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "share",
    options=[
        Option("U", "noupdate", "leave the working copy empty"),
        Option("B", "bookmarks", "share bookmarks too"),
        Option("", "relative", "note a relative path to the source"),
    ],
    synopsis="[-U] [-B] SOURCE [DEST]",
    category="repo",
    norepo=True,
    min_args=1,
    max_args=2,
)
def share(context: CommandContext) -> int:
    """make a working copy that shares the history of another repository

    Commits in either are at once in both. What one rolls back or strips is gone for the other too, which may then stand
    on an unknown parent.

    Returns 0 on success.
    """
    from hydrargyrum.ops.share import share as operation

    options = context.options
    source_path = os.path.normpath(os.path.join(context.cwd, context.args[0]))
    if not os.path.isdir(os.path.join(source_path, ".hg")):
        raise errors.RepositoryNotFound(path=context.args[0])
    source = context.for_repository(os.path.realpath(source_path)).repo
    name = context.args[1] if len(context.args) > 1 else os.path.basename(source_path)
    path = os.path.join(context.cwd, name)
    if os.path.lexists(os.path.join(path, ".hg")):
        raise errors.Abort(f"repository {name} already exists")
    root = operation(
        source,
        path,
        bookmarks=options.flag("bookmarks"),
        relative=options.flag("relative"),
        compressions=context.engine.compressions,
        warn=context.ui.warn,
    )
    inner = context.for_repository(root)
    if options.flag("noupdate"):
        return 0
    context.ui.status("updating working directory\n")
    target = "default" if "default" in inner.repo.engine.branch_tips() else "tip"
    return inner.run("update", [inner.repo[target].node.hex()])


@command("unshare", category="management", max_args=0)
def unshare(context: CommandContext) -> int:
    """give a working copy a history of its own

    The history that was shared is copied; the other working copies go on sharing it.

    Returns 0 on success.
    """
    from hydrargyrum.ops.share import unshare as operation

    operation(context.repo)
    return 0

"""`init`: a new repository. Making it is the business of `ops.init`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command(
    "init",
    options=[
        Option("e", "ssh", "specify ssh command to use", default="", metavar="CMD"),
        Option("", "remotecmd", "specify hg command to run on the remote side", default="", metavar="CMD"),
        Option("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
    synopsis="[-e CMD] [--remotecmd CMD] [DEST]",
    category="repo",
    basic=True,
    norepo=True,
    max_args=1,
)
def init(context: CommandContext) -> int:
    """create a new repository in the given directory

    Makes an empty repository in DEST, or in the current directory. Directories that are not there yet are made too.

    What the repository needs of the programs that open it is set in section `format` of the configuration.

    Returns 0 on success.
    """
    from hydrargyrum.ops.init import create_repository, new_requirements

    path = _local_path(context, context.args[0] if context.args else ".")
    if os.path.isfile(os.path.join(context.cwd, path)):
        raise errors.Abort("cannot create new bundle repository")
    wanted = new_requirements(context.config, context.engine.compressions, context.ui.warn)
    create_repository(path, wanted)
    return 0


def _local_path(context: CommandContext, destination: str) -> str:
    """A directory of this machine. Raises `Abort` for what is elsewhere."""
    from hydrargyrum.paths import Location

    configured = context.config.text("paths", destination) if "=" not in destination else ""
    location = Location(configured or destination)
    if location.scheme in ("http", "https"):
        raise errors.Abort(f"cannot create new {location.scheme} repository")
    if location.scheme == "ssh":
        raise errors.Unsupported(feature="creating repositories over ssh")
    if location.scheme in ("bundle", "union", "static-http", "static-https"):
        kind = location.scheme.replace("https", "http")
        raise errors.Abort(f"cannot create new {kind} repository")
    if location.scheme == "file":
        return location.path or "."
    return configured or destination

"""Another repository that a command line names, by a location or by a name of section `paths`.

Only repositories on this machine can be opened so far; what is exchanged with them is decided in `ops`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Repository


def location_of(context: CommandContext, name: str, *defaults: str) -> str:
    """The location that `name` stands for, "" being the first of the names `defaults` that there is.

    Raises:
        ConfigError: "" and no default is configured.
    """
    from hydrargyrum.config.locations import named_locations

    known = named_locations(context.config)
    for candidate in (name,) if name else defaults:
        for location in known.get(candidate, ()):
            return location.raw
    if name:
        return name
    raise errors.ConfigError("default repository not configured!", hint="see 'hg help config.paths'")


def open_elsewhere(context: CommandContext, name: str, *defaults: str) -> Repository:
    """Opens the repository that `name` (or a default) stands for. Raises as `location_of`, and what opening raises."""
    from hydrargyrum.paths import hide_password

    location = location_of(context, name, *defaults)
    scheme = location.partition("://")[0] if "://" in location else ""
    if scheme not in ("", "file"):
        raise errors.Unsupported(feature=f"exchange with {hide_password(location)} is")
    path = location.removeprefix("file://")
    root = os.path.normpath(os.path.join(context.cwd, path))
    if not os.path.isdir(os.path.join(root, ".hg")):
        raise errors.RepositoryNotFound(path=hide_password(location))
    return context.repo.nested(root)

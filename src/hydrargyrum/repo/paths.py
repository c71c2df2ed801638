"""How a repository path is shown to somebody who stands in some directory.

Only names are handled; nothing is looked up on disk.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.config import Config

_TRUE = frozenset(("1", "yes", "true", "on", "always"))
_FALSE = frozenset(("0", "no", "false", "off", "never"))


def directory_in(root: str, cwd: str) -> str:
    """`cwd` as a path below `root`: "" for the root itself, absolute where it is not below."""
    if cwd == root:
        return ""
    prefix = root if root.endswith("/") else root + "/"
    return cwd[len(prefix) :] if cwd.startswith(prefix) else cwd


def relative_path(root: str, cwd: str, path: str) -> str:
    """A repository path as it is written in directory `cwd`."""
    here = directory_in(root, cwd)
    if not here:
        return path
    target = path.split("/")
    if os.path.isabs(here):
        target = [*_parts(root), *target]
    start = _parts(here)
    shared = 0
    while shared < min(len(start), len(target)) and start[shared] == target[shared]:
        shared += 1
    return "/".join([".."] * (len(start) - shared) + target[shared:]) or "."


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def wants_relative(config: Config, *, legacy: bool, forced: bool | None = None) -> bool:
    """Whether paths are shown relative to the current directory.

    Args:
        config: for `ui.relative-paths`.
        legacy: what that item's value "legacy" means for the command.
        forced: what the command's own config item says, None where it says nothing.

    Raises:
        ConfigError: the item has no value that is known.
    """
    if forced is not None:
        return forced
    wish = config.text("ui", "relative-paths") or "legacy"
    if wish == "legacy":
        return legacy
    if wish.lower() in _TRUE:
        return True
    if wish.lower() in _FALSE:
        return False
    raise errors.ConfigError(f"ui.relative-paths is not a boolean ('{wish}')")

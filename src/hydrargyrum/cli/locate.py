"""Finds the repository that an invocation is about: from the current directory upwards, or as `-R` says."""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.config import Config


def current_directory() -> str:
    """The current directory. Raises `Abort` where it is gone."""
    try:
        return os.getcwd()
    except OSError as problem:
        raise errors.Abort(f"error getting current working directory: {problem.strerror}") from None


def find_root(path: str) -> str | None:
    """The first directory with a `.hg` from `path` upwards."""
    while not os.path.isdir(os.path.join(path, ".hg")):
        above = os.path.split(path)[0]
        if above == path:
            return None
        path = above
    return path


def local_config(base: Config, repository: str, cwd: str) -> tuple[str, Config]:
    """The place of the repository and its configuration.

    Args:
        base: what belongs to no repository.
        repository: value of `-R`: a path, or a name of section `paths`.
        cwd: absolute current directory.

    Returns:
        The path (absolute where it was found, "" where there is none) and the configuration to go on with.
    """
    found = find_root(cwd) or ""
    config = base
    if found:
        config = base.copy()
        config.read_repository(found)
    if not repository:
        return found, config
    from hydrargyrum.config.locations import resolve_location

    path = local_path(resolve_location(config, repository))
    config = base.copy()
    config.read_repository(path)
    return path, config


def local_path(location: str) -> str:
    """A location that may be a `file:` URL as a path."""
    if not location.startswith("file:"):
        return location
    path = location[5:]
    if path.startswith("//"):
        host, slash, rest = path[2:].partition("/")
        if host not in ("", "localhost", "127.0.0.1"):
            raise errors.Abort("file:// URLs can only refer to localhost")
        path = slash + rest
    from urllib.parse import unquote

    return unquote(path, errors="surrogateescape")

"""Finds the repository that an invocation is about: from the current directory upwards, or as `-R` says."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.config.sources import find_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.config import Config


def current_directory() -> str:
    """The current directory. Raises `Abort` where it is gone."""
    try:
        return os.getcwd()
    except OSError as problem:
        raise errors.Abort(f"error getting current working directory: {problem.strerror}") from None


class Located:
    """Where the repository is and what it configures.

    Attributes:
        path: absolute where it was found, as typed where it was named, "" where there is none.
        bundle: the bundle file that is read as if it had been taken in, "" for none.
        config: with the repository's files.
        warnings: what was said about those files.
    """

    __slots__ = ("bundle", "config", "path", "warnings")

    def __init__(self, path: str, base: Config, bundle: str = "") -> None:
        """Read the files of the repository at `path`, if there is one, on top of `base`."""
        self.path = path
        self.bundle = bundle
        self.config = base.copy() if path else base
        self.warnings: list[str] = []
        if not path:
            return

        def warn(text: str) -> None:
            self.warnings.append(text)
            base.warn(text)

        self.config.warn = warn
        real = path if os.path.isabs(path) else os.path.realpath(path)
        try:
            self.config.read_repository(real)
        except errors.ConfigParse as problem:
            where = str(problem.facts["path"])
            problem.facts["path"] = path + where[len(real) :] if where.startswith(real) else where
            raise
        self.config.warn = base.warn


def locate(base: Config, repository: str, cwd: str) -> Located:
    """The repository that is meant.

    Args:
        base: what belongs to no repository.
        repository: value of `-R`: a path, or a name of section `paths`; "" for none.
        cwd: absolute current directory.
    """
    found = Located(find_root(cwd) or "", base)
    if not repository:
        return found
    from hydrargyrum.config.locations import local_path, resolve_location
    from hydrargyrum.paths import bundle_location

    path = local_path(resolve_location(found.config, repository))
    bundle = bundle_location(path)
    if bundle is None:
        return Located(path, base)
    around, name = bundle
    around = around or found.config.text("bundle", "mainreporoot") or found.path
    return Located(around if os.path.isdir(os.path.join(around, ".hg")) else "", base, name)

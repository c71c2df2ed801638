"""The typed Python API, `import hydrargyrum`: a thin facade over operations and queries, for programs.

`docs/api.md` shows it by example. Nothing is computed here, nothing is printed, and nothing is written.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.api.changesets import Changeset, Changesets
from hydrargyrum.api.graph import Graph
from hydrargyrum.api.repository import Repository
from hydrargyrum.api.tables import Table
from hydrargyrum.api.working import Diff, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Changeset", "Changesets", "Diff", "Graph", "Repository", "Status", "Table", "open"]


def open(
    path: str | os.PathLike[str] = ".",
    *,
    engine: str = "",
    config: Mapping[str, str] | None = None,
    hidden: bool = False,
    environ: Mapping[str, str] | None = None,
    on_warning: Callable[[str], object] | None = None,
) -> Repository:
    """Open the repository that a path is in.

    Args:
        path: a directory of the working copy, or the repository's root.
        engine: "native" or "pure"; "" takes what `HYG_ENGINE` asks for, else the native one where it is installed.
        config: settings that win over all files, by `section.name`.
        hidden: hidden changesets are there as any other.
        environ: environment variables that steer configuration (`HGRCPATH`, `HGUSER` ...); those of the process.
        on_warning: is told what is odd about configuration or names; by default Python's `warnings` are.

    Raises:
        hydrargyrum.errors.RepositoryNotFound: the path is in no repository.
        hydrargyrum.errors.EngineError: the repository cannot be opened: unknown requirements, damage.
        hydrargyrum.errors.ConfigError: a setting or the engine's name cannot be used.
    """
    from hydrargyrum.config import Config
    from hydrargyrum.config.sources import find_root
    from hydrargyrum.engine.select import select_engine
    from hydrargyrum.repo import Repository as Opened

    warn = on_warning or _warn
    environment = os.environ if environ is None else environ
    root = find_root(os.path.abspath(path))
    if root is None:
        raise errors.RepositoryNotFound(path=os.fspath(path))
    settings = Config(environment)
    settings.warn = lambda text: warn(text.rstrip("\n"))
    settings.load()
    settings.read_repository(root)
    for name, text in (config or {}).items():
        section, dot, item = name.partition(".")
        if not (section and dot and item):
            raise errors.ConfigError(f"a setting is named section.name, not '{name}'")
        settings.set(section, item, text, "hydrargyrum.open")
    chosen = select_engine(engine or environment.get("HYG_ENGINE", "") or "auto")
    opened = Opened.open(os.path.realpath(root), config=settings, engine=chosen, show_hidden=hidden)
    opened.on_warning = lambda warning: warn(warning.text())
    return Repository(opened, chosen.name)


def _warn(text: str) -> None:
    import warnings

    warnings.warn(text, RuntimeWarning, stacklevel=4)

"""Single revlogs for those who look below the history: the changelog, manifests, the file of a path.

How their rows are shown is decided by the debug commands.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.repo import Repository


class RevlogChoice:
    """Which revlog is meant.

    Attributes:
        changelog, manifest: the changelog, the root's manifest.
        directory: the manifest of a directory, or "".
        path: a tracked file, or "".
    """

    __slots__ = ("changelog", "directory", "manifest", "path")

    def __init__(self, path: str, *, changelog: bool, manifest: bool, directory: str) -> None:
        self.path = path
        self.changelog = changelog
        self.manifest = manifest
        self.directory = directory


def layout_of(repo: Repository) -> RepoLayout:
    """The store for the pure readers, which look at it revision by revision under either engine."""
    from hydrargyrum.engine.pure.store import chunk
    from hydrargyrum.engine.pure.store.layout import open_layout

    chunk.borrow_zstd(repo.engine.zstd_decoder)
    return open_layout(os.fsencode(repo.root))


def open_revlog(repo: Repository, choice: RevlogChoice) -> Revlog:
    """The revlog that was chosen.

    Raises:
        InputError: the choice contradicts itself, or there is no such revlog.
    """
    _check(choice)
    layout = layout_of(repo)
    if choice.changelog:
        from hydrargyrum.engine.pure.store.changelog import Changelog

        return Changelog(layout)
    if choice.directory or choice.manifest:
        from hydrargyrum.engine.pure.store.manifest import ManifestLog

        if choice.directory and "treemanifest" not in repo.engine.requirements:
            raise errors.InputError("--dir can only be used on repos with treemanifest enabled")
        revlog = ManifestLog(layout).revlog(os.fsencode(choice.directory.rstrip("/")))
        if len(revlog) or not choice.directory:
            return revlog
    elif choice.path:
        from hydrargyrum.engine.pure.store.filelog import Filelog

        filelog = Filelog(layout, os.fsencode(choice.path))
        if len(filelog):
            return filelog
    raise errors.InputError("cannot give path to non-revlog")


def _check(choice: RevlogChoice) -> None:
    problem = ""
    if choice.changelog and choice.manifest:
        problem = "cannot specify --changelog and --manifest at the same time"
    elif choice.changelog and choice.directory:
        problem = "cannot specify --changelog and --dir at the same time"
    elif choice.path and (choice.changelog or choice.manifest or choice.directory):
        problem = "cannot specify filename with --changelog or --manifest"
    if problem:
        raise errors.InputError(problem)


def find_revision(revlog: Revlog, name: str) -> int:
    """A revision of a revlog by number or node; but for files by the beginning of a node too.

    Raises:
        Abort: there is none, or there are several.
    """
    number = _number(name)
    if number is not None:
        rev = number + len(revlog) if number < 0 else number
        if 0 <= rev < len(revlog):
            return rev
    digits = name.lower()
    is_prefix = bool(digits) and set(digits) <= set("0123456789abcdef") and len(digits) <= 40
    if is_prefix and (len(digits) == 40 or revlog.canonical_parents):
        count, rev = revlog.match_prefix(digits)
        if count == 1:
            return rev
    raise errors.Abort(f"invalid revision identifier {name}")


def _number(name: str) -> int | None:
    try:
        number = int(name)
    except ValueError:
        return None
    return number if str(number) == name else None

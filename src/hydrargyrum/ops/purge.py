"""Untracked files and empty directories are removed from the working copy, after asking where that is wished.

Tracked files are `ops.tracking`'s business.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.types import StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Reporter


class PurgeRequest:
    """What goes.

    Attributes:
        unknown, ignored: which files; files, directories: whether files and whether empty directories.
        act: remove them, not only name them; strict: stop at the first that cannot be removed.
        confirm: asks a question, answers whether to go on; None where nobody is asked.
    """

    __slots__ = ("act", "confirm", "directories", "files", "ignored", "strict", "unknown")

    def __init__(self, *, unknown: bool, ignored: bool, files: bool, directories: bool) -> None:
        self.unknown = unknown
        self.ignored = ignored
        self.files = files
        self.directories = directories
        self.act = True
        self.strict = False
        self.confirm: Callable[[str], bool] | None = None


def purge(repo: Repository, selection: Selection, talk: Reporter, request: PurgeRequest) -> list[str]:
    """Removes what was asked for; the paths, files first.

    Raises:
        Abort: something cannot be removed and that matters.
        CanceledError: the user does not want it.
    """
    repo.look_at_parents()
    report = repo.engine.status(
        StatusRequest(selection.patterns, unknown=request.unknown, ignored=request.ignored, settle=False)
    )
    selection.tell(talk, report.warnings)
    unknown = list(report.unknown) if request.unknown else []
    ignored = list(report.ignored) if request.ignored else []
    directories = _directories(repo, selection, ignored=request.ignored) if request.directories else []
    if request.confirm is not None:
        question = _question(repo, request, len(unknown), len(ignored), directories)
        if question is None:
            return []
        if not request.confirm(question):
            raise errors.CanceledError("removal cancelled")
    done = []
    if request.files:
        with talk.progress("deleting", "files", len(unknown) + len(ignored)) as steps:
            for path in sorted([*unknown, *ignored], key=os.fsencode):
                if request.act:
                    talk.note(f"removing file {path}\n")
                    _remove(repo, os.unlink, path, talk, request)
                    steps.increment(item=path)
                done.append(path)
    # Mercurial aborts half way at the second removal of one that was named twice
    for path in sorted(set(directories) if request.act else directories, key=os.fsencode, reverse=True):
        if not os.listdir(os.path.join(repo.root, path)):
            if request.act:
                talk.note(f"removing directory {path}\n")
                _remove(repo, os.rmdir, path, talk, request)
            done.append(path)
    return done


def _remove(
    repo: Repository, remove: Callable[[str], None], path: str, talk: Reporter, request: PurgeRequest
) -> None:
    try:
        remove(os.path.join(repo.root, path))
    except OSError:
        problem = f"{path} cannot be removed"
        if request.strict:
            raise errors.Abort(problem) from None
        talk.warn(f"warning: {problem}\n")


def _question(
    repo: Repository, request: PurgeRequest, unknown: int, ignored: int, directories: list[str]
) -> str | None:
    if unknown and ignored:
        return f"permanently delete {unknown} unknown and {ignored} ignored files?"
    if unknown or ignored:
        return f"permanently delete {unknown or ignored} {'unknown' if unknown else 'ignored'} files?"
    if request.directories:
        empty = sum(not os.listdir(os.path.join(repo.root, path)) for path in directories)
        if empty:
            return f"permanently delete at least {empty} empty directories?"
    return None


def _directories(repo: Repository, selection: Selection, *, ignored: bool) -> list[str]:
    """The directories that match, but for those inside nested repositories and, unless wanted, ignored ones.

    One is told as often as it is named and inside one that is named, as Mercurial tells them.
    """
    patterns, engine = selection.patterns, repo.engine
    if patterns.has_file_sets:
        return []  # no directory is in one
    names = selection.repeated_names()
    only_names = len(names) == len(patterns.patterns)
    level = names if only_names and names and "" not in names else [""]
    found: list[str] = []
    while level:  # the engine is asked about all directories of one depth together
        inside = []
        for path in level:
            below = _directories_in(os.path.join(repo.root, path))
            if below is None or (path and ".hg" in below):
                continue
            if path:
                found.append(path)
            inside += [f"{path}/{name}" if path else name for name in below if name != ".hg"]
        passed = frozenset() if ignored else frozenset(engine.ignored_paths(inside))
        level = [path for path in inside if path not in passed]
    matching = frozenset(engine.matching_paths(sorted(set(found)), patterns))
    return [path for path in found if path in matching]


def _directories_in(path: str) -> list[str] | None:
    """The directories in a directory, None where it cannot be read."""
    try:
        with os.scandir(path) as entries:
            return [one.name for one in entries if one.is_dir(follow_symlinks=one.name == ".hg")]
    except OSError:
        return None

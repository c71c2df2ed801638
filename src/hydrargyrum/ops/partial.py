"""The working copy with some of its changes only, for as long as something is done with them.

Other changes are kept in `.hg/record-backups` and are there again afterwards. Who chooses is the caller's business.
"""

from __future__ import annotations

import os
import tempfile

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content
from hydrargyrum.merge.worktree import WorkingFiles
from hydrargyrum.ops.patching.apply import PatchedFiles, Patcher
from hydrargyrum.ops.patching.parse import parse_patch
from hydrargyrum.plans import CheckoutPlan
from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from typing import TypeVar

    from hydrargyrum.repo import Repository
    from hydrargyrum.text.pieces import Chosen
    from hydrargyrum.types import DiffStyle

    Result = TypeVar("Result")


class LocalChanges:
    """What differs from the parent, and what is kept of it.

    Attributes:
        modified, added, removed: paths.
        patch: all of it.
    """

    __slots__ = ("added", "modified", "patch", "removed")

    def __init__(self, groups: Sequence[Iterable[str]], patch: bytes) -> None:
        self.modified, self.added, self.removed = (list(group) for group in groups)
        self.patch = patch


def local_changes(repo: Repository, patterns: PatternSet, style: DiffStyle) -> LocalChanges:
    """The changes to choose from.

    Raises:
        InputError: a merge cannot be recorded in parts, or a file that is named has no changes.
    """
    from hydrargyrum.ops.commit import check_named_files
    from hydrargyrum.ops.diff import patches

    if repo.working_copy.parents[1].rev != NULL_REV:
        raise errors.InputError('cannot partially commit a merge (use "hg commit" instead)')
    report = repo.engine.status(StatusRequest(patterns, unknown=False))
    check_named_files(repo, patterns, report)
    found = patches(repo["."], repo.working_copy, patterns, style)
    return LocalChanges((report.modified, report.added, report.removed), b"".join(found))


def with_chosen(
    repo: Repository,
    changes: LocalChanges,
    chosen: Sequence[Chosen],
    act: Callable[[list[str]], Result],
) -> Result | None:
    """Does something while only chosen changes are in the working copy; None where there are none.

    Args:
        repo: where; its working copy is locked by the caller.
        changes: all of them.
        chosen: by file.
        act: is given the paths that have chosen changes.

    Raises:
        StateError: an edited change does not apply.
    """
    wanted = {name for one in chosen for name in one.file.names}
    new = {one.file.name for one in chosen if one.file.is_new}
    paths = [path for path in (*changes.modified, *changes.added, *changes.removed) if path in wanted]
    if not paths:
        repo.reporter.status("no changes to record\n")
        return None
    modified = set(changes.modified)
    sources = {name for one in chosen if one.file.is_new for name in one.file.names} - new
    aside = _Aside(repo, [path for path in paths if path in modified or path in new])
    try:
        aside.keep()
        patch = b"".join(one.as_bytes() for one in chosen if one.file.name in aside.paths)
        for path in new:
            os.unlink(aside.files.absolute(path))
        _back_to_parent(repo, aside.paths | sources)
        if patch:
            repo.reporter.debug("applying patch\n")
            repo.reporter.debug(patch.decode("utf-8", "surrogateescape"))
            target = PatchedFiles(repo)
            try:
                Patcher(repo, target, strip=1).apply(parse_patch(patch))
            finally:
                target.record()
        return act(paths)
    finally:
        aside.bring_back()


class _Aside:
    """Files that are kept aside."""

    def __init__(self, repo: Repository, paths: Iterable[str]) -> None:
        self._repo = repo
        self._directory = os.path.join(repo.dot_hg, "record-backups")
        self._kept: dict[str, str] = {}
        self.paths = frozenset(paths)
        self.files = WorkingFiles(repo)

    def keep(self) -> None:
        if self.paths:
            os.makedirs(self._directory, exist_ok=True)
        for path in sorted(self.paths, key=os.fsencode):
            prefix = f"{os.path.basename(path)}."
            handle, kept = tempfile.mkstemp(prefix=prefix, dir=self._directory)
            os.close(handle)
            _copy(self.files.absolute(path), kept)
            self._kept[path] = kept

    def bring_back(self) -> None:
        """Puts the files back; the dirstate may not take them for what was recorded."""
        if not self._kept:
            return
        self._repo.invalidate()
        dirstate = self._repo.engine.edit_dirstate()
        for path in self._kept:
            tracked, in_first, _ = dirstate.facts(path)
            if tracked and in_first:
                dirstate.place(path, tracked=True, in_first=True)
        dirstate.write()
        for path, kept in self._kept.items():
            self.files.audit(path)
            os.makedirs(os.path.dirname(self.files.absolute(path)), exist_ok=True)
            _copy(kept, self.files.absolute(path))
            os.unlink(kept)
        try:
            os.rmdir(self._directory)
        except OSError:
            pass  # another command left something there
        self._repo.invalidate()


def _copy(source: str, target: str) -> None:
    """Copies a file or a link, with its time, so that editors do not think that it changed."""
    if os.path.lexists(target):
        os.unlink(target)
    copy_content(source, target, follow=False, about=True)


def _back_to_parent(repo: Repository, paths: Collection[str]) -> None:
    """Gives files the content that they have in the parent; the dirstate stays."""
    parent = repo["."]
    manifest = parent.manifest
    there = [(path, manifest[path]) for path in sorted(paths) if path in manifest]
    if not there:
        return
    write = [(path, entry.node, entry.flags) for path, entry in there]
    repo.engine.checkout(CheckoutPlan(write))

"""Reverting subrepositories: their changed files are kept aside, then they are checked out as recorded.

Files of the outer repository are the business of `ops.revert`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops.nested.inner import Inner
from hydrargyrum.ops.revert import RevertRequest, revert
from hydrargyrum.ops.selection import Selection
from hydrargyrum.ops.subrepos import names_subrepo
from hydrargyrum.repo.substates import has_subrepos, subrepos_of
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.merge.conversation import ShowPath
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Repository


def named_subrepos(repo: Repository, patterns: PatternSet) -> list[str]:
    """The subrepositories of the working copy that patterns name as a whole."""
    if not has_subrepos(repo):
        return []
    paths = sorted(subrepos_of(repo.working_copy), key=os.fsencode)
    return [path for path in paths if names_subrepo(repo, patterns, path)]


def revert_subrepo(
    path: str, merger: FileMerger, show: ShowPath, request: RevertRequest, *, modified_only: bool
) -> None:
    """Makes a subrepository what the target of the request records.

    Args:
        path: of the subrepository.
        merger: for what is checked out in it; it belongs to the outer repository.
        show: how paths of the outer repository are shown.
        request: what the outer repository is reverted to, and how.
        modified_only: of its own files, only modified ones are kept aside, and its subrepositories are left alone.

    Raises:
        Abort: the target records none there.
    """
    target = request.target
    recorded = subrepos_of(target).get(path)
    if recorded is None:
        raise errors.Abort(f"subrepository '{path}' does not exist in {target.node.hex()[:12]}!")
    merger.talk.status(f"reverting subrepo {recorded.source}\n")
    inner = Inner(target.repo, path, recorded)
    if request.backup and inner.repo is not None:
        wish = RevertRequest(
            inner.changeset(recorded.revision), backup=True, dry_run=request.dry_run, verbose=request.verbose
        )
        _revert_files(
            inner.repo, merger, lambda name: show(f"{path}/{name}"), wish, modified_only=modified_only
        )
    if not request.dry_run:
        inner.get(recorded, merger, overwrite=True)


def _revert_files(
    repo: Repository, merger: FileMerger, show: ShowPath, wish: RevertRequest, *, modified_only: bool
) -> None:
    patterns = PatternSet(repo.root, ["set:modified()"] if modified_only else [])
    revert(repo, Selection(repo, patterns, show), repo.reporter, wish)
    if not modified_only:
        for path in named_subrepos(repo, patterns):
            revert_subrepo(path, merger.within(repo), show, wish, modified_only=False)

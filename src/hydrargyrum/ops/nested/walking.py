"""The changesets of subrepositories that a changeset records, and theirs in turn.

What is done with them is the caller's business.
"""

from __future__ import annotations

import os

from hydrargyrum.ops.nested.inner import Inner
from hydrargyrum.ops.subrepos import patterns_below
from hydrargyrum.repo.substates import subrepos_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import PatternSet


def recorded_changesets(
    changeset: Changeset, patterns: PatternSet, merger: FileMerger
) -> Iterator[tuple[str, Changeset, PatternSet]]:
    """Path, changeset and what the patterns mean there; what is not there yet is fetched."""
    for path, recorded in sorted(subrepos_of(changeset).items(), key=lambda row: os.fsencode(row[0])):
        inner = Inner(changeset.repo, path, recorded)
        below = patterns_below(patterns, changeset.repo.root, inner.root)
        if below is None:
            continue
        inner.fetch(recorded, merger)
        found = inner.changeset(recorded.revision)
        yield path, found, below
        for deeper, changeset_below, narrowed in recorded_changesets(found, below, merger):
            yield f"{path}/{deeper}", changeset_below, narrowed


def compared_changesets(
    old: Changeset, new: Changeset, patterns: PatternSet, *, wanted: bool
) -> Iterator[tuple[str, Changeset, Changeset, PatternSet]]:
    """The subrepositories of either side: path, both changesets and what the patterns mean there.

    Args:
        old, new: changesets of one repository; either may be its working copy.
        patterns: from the outer root.
        wanted: those too that no name leads into.
    """
    repo = old.repo
    before, after = subrepos_of(old), subrepos_of(new)
    for path in sorted({*before, *after}, key=os.fsencode):
        inner = Inner(repo, path, after.get(path) or before[path])
        below = patterns_below(patterns, repo.root, inner.root, wanted=wanted)
        opened = inner.repo
        if below is None or opened is None:
            continue
        sides = [
            _side(opened, old, before[path].revision if path in before else ""),
            # what is gone on the other side is held against what is on disk
            _side(opened, new, after[path].revision) if path in after else opened.working_copy,
        ]
        if sides[0] is None or sides[1] is None:
            missing = (before if sides[0] is None else after)[path].revision
            repo.reporter.warn(
                f'warning: error "unknown revision \'{missing}\'" in subrepository "{inner.shown_path}"\n'
            )
            continue
        yield path, sides[0], sides[1], below
        for deeper, first, second, narrowed in compared_changesets(sides[0], sides[1], below, wanted=True):
            yield f"{path}/{deeper}", first, second, narrowed


def _side(repo: Repository, outer: Changeset, revision: str) -> Changeset | None:
    """What a side of the comparison is in a subrepository; None where it is not there."""
    from hydrargyrum import errors

    if outer.is_working_copy:
        return repo.working_copy
    try:
        return repo[revision or "null"]
    except errors.UnknownRevision:
        return None

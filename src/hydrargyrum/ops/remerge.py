"""Merges made again in memory so that something can be compared with them: conflicts stay in files, between markers.

The result is recorded in a repository that is gone afterwards; the real one is only read.
"""

from __future__ import annotations

import os
from contextlib import contextmanager

from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.merge.filemerge import Describe
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev

#: What the sides are called where they are not simply local, other and base.
_MOVE_LABELS = ("from", "parent-of-to", "parent-of-from")


class _Silence:
    """A conversation in which nobody says anything."""

    def write(self, text: str, label: str = "") -> None:
        """Nothing."""

    def status(self, text: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""

    def debug(self, text: str) -> None:
        """Nothing."""

    def warn(self, text: str) -> None:
        """Nothing."""

    def choose(self, question: str, default: int = 0) -> int:  # noqa: ARG002
        """The default."""
        return default

    def system(self, *_: object, **__: object) -> int:
        """Nothing is run."""
        return 1


@contextmanager
def with_merged_parents(changeset: Changeset, describe: Describe) -> Iterator[tuple[Changeset, Changeset]]:
    """What merging the parents of a merge gives, and the merge itself; both are gone when the context ends."""
    first, second = changeset.parents
    with _with_merge(changeset.repo, (first.rev, second.rev, None), None, describe) as merged:
        yield merged, merged.repo[changeset.rev]


@contextmanager
def with_changes_moved(
    old: Changeset, new: Changeset, describe: Describe
) -> Iterator[tuple[Changeset, Changeset]]:
    """What `old` would be on top of the parent of `new`, and `new`; both are gone when the context ends."""
    base, target = old.parents[0].rev, new.parents[0].rev
    with _with_merge(old.repo, (old.rev, target, base), _MOVE_LABELS, describe) as moved:
        yield moved, moved.repo[new.rev]


@contextmanager
def _with_merge(
    repo: Repository,
    revs: tuple[Rev, Rev, Rev | None],
    labels: tuple[str, ...] | None,
    describe: Describe,
) -> Iterator[Changeset]:
    """A changeset with what comes of merging the second revision into the first, with the third as the base."""
    import shutil

    from hydrargyrum.merge.decide import choose_bases
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.merge.manifests import Manner
    from hydrargyrum.merge.memory import merge_in_memory
    from hydrargyrum.ops.overlay import overlay_history, temporary_directory
    from hydrargyrum.plans import CommitHeader, FileChange

    root = temporary_directory(repo)
    try:
        union = overlay_history(repo, root)
        union.config = repo.config.copy()
        union.config.set("ui", "forcemerge", "internal:merge3-lie-about-conflicts", "merge-diff")
        silence = _Silence()
        first, second = union[revs[0]], union[revs[1]]
        bases: Sequence[Rev] = choose_bases(union, first, second, None) if revs[2] is None else [revs[2]]
        merged = merge_in_memory(
            first,
            second,
            bases,
            FileMerger(union, silence, str, describe),
            Manner(is_merge=True, force=True),
            labels=labels,
            lies=True,
        )
        changes = [FileChange(path, *file) for path, file in merged.changed.items() if file is not None]
        removed = sorted((path for path, file in merged.changed.items() if file is None), key=os.fsencode)
        with union.lock_store(), union.transaction("merge-diff") as txn:
            header = CommitHeader((first.rev, NULL_REV), "merge-diff", (0, 0), "merged", {})
            result = txn.writer.commit(header, changes, removed)
        yield union[result.rev]
    finally:
        shutil.rmtree(root, ignore_errors=True)

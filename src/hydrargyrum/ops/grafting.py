"""Applies the difference between two changesets to the working copy, as a merge that leaves only one parent.

Recording the result, and which changesets, is decided by `ops.graft` and `ops.backout`.
"""

from __future__ import annotations

from hydrargyrum.ops import moving
from hydrargyrum.ops.destination import is_ancestor
from hydrargyrum.types import NULL_NODE, NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.merge.memory import MemoryMerge
    from hydrargyrum.ops.applying import MoveStats
    from hydrargyrum.repo import Changeset, Repository


def apply_change(
    repo: Repository,
    change: Changeset,
    base: Changeset,
    merger: FileMerger,
    labels: Sequence[str] | None,
    *,
    keep_other: bool = False,
) -> MoveStats:
    """Merge what `change` did to `base` into the working copy, whose only parent stays. Raises like `moving.move`.

    With `keep_other` the change is the second parent where files are unresolved.
    """
    first = repo["."]
    wish = moving.Move(
        change,
        is_merge=True,
        force=True,
        base=base.rev,
        accept_other=is_ancestor(repo, first.rev, change.rev) or first.rev == base.rev,
        labels=labels,
    )
    stats = moving.move(repo, wish, merger)
    if not (keep_other and stats.unresolved):
        editor = repo.engine.edit_dirstate()
        editor.set_parents(first.node, NULL_NODE)
        editor.write()
        repo.invalidate()
    _record_copies(repo, change, base, first)
    return stats


def graft_in_memory(
    target: Changeset, change: Changeset, base: Changeset, merger: FileMerger
) -> tuple[MemoryMerge, dict[str, str]]:
    """What `change` did to `base`, done to another changeset in memory; the files, and copies (source by destination).

    Raises:
        ConflictInMemory: somebody would have to decide something.
    """
    from hydrargyrum.merge.manifests import Manner
    from hydrargyrum.merge.memory import merge_in_memory

    accept = is_ancestor(target.repo, target.rev, change.rev) or target.rev == base.rev
    manner = Manner(is_merge=True, force=True, accept_other=accept)
    merged = merge_in_memory(target, change, [base.rev], merger, manner)
    copies = {
        path: source
        for path, source in _copies(target.repo, change, base).items()
        if merged.changed.get(path) and path not in target.manifest and source in target.manifest
    }
    return merged, copies


def take_back(repo: Repository, change: Changeset, parent: Changeset, merger: FileMerger) -> MoveStats:
    """Merge the reverse of `change` into the working copy, whose only parent stays. Raises like `moving.move`."""
    first = repo["."]
    # Where the change is the parent itself there is nothing to ask about.
    accept = first.rev == change.rev
    wish = moving.Move(parent, is_merge=True, force=True, base=change.rev, accept_other=accept)
    stats = moving.move(repo, wish, merger)
    editor = repo.engine.edit_dirstate()
    editor.set_parents(first.node, NULL_NODE)
    editor.write()
    repo.invalidate()
    return stats


def restore(repo: Repository, change: Changeset, parent: Changeset, merger: FileMerger) -> None:
    """Give the working copy, which is at `change` and clean, the files of its parent, as `revert` would."""
    differing = repo.engine.manifest_diff(change.rev, parent.rev)
    for what, had, has in (("removing", True, False), ("reverting", True, True), ("adding", False, True)):
        for path, node, _, other_node, _ in differing:
            if (node is not None, other_node is not None) == (had, has):
                merger.talk.status(f"{what} {path}\n")
    from hydrargyrum.merge.state import MergeState

    take_back(repo, change, parent, merger)
    MergeState.clean(repo)
    _record_copies(repo, parent, change, change)


def _record_copies(repo: Repository, change: Changeset, base: Changeset, first: Changeset) -> None:
    """Record the copies of the change that the merge has not recorded."""
    copies = _copies(repo, change, base)
    if not copies:
        return
    tracked = repo.engine.dirstate()
    editor = repo.engine.edit_dirstate()
    for path, source in copies.items():
        entry = tracked.get(path)
        here = entry is not None and entry.state != "r"
        if here and first.manifest.get(path) is None and first.manifest.get(source) is not None:
            editor.copy(path, source)
    editor.write()
    repo.invalidate()


def _copies(repo: Repository, change: Changeset, base: Changeset) -> dict[str, str]:
    """What `change` copied since `base`: source by destination."""
    if base.rev == NULL_REV:
        return {}
    request = StatusRequest(
        PatternSet(repo.root), base=base.rev, target=change.rev, unknown=False, copies=True
    )
    return dict(repo.engine.status(request).copies)

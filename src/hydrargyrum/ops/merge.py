"""`merge`: another revision merged into the working copy, or an unfinished merge abandoned.

Moving the files is `ops.moving`.
"""

from __future__ import annotations

from hydrargyrum.merge.state import MergeState
from hydrargyrum.ops import moving
from hydrargyrum.ops.update import show_stats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset, Repository


LABELS = ("working copy", "merge rev", "common ancestor")


def merge(
    repo: Repository,
    target: Changeset,
    merger: FileMerger,
    *,
    force: bool = False,
    labels: Sequence[str] | None = LABELS,
) -> bool:
    """Merge a revision; whether all files are resolved. Raises like `moving.move`."""
    wish = moving.Move(target, is_merge=True, force=force, merge_force=force, labels=labels)
    stats = moving.move(repo, wish, merger)
    show_stats(merger.talk, stats)
    if stats.unresolved:
        merger.talk.status(
            "use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon\n"
        )
    else:
        merger.talk.status("(branch merge, don't forget to commit)\n")
    return not stats.unresolved


def abort_merge(repo: Repository, merger: FileMerger) -> None:
    """Go back to the first parent, without what was merged."""
    state = MergeState.read(repo)
    target = repo["."] if state.local is None else repo[state.local]
    merger.talk.status(f"aborting the merge, updating back to {target.node.hex()[:12]}\n")
    show_stats(merger.talk, moving.move(repo, moving.clean_update_to(target), merger))


def preview(repo: Repository, target: Changeset) -> list[Changeset]:
    """The changesets that a merge would bring, ascending."""
    mine = repo.engine.ancestors([repo["."].rev], inclusive=True)
    theirs = repo.engine.ancestors([target.rev], inclusive=True)
    return [repo[rev] for rev in sorted(rev for rev in theirs if rev >= 0 and rev not in mine)]

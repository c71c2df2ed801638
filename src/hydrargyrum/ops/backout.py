"""`backout`: a changeset that undoes an earlier one. Applying is `ops.grafting`, recording `ops.commit`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ops.destination import is_ancestor
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Changeset, Repository


def parent_to_restore(repo: Repository, change: Changeset, named: str) -> Changeset:
    """The parent whose state comes back.

    Args:
        repo: where.
        change: what is undone.
        named: `--parent`, or "".

    Raises:
        InputError: the changeset cannot be backed out so.
    """
    if not is_ancestor(repo, change.rev, repo["."].rev):
        raise errors.InputError("cannot backout change that is not an ancestor")
    first, second = change.parents
    if first.rev == NULL_REV:
        raise errors.InputError("cannot backout a change with no parents")
    if second.rev == NULL_REV:
        if named:
            raise errors.InputError("cannot use --parent on non-merge changeset")
        return first
    if not named:
        raise errors.InputError("cannot backout a merge changeset")
    parent = repo[named]
    if parent.rev not in (first.rev, second.rev):
        raise errors.InputError(f"{parent.node.hex()[:12]} is not a parent of {change.node.hex()[:12]}")
    return parent

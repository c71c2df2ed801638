"""Changesets whose files were put together in memory: recorded on top of a revision, the working copy is left alone.

Merging the files is `merge.memory`'s business.
"""

from __future__ import annotations

import os

from hydrargyrum.ops import commit as recording
from hydrargyrum.ops import commit_plan
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.dates import Date
    from hydrargyrum.merge.memory import MemoryMerge
    from hydrargyrum.ops.commit_plan import Dialog
    from hydrargyrum.repo import Changeset
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node


class MemoryCommit:
    """What is to be recorded beside the files.

    Attributes:
        message, user, date, extra: of the changeset; it is on the branch of its parent.
        copies: source by destination.
    """

    __slots__ = ("copies", "date", "extra", "message", "user")

    def __init__(
        self, message: str, user: str, date: Date, extra: Mapping[str, str], copies: Mapping[str, str]
    ) -> None:
        self.message = message
        self.user = user
        self.date = date
        self.extra = dict(extra)
        self.copies = dict(copies)


def commit_in_memory(
    txn: Transaction, parent: Changeset, merged: MemoryMerge, wish: MemoryCommit, dialog: Dialog
) -> Node:
    """Records a changeset on top of `parent`, be it an empty one; its node. The store lock is held by the caller."""
    from hydrargyrum.repo.phases import wanted_phase

    repo = parent.repo
    extra = {**wish.extra, "branch": parent.branch}
    removed = sorted((path for path, result in merged.changed.items() if result is None), key=os.fsencode)
    changes = [
        FileChange(path, *result, copied_from=wish.copies.get(path))
        for path, result in merged.changed.items()
        if result is not None
    ]
    added = [change.path for change in changes if change.path not in parent.manifest]
    modified = [change.path for change in changes if change.path in parent.manifest]
    draft = commit_plan.Draft(
        wish.message,
        wish.user,
        extra,
        (modified, added, removed),
        parents=(parent, repo[NULL_REV]),
        date=wish.date,
    )
    message = dialog.message(draft)
    recording.save_message(repo, message)
    recording.note_files(repo, [change.path for change in changes])
    header = CommitHeader(
        (parent.rev, NULL_REV),
        commit_plan.stored_user(wish.user),
        wish.date,
        commit_plan.stored_description(message),
        extra,
    )
    length = len(repo.engine.changelog())
    result = txn.writer.commit(header, changes, removed)
    hooked = {"parent1": parent.node.hex(), "parent2": ""}
    existed = result.rev < length
    recording.after_write(repo, txn, result, hooked, wanted_phase(repo), existed=existed)
    return result.node

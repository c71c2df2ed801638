"""Decides what becomes of every file when two manifests with a common base are merged; a function of its arguments.

Copies are found by `copies`; untracked files and several bases are looked at by `decide`.
"""

from __future__ import annotations

import os

from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge.actions import Action, Plan
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from hydrargyrum.engine.merging import ManifestDifference
    from hydrargyrum.merge.copies import SideCopies
    from hydrargyrum.types import Rev

    #: Node and flags of a file.
    Entry = tuple[Node, str]

    class Files(Protocol):
        """The files of one side."""

        def get(self, path: str) -> Entry | None:
            """Node and flags of a file, or None."""
            ...


#: Nodes that stand for what the working copy has and no revision.
ADDED_NODE = Node(b"added".rjust(20, b"\0"))
MODIFIED_NODE = Node(b"modified".rjust(20, b"\0"))


class Sides:
    """The three sides of a merge.

    Attributes:
        local, other, base: files by path.
        base_rev: revision of the base.
        differing: where local and other differ.
        local_copies, other_copies: copies on each side.
        diverging: files that both sides renamed, differently.
    """

    __slots__ = (
        "base",
        "base_rev",
        "differing",
        "diverging",
        "local",
        "local_copies",
        "other",
        "other_copies",
    )

    def __init__(
        self,
        local: Files,
        other: Files,
        base: Files,
        *,
        base_rev: Rev,
        differing: Iterable[ManifestDifference],
        copies: tuple[SideCopies, SideCopies, Mapping[str, list[str]]],
    ) -> None:
        self.local = local
        self.other = other
        self.base = base
        self.base_rev = base_rev
        self.differing = differing
        self.local_copies, self.other_copies, diverging = copies
        self.diverging = dict(diverging)


class Manner:
    """How to merge.

    Attributes:
        is_merge: the result has two parents (else the working copy moves to the other side).
        force: uncommitted changes are merged or overwritten.
        accept_other: what the other side deleted or changed is taken without asking.
    """

    __slots__ = ("accept_other", "force", "is_merge")

    def __init__(self, *, is_merge: bool, force: bool = False, accept_other: bool = False) -> None:
        self.is_merge = is_merge
        self.force = force
        self.accept_other = accept_other


def merge_manifests(sides: Sides, manner: Manner) -> Plan:
    """The plan for all files in which local and other differ."""
    merging = _Merging(sides, manner)
    for path, node, flags, other_node, other_flags in sides.differing:
        if node is not None and other_node is not None:
            merging.on_both(path, (node, flags), (other_node, other_flags))
        elif node is not None:
            merging.only_local(path, (node, flags))
        elif other_node is not None:
            merging.only_other(path, (other_node, other_flags))
    plan = merging.plan
    plan.diverging = sides.diverging
    plan.renamed_deleted = {**sides.local_copies.renamed_deleted, **sides.other_copies.renamed_deleted}
    return plan


class _Merging:
    """One merge, file by file."""

    __slots__ = ("_copied_local", "_copied_other", "_manner", "_sides", "plan")

    def __init__(self, sides: Sides, manner: Manner) -> None:
        self.plan = Plan()
        self._sides = sides
        self._manner = manner
        self._copied_local = sides.local_copies.sources()
        self._copied_other = sides.other_copies.sources()

    def _contest(
        self,
        path: str,
        reason: str,
        paths: tuple[str | None, str | None, str | None],
        *,
        kind: str = kinds.MERGE,
        move: bool = False,
    ) -> None:
        action = Action.contest(kind, reason, paths=paths, base=self._sides.base_rev, move=move)
        self.plan.set(path, action)

    def _simple(self, path: str, kind: str, reason: str, flags: str = "", source: str = "") -> None:
        self.plan.set(path, Action(kind, reason, flags=flags, source=source))

    def _note(self, path: str, key: str, value: str) -> None:
        if self._manner.is_merge:
            self.plan.note(path, key, value)

    # -- on both sides --------------------------------------------------------------------------------------------

    def on_both(self, path: str, local: Entry, other: Entry) -> None:
        """A file that differs between both sides."""
        base = self._sides.base.get(path)
        local_copies, other_copies = self._sides.local_copies.copy, self._sides.other_copies.copy
        if base is None:
            source = local_copies.get(path) or other_copies.get(path)
            reason = "both created" if source is None else f"both renamed from {source}"
            self._contest(path, reason, (path, path, source))
        elif path in local_copies:
            source = local_copies[path]
            self._contest(path, f"local replaced from {source}", (path, source, source))
        elif path in other_copies:
            source = other_copies[path]
            self._contest(path, f"other replaced from {source}", (source, path, source))
        else:
            self._changed(path, local, other, base)

    def _changed(self, path: str, local: Entry, other: Entry, base: Entry) -> None:
        """A file under the same name on all sides."""
        links = "l" in local[1] + other[1] + base[1]
        if other == base:
            self._simple(path, kinds.KEEP, "remote unchanged")
        elif local == base:
            if local[0] == other[0]:
                self._simple(path, kinds.FLAGS, "update permissions", other[1])
            else:
                self._take(path, other[1])
        elif not links and other[0] == base[0]:
            self._simple(path, kinds.FLAGS, "update permissions", other[1])
        elif not links and local[0] == base[0]:
            self._take(path, local[1])
        else:
            self._contest(path, "versions differ", (path, path, path))

    def _take(self, path: str, flags: str) -> None:
        self._simple(path, kinds.GET, "remote is newer", flags)
        self._note(path, "filenode-source", "other")

    # -- on the local side ----------------------------------------------------------------------------------------

    def only_local(self, path: str, local: Entry) -> None:
        """A file that the other side lacks."""
        sides = self._sides
        if path in self._copied_other:
            return  # decided where it is now
        if path in sides.local_copies.moved_files:
            target = sides.local_copies.moved_files[path]
            if sides.other.get(target) is not None:
                reason = "remote directory rename, both created"
                self._contest(target, reason, (path, target, None), move=True)
            else:
                reason = f"remote directory rename - move from {path}"
                self._simple(target, kinds.RENAMED_DIRECTORY_MOVE, reason, local[1], path)
        elif path in sides.local_copies.copy:
            source = sides.local_copies.copy[path]
            self._contest(path, f"local copied/moved from {source}", (path, source, source))
        else:
            base = sides.base.get(path)
            if base is None:
                self._simple(path, kinds.KEEP_NEW, "ancestor missing, remote missing")
            else:
                self._deleted_in_other(path, local, base)

    def _deleted_in_other(self, path: str, local: Entry, base: Entry) -> None:
        if local[0] != base[0]:
            if self._manner.accept_other:
                self._simple(path, kinds.REMOVE, "remote delete")
                return
            self._contest(path, "prompt changed/deleted", (path, None, path), kind=kinds.CHANGED_DELETED)
            self._note(path, "merge-removal-candidate", "yes")
        elif local[0] == ADDED_NODE:
            self._simple(path, kinds.FORGET, "remote deleted")
        else:
            self._simple(path, kinds.REMOVE, "other deleted")
            self._note(path, "merge-removal-candidate", "yes")

    # -- on the other side ----------------------------------------------------------------------------------------

    def only_other(self, path: str, other: Entry) -> None:
        """A file that the local side lacks."""
        sides = self._sides
        if path in self._copied_local:
            return  # decided where it is now
        if path in sides.other_copies.moved_files:
            target = sides.other_copies.moved_files[path]
            if sides.local.get(target) is not None:
                self._contest(target, "local directory rename, both created", (target, path, None))
            else:
                reason = f"local directory rename - get from {path}"
                self._simple(target, kinds.RENAMED_DIRECTORY_GET, reason, other[1], path)
        elif path in sides.other_copies.copy:
            source = sides.other_copies.copy[path]
            moved = sides.other.get(source) is None
            reason = f"remote {'moved' if moved else 'copied'} from {source}"
            self._contest(path, reason, (source, path, source), move=moved)
        else:
            base = sides.base.get(path)
            if base is None:
                self._created_in_other(path, other)
            else:
                self._deleted_in_local(path, other, base)

    def _created_in_other(self, path: str, other: Entry) -> None:
        if self._manner.force and self._manner.is_merge:
            action = Action(kinds.CREATED_MERGE, "remote created, get or merge", flags=other[1])
            action.base = self._sides.base_rev
            self.plan.set(path, action)
        else:
            self._simple(path, kinds.CREATED, "remote created", other[1])

    def _deleted_in_local(self, path: str, other: Entry, base: Entry) -> None:
        if other[0] == base[0]:
            self._simple(path, kinds.KEEP_ABSENT, "local not present, remote unchanged")
            self._note(path, "merge-removal-candidate", "yes")
            return
        target = self._sides.local_copies.after_directory_rename(path)
        if target is not None and self._sides.local.get(target) is not None:
            reason = f"local directory rename - respect move from {path}"
            self._contest(target, reason, (target, path, path))
        elif self._manner.accept_other:
            self._simple(path, kinds.CREATED, "remote recreating", other[1])
        else:
            self._contest(path, "prompt deleted/changed", (None, path, path), kind=kinds.DELETED_CHANGED)
            self._note(path, "merge-removal-candidate", "yes")


# ---- several bases -------------------------------------------------------------------------------------------------


class Auction:
    """Plans for several bases, of which the best action of each file is chosen ("bid merge").

    Attributes:
        messages: what is said, each as "debug", "note" or "warn" and a text.
    """

    __slots__ = ("_bids", "_plans", "messages")

    def __init__(self) -> None:
        self._bids: dict[str, dict[str, list[Action]]] = {}
        self._plans: list[Plan] = []
        self.messages: list[tuple[str, str]] = []

    def bid(self, plan: Plan) -> None:
        """Add the plan for one base."""
        self._plans.append(plan)
        for path, action in plan.all():
            self._bids.setdefault(path, {}).setdefault(action.kind, []).append(action)

    def close(self) -> Plan:
        """The plan of the best actions."""
        result = Plan()
        for path in sorted(self._bids, key=os.fsencode):
            self.messages.append(("debug", f" list of bids for {path}:\n"))
            for kind, same in sorted(self._bids[path].items()):
                self.messages += [("debug", f"   {action.reason} -> {kind}\n") for action in same]
            result.set(path, self._choose(path, self._bids[path]))
        for plan in self._plans:
            for path, facts in plan.commit_info.items():
                result.commit_info[path] = facts
        result.diverging = min((plan.diverging for plan in self._plans), key=len)
        result.renamed_deleted = max((plan.renamed_deleted for plan in self._plans), key=len)
        return result

    def _note(self, text: str) -> None:
        self.messages.append(("note", text))

    def _choose(self, path: str, bids: dict[str, list[Action]]) -> Action:
        if len(bids) == 1:
            (kind, same), *_ = bids.items()
            if all(action == same[0] for action in same):
                self._note(f" {path}: consensus for {kind}\n")
                return same[0]
        for needed, kind, name in _PREFERENCES:
            if kind in bids and all(other in bids for other in needed):
                self._note(f" {path}: picking '{name}' action\n")
                return bids[kind][0]
        takes = bids.get(kinds.GET)
        if takes and all(action == takes[0] for action in takes):
            self._note(f" {path}: picking 'get' action\n")
            return takes[0]
        self._note(f" {path}: multiple bids for merge action:\n")
        for kind in sorted(bids):
            for action in bids[kind]:
                self._note(f"  {action.reason} -> {kind}\n")
        kind, first = next(iter(bids.items()))
        self.messages.append(("warn", f" {path}: ambiguous merge - picked {kind} action\n"))
        return first[0]


#: Kinds that must have been bid too, the kind that wins, and what it is called.
_PREFERENCES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((), kinds.KEEP, "keep"),
    ((), kinds.KEEP_ABSENT, "keep absent"),
    ((kinds.KEEP_NEW,), kinds.CHANGED_DELETED, "changed/deleted"),
    ((), kinds.KEEP_NEW, "keep new"),
    ((kinds.GET,), kinds.DELETED_CHANGED, "delete/changed"),
)

"""Resolves files of a recorded merge: restores the local version, merges contents, notes what the dirstate has to know.

Merging contents is `filemerge`; writing the dirstate is `ops.recording`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge import state as states
from hydrargyrum.merge.actions import Action, Plan
from hydrargyrum.merge.contents import Contest, Version
from hydrargyrum.types import NULL_NODE, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.merge.state import FileState, MergeState
    from hydrargyrum.repo import Changeset, Repository


class Resolver:
    """Resolves files one by one.

    Attributes:
        state: the record; whoever made the resolver writes it.
        updated, merged, removed: how many files ended how.
        plan: what the dirstate has to be told.
    """

    __slots__ = ("_known", "_merger", "_repo", "merged", "plan", "removed", "state", "updated")

    def __init__(self, repo: Repository, state: MergeState, merger: FileMerger) -> None:
        self._repo = repo
        self._merger = merger
        self._known: dict[Node, Changeset] = {}
        self.state = state
        self.updated = self.merged = self.removed = 0
        self.plan = Plan()

    def resolve(self, path: str) -> bool:
        """Merge a file; whether it is resolved now.

        Raises:
            Halted: no further files are to be merged.
            UnknownRevision: what was merged, or its base, is gone.
        """
        entry = self.state[path]
        if entry.status == states.RESOLVED:
            return True
        contest = self._contest(path, entry)
        self._restore(path, entry, contest)
        if not contest.is_change_delete and contest.local.data == contest.other.data:
            self.state.drop(path)
            self.updated += 1
            return True
        outcome = self._merger.merge(contest, self.state.labels)
        if outcome.code == 0:
            self.state.mark(path, states.RESOLVED)
        kind = self._kind(path, contest, deleted=outcome.deleted)
        if outcome.code == 0:
            if kind == kinds.REMOVE:
                self.removed += 1
            else:
                self.merged += 1
        if kind is not None:
            self.plan.set(path, Action(kind, "merge result", flags=contest.other.flags))
        return outcome.code == 0

    def _kind(self, path: str, contest: Contest, *, deleted: bool) -> str | None:
        if deleted:
            return kinds.FORGET if contest.local.is_absent else kinds.REMOVE
        if contest.local.is_absent:
            return kinds.GET
        if contest.other.is_absent:
            in_local = self._side(self.state.local).manifest.get(path) is not None
            return kinds.ADD_MODIFIED if in_local else kinds.ADD
        return None

    def _contest(self, path: str, entry: FileState) -> Contest:
        repo = self._repo
        other, base = self._side(self.state.other), self._base(path)
        local_data = None if entry.is_deleted_locally else self.state.saved_content(path)
        local = Version(path, local_data, entry.flags, repo.working_copy, NULL_NODE)
        theirs = None if entry.is_deleted_in_other else other.manifest.get(entry.other_path)
        node = NULL_NODE if theirs is None else theirs.node
        flags = "" if theirs is None else theirs.flags
        data = None if theirs is None else repo.engine.file_data(entry.other_path, node)
        origin = b""
        if entry.ancestor_node != NULL_NODE:
            origin = repo.engine.file_data(entry.ancestor_path, entry.ancestor_node)
        base_entry = None if base is None else base.manifest.get(entry.ancestor_path)
        base_flags = "" if base_entry is None else base_entry.flags
        return Contest(
            path,
            entry.local_path,
            (
                local,
                Version(entry.other_path, data, flags, other, node),
                Version(entry.ancestor_path, origin, base_flags, base, entry.ancestor_node),
            ),
            self.state.local or NULL_NODE,
        )

    def _side(self, node: Node | None) -> Changeset:
        """A changeset, read once for all files. Raises UnknownRevision for one that is gone."""
        if node is None:
            return self._repo[None]
        found = self._known.get(node)
        if found is None:
            try:
                found = self._known[node] = self._repo[node]
            except errors.UnknownNode:
                raise errors.UnknownRevision(name=node.hex()) from None
        return found

    def _base(self, path: str) -> Changeset | None:
        digits = self.state.extras.get(path, {}).get("ancestorlinknode")
        if not digits:
            return None
        try:
            return self._side(Node(bytes.fromhex(digits)))
        except ValueError:
            return None

    def _restore(self, path: str, entry: FileState, contest: Contest) -> None:
        """Put the local version on disk, with merged flags."""
        local = contest.local
        has_base = entry.ancestor_node != NULL_NODE
        flags = merged_flags(contest, self._merger.talk.warn, has_base=has_base)
        if local.data is None:
            self._merger.files.remove(path)
        else:
            self._merger.files.write(path, local.data, flags)
            local.flags = flags


def merged_flags(contest: Contest, warn: Callable[[str], object], *, has_base: bool) -> str:
    """The flags that come of both sides."""
    local, other, base = contest.versions
    flags = local.flags
    every = flags + other.flags + base.flags
    if "x" in every and "l" not in every:
        if not has_base and flags != other.flags:
            warn(
                f"warning: cannot merge flags for {base.path} without common ancestor - keeping local flags\n"
            )
        elif flags == base.flags:
            return other.flags
    return flags

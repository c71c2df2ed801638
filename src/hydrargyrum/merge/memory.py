"""A merge that touches neither the working copy nor the dirstate: both sides are revisions, the result lies in memory.

Whatever needs a person ends it: nothing is left behind for `resolve`. Recording the result is the business of operations.
"""

from __future__ import annotations

import os
import tempfile

from hydrargyrum import errors
from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge.actions import Action
from hydrargyrum.merge.contents import Contest, Version
from hydrargyrum.merge.decide import Decision, RevisionFiles, WorkingState
from hydrargyrum.merge.filemerge import ConflictInMemory
from hydrargyrum.merge.resolution import merged_flags
from hydrargyrum.merge.worktree import WorkingFiles, parents_of
from hydrargyrum.types import NULL_NODE, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.merge.actions import Plan
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.merge.manifests import Manner
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node, Rev


class RevisionState(WorkingState):
    """A revision in the place of the working copy: nothing is changed, nothing untracked."""

    __slots__ = ()

    def __init__(self, repo: Repository, rev: Rev) -> None:
        self._repo = repo
        self.parent = rev
        self.target = rev
        self.parent_files = RevisionFiles(repo, rev)
        nothing = StatusRequest(PatternSet(repo.root), base=rev, target=rev, unknown=False)
        self.report = repo.engine.status(nothing)
        self.changed = {}
        self.dirty_within = False

    def data(self, path: str) -> bytes:
        """The content of a file that is there."""
        return self.parent_files.data(path)


class MemoryFiles(WorkingFiles):
    """The files of a revision, with changes that are kept in memory.

    Attributes:
        changed: content and flags of files that were written, None for those that were removed.
    """

    __slots__ = ("_parent", "changed")

    is_in_memory = True

    def __init__(self, repo: Repository, parent: Changeset) -> None:
        super().__init__(repo)
        self._parent = parent
        self.changed: dict[str, tuple[bytes, str] | None] = {}

    def find(self, path: str) -> tuple[bytes, str] | None:
        """Content and flags of a file, or None."""
        if path in self.changed:
            return self.changed[path]
        entry = self._parent.manifest.get(path)
        return None if entry is None else (self._repo.engine.file_data(path, entry.node), entry.flags)

    def audit(self, path: str) -> None:
        """Nothing: there are no directories that could be links."""

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return self.changed[path] is not None if path in self.changed else path in self._parent.manifest

    def is_file_or_link(self, path: str) -> bool:
        """The same: there is nothing else."""
        return self.exists(path)

    def flags(self, path: str) -> str:
        """As a commit records them."""
        found = self.find(path)
        return "" if found is None else found[1]

    def read(self, path: str) -> bytes:
        """The content. Raises `IoError` where there is none."""
        found = self.find(path)
        if found is None:
            raise errors.IoError(path=path, errno=2, operation="read")
        return found[0]

    def as_on_disk(self, path: str, data: bytes) -> bytes:  # noqa: ARG002
        """The content as it is: nothing of it comes to the disk."""
        return data

    def write(self, path: str, data: bytes, flags: str) -> None:
        """Keep a content."""
        self.changed[path] = data, flags

    def set_flags(self, path: str, flags: str) -> None:
        """Give a file other flags."""
        if self.exists(path):
            self.changed[path] = self.read(path), flags

    def clear_way(self, path: str) -> None:
        """Nothing: what is in the way is a conflict, see `MemoryMerge`."""

    def remove(self, path: str) -> None:
        """Forget a file."""
        self.changed[path] = None

    def save_copy(self, path: str) -> str:
        """A file on disk with the content, for who removes it again."""
        handle, name = tempfile.mkstemp(prefix=f"hgmerge-{os.path.basename(path)}.")
        with open(handle, "wb") as stream:
            stream.write(self.read(path))
        return name


class MemoryMerge:
    """What came of a merge.

    Attributes:
        changed: content and flags of files that differ from the first side, None for those that go.
    """

    __slots__ = ("changed",)

    def __init__(self, files: MemoryFiles, first: Changeset) -> None:
        self.changed: dict[str, tuple[bytes, str] | None] = {}
        for path, result in files.changed.items():
            entry = first.manifest.get(path)
            if result is None:
                if entry is not None:
                    self.changed[path] = None
            elif entry is None or (first.file(path).data, entry.flags) != result:
                self.changed[path] = result
        for path, result in self.changed.items():
            if result is not None and any(files.exists(parent) for parent in parents_of(path)):
                raise ConflictInMemory("path conflicts")


def merge_in_memory(
    first: Changeset,
    other: Changeset,
    bases: Sequence[Rev],
    merger: FileMerger,
    manner: Manner,
    *,
    labels: tuple[str, ...] | None = None,
    lies: bool = False,
) -> MemoryMerge:
    """Merges two revisions.

    Args:
        first, other: the sides.
        bases: see `decide.choose_bases`.
        merger: how contents are merged; the working copy that it knows is left alone.
        manner: see `decide.Decision`.
        labels: what the sides are called.
        lies: files that one side deleted and the other changed are kept, because nobody is to be asked.

    Raises:
        ConflictInMemory: somebody would have to decide something.
    """
    repo = first.repo
    decision = Decision(
        repo,
        merger.talk,
        RevisionState(repo, first.rev),
        other,
        manner,
        follow_copies=repo.config.boolean("merge", "followcopies"),
    )
    plan = decision.plan(bases)
    _take_created(plan)
    application = _Application(first, other, plan, merger, labels, lies=lies)
    application.simple()
    application.contests()
    return MemoryMerge(application.files, first)


def _take_created(plan: Plan) -> None:
    """Files that only the other side has are taken: nothing untracked can be in their way."""
    for path, action in plan.of(kinds.CREATED, kinds.CREATED_MERGE):
        plan.set(path, Action(kinds.GET, action.reason, flags=action.flags))


class _Application:
    """A plan being carried out in memory."""

    def __init__(
        self,
        first: Changeset,
        other: Changeset,
        plan: Plan,
        merger: FileMerger,
        labels: tuple[str, ...] | None,
        *,
        lies: bool,
    ) -> None:
        self._repo = first.repo
        self._first = first
        self._other = other
        self._plan = plan
        self._labels = labels
        self._lies = lies
        self._bases: dict[Rev, Changeset] = {}
        self.files = MemoryFiles(first.repo, first)
        self._merger = merger.over(self.files)

    def simple(self) -> None:
        """What needs no merging of contents."""
        plan, files, note = self._plan, self.files, self._merger.talk.note
        for path, _ in self._told(kinds.REMOVE):
            note(f"removing {path}\n")
            files.remove(path)
        for path, action in self._told(kinds.GET):
            note(f"getting {path}\n")
            files.write(path, self._theirs(path), action.flags)
        for path, _ in plan.of(kinds.FORGET):
            files.remove(path)
        for path, action in self._told(kinds.RENAMED_DIRECTORY_MOVE):
            note(f"moving {action.source} to {path}\n")
            files.write(path, files.read(action.source), action.flags)
            files.remove(action.source)
        for path, action in self._told(kinds.RENAMED_DIRECTORY_GET):
            note(f"getting {action.source} to {path}\n")
            files.write(path, self._theirs(action.source), action.flags)
        for path, action in self._told(kinds.FLAGS):
            files.set_flags(path, action.flags)

    def _told(self, kind: str) -> Iterator[tuple[str, Action]]:
        """Files with an action, each told where somebody debugs."""
        for path, action in self._plan.of(kind):
            self._merger.talk.debug(f" {path}: {action.reason} -> {kind}\n")
            yield path, action

    def _theirs(self, path: str) -> bytes:
        return self._repo.engine.file_data(path, self._other.manifest[path].node)

    def contests(self) -> None:
        """Merges contents."""
        contests = self._plan.of(*kinds.CONFLICTS)
        made = [(path, action, self._contest(path, action)) for path, action in contests]
        for path, action, _ in made:
            if action.local is not None and action.local != path and action.move:
                self.files.remove(action.local)
        for path, _, contest in made:
            self._merge(path, contest)

    def _merge(self, path: str, contest: Contest) -> None:
        local, other = contest.local, contest.other
        has_base = contest.base.node != NULL_NODE
        flags = merged_flags(contest, self._merger.talk.warn, has_base=has_base)
        if local.data is None:
            self.files.remove(path)
        else:
            self.files.write(path, local.data, flags)
            local.flags = flags
        if contest.is_change_delete and self._lies:
            self.files.write(path, local.text or other.text, local.flags or other.flags)
            return
        if not contest.is_change_delete and local.data == other.data:
            return
        if self._merger.merge(contest, self._labels).code and not self._lies:
            raise ConflictInMemory

    def _contest(self, path: str, action: Action) -> Contest:
        base = self._bases.get(action.base)
        if base is None:
            base = self._bases[action.base] = self._repo[action.base]
        named = action.ancestor or action.local or path
        data, flags = (None, "") if action.local is None else self.files.find(action.local) or (b"", "")
        local = Version(path, data, flags, self._first, NULL_NODE)
        versions = (
            local,
            self._version(action.other, named, self._other, absent=None),
            self._version(action.ancestor, action.local or path, base, absent=b""),
        )
        return Contest(path, action.local or named, versions, self._first.node)

    def _version(self, path: str | None, named: str, side: Changeset, *, absent: bytes | None) -> Version:
        entry = None if path is None else side.manifest.get(path)
        if path is None or entry is None:
            return Version(named, absent, "", side, NULL_NODE)
        node: Node = entry.node
        return Version(path, self._repo.engine.file_data(path, node), entry.flags, side, node)

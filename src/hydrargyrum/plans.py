"""What is asked of an engine when it writes: commits to record, files to check out, and what came of it.

Plain records as in `types`; deciding what goes into them is the business of `ops/` and `merge/`.
"""

from __future__ import annotations

from hydrargyrum.types import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydrargyrum.types import Node, Rev


class CommitHeader(Value):
    """What a changeset says beside its files.

    Attributes:
        parents: revisions, -1 for none.
        user, description: as they will be stored (checked and stripped by the caller).
        time: seconds since the epoch; offset: seconds west of UTC.
        extra: with "branch" where it is not "default" (the engine leaves "branch: default" out, as the peer does).
        manifest: take this manifest as it is (a changeset that only changes its header), or None.
        merge_recorded: a merge with a merge state: the second parent's revision of a file counts only where the change
            says `merged` or `other_only`.
    """

    __slots__ = ("description", "extra", "manifest", "merge_recorded", "offset", "parents", "time", "user")

    def __init__(
        self,
        parents: tuple[Rev, Rev],
        user: str,
        date: tuple[int, int],
        description: str,
        extra: Mapping[str, str],
        *,
        manifest: Node | None = None,
        merge_recorded: bool = False,
    ) -> None:
        self.merge_recorded = merge_recorded
        self.parents = parents
        self.user = user
        self.time, self.offset = date
        self.description = description
        self.extra = dict(extra)
        self.manifest = manifest


class FileChange(Value):
    """One file of a commit, where it is not simply what the working copy has.

    Attributes:
        path: in the repository.
        data: the content; None takes it from the working copy (the target of a symbolic link).
        flags: "" regular, "x" executable, "l" symlink; None takes them from the working copy.
        node: this revision of the file is taken as it is, and nothing is read or written (`data` is not used).
        copied_from: path in the first parent (or the second, where the first lacks it), or None.
        other_only: a merge took the other side's revision as it was (the peer's "filenode-source" of the merge state).
        merged: a merge put both sides together (the peer's "merged" of the merge state); see `merge_recorded`.
        force_new: make a new file revision although the content equals the parent's ("merge-removal-candidate").
    """

    __slots__ = ("copied_from", "data", "flags", "force_new", "merged", "node", "other_only", "path")

    def __init__(
        self,
        path: str,
        data: bytes | None = None,
        flags: str | None = None,
        *,
        node: Node | None = None,
        copied_from: str | None = None,
        other_only: bool = False,
        merged: bool = False,
        force_new: bool = False,
    ) -> None:
        self.merged = merged
        self.path = path
        self.data = data
        self.flags = flags
        self.node = node
        self.copied_from = copied_from
        self.other_only = other_only
        self.force_new = force_new


class RevisionToAdd(Value):
    """A revision that comes from elsewhere (a bundle, another repository) with its node already known.

    Attributes:
        node, parents: as the sender says; the node is verified against the data.
        link_node: the changeset it belongs to (for changesets their own node).
        base: node of the revision that `delta` applies to (null: the empty text); must be there.
        delta: hunks in the format of `docs/formats/binary-delta.md`.
        flags: revlog flags.
    """

    __slots__ = ("base", "delta", "flags", "link_node", "node", "parents")

    def __init__(
        self,
        node: Node,
        parents: tuple[Node, Node],
        link_node: Node,
        base: Node,
        delta: bytes,
        flags: int = 0,
    ) -> None:
        self.node = node
        self.parents = parents
        self.link_node = link_node
        self.base = base
        self.delta = delta
        self.flags = flags


class FileStamp(Value):
    """What was seen of a file on disk: permission bits and type, size in bytes, mtime; as the dirstate records it.

    Attributes:
        reliable: False where the file may change again without the time telling (same moment as the look).
    """

    __slots__ = ("mode", "mtime", "nanoseconds", "reliable", "size")

    def __init__(self, mode: int, size: int, mtime: int, nanoseconds: int, *, reliable: bool = True) -> None:
        self.mode = mode
        self.size = size
        self.mtime = mtime
        self.nanoseconds = nanoseconds
        self.reliable = reliable


class CheckoutPlan(Value):
    """Changes to files of the working copy that need no decision any more; the engine makes them in parallel.

    Attributes:
        write: (path, file node, flags) to be written as stored.
        remove: paths to be deleted first (directories that become empty go too).
        set_flags: (path, flags) of files whose content stays.
        data: contents of files of `write` that are not as stored (their node does not matter).
        keep_directories: directories that become empty stay (`experimental.removeemptydirs`).

    Untracked files in the way are lost; who wants to keep them moves them aside before.
    """

    __slots__ = ("data", "keep_directories", "remove", "set_flags", "write")

    def __init__(
        self,
        write: Sequence[tuple[str, Node, str]] = (),
        remove: Sequence[str] = (),
        set_flags: Sequence[tuple[str, str]] = (),
        *,
        data: Mapping[str, bytes] | None = None,
        keep_directories: bool = False,
    ) -> None:
        self.write = tuple(write)
        self.remove = tuple(remove)
        self.set_flags = tuple(set_flags)
        self.data = dict(data or {})
        self.keep_directories = keep_directories

    def __len__(self) -> int:
        return len(self.write) + len(self.remove) + len(self.set_flags)

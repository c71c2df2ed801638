"""What is recorded of a merge while it is not committed: both changesets, labels, and the state of each file.

Reading and writing the rows of records is `repo.merge_records`; merging contents is `filemerge`.
"""

from __future__ import annotations

import hashlib
import os
import shutil

from hydrargyrum.atomicfile import write_file
from hydrargyrum.repo import merge_records
from hydrargyrum.types import NULL_NODE, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.repo import Repository

UNRESOLVED = "u"
RESOLVED = "r"
UNRESOLVED_PATH = "pu"
RESOLVED_PATH = "pr"
_TAKEN_FROM_OTHER = "o"
_NO_FILE = "0" * 40


class FileState:
    """A file of the merge.

    Attributes:
        status: "u" unresolved, "r" resolved; "pu" and "pr" for conflicts of paths.
        fields: what the record says besides.
    """

    __slots__ = ("fields", "status")

    def __init__(self, status: str, fields: Sequence[str]) -> None:
        self.status = status
        self.fields = list(fields)

    @property
    def is_unresolved(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.status in (UNRESOLVED, UNRESOLVED_PATH)

    @property
    def is_path_conflict(self) -> bool:
        """Whether a file has the name of a directory."""
        return self.status in (UNRESOLVED_PATH, RESOLVED_PATH)

    # Of path conflicts: the new name of the file, and the side that it is from ("l" or "r").
    @property
    def renamed_to(self) -> str:
        """The new name of a file with a conflict of paths."""
        return self.fields[0]

    @property
    def origin(self) -> str:
        """The side that such a file is from, "l" or "r"."""
        return self.fields[1] if len(self.fields) > 1 else ""

    @property
    def local_key(self) -> str:
        """Name of the saved local content; 40 zeros where the file was deleted."""
        return self.fields[0]

    @property
    def is_deleted_locally(self) -> bool:
        """Whether the local side has deleted it."""
        return self.local_key == _NO_FILE

    @property
    def is_deleted_in_other(self) -> bool:
        """Whether the other side has deleted it."""
        return self.fields[5] == _NO_FILE

    @property
    def local_path(self) -> str:
        """Its name on the local side."""
        return self.fields[1]

    @property
    def ancestor_path(self) -> str:
        """Its name in the base."""
        return self.fields[2]

    @property
    def ancestor_node(self) -> Node:
        """The file revision in the base; null where there is none."""
        return _node(self.fields[3])

    @property
    def other_path(self) -> str:
        """Its name on the other side."""
        return self.fields[4]

    @property
    def other_node(self) -> Node:
        """The file revision on the other side; null where it was deleted (or is not known)."""
        return _node(self.fields[5])

    @property
    def flags(self) -> str:
        """Flags on the local side."""
        return self.fields[6]


def _node(digits: str) -> Node:
    return Node(bytes.fromhex(digits)) if digits else NULL_NODE


class MergeState:
    """The record of one repository, in memory until `write`.

    Attributes:
        local, other: nodes of both changesets, None where there is no merge.
        labels: what both sides and the base are called, or None.
        extras: facts about files by path.
    """

    __slots__ = ("_directory", "_dot_hg", "_files", "extras", "labels", "local", "other")

    def __init__(self, dot_hg: str) -> None:
        self._dot_hg = dot_hg
        self._directory = os.path.join(dot_hg, "merge")
        self._files: dict[str, FileState] = {}
        self.local: Node | None = None
        self.other: Node | None = None
        self.labels: tuple[str, ...] | None = None
        self.extras: dict[str, dict[str, str]] = {}

    @classmethod
    def read(cls, repo: Repository) -> MergeState:
        """What is recorded. Raises like `merge_records.read_records`."""
        state = cls(repo.dot_hg)
        for kind, data in merge_records.read_records(repo.dot_hg):
            state._take(kind, data)
        if state.local is not None and state.other is None:
            first, second = repo.working_parents()
            state.other = first if second == NULL_NODE else second
        return state

    def _take(self, kind: bytes, data: bytes) -> None:
        if kind == merge_records.LOCAL:
            self.local = _node(os.fsdecode(data))
        elif kind == merge_records.OTHER:
            self.other = _node(os.fsdecode(data))
        elif kind == merge_records.LABELS:
            self.labels = tuple(os.fsdecode(label) for label in data.split(b"\0", 2) if label)
        elif kind == merge_records.EXTRAS:
            path, *facts = (os.fsdecode(field) for field in data.split(b"\0"))
            self.extras[path] = dict(zip(facts[::2], facts[1::2], strict=False))
        elif kind.isupper():
            path, status, *fields = (os.fsdecode(field) for field in data.split(b"\0"))
            if status == _TAKEN_FROM_OTHER:
                self.extras.setdefault(path, {})["filenode-source"] = "other"
            else:
                self._files[path] = FileState(status, fields)

    @classmethod
    def clean(cls, repo: Repository) -> MergeState:
        """An empty record; what is on disk is removed."""
        state = cls(repo.dot_hg)
        state.reset()
        return state

    def start(self, local: Node, other: Node, labels: Sequence[str] | None) -> None:
        """Begin a merge."""
        self.local = local
        self.other = other
        self.labels = None if labels is None else tuple(labels)

    def reset(self) -> None:
        """Remove what is on disk."""
        shutil.rmtree(self._directory, ignore_errors=True)

    # -- files ----------------------------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether a merge is recorded."""
        return self.local is not None or bool(self._files)

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def __getitem__(self, path: str) -> FileState:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files, key=os.fsencode))

    def __len__(self) -> int:
        return len(self._files)

    @property
    def unresolved(self) -> Sequence[str]:
        """Paths of files that are not resolved, in byte order."""
        return [path for path in self if self._files[path].is_unresolved]

    def add(
        self,
        path: str,
        *,
        local: tuple[str, bytes | None, str],
        ancestor: tuple[str, Node, Node],
        other: tuple[str, Node],
    ) -> None:
        """Add an unresolved file and save its local content.

        Args:
            path: of the result.
            local: path, content (None where it was deleted) and flags.
            ancestor: path, node, and the changeset's node.
            other: path and node (null where it was deleted).
        """
        local_path, content, flags = local
        key = _NO_FILE
        if content is not None:
            key = hashlib.sha1(os.fsencode(local_path)).hexdigest()
            os.makedirs(self._directory, exist_ok=True)
            write_file(os.path.join(self._directory, key), content)
        fields = [key, local_path, ancestor[0], ancestor[1].hex(), other[0], other[1].hex(), flags]
        self._files[path] = FileState(UNRESOLVED, fields)
        self.note(path, "ancestorlinknode", ancestor[2].hex())

    def add_path_conflict(self, path: str, renamed_to: str, origin: str) -> None:
        """Add a file that was renamed because a directory has its name; `origin` is "l" or "r"."""
        self._files[path] = FileState(UNRESOLVED_PATH, [renamed_to, origin])

    def saved_content(self, path: str) -> bytes:
        """The local content of a file as the merge began. Raises OSError."""
        with open(os.path.join(self._directory, self._files[path].local_key), "rb") as stream:
            return stream.read()

    def note(self, path: str, key: str, value: str) -> None:
        """Record a fact about a file."""
        self.extras.setdefault(path, {})[key] = value

    def mark(self, path: str, status: str) -> None:
        """Set the status of a file."""
        self._files[path].status = status

    def drop(self, path: str) -> None:
        """Forget a file."""
        del self._files[path]

    # -- writing --------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write the record."""
        merge_records.write_records(self._dot_hg, self._records())

    def _records(self) -> Iterator[tuple[bytes, bytes]]:
        yield merge_records.LOCAL, (self.local or NULL_NODE).hex().encode("ascii")
        yield merge_records.OTHER, (self.other or NULL_NODE).hex().encode("ascii")
        for path, state in self._files.items():
            kind = merge_records.FILE
            if state.is_path_conflict:
                kind = merge_records.PATH_CONFLICT
            elif state.is_deleted_locally or state.is_deleted_in_other:
                kind = merge_records.CHANGE_DELETE
            yield kind, _join((path, state.status, *state.fields))
        for path in sorted(self.extras, key=os.fsencode):
            facts = (text for fact in self.extras[path].items() for text in fact)
            yield merge_records.EXTRAS, _join((path, *facts))
        if self.labels is not None:
            yield merge_records.LABELS, _join(self.labels)


def _join(fields: Sequence[str]) -> bytes:
    return b"\0".join(map(os.fsencode, fields))

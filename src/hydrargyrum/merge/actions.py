"""What is to be done with a file when the working copy moves or merges, and the plan that holds this for all files.

Deciding is the business of `manifests`, doing that of `ops.update`.
"""

from __future__ import annotations

import os

from hydrargyrum.types import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.types import Rev

# The kinds, by the letters that the peer shows with --debug.
FORGET = "f"
REMOVE = "r"
ADD = "a"
GET = "g"
PATH_CONFLICT = "p"
PATH_CONFLICT_RESOLVE = "pr"
ADD_MODIFIED = "am"
CREATED = "c"
DELETED_CHANGED = "dc"
CHANGED_DELETED = "cd"
MERGE = "m"
RENAMED_DIRECTORY_GET = "dg"
RENAMED_DIRECTORY_MOVE = "dm"
KEEP = "k"
KEEP_ABSENT = "ka"
KEEP_NEW = "kn"
FLAGS = "e"
CREATED_MERGE = "cm"

#: Kinds that change nothing.
NOTHING_TO_DO = frozenset((KEEP, KEEP_ABSENT, KEEP_NEW))
#: Kinds after which a person may be asked.
CONFLICTS = (CHANGED_DELETED, DELETED_CHANGED, MERGE)
#: Kinds after which nobody has to decide anything.
_HARMLESS = NOTHING_TO_DO | {GET, FLAGS, REMOVE, PATH_CONFLICT_RESOLVE}


class Action(Value):
    """What happens to one file.

    Attributes:
        kind: one of the kinds of this module.
        reason: why, in the peer's words.
        flags: of the file that is taken.
        backup: an untracked file in the way is moved aside first.
        local, other: paths on both sides, None where the file was deleted.
        ancestor: path in the base, or None.
        move: the local file is moved away from `local`.
        base: the revision of the common ancestor.
        source: the path that a file comes from (of directories that were renamed, of path conflicts).
        origin: of a path conflict, "l" or "r"; of its resolution, where the file was copied from.
    """

    __slots__ = (
        "ancestor",
        "backup",
        "base",
        "flags",
        "kind",
        "local",
        "move",
        "origin",
        "other",
        "reason",
        "source",
    )

    def __init__(
        self,
        kind: str,
        reason: str,
        *,
        flags: str = "",
        backup: bool = False,
        source: str = "",
        origin: str = "",
    ) -> None:
        self.kind = kind
        self.reason = reason
        self.flags = flags
        self.backup = backup
        self.source = source
        self.origin = origin
        self.local: str | None = None
        self.other: str | None = None
        self.ancestor: str | None = None
        self.move = False
        self.base: Rev = -1

    @classmethod
    def contest(
        cls,
        kind: str,
        reason: str,
        *,
        paths: tuple[str | None, str | None, str | None],
        base: Rev,
        move: bool = False,
    ) -> Action:
        """An action of one of the `CONFLICTS`: the paths are local, other and ancestor."""
        action = cls(kind, reason)
        action.local, action.other, action.ancestor = paths
        action.base = base
        action.move = move
        return action


class Plan:
    """What is to be done with all files.

    Attributes:
        commit_info: what the commit of a merge has to know of single files, by path.
        diverging: new names by the old one, of files renamed differently on both sides.
        renamed_deleted: new names by the old one, of files renamed on one side and deleted on the other.
    """

    __slots__ = ("_actions", "_by_kind", "commit_info", "diverging", "renamed_deleted")

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}
        self._by_kind: dict[str, dict[str, Action]] = {}
        self.commit_info: dict[str, dict[str, str]] = {}
        self.diverging: dict[str, list[str]] = {}
        self.renamed_deleted: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._actions)

    def __contains__(self, path: str) -> bool:
        return path in self._actions

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def get(self, path: str) -> Action | None:
        """The action for a file."""
        return self._actions.get(path)

    def kind_of(self, path: str) -> str:
        """The kind of the action for a file, "" where there is none."""
        action = self._actions.get(path)
        return "" if action is None else action.kind

    def set(self, path: str, action: Action) -> None:
        """Decide about a file, whatever was decided before."""
        self.drop(path)
        self._actions[path] = action
        self._by_kind.setdefault(action.kind, {})[path] = action

    def drop(self, path: str) -> None:
        """Leave a file alone."""
        old = self._actions.pop(path, None)
        if old is not None:
            del self._by_kind[old.kind][path]

    def note(self, path: str, key: str, value: str) -> None:
        """Tell the commit something about a file."""
        self.commit_info.setdefault(path, {})[key] = value

    def of(self, *kinds: str) -> Sequence[tuple[str, Action]]:
        """Files and actions of some kinds, each kind in byte order of the paths."""
        found: list[tuple[str, Action]] = []
        for kind in kinds:
            found += sorted(self._by_kind.get(kind, {}).items(), key=_by_path)
        return found

    def paths(self, *kinds: str) -> Sequence[str]:
        """Files whose action is of these kinds."""
        return [path for kind in kinds for path in self._by_kind.get(kind, ())]

    def count(self, *kinds: str) -> int:
        """How many files have an action of these kinds."""
        return sum(len(self._by_kind.get(kind, ())) for kind in kinds)

    def all(self) -> Sequence[tuple[str, Action]]:
        """All files and actions in byte order of the paths."""
        return sorted(self._actions.items(), key=_by_path)

    @property
    def may_conflict(self) -> bool:
        """Whether anything of it could end in a conflict."""
        return any(found for kind, found in self._by_kind.items() if kind not in _HARMLESS)


def _by_path(item: tuple[str, Action]) -> bytes:
    return os.fsencode(item[0])

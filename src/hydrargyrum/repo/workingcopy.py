"""The working copy as a changeset that is not committed yet.

What is on disk is the engine's business; nothing is written here.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.repo.changeset import Changeset
from hydrargyrum.types import NULL_REV, WDIR_NODE, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo.filerevision import FileRevision, WorkingFile
    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.types import Node, Rev

_PHASES = ("public", "draft", "secret", "archived", "internal")


class WorkingCopy(Changeset):
    """The working copy; its number and hash are those that stand for it in the formats."""

    __slots__ = ()

    def __init__(self, repo: Repository) -> None:
        super().__init__(repo, WDIR_REV)

    @property
    def is_working_copy(self) -> bool:
        """It is."""
        return True

    @property
    def engine_rev(self) -> Rev | None:
        """None."""
        return None

    @property
    def node(self) -> Node:
        """The hash that stands for the working copy."""
        return WDIR_NODE

    @property
    def user(self) -> str:
        """Who would commit it; "" where that is not configured."""
        environ = self.repo.config.environ
        return environ.get("HGUSER") or self.repo.config.text("ui", "username") or environ.get("EMAIL") or ""

    @property
    def date(self) -> tuple[int, int]:
        """Now, or what `devel.default-date` says."""
        from hydrargyrum.dates import now, parse_date

        fixed = self.repo.config.text("devel", "default-date")
        return parse_date(fixed) if fixed else now()

    @property
    def description(self) -> str:
        """It has no message yet."""
        return ""

    @property
    def extra(self) -> dict[str, str]:
        """Its branch."""
        return {"branch": self.branch}

    @property
    def branch(self) -> str:
        """The branch that the next commit goes to."""
        return self.repo.engine.working_branch()

    @property
    def phase(self) -> str:
        """The phase of the next commit."""
        wish = self.repo.config.text("phases", "new-commit") or "draft"
        if wish.isdigit() and int(wish) < len(_PHASES):
            wish = _PHASES[int(wish)]
        if wish not in _PHASES:
            raise errors.ConfigError(f"phases.new-commit: not a valid phase name ('{wish}')")
        parents = (parent.phase for parent in self.parents if parent.rev != NULL_REV)
        return max((wish, *parents), key=_PHASES.index)

    @property
    def parents(self) -> tuple[Changeset, Changeset]:
        """The changesets it is based on."""
        first, second = self.repo.working_parents()
        return self.repo[first], self.repo[second]

    @property
    def tags(self) -> Sequence[str]:
        """None: tags name changesets."""
        return ()

    @property
    def bookmarks(self) -> Sequence[str]:
        """Those of its parents."""
        return [name for parent in self.parents for name in parent.bookmarks]

    @property
    def closes_branch(self) -> bool:
        """A commit closes a branch when it is told to."""
        return False

    @property
    def is_obsolete(self) -> bool:
        """It cannot be."""
        return False

    @property
    def instabilities(self) -> list[str]:
        """None: nobody counts what is not committed yet, whatever its parents are."""
        return []

    @property
    def files(self) -> Sequence[str]:
        """The files that a commit would touch."""
        changed = self.changed_files
        return sorted((*changed.modified, *changed.added, *changed.removed), key=os.fsencode)

    def file(self, path: str) -> FileRevision | WorkingFile:
        """A file on disk, looked at when it is used."""
        from hydrargyrum.repo.filerevision import WorkingFile

        return WorkingFile(self, path, os.path.join(self.repo.root, path))

    def find_file(self, path: str) -> FileRevision | WorkingFile | None:
        """A file on disk, or None."""
        from hydrargyrum.repo.filerevision import WorkingFile

        absolute = os.path.join(self.repo.root, path)
        return WorkingFile(self, path, absolute) if os.path.lexists(absolute) else None

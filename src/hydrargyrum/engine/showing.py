"""The part of the engine protocol that showing history needs: file histories, manifest numbers, finished log lines.

Only types live here; questions that revsets ask about many changesets are in `engine/history.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.types import DiffStyle, Node, Rev

    #: Node of a file revision, its parents' numbers in the file's own history, and the changeset that brought it.
    FileRow = tuple[Node, Rev, Rev, Rev]


class ChangesetLines(Protocol):
    """Writes changesets as plain lines."""

    def render(self, revs: Sequence[Rev]) -> bytes:
        """The lines of changesets, finished. Raises IndexError for a revision that is not there."""
        ...


class ShowingRepository(Protocol):
    """What an opened repository answers for `log` and its like."""

    def changeset_lines(
        self, *, quiet: bool = False, verbose: bool = False, patch: DiffStyle | None = None
    ) -> ChangesetLines:
        """What `log` prints without template, colours and debugging; names are read once.

        With `patch`, what each changeset changed against its first parent follows in that style, and an empty line.
        Nothing is said about obsolete and unstable changesets: where there are markers, this is not to be used.
        """
        ...

    def manifest_rev(self, node: Node) -> Rev:
        """The number of a manifest in the manifests' own log; -1 for the null node. Raises `UnknownNode`."""
        ...

    def file_revisions(self, path: str) -> Sequence[FileRow]:
        """All revisions of a file in the order of its log; empty where there is no such log."""
        ...

    def shortest_prefix(self, node: Node) -> int:
        """How many hexadecimal digits tell a changeset from all others, hidden ones too. Raises `UnknownNode`."""
        ...

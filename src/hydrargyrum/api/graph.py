"""The graph of changesets by number, for programs that walk it themselves.

Sets of ancestors, descendants and heads are asked of the repository; here is one step, and the whole as a table.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.api.tables import Table
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


class Graph:
    """All changesets, hidden ones too, by number: 0 is the oldest."""

    __slots__ = ("_repo",)

    def __init__(self, repo: Repository) -> None:
        self._repo = repo

    def __len__(self) -> int:
        """How many changesets there are."""
        return len(self._repo.engine.changelog())

    def node(self, rev: Rev) -> str:
        """The hash of a changeset. Raises IndexError."""
        return self._repo.engine.changelog().node(rev).hex()

    def rev(self, node: str) -> Rev:
        """The number of a full hexadecimal hash. Raises `hydrargyrum.errors.UnknownNode`, ValueError."""
        return self._repo[bytes.fromhex(node)].rev

    def parents(self, rev: Rev) -> tuple[Rev, ...]:
        """Numbers of the parents: none, one or two. Raises IndexError."""
        return tuple(parent for parent in self._repo.engine.changelog().parents(rev) if parent != NULL_REV)

    def children(self, rev: Rev) -> tuple[Rev, ...]:
        """Numbers of what is based on a changeset. Raises IndexError."""
        return tuple(self._repo.engine.children_of([rev]))

    def to_arrow(self) -> Table:
        """A row for each: rev, node (20 bytes), p1, p2, link_rev, flags, size of its entry in bytes."""
        from hydrargyrum.api.tables import Table

        return Table(self._repo.engine.changelog().table())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """`to_arrow` as a stream."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

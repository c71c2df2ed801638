"""Changesets for programs: one with its fields, and lazily read sequences of them.

Which ones are in a sequence is decided by whoever makes it.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from hydrargyrum.api.tables import Table
    from hydrargyrum.api.working import Diff, Status
    from hydrargyrum.repo import Changeset as Inner
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


class Changeset:
    """One changeset. Equal to any other of the same node; fields are read when they are asked for."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    @property
    def rev(self) -> Rev:
        """Its number in this repository (2147483647 for the working copy)."""
        return self._inner.rev

    @property
    def node(self) -> str:
        """Its hash, 40 hexadecimal digits."""
        return self._inner.node.hex()

    @property
    def user(self) -> str:
        """Who made it."""
        return self._inner.user

    @property
    def date(self) -> datetime:
        """When, in the time zone of whoever made it."""
        from datetime import datetime, timedelta, timezone

        seconds, west = self._inner.date
        return datetime.fromtimestamp(seconds, timezone(timedelta(seconds=-west)))

    @property
    def description(self) -> str:
        """Its whole message."""
        return self._inner.description

    @property
    def summary(self) -> str:
        """The first line of its message."""
        return self._inner.description.strip().partition("\n")[0]

    @property
    def branch(self) -> str:
        """Its named branch."""
        return self._inner.branch

    @property
    def phase(self) -> str:
        """ "public", "draft" or "secret"."""
        return self._inner.phase

    @property
    def tags(self) -> Sequence[str]:
        """Its tags, "tip" among them."""
        return tuple(self._inner.tags)

    @property
    def bookmarks(self) -> Sequence[str]:
        """Its bookmarks."""
        return tuple(self._inner.bookmarks)

    @property
    def extra(self) -> Mapping[str, str]:
        """What it has been given besides; "branch" is always there."""
        return self._inner.extra

    @property
    def parents(self) -> Sequence[Changeset]:
        """Its parents: none, one or two."""
        return tuple(Changeset(parent) for parent in self._inner.parents if parent.rev != NULL_REV)

    @property
    def children(self) -> Sequence[Changeset]:
        """What is based on it."""
        return tuple(map(Changeset, self._inner.children))

    @property
    def is_obsolete(self) -> bool:
        """Whether it was rewritten or pruned."""
        return self._inner.is_obsolete

    @property
    def files(self) -> Sequence[str]:
        """The files that it touches, in byte order."""
        return tuple(self._inner.files)

    def manifest(self) -> Iterable[str]:
        """All files that it has, in byte order, read as far as somebody asks."""
        if self._inner.engine_rev is None:
            from hydrargyrum.types import PatternSet

            return self._inner.repo.engine.files(None, PatternSet(self._inner.repo.root))[0]
        return self._inner.manifest

    def read(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            FileNotFoundError: it has no such file.
        """
        import errno
        import os

        found = self._inner.find_file(path)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return found.data

    def status(self) -> Status:
        """What it changed against its first parent."""
        from hydrargyrum.api.working import status_of

        return status_of(self._inner.repo, self._inner.parents[0], self._inner)

    def diff(self, paths: Sequence[str] = (), *, context: int = 3, git: bool = True) -> Diff:
        """The patches that lead from its first parent to it."""
        from hydrargyrum.api.working import Diff

        return Diff(self._inner.parents[0], self._inner, paths, context=context, git=git)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Changeset) and other.node == self.node

    def __hash__(self) -> int:
        return hash(self._inner.node)

    def __repr__(self) -> str:
        return f"<Changeset {self.rev}:{self.node[:12]}>"


class Changesets:
    """Changesets in an order; looked for as far as somebody asks.

    Iterating reads them in batches. `revs`, `len` and `to_arrow` find all of them, once.
    """

    __slots__ = ("_found", "_repo", "_walk")

    def __init__(self, repo: Repository, walk: Callable[[], Iterable[Rev]]) -> None:
        self._repo = repo
        self._walk = walk
        self._found: list[Rev] | None = None

    @property
    def revs(self) -> list[Rev]:
        """Their numbers."""
        if self._found is None:
            self._found = list(self._walk())
        return list(self._found)

    @property
    def nodes(self) -> list[str]:
        """Their hashes, hexadecimal."""
        return [changeset.node for changeset in self]

    def first(self) -> Changeset | None:
        """The first one, or None."""
        return next(iter(self), None)

    def to_arrow(self) -> Table:
        """A row for each: rev, node, p1, p2, user, date (UTC), tz (seconds west), branch, phase, files (how many),
        description.

        The working copy is left out.
        """
        from hydrargyrum.api.tables import Table

        return Table(self._repo.engine.changeset_table(self._committed()))

    def changes(self) -> Table:
        """A row for each file that each of them lists: rev, path, status ("A", "M" or "R")."""
        from hydrargyrum.api.tables import Table

        return Table(self._repo.engine.change_table(self._committed()))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """`to_arrow` as a stream, so that `polars.DataFrame(repo.log())` works."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __iter__(self) -> Iterator[Changeset]:
        revs = self._walk() if self._found is None else self._found
        return map(Changeset, self._repo.changesets(revs))

    def __len__(self) -> int:
        if self._found is None:
            self._found = list(self._walk())
        return len(self._found)

    def __bool__(self) -> bool:
        return self.first() is not None

    def __contains__(self, item: object) -> bool:
        return isinstance(item, Changeset) and item.rev in self.revs

    def _committed(self) -> list[Rev]:
        return [rev for rev in self.revs if rev not in (NULL_REV, WDIR_REV)]

"""A repository for programs: questions about its history, its names and its working copy.

Every method says what it reads; answers that can be large are lazy. Changing a repository is not offered here.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.api.changesets import Changeset, Changesets
from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    from hydrargyrum.api.graph import Graph
    from hydrargyrum.api.working import Diff, Status
    from hydrargyrum.repo import Changeset as InnerChangeset
    from hydrargyrum.repo import Repository as Inner
    from hydrargyrum.types import Rev

    #: One changeset: a revision expression (of several, the last one counts), a number, or a changeset.
    OneRevision: TypeAlias = str | int | Changeset
    #: Several: an expression, one changeset, or any of these together.
    Revisions: TypeAlias = OneRevision | Iterable[OneRevision]


class Repository:
    """An opened repository; see `hydrargyrum.open`. Each question is about the state at its time."""

    __slots__ = ("_engine_name", "_inner")

    def __init__(self, inner: Inner, engine_name: str) -> None:
        self._inner = inner
        self._engine_name = engine_name

    # -- facts --------------------------------------------------------------------------------------------------

    @property
    def root(self) -> str:
        """The absolute path of the working copy."""
        return self._inner.root

    @property
    def engine(self) -> str:
        """ "native" or "pure"."""
        return self._engine_name

    @property
    def requirements(self) -> frozenset[str]:
        """The features of its format."""
        return self._inner.engine.requirements

    def __len__(self) -> int:
        """How many changesets there are, hidden ones too."""
        return len(self._inner.engine.changelog())

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<Repository {self.root!r}>"

    # -- names --------------------------------------------------------------------------------------------------

    @property
    def bookmarks(self) -> Mapping[str, str]:
        """Names and hexadecimal nodes."""
        return _hexadecimal(self._inner.engine.bookmarks())

    @property
    def active_bookmark(self) -> str | None:
        """The bookmark that moves with the working copy."""
        return self._inner.active_bookmark

    @property
    def tags(self) -> Mapping[str, str]:
        """Names and hexadecimal nodes, without "tip"."""
        return _hexadecimal(self._inner.engine.tags())

    @property
    def branches(self) -> Mapping[str, str]:
        """Named branches, and the hexadecimal node of the tip of each."""
        return _hexadecimal(self._inner.engine.branch_tips())

    @property
    def branch(self) -> str:
        """The branch that the next commit goes to."""
        return self._inner.engine.working_branch()

    def resolve(self, name: str) -> str:
        """The hexadecimal node that a plain name stands for: a number, hash, prefix, bookmark, tag, branch, `.` ...

        Raises:
            hydrargyrum.errors.UnknownRevision, AmbiguousPrefix, FilteredRevision: it stands for nothing, for several,
                for one that is hidden.
        """
        return self._inner[name].node.hex()

    # -- changesets ---------------------------------------------------------------------------------------------

    def __getitem__(self, rev: OneRevision) -> Changeset:
        """A changeset.

        Raises:
            hydrargyrum.errors.UnknownRevision and others: as `resolve`.
            hydrargyrum.errors.ParseError: an expression that has no meaning.
            hydrargyrum.errors.InputError: an expression that names none.
            IndexError: a number that is none.
        """
        return Changeset(self._one(rev))

    @property
    def parents(self) -> Sequence[Changeset]:
        """What the working copy is based on: no changeset, one or two."""
        return tuple(
            Changeset(parent) for parent in self._inner.working_copy.parents if parent.rev != NULL_REV
        )

    def log(
        self,
        revs: str | Sequence[str] = (),
        *,
        paths: Sequence[str] = (),
        follow: bool = False,
        users: Sequence[str] = (),
        keywords: Sequence[str] = (),
        branches: Sequence[str] = (),
        date: str = "",
        limit: int | None = None,
    ) -> Changesets:
        """Changesets as `hg log` finds them: the newest first, or in the order of `revs`.

        Args:
            revs: revision expressions; none means all.
            paths: patterns; what touches a file that matches. Plain ones are paths from the root.
            follow: ancestors of the working copy (or of `revs`) only; files through copies and renames.
            users, keywords, branches, date: as the options of the command.
            limit: how many at most.
        """
        from hydrargyrum.ops.log import LogRequest, walk
        from hydrargyrum.types import PatternSet

        request = LogRequest(
            PatternSet(self._inner.cwd, paths, default_kind="path", warn_missing=False),
            revisions=(revs,) if isinstance(revs, str) else tuple(revs),
            follow="all" if follow else "",
            date=date,
            keywords=tuple(keywords),
            users=tuple(users),
            branches=tuple(branches),
            limit=limit,
        )
        return Changesets(self._inner, lambda: walk(self._inner, request).revs)

    # -- the graph ----------------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The graph by numbers."""
        from hydrargyrum.api.graph import Graph

        return Graph(self._inner)

    def heads(self, of: Revisions | None = None) -> Changesets:
        """Those without children: of the repository (without hidden ones), or of these among themselves."""
        if of is None:
            return Changesets(self._inner, self._inner.engine.heads)
        return Changesets(self._inner, lambda: self._inner.engine.heads_of(self._revs(of)))

    def ancestors(self, of: Revisions, *, inclusive: bool = True) -> Changesets:
        """These and what they are based on, the newest first."""
        engine = self._inner.engine
        return Changesets(
            self._inner,
            lambda: (rev for rev in engine.ancestors(self._revs(of), inclusive=inclusive) if rev >= 0),
        )

    def descendants(self, of: Revisions) -> Changesets:
        """These and what is based on them (without hidden ones), the oldest first."""

        def walk() -> Iterable[Rev]:
            hidden = self._inner.hidden
            return [rev for rev in self._inner.engine.descendants(self._revs(of)) if rev not in hidden]

        return Changesets(self._inner, walk)

    def common_ancestors(self, of: Revisions) -> Changesets:
        """The greatest common ancestors of all of these."""
        return Changesets(self._inner, lambda: self._inner.engine.common_heads_of(self._revs(of)))

    # -- files --------------------------------------------------------------------------------------------------

    def read(self, path: str, rev: OneRevision = ".") -> bytes:
        """The content of a file in a revision.

        Raises:
            FileNotFoundError: it has no such file.
        """
        return self[rev].read(path)

    def status(
        self,
        paths: Sequence[str] = (),
        *,
        base: OneRevision | None = None,
        target: OneRevision | None = None,
        unknown: bool = True,
        ignored: bool = False,
        clean: bool = False,
        copies: bool = False,
    ) -> Status:
        """What differs between `base` (the working copy's first parent) and `target` (the working copy)."""
        from hydrargyrum.api.working import status_of

        inner = self._inner
        old = inner.working_copy.parents[0] if base is None else self._one(base)
        new: InnerChangeset = inner.working_copy if target is None else self._one(target)
        if old.is_working_copy:
            raise errors.InputError("the base of a status is a changeset")
        return status_of(
            inner, old, new, paths=paths, unknown=unknown, ignored=ignored, clean=clean, copies=copies
        )

    def diff(
        self,
        paths: Sequence[str] = (),
        *,
        base: OneRevision | None = None,
        target: OneRevision | None = None,
        context: int = 3,
        git: bool = True,
    ) -> Diff:
        """The patches from `base` (the working copy's first parent) to `target` (the working copy)."""
        from hydrargyrum.api.working import Diff

        inner = self._inner
        old = inner.working_copy.parents[0] if base is None else self._one(base)
        new: InnerChangeset = inner.working_copy if target is None else self._one(target)
        return Diff(old, new, paths, context=context, git=git)

    # -- what arguments mean ------------------------------------------------------------------------------------

    def _one(self, rev: OneRevision) -> InnerChangeset:
        if isinstance(rev, Changeset):
            return self._inner[rev.rev]
        if isinstance(rev, int):
            if rev not in (NULL_REV, WDIR_REV) and not 0 <= rev < len(self):
                raise IndexError(rev)
            return self._inner[rev]
        from hydrargyrum.ops.revisions import resolve_revision

        return resolve_revision(self._inner, rev)

    def _revs(self, revs: Revisions) -> list[Rev]:
        if isinstance(revs, str):
            from hydrargyrum.ops.revisions import resolve_revisions

            return resolve_revisions(self._inner, [revs])
        if isinstance(revs, int | Changeset):
            return [self._one(revs).rev]
        return [self._one(rev).rev for rev in revs]


def _hexadecimal(names: Mapping[str, bytes]) -> Mapping[str, str]:
    return {name: node.hex() for name, node in names.items()}

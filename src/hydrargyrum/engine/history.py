"""Questions about many changesets at once: the third part of the interface, which the query languages stand on.

Only types live here, so at run time this module is imported by nobody. Revisions that are asked about have to be there
(else IndexError); what comes back is in ascending order unless something else is said, and -1 is never part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol, Self

from hydrargyrum.types import ChangesetRecord, Node, PatternSet, Rev, TextQuery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.filesets import Expand
    from hydrargyrum.engine.protocol import ArrowTable


class LazyRevisions(Protocol):
    """A set of revisions with an order that is evaluated as far as somebody reads; it sees the history as it was."""

    @property
    def direction(self) -> int:
        """1 where it ascends, -1 where it descends, 0 where neither is known."""
        ...

    def __iter__(self) -> Iterator[Rev]: ...
    def __len__(self) -> int: ...
    def among(self, revs: Sequence[Rev]) -> list[Rev]:
        """Those of `revs` that belong to it, in their order."""
        ...

    def first(self) -> Rev | None: ...
    def reversed(self) -> Self: ...
    def sorted(self, descending: bool) -> Self: ...
    def between(self, start: int, stop: int) -> Self:
        """The revisions from place `start` to before place `stop`."""
        ...

    def both(self, other: Self) -> Self:
        """The revisions of both, in the order of this set."""
        ...

    def without(self, other: Self) -> Self:
        """The revisions that the other set lacks."""
        ...

    def joined(self, other: Self) -> Self:
        """This set, then what else the other one has."""
        ...


class HistoryRepository(Protocol):
    """What an `EngineRepository` answers about sets of changesets. The graph does not know what is hidden."""

    # -- whole expressions ------------------------------------------------------------------------------------
    #: Whether it evaluates trees of revision sets by itself; otherwise `revision_set` always answers None.
    evaluates_sets: bool

    def revision_set(
        self, tree: tuple[object, ...], order: Literal["define", "follow", "any"], cwd: str
    ) -> LazyRevisions | None:
        """What an optimised tree means among the visible revisions, where the engine understands all of it.

        The tree is that of `query.revset` with these nodes besides: `("revisions", R)`, R a list or a set of this
        method, `("dates", first, last)` in seconds, `("generations", tree, first, last)`. Patterns for files start
        from `cwd`. Raises what resolving a name raises; everything else that is wrong is left to the caller (None).
        """
        ...

    # -- the graph --------------------------------------------------------------------------------------------
    def parent_columns(self, revs: Iterable[Rev]) -> tuple[Sequence[Rev], Sequence[Rev]]:
        """First and second parents in the order of `revs`, -1 where there is none."""
        ...

    def children_of(self, revs: Iterable[Rev]) -> list[Rev]:
        """Revisions with a parent among `revs` (-1 counts: roots are its children)."""
        ...

    def descendants(self, revs: Iterable[Rev], *, first_parent: bool = False) -> list[Rev]:
        """`revs` and what descends from them; with `first_parent` only through first parents."""
        ...

    def generations(
        self,
        revs: Iterable[Rev],
        start: int,
        stop: int | None,
        *,
        towards: Literal["ancestors", "descendants"],
        first_parent: bool = False,
    ) -> list[Rev]:
        """What is at least `start` and less than `stop` steps away from `revs` on the shortest way.

        A revision of `revs` is 0 steps away from itself; where it lies nearer to another one than `start` but is itself
        reached at `start` or more by another way, that counts too.
        """
        ...

    def heads_of(self, revs: Iterable[Rev]) -> list[Rev]:
        """Those of `revs` that are no parent of another one of them."""
        ...

    def missing(self, heads: Iterable[Rev], bases: Iterable[Rev]) -> list[Rev]:
        """`heads` and their ancestors without `bases` and theirs."""
        ...

    def paths_between(self, roots: Iterable[Rev], heads: Iterable[Rev]) -> list[Rev]:
        """What descends from one of `roots` and is an ancestor of one of `heads`, both included."""
        ...

    def common_heads_of(self, revs: Iterable[Rev]) -> list[Rev]:
        """The greatest revisions that are ancestors of (or equal to) every one of `revs`."""
        ...

    # -- what is known of changesets --------------------------------------------------------------------------
    def changesets(self, revs: Iterable[Rev]) -> list[ChangesetRecord]:
        """Records in the order of `revs`; best asked for about 1,000 at a time."""
        ...

    def changeset_table(self, revs: Iterable[Rev]) -> ArrowTable:
        """Changesets in the order of `revs`, without -1.

        Columns rev, node (hexadecimal), p1, p2, user, date (UTC), tz (seconds west of UTC), branch, phase, files (how
        many it lists), description; texts as `tabletext` says.
        """
        ...

    def change_table(self, revs: Iterable[Rev]) -> ArrowTable:
        """Columns rev, path (binary), status ("A", "M", "R") of what changesets list, in the order of `revs`."""
        ...

    def branches(self, revs: Iterable[Rev]) -> tuple[list[str], list[bool]]:
        """Branches, and whether they are closed by it, in the order of `revs`."""
        ...

    def dates(self, revs: Iterable[Rev]) -> list[int]:
        """Seconds since the epoch in the order of `revs`."""
        ...

    def search(self, revs: Iterable[Rev], query: TextQuery) -> list[Rev]:
        """Those whose texts fit, in the order of `revs`. Raises `InvalidPattern` for what is no regular expression."""
        ...

    def touching(self, revs: Iterable[Rev], patterns: PatternSet) -> list[Rev]:
        """Those that list a matching file, in the order of `revs`. Raises like `EngineRepository.files`."""
        ...

    def file_revs(self, path: str) -> list[Rev]:
        """The changesets that the stored revisions of a file belong to; none where the file was never there."""
        ...

    # -- phases and visibility --------------------------------------------------------------------------------
    def phase_revs(self, phases: Iterable[str]) -> list[Rev]:
        """Revisions in one of these phases ("public" is allowed and large), hidden ones included."""
        ...

    def hidden_revs(self) -> list[Rev]:
        """Revisions that are hidden, also where they are shown on request."""
        ...

    def obsolete_revs(self) -> list[Rev]:
        """Revisions that are not public and that a marker declares obsolete."""
        ...

    def successors(self) -> Mapping[Node, Sequence[tuple[Node, ...]]]:
        """For each node that markers are about, the successors that each of them names (none: it was pruned)."""
        ...

    #: Asked for what patterns of the kind `set:` mean; without it they are refused.
    expand_file_sets: Expand | None

    def plain_patterns(self, rev: Rev | None, patterns: PatternSet) -> PatternSet:
        """The patterns without file sets, as these are meant in a revision."""
        ...

    # -- paths ------------------------------------------------------------------------------------------------
    def matching_paths(self, paths: Iterable[str], patterns: PatternSet) -> list[str]:
        """Those of any paths that patterns mean, in byte order. Raises like `EngineRepository.files`."""
        ...

    def ignored_paths(self, paths: Iterable[str]) -> list[str]:
        """Those that the ignore files of the working copy mean by themselves, tracked or not, in byte order."""
        ...

    # -- branches ---------------------------------------------------------------------------------------------
    def branch_heads(self) -> Mapping[str, Sequence[tuple[Rev, bool]]]:
        """Visible heads of each branch, ascending, with whether it is closed there.

        A head of a branch has no visible descendant on it.
        """
        ...

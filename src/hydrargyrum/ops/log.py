"""Which changesets `log` shows, in which order, and which of their files a patch is limited to.

Walks lazily: changesets are looked at in batches, as far as somebody asks. Following files through renames is in
`file_history`; showing is not done here.
"""

from __future__ import annotations

from itertools import islice

from hydrargyrum.types import NULL_REV, WDIR_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.reporter import Steps
    from hydrargyrum.types import Rev

    Filter = Callable[[list[Changeset]], list[Changeset]]

#: How many changesets are looked at in one go: few at first, so that output begins at once.
FIRST_BATCH, BATCH = 32, 1000
#: So many are asked about together at most: the engine has an index for many.
_MOST_ASKED = 1 << 16
#: Changesets shown at once with their patches.
PATCHES_AT_ONCE = 64


class LogRequest:
    """What the user asked for.

    Attributes:
        patterns: which files.
        revisions: expressions of `-r`.
        follow: "" (no), "first" (first parents only), "all".
        date, keywords, users, branches, bookmarks, prune: what changesets have to be like; "" and empty: anything.
        merges: "only", "no", or "" for both sorts.
        removed: look at what changesets touch instead of at file histories.
        limit: how many at most.
        descending: newest first whatever the order of `revisions`; topological: branches one after the other.
    """

    __slots__ = (
        "bookmarks",
        "branches",
        "date",
        "descending",
        "follow",
        "keywords",
        "limit",
        "merges",
        "patterns",
        "prune",
        "removed",
        "revisions",
        "topological",
        "users",
    )

    def __init__(
        self,
        patterns: PatternSet,
        *,
        revisions: Sequence[str] = (),
        follow: str = "",
        date: str = "",
        keywords: Sequence[str] = (),
        users: Sequence[str] = (),
        branches: Sequence[str] = (),
        bookmarks: Sequence[str] = (),
        prune: Sequence[str] = (),
        merges: str = "",
        removed: bool = False,
        limit: int | None = None,
        descending: bool = False,
        topological: bool = False,
    ) -> None:
        self.patterns = patterns
        self.revisions = revisions
        self.follow = follow
        self.date = date
        self.keywords = keywords
        self.users = users
        self.branches = branches
        self.bookmarks = bookmarks
        self.prune = prune
        self.merges = merges
        self.removed = removed
        self.limit = limit
        self.descending = descending
        self.topological = topological

    @property
    def filters(self) -> bool:
        """Whether changesets have to be looked at."""
        return bool(
            self.date
            or self.keywords
            or self.users
            or self.branches
            or self.bookmarks
            or self.prune
            or self.merges
        )


class Found:
    """What there is to show.

    Attributes:
        revs: revision numbers in order; lazy, to be walked once.
        files_of: the files of a changeset that a patch is limited to, None for all.
        warnings: about files that are not there.
        is_everything: `revs` are all visible revisions, newest first (as far as the limit allows).
    """

    __slots__ = ("files_of", "is_everything", "revs", "warnings")

    def __init__(
        self,
        revs: Iterable[Rev],
        files_of: Callable[[Changeset], PatternSet] | None = None,
        warnings: Sequence[EngineWarning] = (),
        *,
        is_everything: bool = False,
    ) -> None:
        self.revs = revs
        self.files_of = files_of
        self.warnings = warnings
        self.is_everything = is_everything


def walk(repo: Repository, request: LogRequest) -> Found:
    """The changesets that are asked for.

    Raises:
        StateError: a file to follow that is not there.
        UnknownRevision, ParseError and others: what `-r`, `-b`, `-P` name cannot be resolved.
    """
    starts = _starts(repo, request)
    nothing = not starts if starts is not None else not len(repo.engine.changelog())
    if nothing:
        return Found(())
    patterns = request.patterns
    if patterns.has_file_sets:
        from hydrargyrum.query.fileset import expand_patterns

        patterns = expand_patterns(repo.working_copy, patterns, _paths_of_the_past(repo))
        request.patterns = patterns
    files_of = None
    warnings: list[EngineWarning] = []
    if patterns.everything or _names_the_root(repo, patterns):
        revs: Iterable[Rev] = _followed(repo, starts, request) if request.follow else _listed(repo, starts)
    else:
        revs, files_of = _walk_files(repo, request, starts, warnings)
    plain = starts is None and files_of is None and not request.filters
    if request.topological:
        revs = _topological(repo, revs)
    elif request.descending and request.revisions and not request.follow and not _has_order(repo, request):
        revs = (
            starts.sorted(descending=True) if revs is starts and starts else sorted(set(revs), reverse=True)
        )
    if request.filters:
        revs = _filtered(repo, revs, request)
    everything = plain and request.limit is None and not request.topological
    return Found(islice(revs, request.limit), files_of, warnings, is_everything=everything)


def _names_the_root(repo: Repository, patterns: PatternSet) -> bool:
    """Whether all that was named is the whole repository."""
    from hydrargyrum.ops.file_history import plain_paths

    paths = plain_paths(repo, patterns)
    return paths is not None and not any(paths)


def _walk_files(
    repo: Repository,
    request: LogRequest,
    starts: RevisionSet | None,
    warnings: list[EngineWarning],
) -> tuple[Iterable[Rev], Callable[[Changeset], PatternSet]]:
    """The changesets that have to do with files, and which of their files."""
    from hydrargyrum.ops import file_history
    from hydrargyrum.query.revset.filehistory import linked_revs

    patterns = request.patterns
    paths = file_history.plain_paths(repo, patterns)
    by_content = paths is None or request.removed
    if not by_content:
        assert paths is not None
        by_content = file_history.needs_scan(
            repo,
            None if starts is None else list(starts),
            paths,
            follow=bool(request.follow),
            named=bool(request.revisions),
        )
    if request.follow and not by_content:
        walker = file_history.FileAncestors(repo, first_only=request.follow == "first")
        warnings += walker.begin(starts or (), patterns)
        return walker.walk(), walker.files_of
    revs: Iterable[Rev]
    revs = _followed(repo, starts, request) if request.follow else _listed(repo, starts)
    if by_content:
        revs = _touching(repo, revs, patterns)
    else:
        wanted = linked_revs(repo, paths or ())
        revs = sorted(wanted, reverse=True) if starts is None else (rev for rev in revs if rev in wanted)
    return revs, lambda _changeset: patterns


def _paths_of_the_past(repo: Repository) -> Iterator[str]:
    """Every path that a changeset ever touched."""
    for piece in batches(range(len(repo.engine.changelog()))):
        for record in repo.engine.changesets(piece):
            yield from record.files


# ---- where the walk starts --------------------------------------------------------------------------------------


def _has_order(repo: Repository, request: LogRequest) -> bool:
    """Whether the revisions are in an order that a graph can be drawn in."""
    from hydrargyrum.query.revset import is_topological

    return is_topological(repo, request.revisions)


def _starts(repo: Repository, request: LogRequest) -> RevisionSet | None:
    """The revisions that were named, or those to follow from; None for all that are visible."""
    if request.revisions:
        from hydrargyrum.ops.revisions import resolve_set

        return resolve_set(repo, request.revisions)
    if request.follow:
        from hydrargyrum.query.revset.sets import Listed

        parent = repo["."].rev
        return Listed([] if parent == NULL_REV else [parent], 1)
    return None


def _listed(repo: Repository, starts: RevisionSet | None) -> Iterable[Rev]:
    if starts is not None:
        return starts
    hidden = repo.hidden
    revs = range(len(repo.engine.changelog()) - 1, -1, -1)
    return revs if not hidden else (rev for rev in revs if rev not in hidden)


def _followed(repo: Repository, starts: RevisionSet | None, request: LogRequest) -> Iterator[Rev]:
    """Ancestors, newest first."""
    named = list(starts or ())
    found = [rev for rev in named if rev != WDIR_REV]
    if len(found) < len(named):
        yield WDIR_REV
        found += [parent.rev for parent in repo.working_copy.parents if parent.rev != NULL_REV]
    if request.follow == "all":
        yield from (rev for rev in repo.engine.ancestors(found, inclusive=True) if rev != NULL_REV)
        yield from [NULL_REV] * (NULL_REV in found)
        return
    import heapq

    index = repo.engine.changelog()
    heap = [-rev for rev in set(found) if rev != NULL_REV]
    heapq.heapify(heap)
    last = None
    while heap:
        rev = -heapq.heappop(heap)
        if rev == last:
            continue
        last = rev
        yield rev
        parent = index.parents(rev)[0]
        if parent != NULL_REV:
            heapq.heappush(heap, -parent)
    yield from [NULL_REV] * (NULL_REV in found)


def batches(revs: Iterable[Rev], most: int | None = None) -> Iterator[list[Rev]]:
    """Revisions in pieces of at most so many, the first one small."""
    rest = iter(revs)
    size = min(FIRST_BATCH, most or BATCH)
    while piece := list(islice(rest, size)):
        yield piece
        size = most or BATCH


def _touching(repo: Repository, revs: Iterable[Rev], patterns: PatternSet) -> Iterator[Rev]:
    """Those that touch a file that matches."""
    with _searching(repo, "searching files") as steps:
        for piece in batches(revs):
            committed = [rev for rev in piece if rev != WDIR_REV]
            wanted = set(repo.engine.touching(committed, patterns))
            yield from (rev for rev in piece if rev in wanted)
            steps.increment(len(piece))


def _searching(repo: Repository, topic: str = "searching") -> Steps:
    """How far a search through the history has come; it may end early."""
    return repo.reporter.progress(topic, "changesets", len(repo.engine.changelog()))


def _topological(repo: Repository, revs: Iterable[Rev]) -> Iterable[Rev]:
    """Branches one after the other."""
    from hydrargyrum.query.revset import new_query
    from hydrargyrum.query.revset.topology import branch_by_branch

    return branch_by_branch(new_query(repo), sorted(set(revs), reverse=True))


# ---- what changesets have to be like ----------------------------------------------------------------------------


def _filtered(repo: Repository, revs: Iterable[Rev], request: LogRequest) -> Iterator[Rev]:
    """Those that are as the request says, piece by piece."""
    from hydrargyrum.query.revset import revisions_for

    text, values = _condition(repo, request)
    wanted = revisions_for(repo, text, *values)
    with _searching(repo) as steps:
        rest, size = iter(revs), FIRST_BATCH
        while piece := list(islice(rest, size)):
            yield from wanted.select(piece)
            steps.increment(len(piece))
            size = min(size * 4, _MOST_ASKED)


def _condition(repo: Repository, request: LogRequest) -> tuple[str, list[str]]:
    """An expression for what changesets have to be like, with `?` for values."""
    conditions: list[str] = []
    values: list[str] = []

    def add(form: str, texts: Sequence[str], *, negated: bool = False) -> None:
        if texts:
            either = " or ".join([form] * len(texts))
            conditions.append(f"{'not ' if negated else ''}({either})")
            for text in texts:
                values.extend([text] * form.count("?"))

    add("branch(?)", [f"literal:{_branch_of(repo, name)}" for name in request.branches])
    add("date(?)", [request.date] if request.date else [])
    add("keyword(?)", request.keywords)
    if request.merges:
        conditions.append("merge()" if request.merges == "only" else "not merge()")
    add("ancestors(?)", request.prune, negated=True)
    add("user(?)", [f"literal:{name}" for name in request.users])
    add(_ONLY_ON_BOOKMARK, [f"literal:{name}" for name in request.bookmarks])
    return " and ".join(conditions), values


#: Ancestors of a bookmark that belong to no other head or bookmark.
_ONLY_ON_BOOKMARK = (
    "(ancestors(bookmark(?)) - ancestors(head() and not bookmark(?))"
    " - ancestors(bookmark() and not bookmark(?)))"
)


def _branch_of(repo: Repository, name: str) -> str:
    """A branch of that name, else that of the changeset that is called so."""
    return name if name in repo.engine.branch_tips() else repo[name].branch

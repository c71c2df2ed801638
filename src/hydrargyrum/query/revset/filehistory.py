"""Histories of single files: the changesets that a file's revisions come from, followed through copies.

A file revision may be recorded for a changeset on another line of development; then the one on this line is looked for.
"""

from __future__ import annotations

from heapq import heappop, heappush

from hydrargyrum.query.revset.sets import Listed
from hydrargyrum.types import NULL_REV, WDIR_REV, Node, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev

    #: Node, parents' numbers in the file's log, and the changeset that it is recorded for.
    Row = tuple[Node, Rev, Rev, Rev]


def follow_files(
    query: Query, pattern: str, starts: RevisionSet | None, *, first_parent: bool
) -> RevisionSet:
    """Changesets that introduced the file revisions that led to the files that a pattern names.

    Args:
        query: where to look.
        pattern: which files (a plain one is a path).
        starts: in which revisions; None for the working copy's parent.
        first_parent: only first parents of file revisions.
    """
    walk = FileWalk(query, first_parent=first_parent)
    found: set[Rev] = set()
    for rev in [WDIR_REV] if starts is None else list(starts):
        seen_from = query.working_parents()[0] if rev == WDIR_REV else rev
        patterns = PatternSet(query.cwd, [pattern], default_kind="path", warn_missing=False)
        if rev == WDIR_REV:  # file sets ask the working copy, although its parent's files are followed
            patterns = query.engine.plain_patterns(None, patterns)
            if starts is not None:
                if walk.add_working_files(patterns):
                    found.add(rev)
                continue
        manifest = query.engine.manifest(seen_from)
        for path in query.engine.files(seen_from, patterns)[0]:
            walk.add(path, manifest[path].node, seen_from, inclusive=True)
    found.update(walk.revisions())
    return Listed.of_set(found - query.left_out)


class FileWalk:
    """A walk over file revisions, from the newest changeset to the oldest."""

    __slots__ = ("_first_parent", "_logs", "_pending", "_query", "_seen")

    def __init__(self, query: Query, *, first_parent: bool) -> None:
        self._query = query
        self._first_parent = first_parent
        self._logs: dict[str, tuple[list[Row], dict[Node, Row]]] = {}
        self._pending: list[tuple[int, str, Node]] = []
        self._seen: set[tuple[int, str, Node]] = set()

    def add(self, path: str, node: Node, below: Rev, *, inclusive: bool = False) -> None:
        """Visit a file revision as a changeset (or, exclusively, its ancestors) has it."""
        place = (-self.introduced(path, node, below, inclusive=inclusive), path, node)
        if place not in self._seen:
            self._seen.add(place)
            heappush(self._pending, place)

    def add_working_files(self, patterns: PatternSet) -> bool:
        """Visit what the files of the working copy were made from; whether there are any."""
        engine = self._query.engine
        report = engine.status(StatusRequest(patterns, unknown=False, clean=True, copies=True))
        manifests = [engine.manifest(rev) for rev in self._query.working_parents() if rev != NULL_REV]
        paths = {*report.modified, *report.added, *report.clean}
        for path in paths:
            sources = [path] * len(manifests)
            sources[:1] = [report.copies.get(path, path)] if manifests else []
            rows = [
                (source, entry.node)
                for source, manifest in zip(sources, manifests, strict=True)
                if (entry := manifest.get(source)) is not None
            ]
            for source, node in rows[: 1 if self._first_parent else 2]:
                self.add(source, node, WDIR_REV)
        return bool(paths)

    def revisions(self) -> Iterator[Rev]:
        """Where what was added, and everything that led to it, comes from."""
        while self._pending:
            place, path, node = heappop(self._pending)
            yield -place
            for parent_path, parent in self.parents(path, node)[: 1 if self._first_parent else 2]:
                self.add(parent_path, parent, -place)

    def log(self, path: str) -> tuple[list[Row], dict[Node, Row]]:
        """The revisions of a file, and the same by node."""
        known = self._logs.get(path)
        if known is None:
            rows = list(self._query.engine.file_revisions(path))
            known = self._logs[path] = rows, {row[0]: row for row in rows}
        return known

    def parents(self, path: str, node: Node) -> list[tuple[str, Node]]:
        """The file revisions that one was made from, the source of a copy first."""
        rows, by_node = self.log(path)
        row = by_node[node]
        found = [(path, rows[parent][0]) for parent in row[1:3] if parent != NULL_REV]
        if row[1] == NULL_REV:
            source = self._query.engine.file_copy(path, node)
            if source is not None:
                found.insert(0, source)
        return found

    def introduced(self, path: str, node: Node, below: Rev, *, inclusive: bool) -> Rev:
        """The changeset that brought a file revision to the ancestors of another one."""
        engine = self._query.engine
        recorded = self.log(path)[1][node][3]
        if recorded == below:
            return recorded
        bases: Sequence[Rev] = [below]
        if below == WDIR_REV:
            bases, inclusive = self._query.working_parents(), True
        ancestors = engine.ancestors(bases, inclusive=inclusive)
        if recorded in ancestors:
            return recorded
        for rev in ancestors:
            if rev < recorded:
                break
            if path in engine.changeset(rev).files:
                entry = engine.manifest(rev).get(path)
                if entry is not None and entry.node == node:
                    return rev
        return recorded


def linked_revs(repo: Repository, paths: Iterable[str]) -> set[Rev]:
    """The changesets that file logs name, and for those that are hidden the next one with the same file."""
    hidden, found = repo.hidden, set()
    for path in paths:
        for node, _, _, link in repo.engine.file_revisions(path):
            if link not in hidden:
                found.add(link)
                continue
            other = _next_with(repo, path, node, link)
            if other is not None:
                found.add(other)
    return found


def _next_with(repo: Repository, path: str, node: Node, after: Rev) -> Rev | None:
    """The first visible changeset behind one that touches a file and gives it the same content."""
    hidden = repo.hidden
    later = (rev for rev in range(after + 1, len(repo.engine.changelog())) if rev not in hidden)
    for changeset in repo.changesets(later):
        if path in changeset.files:
            entry = changeset.manifest.get(path)
            if entry is not None and entry.node == node:
                return changeset.rev
    return None

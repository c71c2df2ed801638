"""The histories of files: which changesets introduced their revisions, and what they were copied or renamed from.

Which of this `log` wants is decided in `log`; file logs are read by the engine.
"""

from __future__ import annotations

import heapq
import os

from hydrargyrum import errors
from hydrargyrum.types import NULL_NODE, NULL_REV, PATTERN_KINDS, WDIR_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.engine.showing import FileRow
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node, Rev

    #: Path and node of a file revision; the null node for one of the working copy.
    FileKey = tuple[str, Node]

#: Kinds of patterns that name one path.
_PLAIN_KINDS = ("path", "relpath")


def plain_paths(repo: Repository, patterns: PatternSet) -> list[str] | None:
    """The repository paths that patterns name, "" for the root; None where they are more than names.

    Raises:
        PathOutsideRepository: a path is not in the repository.
    """
    if patterns.include or patterns.exclude:
        return None
    paths = []
    for pattern in patterns.patterns:
        kind, colon, text = pattern.partition(":")
        if not colon or kind not in PATTERN_KINDS:
            kind, text = "relpath", pattern
        if kind not in _PLAIN_KINDS:
            return None
        start = repo.root if kind == "path" else patterns.cwd
        full = os.path.normpath(os.path.join(start, text))
        if full == repo.root:
            paths.append("")
            continue
        prefix = repo.root if repo.root.endswith("/") else repo.root + "/"
        if not full.startswith(prefix):
            raise errors.PathOutsideRepository(path=text, root=repo.root)
        paths.append(full[len(prefix) :])
    return paths


def needs_scan(
    repo: Repository,
    starts: Sequence[Rev] | None,
    paths: Sequence[str],
    *,
    follow: bool,
    named: bool,
) -> bool:
    """Whether changesets have to be looked at, because not all paths are files with a history.

    Args:
        repo: where to look.
        starts: revisions to follow from; paths: what the user named.
        follow: files are followed; named: `starts` were named by the user.

    Raises:
        StateError: a file to follow that is not there.
    """
    if not follow:
        return not all(repo.engine.file_revisions(path) for path in paths)
    if named:
        return _lies_in(repo, starts or (), paths)
    scan = False
    tracked = repo.engine.dirstate()
    for path in paths:
        entry = tracked.get(path)
        if entry is None or entry.state == "r":
            if not os.path.exists(os.path.join(repo.root, path)):
                raise errors.StateError(f'cannot follow file not in parent revision: "{path}"')
            scan = True
        elif not repo.engine.file_revisions(path):
            raise errors.StateError(f'cannot follow nonexistent file: "{path}"')
    return scan


def _lies_in(repo: Repository, starts: Sequence[Rev], paths: Sequence[str]) -> bool:
    """Whether one of the paths is a directory in one of the revisions."""
    missing, scan = list(paths), False
    for rev in starts:
        changeset = repo[rev]
        # a path that is a file in one revision may be a directory in another
        for path in list(missing if scan else paths):
            below = PatternSet(repo.root, [f"path:{path}"], warn_missing=False)
            if changeset.find_file(path) is not None:
                found = True
            else:
                found = bool(repo.engine.files(changeset.engine_rev, below)[0])
                scan = scan or found
            if found and path in missing:
                missing.remove(path)
    if missing:
        raise errors.StateError(f'cannot follow file not in any of the specified revisions: "{missing[0]}"')
    return scan


class FileAncestors:
    """Walks the ancestors of file revisions, newest changeset first.

    Args:
        repo: where they are.
        first_only: only first parents of file revisions.
    """

    def __init__(self, repo: Repository, *, first_only: bool) -> None:
        self._repo = repo
        self._first_only = first_only
        self._rows: dict[str, tuple[Sequence[FileRow], dict[Node, int]]] = {}
        self._paths: dict[Rev, list[str]] = {}
        self._first: list[tuple[FileKey, Rev]] = []
        #: Copies that are not committed yet, once somebody asked for them.
        self._copies: dict[str, str] | None = None

    def files_of(self, changeset: Changeset) -> PatternSet:
        """The files of a changeset that the walk met in it."""
        paths = self._paths.get(changeset.rev, ())
        # a pattern that nothing matches, where there are none
        named = [f"path:{path}" for path in paths] or ["re:$^"]
        return PatternSet(self._repo.root, named, warn_missing=False)

    def begin(self, starts: Iterable[Rev], patterns: PatternSet) -> list[EngineWarning]:
        """Look for the files to follow; what is to be said about those that are not there."""
        engine = self._repo.engine
        warnings: list[EngineWarning] = []
        wanted = PatternSet(patterns.cwd, patterns.patterns, patterns.include, patterns.exclude)
        for rev in starts:
            paths, absent = engine.files(None if rev == WDIR_REV else rev, wanted)
            warnings += absent
            if rev == WDIR_REV:
                self._first += [((path, NULL_NODE), WDIR_REV) for path in paths]
                continue
            manifest = engine.manifest(rev)
            for path in paths:
                node = manifest[path].node
                self._first.append(((path, node), self._introduced(path, node, rev, inclusive=True)))
        return warnings

    def walk(self) -> Iterator[Rev]:
        """The changesets; which files led there can be asked afterwards."""
        waiting: dict[Rev, dict[FileKey, None]] = {}
        heap: list[Rev] = []

        def add(key: FileKey, rev: Rev) -> None:
            if rev not in waiting:
                waiting[rev] = {}
                heapq.heappush(heap, -rev)
            waiting[rev][key] = None

        for key, rev in self._first:
            add(key, rev)
        while heap:
            rev = -heapq.heappop(heap)
            keys = waiting.pop(rev)
            self._paths[rev] = list(dict.fromkeys(path for path, _ in keys))
            yield rev
            for path, node in keys:
                if rev == WDIR_REV:
                    for key, parent_rev in self._working_parents(path):
                        add(key, parent_rev)
                    continue
                for parent_path, parent in self._parents(path, node):
                    add((parent_path, parent), self._introduced(parent_path, parent, rev, inclusive=False))

    def _log(self, path: str) -> tuple[Sequence[FileRow], dict[Node, int]]:
        found = self._rows.get(path)
        if found is None:
            rows = self._repo.engine.file_revisions(path)
            found = self._rows[path] = rows, {row[0]: place for place, row in enumerate(rows)}
        return found

    def _parents(self, path: str, node: Node) -> list[FileKey]:
        rows, places = self._log(path)
        _, first, second, _ = rows[places[node]]
        found: list[FileKey] = [(path, rows[parent][0]) for parent in (first, second) if parent >= 0]
        copied = self._repo.engine.file_copy(path, node) if first < 0 else None
        if copied is not None and copied[1] != NULL_NODE:
            found.insert(0, copied)
        return found[:1] if self._first_only else found

    def _working_parents(self, path: str) -> list[tuple[FileKey, Rev]]:
        """What a file of the working copy was made from, and the changesets that brought that."""
        if self._copies is None:
            self._copies = dict(self._repo.engine.edit_dirstate().copies())
        found: list[tuple[FileKey, Rev]] = []
        for number, parent in enumerate(self._repo.working_copy.parents):
            name = path if number else self._copies.get(path, path)
            entry = parent.manifest.get(name) if parent.rev != NULL_REV else None
            if entry is not None:
                rev = self._introduced(name, entry.node, parent.rev, inclusive=True)
                found.append(((name, entry.node), rev))
        return found[:1] if self._first_only else found

    def _introduced(self, path: str, node: Node, below: Rev, *, inclusive: bool) -> Rev:
        """The changeset that brought a file revision to an ancestor of `below`.

        A file log names one changeset for each revision; where that one lies elsewhere, it is looked for.
        """
        rows, places = self._log(path)
        link = rows[places[node]][3]
        ancestors = self._repo.engine.ancestors([below], inclusive=inclusive)
        if link in ancestors:
            return link
        for changeset in self._repo.changesets(rev for rev in ancestors if rev != NULL_REV):
            if path in changeset.files:
                entry = changeset.manifest.get(path)
                if entry is not None and entry.node == node:
                    return changeset.rev
        return link

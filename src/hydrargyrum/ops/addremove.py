"""Tracks what is new and untracks what is gone, and finds renames among both by content.

Single files that users name for one of the two are `ops.tracking`'s business.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops.selection import sorted_paths
from hydrargyrum.ops.tracking import Tracker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.engine.protocol import PathSequence
    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Reporter
    from hydrargyrum.repo.transaction import Transaction


#: So many bytes of new files are kept while they are compared with removed ones.
_MOST_KEPT = 64 << 20


def parse_similarity(text: str) -> float:
    """The share of equal content above which files count as similar, from a percentage.

    Raises:
        InputError: it is none.
    """
    try:
        percent = float(text or 0)
    except ValueError:
        raise errors.InputError("similarity must be a number") from None
    if not 0 <= percent <= 100:
        raise errors.InputError("similarity must be between 0 and 100")
    return percent / 100.0


def addremove(
    repo: Repository,
    selection: Selection,
    talk: Reporter,
    similarity: float = 0.0,
    *,
    dry_run: bool = False,
    verbose: bool = False,
) -> bool:
    """Makes tracked files those that are there; whether all that were named could be."""
    if similarity > 0:
        repo.look_at_parents()
    with repo.lock_working_copy():
        report, bad = selection.report(talk)
        tracker = Tracker(repo, selection, talk, verbose=verbose)
        back: list[str] = []
        removed: list[str] = []
        for path in report.removed:
            (back if _is_file(os.path.join(repo.root, path)) else removed).append(path)
        new: Iterable[str] = sorted_paths([*report.unknown, *back]) if back else report.unknown
        if any(_looks_like_hg(path) for path in new):
            new = [path for path in new if not _looks_like_hg(path)]
        gone = report.deleted
        _announce(tracker, new, gone)
        renames: dict[str, str] = {}
        candidates = sorted_paths([*removed, *gone])
        if similarity > 0 and candidates:
            added = sorted_paths([*report.added, *report.unknown])
            for old, path, score in find_renames(repo, added, candidates, similarity):
                if verbose or not selection.is_exact(old) or not selection.is_exact(path):
                    talk.status(
                        f"recording removal of {selection.show(old)} as rename to {selection.show(path)} "
                        f"({int(score * 100)}% similar)\n"
                    )
                renames[path] = old
        if not dry_run:
            if repo.before_tracking is not None and (gone or new or renames):
                repo.before_tracking()
            tracker.edit.untrack(gone)
            tracker.add(new)
            for path, old in renames.items():
                tracker.edit.track([path])
                tracker.edit.copy(path, old)
            tracker.edit.write()
    return not any(selection.is_exact(path) for path in bad)


class InTransaction:
    """What `addremove` changes belongs to a transaction, for a `with`: begun with the first change, if there is one.

    Where the rest fails, or by `rollback`, files are as they were before. Both locks are held by the caller.
    """

    def __init__(self, repo: Repository, name: str) -> None:
        self._repo = repo
        self._name = name
        self._txn: Transaction | None = None

    def _begin(self) -> None:
        if self._txn is None:
            self._txn = self._repo.transaction(self._name)
            self._txn.back_up_dirstate()

    def __enter__(self) -> None:
        self._repo.before_tracking = self._begin

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._repo.before_tracking = None
        if self._txn is not None:
            self._txn.__exit__(kind)


def _looks_like_hg(path: str) -> bool:
    """Whether some file system would take a part of the path for `.hg`: such files cannot be tracked."""
    if ".hg" not in path.lower() and "~" not in path and path.isascii():
        return False
    from hydrargyrum.matching.normalize import check_components

    try:
        check_components(os.fsencode(path))
    except errors.IllegalPath:
        return True
    return False


def _is_file(path: str) -> bool:
    """Whether there is a file or a symbolic link."""
    return os.path.islink(path) or os.path.isfile(path)


def _announce(tracker: Tracker, new: Iterable[str], gone: PathSequence) -> None:
    if tracker.is_quiet:
        return
    if not gone:
        for path in new:
            tracker.announce("adding", path)
        return
    verbs = dict.fromkeys(gone, "removing") | dict.fromkeys(new, "adding")
    for path in sorted(verbs, key=os.fsencode):
        tracker.announce(verbs[path], path)


def find_renames(
    repo: Repository, added: Sequence[str], removed: Sequence[str], threshold: float
) -> Iterator[tuple[str, str, float]]:
    """(old path, new path, share of equal content): equal files first, then similar ones above the threshold.

    Empty files are left out, because they are alike without having to do with each other.
    """
    parent = repo.working_copy.parents[0]
    manifest = parent.manifest
    by_content: dict[bytes, str] = {}
    sizes: set[int] = set()
    old: list[str] = []
    exact = repo.reporter.progress("searching for exact renames", "files", len(removed) + len(added))
    for path in removed:
        exact.increment()
        if path in manifest and (data := parent.file(path).data):
            by_content.setdefault(_digest(data), path)
            sizes.add(len(data))
            old.append(path)
    if not old:
        return
    contents = _Contents(repo)
    rest: list[str] = []
    for path in added:
        exact.increment()
        if threshold >= 1.0 and contents.size(path) not in sizes:
            continue
        data = contents.read(path)
        source = by_content.get(_digest(data))
        if source is not None:
            yield source, path, 1.0
        elif data:
            rest.append(path)
    exact.complete()
    if threshold < 1.0:
        best: dict[str, tuple[str, float]] = {}
        similar = repo.reporter.progress("searching for similar files", "files", len(old))
        for source in old:
            similar.increment()
            before = parent.file(source).data
            for path in rest:
                score = similarity_of(contents.read(path), before)
                if score > best.get(path, ("", threshold))[1]:
                    best[path] = source, score
        similar.complete()
        for path, (source, score) in best.items():
            yield source, path, score


def _digest(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha1(data, usedforsecurity=False).digest()


class _Contents:
    """Contents of the working copy that are asked for again and again; as many are kept as fit into some memory."""

    __slots__ = ("_free", "_kept", "_repo")

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._kept: dict[str, bytes] = {}
        self._free = _MOST_KEPT

    def size(self, path: str) -> int:
        """How long a content is."""
        if self._repo.filters is None:
            return os.lstat(os.path.join(self._repo.root, path)).st_size
        return len(self.read(path))

    def read(self, path: str) -> bytes:
        """A content as it would be stored."""
        known = self._kept.get(path)
        if known is not None:
            return known
        data = self._repo.working_copy.file(path).data
        if len(data) <= self._free:
            self._free -= len(data)
            self._kept[path] = data
        return data


def similarity_of(data: bytes, other: bytes) -> float:
    """The share of bytes in lines that both have, of all bytes of both."""
    from hydrargyrum.text.diff import blocks
    from hydrargyrum.text.lines import split_lines

    lines = split_lines(other)
    equal = sum(sum(map(len, lines[block[2] : block[3]])) for block in blocks(data, other))
    return equal * 2.0 / (len(data) + len(other))

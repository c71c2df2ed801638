"""The single checks of a verification: a revlog's files, entries of a manifest, contents and copies of a file, dirstate.

In which order they are made is the business of `run`.
"""

from __future__ import annotations

import os
from collections import deque

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.filelog import Filelog
from hydrargyrum.engine.pure.store.index import ENTRY_SIZE
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.engine.pure.store.changelog import Changelog
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.manifest import File, ManifestLog
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.pure.verifying.run import Verification

#: Larger than any text may be.
_ANY_LENGTH = 0x7FFFFFFF


def files_of(revlog: Revlog) -> list[bytes]:
    """Names of the files of a revlog."""
    names = [revlog.radix + b".i"]
    return names if revlog.index.inline or not len(revlog) else [*names, revlog.radix + b".d"]


def size_problems(layout: RepoLayout, revlog: Revlog) -> Iterator[tuple[str, int]]:
    """What is wrong with the sizes of a revlog's files."""
    index = revlog.index
    if index.inline or not len(index):
        return  # bytes that are too many could not have been read as an index
    last = index.entry(len(index) - 1)
    try:
        size = os.stat(layout.store_path(revlog.radix + b".d")).st_size
    except FileNotFoundError:
        size = last.offset + last.stored_size
    off = size - max(0, last.offset + last.stored_size)
    if off:
        yield "data-length", off
    extra = len(index.data) % ENTRY_SIZE
    if extra:
        yield "index-length", extra


def new_entries(revlog: Revlog, rev: int) -> Iterator[File]:
    """The entries of a manifest that its delta brings; all of them where it is stored whole.

    Raises:
        CorruptRevision: it cannot be read.
    """
    from hydrargyrum.engine.pure.store.chunk import decompress
    from hydrargyrum.engine.pure.store.manifest import split_line
    from hydrargyrum.text.hunks import Unreadable, read_hunks

    base = revlog.index.entry(rev).base
    try:
        if base == rev:
            text = revlog.raw_text(rev)
        else:
            hunks = read_hunks(decompress(revlog.chunk(rev), _ANY_LENGTH), _ANY_LENGTH)
            text = b"".join(bytes(data) for _, _, data in hunks)
        for line in text.splitlines():
            yield split_line(line)
    except Unreadable as problem:
        raise revlog.corrupt(rev, problem.problem) from None


class FileCheck:
    """Checks files one after the other.

    Attributes:
        revisions: how many were looked at.
    """

    def __init__(self, run: Verification, listed: set[bytes] | None) -> None:
        self._run = run
        self._listed = listed
        self.revisions = 0

    def check(self, path: bytes, links: list[int], nodes: dict[bytes, int | None] | None) -> None:
        """One file: `links` are the changesets that touch it, `nodes` the revisions that manifests name."""
        run = self._run
        first = links[0] if links else None
        try:
            filelog = Filelog(run.layout, path)
        except errors.EngineError as problem:
            run.tell("broken-revlog", first, path, problem)
            return
        self._check_listed(filelog)
        unread: set[bytes] = set()
        if not len(filelog) and (run.has_changesets or run.has_manifests):
            run.tell("empty", first, file=decode(path))
        else:
            unread = self._check_contents(filelog, path, first)
        seen: dict[bytes, int] = {}
        left = dict(nodes) if nodes is not None else None
        for rev in range(len(filelog)):
            self.revisions += 1
            node = filelog.node(rev)
            link = run.check_entry(filelog, rev, seen, links, path)
            if left is not None:
                if run.has_manifests and node not in left:
                    run.tell("not-in-manifests", link, path, node=node.hex()[:12])
                else:
                    left.pop(node, None)
            if node not in unread:
                self._check_copy(filelog, path, rev, link)
        for link, node in sorted(((link, node) for node, link in (left or {}).items()), key=_in_order):
            run.tell("unknown-revision", link, path, node=node.hex()[:12])

    def _check_listed(self, filelog: Filelog) -> None:
        if self._listed is None:
            return
        for name in files_of(filelog):
            if name in self._listed:
                self._listed.remove(name)
            else:
                self._run.tell("not-listed", file=decode(name))

    def _check_contents(self, filelog: Filelog, path: bytes, first: int | None) -> set[bytes]:
        """Reads all revisions; the nodes of those that cannot be read."""
        run = self._run
        for problem, count in size_problems(run.layout, filelog):
            run.tell(problem, first, path, bytes=count)
        unread = set()
        for rev in range(len(filelog)):
            node, link = filelog.node(rev), filelog.index.entry(rev).link_rev
            try:
                pieces = filelog.stream(rev, run.long_from)
                if pieces is None:
                    filelog.text(rev)
                else:
                    deque(pieces, 0)
            except errors.CensoredRevision:
                if run.censored_is_wrong:
                    run.tell("censored", link, path)
                    unread.add(node)
            except errors.EngineError as unread_for:
                run.tell("unread-file", link, path, unread_for, node=node.hex()[:12])
                unread.add(node)
        return unread

    def _check_copy(self, filelog: Filelog, path: bytes, rev: int, link: int | None) -> None:
        run = self._run
        node = filelog.node(rev).hex()[:12]
        try:
            source = filelog.copied_from(rev)
            if source is None:
                return
            name, source_node = source
            if link is not None and run.verbose and not self._in_parents(name, link):
                changeset = run.changelog.node(link).hex()[:12]
                run.tell("copy-source-elsewhere", file=decode(path), node=changeset)
            other = Filelog(run.layout, name)
            if not len(other):
                run.tell("no-copy-source", link, path, source=decode(name), node=source_node.hex()[:12])
            elif source_node == bytes(20):
                run.tell("null-copy-source", link, path, source=decode(name), node=source_node.hex()[:12])
            else:
                other.rev(source_node)
        except errors.EngineError as problem:
            run.tell("unread-copy", link, path, problem, node=node)

    def _in_parents(self, path: bytes, link: int) -> bool:
        run = self._run
        for parent in run.changelog.parents(link):
            manifest = run.manifests.manifest(run.changelog.changeset(parent).manifest)
            if manifest.get(path) is not None:
                return True
        return False


def _in_order(item: tuple[int | None, bytes]) -> tuple[int, bytes]:
    return -1 if item[0] is None else item[0], item[1]


def dirstate_problems(
    layout: RepoLayout, changelog: Changelog, manifests: ManifestLog
) -> Iterator[tuple[str, dict[str, str]]]:
    """Where the dirstate contradicts the manifests of the working copy's parents."""
    from hydrargyrum.engine.pure.worktree.dirstate import read_dirstate
    from hydrargyrum.engine.pure.worktree.entry import P1_TRACKED, P2_INFO, WC_TRACKED

    dirstate = read_dirstate(layout)
    first, second = (
        {
            path
            for path, _, _ in manifests.manifest(changelog.changeset(_rev(changelog, node)).manifest).files()
        }
        for node in dirstate.parents
    )
    short = changelog.node(_rev(changelog, dirstate.parents[0])).hex()[:12]
    for path, entry in sorted(dirstate.entries.items()):
        name, flags = decode(path), entry[0]
        tracked, in_first, merged = flags & WC_TRACKED, flags & P1_TRACKED, flags & P2_INFO
        if in_first:
            if tracked and merged and path not in first and path not in second:
                yield "dirstate-modified", {"path": name}
            elif path not in first:
                yield "dirstate-tracked", {"path": name, "parent": short}
        if tracked and not in_first and not merged and path in first:
            yield "dirstate-added", {"path": name}
    for path in sorted(first):
        found = dirstate.entries.get(path)
        if found is None or not found[0] & P1_TRACKED:
            yield "dirstate-lacks", {"path": decode(path), "parent": short}


def _rev(changelog: Changelog, node: bytes) -> int:
    rev = changelog.find(node)
    return -1 if rev is None else rev

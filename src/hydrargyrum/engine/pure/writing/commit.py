"""Makes a changeset of changed files: file revisions, manifest, changelog entry.

Which revision of a file the manifest names is decided in `filecommit`; reading the working copy is `worktree`'s work.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.report.sequences import Paths
from hydrargyrum.engine.pure.store.revlog import NULL_NODE
from hydrargyrum.engine.pure.text import encode
from hydrargyrum.engine.pure.writing.appender import parents_of
from hydrargyrum.engine.pure.writing.deltas import Incoming
from hydrargyrum.engine.pure.writing.filecommit import File, FileCommitter
from hydrargyrum.engine.pure.writing.manifests import TreeWriter, edited_text
from hydrargyrum.engine.pure.writing.texts import changeset_text
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.manifest import Found, Manifest
    from hydrargyrum.engine.pure.writing.appender import Appender
    from hydrargyrum.engine.pure.writing.longfiles import LongFile
    from hydrargyrum.engine.pure.writing.manifests import Edits
    from hydrargyrum.engine.pure.writing.workingfiles import Stamp
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.plans import CommitHeader, FileChange


class PureCommitResult:
    """A changeset that was appended.

    Attributes:
        stamps: what was seen of each file that was read from the working copy, by path.
        removed: paths that the changeset removes from the working copy.
    """

    __slots__ = ("files", "manifest", "node", "removed", "rev", "stamps", "warnings")

    def __init__(
        self, node: bytes, rev: int, manifest: bytes, files: Paths, warnings: Sequence[EngineWarning]
    ) -> None:
        self.node = Node(node)
        self.rev = rev
        self.manifest = Node(manifest)
        self.files = files
        self.warnings = tuple(warnings)
        self.stamps: dict[bytes, Stamp] = {}
        self.removed: list[bytes] = []


class Finder:
    """Finds files in a manifest: one by one while they are few, then in a table."""

    __slots__ = ("_left", "_manifest", "_table")

    #: So many single look-ups cost as much as the table.
    FEW = 50

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._table: dict[bytes, tuple[bytes, bytes]] | None = None
        self._left = self.FEW

    def find(self, path: bytes) -> Found:
        """Node and flags of a file, or None."""
        if self._table is not None:
            return self._table.get(path)
        self._left -= 1
        if self._left < 0:
            self._table = {name: (node, flags) for name, node, flags in self._manifest.files()}
            return self._table.get(path)
        return self._manifest.get(path)


class Committer:
    """Makes one changeset on top of the history as it is.

    `appender` gives what appends to a revlog: kind ("changelog", "manifest", "file") and path; `long_from` is
    the settings'.
    """

    def __init__(
        self,
        history: History,
        header: CommitHeader,
        appender: Callable[[str, bytes], Appender],
        long_from: int,
    ) -> None:
        self._long_from = long_from
        self._history = history
        self._header = header
        self._appender = appender
        first, second = header.parents
        self._is_merge = second != -1
        self._link = len(history.changelog)
        self._nodes = tuple(
            history.changelog.changeset(rev).manifest if rev != -1 else NULL_NODE for rev in (first, second)
        )
        # a merge asks for both at once, and the history keeps only the last one
        self._first: Manifest = history.manifest_of(self._nodes[0])
        self._second: Manifest = history.manifest_of(self._nodes[1]) if self._is_merge else self._first
        self._find_first = Finder(self._first).find
        self._find_second = Finder(self._second).find

    def commit(self, files: Iterable[File], removed: Iterable[bytes]) -> PureCommitResult:
        """Appends the changeset; `files` are in byte order and may be read one by one."""
        header = self._header
        warnings: list[EngineWarning] = []
        if header.manifest is not None:
            touched = {file.path for file in files} | set(removed)
            manifest: bytes = header.manifest
        else:
            manifest, touched = self._write_files(files, set(removed), warnings)
        listed = sorted(touched)
        text = changeset_text(header, manifest, listed)
        rev, node = self._appender("changelog", b"").add_text(text, header.parents, self._link)
        return PureCommitResult(node, rev, manifest, Paths(listed, self._history.layout.root), warnings)

    def _write_files(
        self, files: Iterable[File], removed: set[bytes], warnings: list[EngineWarning]
    ) -> tuple[bytes, set[bytes]]:
        committer = FileCommitter(
            (self._find_first, self._find_second),
            lambda path: self._appender("file", path),
            self._link,
            is_merge=self._is_merge,
            recorded=self._header.merge_recorded,
            long_from=self._long_from,
        )
        edits: Edits = {}
        touched = set()
        for file in files:
            try:
                node, is_touched = committer.commit(file)
            finally:
                file.close()
            edits[file.path] = node, file.flags
            if is_touched:
                touched.add(file.path)
        warnings += committer.warnings
        gone = [path for path in removed if self._find_first(path) is not None or self._in_second(path)]
        for path in gone:
            edits[path] = None
            if not self._is_merge or not self._was_removed_before(path):
                touched.add(path)
        changed = {path: entry for path, entry in edits.items() if self._find_first(path) != entry}
        if not touched and not changed:
            return self._nodes[0], touched
        return self._write_manifest(changed), touched

    def _in_second(self, path: bytes) -> bool:
        return self._is_merge and self._find_second(path) is not None

    def _was_removed_before(self, path: bytes) -> bool:
        """Whether one side of a merge removed a file that the other left alone, so that the merge itself did not."""
        here, there = self._find_first(path), self._find_second(path)
        if here is not None:
            return there is None and all(base.get(path) == here for base in self._bases())
        return there is None or all(base.get(path) == there for base in self._bases())

    def _bases(self) -> list[Manifest]:
        """The manifests of the common ancestors of the parents; an empty one where there are none."""
        from hydrargyrum.engine.pure.graph import common_heads

        history = self._history
        heads = common_heads(history.changelog.parents, *self._header.parents)
        return [history.manifest(rev) for rev in heads or [-1]]

    def _write_manifest(self, edits: Edits) -> bytes:
        first, second = self._nodes
        if b"treemanifest" in self._history.layout.requirements:
            tree = TreeWriter(
                self._history.manifest_log, lambda path: self._appender("manifest", path), self._link
            )
            return tree.write(b"", first, second, edits)
        appender = self._appender("manifest", b"")
        revlog = appender.revlog
        parents = parents_of(revlog, (first, second))
        text, delta = edited_text(revlog.text(parents[0]), edits)
        known = None if delta is None or parents[0] == -1 else Incoming(parents[0], delta)
        return appender.add_text(text, parents, self._link, known=known)[1]


def file_of(change: FileChange, read: Callable[[bytes], tuple[bytes | LongFile, bytes]]) -> File:
    """A file of a commit from what was asked for; `read` gives what is missing, from the working copy."""
    path = encode(change.path)
    data: bytes | LongFile | None = change.data
    flags = None if change.flags is None else encode(change.flags)
    if change.node is None and (data is None or flags is None):
        seen, look = read(path)
        if data is None:
            data = seen
        elif not isinstance(seen, bytes):
            seen.close()
        flags = look if flags is None else flags
    source = None if change.copied_from is None else encode(change.copied_from)
    file = File(path, data or b"", flags or b"", copied_from=source)
    file.node = change.node
    file.other_only = change.other_only
    file.merged = change.merged
    file.force_new = change.force_new
    return file

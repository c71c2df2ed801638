"""The origin of each line of a file: its revisions and their parents, handed to `hydrargyrum.text.annotate`.

How lines are carried over is decided there; what a line is shown with belongs to the command.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.differences import comparison
from hydrargyrum.engine.pure.graph import AncestorSet
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.engine.pure.worktree.dirstate import read_dirstate
from hydrargyrum.errors import UnknownNode
from hydrargyrum.text import annotate as attribution
from hydrargyrum.types import WDIR_REV, AnnotateRequest, Annotation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.protocol import ProgressCallback
    from hydrargyrum.engine.pure.differences import DiskTree
    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.layout import RepoLayout

    #: Path and node of a file revision; an empty node is the file on disk.
    FileRev = tuple[bytes, bytes]

_ON_DISK = b""
#: So many revisions are read before somebody is told.
_TOLD_EACH = 32


class _FileHistory:
    """The revisions of a file seen from one changeset, or from the working copy."""

    def __init__(
        self, history: History, layout: RepoLayout, disk: DiskTree, request: AnnotateRequest
    ) -> None:
        self._disk = disk
        self._history = history
        self._layout = layout
        self._follow = request.follow
        if request.rev is None:
            first, second = read_dirstate(layout).parents
            found = [history.changelog.find(node) for node in (first, second) if node != bytes(20)]
            self._starts = [rev for rev in found if rev is not None]
        else:
            self._starts = [request.rev]
        self._ancestors = AncestorSet(history.changelog.parents, self._starts, inclusive=True)
        self._changesets: dict[FileRev, int] = {}
        self._read = 0
        self.progress: ProgressCallback | None = None

    def tip(self, path: bytes, rev: int | None) -> FileRev:
        if rev is None:
            return path, _ON_DISK
        found = self._history.manifest(rev).get(path)
        if found is None:
            node = self._history.changelog.node(rev)
            raise UnknownNode(path=decode(path), node=node.hex()[:12])
        return path, found[0]

    def parents(self, revision: FileRev) -> list[FileRev]:
        path, node = revision
        if node == _ON_DISK:
            found = self._parents_on_disk(path)
        else:
            log = self._history.filelog(path)
            rev = log.rev(node)
            found = [(path, log.node(parent)) for parent in log.parents(rev) if parent >= 0]
            source = log.copied_from(rev)
            if source is not None:
                found.insert(0, source)
        return found if self._follow else [parent for parent in found if parent[0] == path]

    def _parents_on_disk(self, path: bytes) -> list[FileRev]:
        names = [read_dirstate(self._layout).copies.get(path, path), path]
        found = []
        for name, rev in zip(names, self._starts, strict=False):
            entry = self._history.manifest(rev).get(name)
            if entry is not None:
                found.append((name, entry[0]))
        return found

    def text(self, revision: FileRev) -> bytes:
        path, node = revision
        self._read += 1
        if self.progress is not None and self._read % _TOLD_EACH == 0:
            self.progress("tracing lines", self._read, 0)
        if node == _ON_DISK:
            return self._disk.data(path)
        log = self._history.filelog(path)
        return log.data(log.rev(node))

    def changeset(self, revision: FileRev) -> int:
        """The changeset that brought a file revision, as seen from here.

        A file revision is linked to one changeset even where several made it; where that one is no ancestor, the
        nearest ancestor that made it is meant.
        """
        found = self._changesets.get(revision)
        if found is None:
            found = self._changesets[revision] = self._find_changeset(revision)
        return found

    def _find_changeset(self, revision: FileRev) -> int:
        path, node = revision
        if node == _ON_DISK:
            return WDIR_REV
        log = self._history.filelog(path)
        link = log.index.entry(log.rev(node)).link_rev
        if link in self._ancestors:
            return link
        for rev in self._ancestors:
            record = self._history.changelog.changeset(rev)
            if path in record.files:
                entry = self._history.manifest_of(record.manifest).get(path)
                if entry is not None and entry[0] == node:
                    return rev
        return link


def annotate(
    history: History,
    layout: RepoLayout,
    disk: DiskTree,
    request: AnnotateRequest,
    progress: ProgressCallback | None = None,
) -> Annotation:
    """The origin of each line."""
    if request.rev is not None and not -1 <= request.rev < len(history.changelog):
        raise IndexError(request.rev)
    files = _FileHistory(history, layout, disk, request)
    files.progress = progress
    skip = frozenset(request.skip)
    tip = files.tip(encode(request.path), request.rev)
    lines, origins = attribution.annotate(
        tip,
        files.parents,
        files.text,
        comparison(request.ignore, xdiff=request.xdiff),
        lambda revision: bool(skip) and files.changeset(revision) in skip,
    )
    return Annotation(
        lines,
        [files.changeset(origin[0]) for origin in origins],
        [origin[1] for origin in origins],
        [decode(origin[0][0]) for origin in origins],
        [origin[2] for origin in origins],
    )

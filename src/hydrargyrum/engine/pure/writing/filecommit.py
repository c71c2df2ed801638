"""Decides for each file of a commit which revision of it the new manifest names, and appends it where it is new.

The rules are Mercurial's, because the hashes depend on them (`docs/formats/filelog.md`).
"""

from __future__ import annotations

from hydrargyrum.engine.pure.graph import common_heads
from hydrargyrum.engine.pure.store.revlog import HAS_META, NULL_NODE
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.writing.texts import file_text
from hydrargyrum.errors import EngineWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.engine.pure.store.filelog import Filelog
    from hydrargyrum.engine.pure.store.manifest import Found
    from hydrargyrum.engine.pure.writing.appender import Appender

    Lookup = Callable[[bytes], Found]

#: Entry of a file that a parent does not have.
_NOWHERE = (NULL_NODE, b"")


class File:
    """A file to be committed.

    Attributes:
        path: in the repository; data: its content; flags: of the manifest.
        node: this revision is taken as it is, or None.
        copied_from: path of its source, or None.
        other_only, merged, force_new: see `plans.FileChange`.
    """

    __slots__ = ("copied_from", "data", "flags", "force_new", "merged", "node", "other_only", "path")

    def __init__(self, path: bytes, data: bytes, flags: bytes, *, copied_from: bytes | None = None) -> None:
        self.path = path
        self.data = data
        self.flags = flags
        self.copied_from = copied_from
        self.node: bytes | None = None
        self.other_only = self.merged = self.force_new = False


class FileCommitter:
    """Commits files of one changeset.

    Attributes:
        warnings: about copies whose source is not there.
    """

    __slots__ = ("_appender", "_first", "_is_merge", "_link", "_recorded", "_second", "warnings")

    def __init__(
        self,
        lookups: tuple[Lookup, Lookup],
        appender: Callable[[bytes], Appender],
        link: int,
        *,
        is_merge: bool,
        recorded: bool,
    ) -> None:
        self._first, self._second = lookups
        self._appender = appender
        self._link = link
        self._is_merge = is_merge
        self._recorded = recorded
        self.warnings: list[EngineWarning] = []

    def commit(self, file: File) -> tuple[bytes, bool]:
        """The node of a file in the new manifest, and whether the changeset touches it."""
        first = self._first(file.path) or _NOWHERE
        second = (self._second(file.path) or _NOWHERE) if self._is_merge else _NOWHERE
        is_new = first[0] == second[0] == NULL_NODE
        if file.node is not None:
            return file.node, is_new or self._changes(file, file.node, first, second)
        appender = self._appender(file.path)
        parents, source = self._parents(file, appender, first[0], second[0])
        if (
            parents[1] != NULL_NODE
            or parents[0] == NULL_NODE
            or source is not None
            or file.force_new
            or not _is_same(appender, parents[0], file.data)
        ):
            return self._append(appender, file, parents, source), True
        return parents[0], is_new or (first[0] != NULL_NODE and first[1] != file.flags)

    def _changes(
        self, file: File, node: bytes, first: tuple[bytes, bytes], second: tuple[bytes, bytes]
    ) -> bool:
        """Whether a revision that is taken as it is counts as a change."""
        if node not in (first[0], second[0]):
            return True
        return any(known != NULL_NODE and flags != file.flags for known, flags in (first, second))

    def _parents(
        self, file: File, appender: Appender, first: bytes, second: bytes
    ) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes] | None]:
        """The parents of the new revision, and the path and node that it is a copy of."""
        source = file.copied_from
        if source is not None and source != file.path:
            return self._copied(file.path, source, first, second)
        if first == NULL_NODE:
            return (second, NULL_NODE), None
        if second == NULL_NODE:
            return (first, NULL_NODE), None
        if file.other_only:
            return (second, NULL_NODE), None
        if self._recorded and not file.merged:
            return (first, NULL_NODE), None
        revlog = appender.revlog
        revs = revlog.rev(first), revlog.rev(second)
        heads = common_heads(revlog.parents, *revs)
        if revs[0] in heads:
            return (second, NULL_NODE), None
        if revs[1] in heads:
            return (first, NULL_NODE), None
        return (first, second), None

    def _copied(
        self, path: bytes, source: bytes, first: bytes, second: bytes
    ) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes] | None]:
        """A copy has no first parent; what the file itself was before on the other side is the second."""
        found = self._first(source)
        parent = second
        if self._is_merge and (second == NULL_NODE or found is None):
            other = self._second(source)  # copied on the other side
            if other is not None:
                found, parent = other, first
        if found is None:
            facts: dict[str, str | int | None] = {"path": decode(path), "source": decode(source)}
            self.warnings.append(EngineWarning("copy-source-not-found", facts))
            return (first, second), None
        return (parent, NULL_NODE), (source, found[0])

    def _append(
        self,
        appender: Appender,
        file: File,
        parents: tuple[bytes, bytes],
        source: tuple[bytes, bytes] | None,
    ) -> bytes:
        text = file_text(file.data, source)
        flags = HAS_META if text is not file.data else 0
        revlog = appender.revlog
        revs = revlog.rev(parents[0]), revlog.rev(parents[1])
        if flags and parents[1] == NULL_NODE and not revlog.index.has_meta_flag:
            # a null first parent is the sign to look for metadata
            revs = (-1, revs[0])
        return appender.add_text(text, revs, self._link, flags=flags)[1]


def _is_same(appender: Appender, node: bytes, data: bytes) -> bool:
    filelog: Filelog = appender.revlog  # type: ignore[assignment]
    return filelog.is_same(filelog.rev(node), data)

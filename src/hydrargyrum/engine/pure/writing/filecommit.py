"""Decides for each file of a commit which revision of it the new manifest names, and appends it where it is new.

The rules are Mercurial's, because the hashes depend on them (`docs/formats/filelog.md`).
"""

from __future__ import annotations

from itertools import chain

from hydrargyrum.engine.pure.graph import common_heads
from hydrargyrum.engine.pure.store.revlog import HAS_META, NULL_NODE
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.writing.longfiles import LongFile
from hydrargyrum.engine.pure.writing.texts import file_text, metadata
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
#: So many times the length of a long file, and it is always stored whole.
WHOLE_FROM = 8


class File:
    """A file to be committed.

    Attributes:
        path: in the repository; data: its content, or the file that it is in; flags: of the manifest.
        node: this revision is taken as it is, or None.
        copied_from: path of its source, or None.
        other_only, merged, force_new: see `plans.FileChange`.
    """

    __slots__ = ("copied_from", "data", "flags", "force_new", "merged", "node", "other_only", "path")

    def __init__(
        self, path: bytes, data: bytes | LongFile, flags: bytes, *, copied_from: bytes | None = None
    ) -> None:
        self.path = path
        self.data = data
        self.flags = flags
        self.copied_from = copied_from
        self.node: bytes | None = None
        self.other_only = self.merged = self.force_new = False

    def close(self) -> None:
        """Closes what was opened for it."""
        if isinstance(self.data, LongFile):
            self.data.close()


class FileCommitter:
    """Commits files of one changeset.

    Attributes:
        warnings: about copies whose source is not there.
    """

    __slots__ = (
        "_appender",
        "_first",
        "_is_merge",
        "_link",
        "_long_from",
        "_recorded",
        "_second",
        "warnings",
    )

    def __init__(
        self,
        lookups: tuple[Lookup, Lookup],
        appender: Callable[[bytes], Appender],
        link: int,
        *,
        is_merge: bool,
        recorded: bool,
        long_from: int,
    ) -> None:
        self._long_from = long_from
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
            or not self._is_same(appender, parents[0], file.data)
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
        data = file.data
        if isinstance(data, LongFile):
            # a delta against what was there before needs both texts
            if not len(appender.revlog.index) or data.length >= WHOLE_FROM * self._long_from:
                return self._append_long(appender, data, parents, source)
            data = data.whole()
        text = file_text(data, source)
        has_metadata = text is not data
        revs = self._revs(appender, parents, has_metadata=has_metadata)
        return appender.add_text(text, revs, self._link, flags=HAS_META * has_metadata)[1]

    def _append_long(
        self,
        appender: Appender,
        long: LongFile,
        parents: tuple[bytes, bytes],
        source: tuple[bytes, bytes] | None,
    ) -> bytes:
        plain = not appender.chunks.shortens(long.samples())
        pieces = long.pieces()
        first = next(pieces, b"")
        before = metadata(first, source)
        appender.refuse_length(long.length + len(before))
        revs = self._revs(appender, parents, has_metadata=bool(before))
        content = chain((before + first,), pieces)
        return appender.add_pieces(content, revs, self._link, flags=HAS_META * bool(before), plain=plain)

    def _revs(
        self, appender: Appender, parents: tuple[bytes, bytes], *, has_metadata: bool
    ) -> tuple[int, int]:
        revlog = appender.revlog
        revs = revlog.rev(parents[0]), revlog.rev(parents[1])
        if has_metadata and parents[1] == NULL_NODE and not revlog.index.has_meta_flag:
            # a null first parent is the sign to look for metadata
            return -1, revs[0]
        return revs

    def _is_same(self, appender: Appender, node: bytes, data: bytes | LongFile) -> bool:
        filelog: Filelog = appender.revlog  # type: ignore[assignment]
        rev = filelog.rev(node)
        if isinstance(data, LongFile):
            return filelog.holds(rev, data.length, data.pieces, self._long_from)
        return filelog.is_same(rev, data)

"""Filelogs: the contents of a tracked file without the metadata that a revision may carry in front.

Where a path's filelog lies is `encoding`'s answer (format: `docs/formats/filelog.md`).
"""

from __future__ import annotations

from collections import deque

from hydrargyrum import errors
from hydrargyrum.contents import LONG
from hydrargyrum.engine.pure.store.revlog import CENSORED, HAS_META, Revlog, revision_hasher
from hydrargyrum.engine.pure.text import decode, node_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hydrargyrum.engine.pure.store.layout import RepoLayout

MARKER = b"\x01\n"


class Filelog(Revlog):
    """The revlog of one tracked file; errors call it by the file's path."""

    canonical_parents = False

    def __init__(self, layout: RepoLayout, path: bytes) -> None:
        super().__init__(layout, b"data/" + path, name=path)

    def data(self, rev: int) -> bytes:
        """The content of a revision.

        Raises:
            CorruptRevision, CensoredRevision, ExternalRevision, CorruptIndex: it cannot be read.
        """
        text = self.text(rev)
        return text[self._metadata_end(rev, text) :] if text.startswith(MARKER) else text

    def stream(self, rev: int, at_least: int = LONG) -> Iterator[bytes] | None:
        """The content of a revision in pieces, where it has at least so many bytes and can be had without the text being
        in memory; else None. What is wrong with it is raised at the end.

        Raises:
            CorruptRevision, IoError: it cannot be read, once the pieces are taken.
        """
        from hydrargyrum.engine.pure.store.streaming import stream

        found = stream(self, rev, at_least)
        return None if found is None else self._contents(rev, found)

    def _contents(self, rev: int, text: Iterator[bytes]) -> Iterator[bytes]:
        first = next(text, b"")
        yield first[self._metadata_end(rev, first) :] if first.startswith(MARKER) else first
        yield from text

    def _metadata_end(self, rev: int, text: bytes) -> int:
        end = text.find(MARKER, len(MARKER))
        if end < 0:
            raise self.corrupt(rev, "the metadata before the content does not end")
        return end + len(MARKER)

    def _hash_error(self, rev: int, text: bytes) -> errors.EngineError:
        """A text with a tombstone in its metadata took the place of one that was censored."""
        end = text.find(MARKER, len(MARKER))
        if text.startswith(MARKER) and end >= 0:
            tombstone = _fields(text[len(MARKER) : end]).get(b"censored")
            if tombstone is not None:
                node = self.node(rev).hex()
                return errors.CensoredRevision(path=decode(self.name), node=node, tombstone=decode(tombstone))
        return super()._hash_error(rev, text)

    def copied_from(self, rev: int) -> tuple[bytes, bytes] | None:
        """Path and file node that a revision was copied from.

        A revision with a first parent never has copy metadata; that spares reading its text.
        """
        if rev == -1 or self.parents(rev)[0] != -1:
            return None
        if self.index.has_meta_flag and not self.index.entry(rev).flags & HAS_META:
            return None
        text = self._start(rev)
        if not text.startswith(MARKER):
            return None
        metadata = _fields(text[len(MARKER) : self._metadata_end(rev, text) - len(MARKER)])
        path, digits = metadata.get(b"copy"), metadata.get(b"copyrev")
        if path is None or digits is None:
            return None  # old bugs wrote one without the other
        node = node_of(digits)
        if node is None:
            raise self.corrupt(rev, "the node of a copy source is not hexadecimal")
        return path, node

    def _start(self, rev: int) -> bytes:
        """The text of a revision; of a long one maybe only its first piece, which is verified where it has metadata."""
        from hydrargyrum.engine.pure.store.streaming import stream

        pieces = stream(self, rev, LONG)
        if pieces is None:
            return self.text(rev)
        first = next(pieces, b"")
        if first.startswith(MARKER):
            deque(pieces, 0)
        return first

    def holds(self, rev: int, length: int, content: Callable[[], Iterable[bytes]], at_least: int) -> bool:
        """As `is_same` for a content of so many bytes that comes in pieces, as often as it is asked for."""
        if rev == -1:
            return not length
        entry = self.index.entry(rev)
        if 0 <= entry.size < length:  # metadata would make it longer
            return False
        if self.hashes_to(rev, content()):
            return True
        if entry.size == length or entry.flags & CENSORED:
            return False
        if self.index.has_meta_flag and not entry.flags & HAS_META:
            return False
        from hydrargyrum.engine.pure.store.streaming import same_content

        stored = self.stream(rev, at_least)
        return same_content((self.data(rev),) if stored is None else stored, content)

    def is_same(self, rev: int, data: bytes) -> bool:
        """Whether `data` is the content of a revision.

        The node answers without the text being read, unless the revision has metadata. A censored revision
        equals the empty file.
        """
        if rev == -1:
            return not data
        if self.hashes_to(rev, (data,)):
            return True
        if self.index.entry(rev).flags & CENSORED:
            return not data
        return self.copied_from(rev) is not None and self.data(rev) == data

    def hashes_to(self, rev: int, content: Iterable[bytes]) -> bool:
        """Whether the node of a revision is the hash of a content that comes in pieces; else it may have it all the same,
        with metadata before it.
        """
        p1, p2 = self.parents(rev)
        hasher = revision_hasher(self.node(p1), self.node(p2))
        first = True
        for piece in content:
            if first and piece.startswith(MARKER):
                hasher.update(MARKER + MARKER)
            first = False
            hasher.update(piece)
        return hasher.digest() == self.node(rev)


def _fields(lines: bytes) -> dict[bytes, bytes]:
    """The lines `key: value` of metadata; others count for nothing."""
    found = {}
    for line in lines.split(b"\n"):
        key, colon, value = line.partition(b": ")
        if colon:
            found[key] = value
    return found

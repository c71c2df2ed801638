"""Filelogs: the contents of a tracked file without the metadata that a revision may carry in front.

Where a path's filelog lies is `encoding`'s answer (format: `docs/formats/filelog.md`).
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.revlog import CENSORED, HAS_META, Revlog, revision_hash
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout

MARKER = b"\x01\n"
BAD_METADATA = "the metadata of a file revision does not follow its format"


class Filelog(Revlog):
    """The revlog of one tracked file."""

    def __init__(self, layout: RepoLayout, path: bytes) -> None:
        super().__init__(layout, b"data/" + path)

    def data(self, rev: int) -> bytes:
        """The content of a revision.

        Raises:
            CorruptRevision, CensoredRevision, ExternalRevision, CorruptIndex: it cannot be read.
        """
        text = self.text(rev)
        return text[self._metadata_end(rev, text) :] if text.startswith(MARKER) else text

    def _metadata_end(self, rev: int, text: bytes) -> int:
        end = text.find(MARKER, len(MARKER))
        if end < 0:
            raise self._bad_metadata(rev)
        return end + len(MARKER)

    def _bad_metadata(self, rev: int) -> errors.CorruptRevision:
        node = self.node(rev).hex()
        return errors.CorruptRevision(path=decode(self.radix), rev=rev, node=node, problem=BAD_METADATA)

    def copied_from(self, rev: int) -> tuple[bytes, bytes] | None:
        """Path and file node that a revision was copied from.

        A revision with a first parent never has copy metadata; that spares reading its text.
        """
        if rev == -1:
            return None
        entry = self.index.entry(rev)
        if entry.p1 != -1 or (self.index.has_meta_flag and not entry.flags & HAS_META):
            return None
        text = self.text(rev)
        if not text.startswith(MARKER):
            return None
        header = text[len(MARKER) : self._metadata_end(rev, text) - len(MARKER)]
        metadata = {}
        for line in header.splitlines():
            key, colon, value = line.partition(b": ")
            if not colon:
                raise self._bad_metadata(rev)
            metadata[key] = value
        if b"copy" not in metadata or b"copyrev" not in metadata:
            return None  # old bugs wrote one without the other
        try:
            return metadata[b"copy"], bytes.fromhex(metadata[b"copyrev"].decode("ascii"))
        except ValueError:
            raise self._bad_metadata(rev) from None

    def is_same(self, rev: int, data: bytes) -> bool:
        """Whether `data` is the content of a revision.

        The node answers without the text being read, unless the revision has metadata. A censored revision
        equals the empty file.
        """
        if rev == -1:
            return not data
        entry = self.index.entry(rev)
        text = MARKER + MARKER + data if data.startswith(MARKER) else data
        if revision_hash(text, self.node(entry.p1), self.node(entry.p2)) == entry.node:
            return True
        if entry.flags & CENSORED:
            return not data
        if self.copied_from(rev) is None:
            return False
        return self.data(rev) == data

"""Appends revisions to one revlog: entry and chunk, inline as long as it is small; what is new can be read at once.

Which delta is stored is chosen by `deltas` (format: `docs/formats/revlog.md`).
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.index import (
    ENTRY_SIZE,
    FLAG_DELTA_INFO,
    FLAG_FILELOG_META,
    FLAG_GENERAL_DELTA,
    FLAG_INLINE,
    pack_entry,
    with_header,
)
from hydrargyrum.engine.pure.store.revlog import (
    HAS_META,
    IS_SNAPSHOT,
    MAX_TEXT,
    NULL_NODE,
    revision_hash,
    revision_hasher,
)
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.writing.deltas import SPARSE_CHAIN, DeltaChooser, Incoming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from hydrargyrum.engine.pure.store.compress import ChunkWriter
    from hydrargyrum.engine.pure.store.index import IndexEntry
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.pure.writing.files import StoreFiles

VERSION = 1
#: Flags that describe a delta; they are ours to set.
DELTA_FLAGS = 0x7C0
#: From so many bytes of chunks on a revlog has a data file.
MAX_INLINE = 131072


class Format:
    """What new revlogs of a repository are like, and how chunks are made.

    Attributes:
        general_delta, sparse, delta_info: see `docs/formats/revlog.md`.
        max_chain: so many deltas follow each other at most; 0 for any number.
    """

    __slots__ = ("chunks", "delta_info", "general_delta", "max_chain", "sparse")

    def __init__(
        self,
        chunks: ChunkWriter,
        *,
        general_delta: bool,
        sparse: bool,
        delta_info: bool,
        max_chain: int | None = None,
    ) -> None:
        self.chunks = chunks
        self.max_chain = max_chain if max_chain is not None else SPARSE_CHAIN if sparse else 0
        self.general_delta = general_delta
        self.sparse = sparse
        self.delta_info = delta_info


class Appender:
    """Appends to one revlog.

    Attributes:
        revlog: the revlog, which grows.
    """

    def __init__(
        self,
        revlog: Revlog,
        files: StoreFiles,
        form: Format,
        *,
        is_changelog: bool = False,
        is_filelog: bool = False,
    ) -> None:
        self.revlog = revlog
        self._files = files
        self._form = form
        self._delayed = is_changelog
        self._with_deltas = not is_changelog
        index = revlog.index
        if not len(index):
            general = (form.general_delta or form.sparse) and not is_changelog
            index.general_delta = general
            index.inline = not is_changelog
            index.has_meta_flag = form.delta_info and is_filelog
            index.delta_info = form.delta_info and general
        sparse = form.sparse and index.general_delta
        self._chooser = DeltaChooser(revlog, form.chunks, sparse=sparse, max_chain=form.max_chain)
        self._end = self._data_end()
        self._index_file: BinaryIO | None = None
        self._data_file: BinaryIO | None = None
        revlog.appended = self._new_chunk

    def _data_end(self) -> int:
        """Where the next chunk goes among the chunks."""
        index = self.revlog.index
        if not len(index):
            return 0
        last = index.entry(len(index) - 1)
        return last.offset + last.stored_size

    @property
    def _header(self) -> int:
        index = self.revlog.index
        flags = VERSION
        if index.inline:
            flags |= FLAG_INLINE
        if index.general_delta:
            flags |= FLAG_GENERAL_DELTA
        if index.delta_info:
            flags |= FLAG_DELTA_INFO
        if index.has_meta_flag:
            flags |= FLAG_FILELOG_META
        return flags

    @property
    def size(self) -> int:
        """How long its files are when everything is written."""
        return self._end + len(self.revlog.index) * ENTRY_SIZE

    # -- adding -------------------------------------------------------------------------------------------------
    def add_text(
        self,
        text: bytes,
        parents: tuple[int, int],
        link: int,
        *,
        flags: int = 0,
        known: Incoming | None = None,
    ) -> tuple[int, bytes]:
        """Appends a text; its revision and node. One that is there already stays as it is."""
        revlog = self.revlog
        node = revision_hash(text, revlog.node(parents[0]), revlog.node(parents[1]))
        rev = revlog.find(node)
        if rev is None:
            rev = self.add(node, text, parents, link, flags=flags, known=known)
        return rev, node

    def add(
        self,
        node: bytes,
        text: bytes,
        parents: tuple[int, int],
        link: int,
        *,
        flags: int = 0,
        known: Incoming | None = None,
    ) -> int:
        """Appends a revision whose node is known to be right and new; its revision."""
        self.refuse_length(len(text))
        revlog = self.revlog
        rev = len(revlog.index)
        if self._with_deltas:
            stored = self._chooser.choose(lambda: text, len(text), parents, known)
        else:
            stored = self._chooser.whole(rev, text)
        if revlog.index.inline and self._end + stored.size >= MAX_INLINE:
            # before it is written, so that a long chunk is written once
            self.split()
        flags &= ~(DELTA_FLAGS if revlog.index.has_meta_flag else DELTA_FLAGS | HAS_META)
        if stored.is_snapshot and revlog.index.delta_info:
            flags |= IS_SNAPSHOT
        place = self._end << 16 | flags
        entry = pack_entry((place, stored.size, len(text), stored.base, link, *parents, node))
        self._write(rev, entry, stored.head, stored.body)
        self._end += stored.size
        revlog.grow(entry)
        revlog.remember(rev, text)
        return rev

    def refuse_length(self, length: int) -> None:
        """Refuses a text that is longer than an entry can say. Raises `TextTooLong`."""
        if length > MAX_TEXT:
            raise errors.TextTooLong(path=decode(self.revlog.name), size=length)

    @property
    def chunks(self) -> ChunkWriter:
        """What makes chunks."""
        return self._form.chunks

    def add_pieces(
        self, pieces: Iterable[bytes], parents: tuple[int, int], link: int, *, flags: int, plain: bool
    ) -> bytes:
        """Appends a text that comes in pieces, stored whole (with `plain`, not compressed) while it is taken; its node.

        Raises:
            TextTooLong: it is. What was written by then is cut off by whoever takes the transaction back.
        """
        revlog = self.revlog
        if revlog.index.inline:
            self.split()
        data = self._data()
        hasher = revision_hasher(revlog.node(parents[0]), revlog.node(parents[1]))
        length = size = 0

        def hashed() -> Iterator[bytes]:
            nonlocal length
            for piece in pieces:
                length += len(piece)
                self.refuse_length(length)
                hasher.update(piece)
                yield piece

        for packed in self.chunks.packed(hashed(), plain=plain):
            size += len(packed)
            self.refuse_length(size)
            data.write(packed)
        node = hasher.digest()
        if revlog.find(node) is not None:
            data.flush()
            data.truncate(self._end)
            return node
        rev = len(revlog.index)
        flags &= ~(DELTA_FLAGS if revlog.index.has_meta_flag else DELTA_FLAGS | HAS_META)
        if revlog.index.delta_info:
            flags |= IS_SNAPSHOT
        entry = pack_entry((self._end << 16 | flags, size, length, rev, link, *parents, node))
        self._write(rev, entry, b"", b"")
        self._end += size
        revlog.grow(entry)
        return node

    def _data(self) -> BinaryIO:
        if self._data_file is None:
            self._data_file = self._files.open_to_append(self.revlog.radix + b".d")
        return self._data_file

    def _write(self, rev: int, entry: bytes, head: bytes, body: bytes) -> None:
        radix = self.revlog.radix
        stored = entry if rev else with_header(entry, self._header)
        if self.revlog.index.inline:
            if self._index_file is None:
                self._index_file = self._files.open_to_append(radix + b".i")
            self._index_file.write(stored + head + body)
            return
        data = self._data()
        data.write(head)
        data.write(body)
        if not self._delayed:
            if self._index_file is None:
                self._index_file = self._files.open_to_append(radix + b".i")
            self._index_file.write(stored)

    def _new_chunk(self, rev: int, entry: IndexEntry) -> bytes:
        """The chunk of a revision that was appended."""
        self.flush()
        if self.revlog.index.inline:
            name, start = self.revlog.radix + b".i", entry.offset + (rev + 1) * ENTRY_SIZE
        else:
            name, start = self.revlog.radix + b".d", entry.offset
        with open(self._files.path(name), "rb") as file:
            return os.pread(file.fileno(), entry.stored_size, start)

    # -- files --------------------------------------------------------------------------------------------------
    def flush(self) -> None:
        """Hands what was written to the operating system, data before index."""
        for file in (self._data_file, self._index_file):
            if file is not None:
                file.flush()

    def close(self) -> None:
        """Closes the files."""
        for file in (self._data_file, self._index_file):
            if file is not None:
                file.close()
        self._data_file = self._index_file = None

    def split(self) -> None:
        """Gives an inline revlog a data file. The old index stays readable for those who have it open."""
        self.close()
        revlog, files = self.revlog, self._files
        index, radix = revlog.index, revlog.radix
        if not len(index):
            index.inline = False
            return
        chunks = b"".join(bytes(revlog.chunk(rev)) for rev in range(len(index)))
        files.note_size(radix + b".i")
        files.back_up(radix + b".i")
        with files.open_to_append(radix + b".d") as data:
            data.truncate(0)
            data.write(chunks)
        index.inline = False
        files.replace(radix + b".i", self.packed_index())
        revlog.reopen()
        revlog.appended = self._new_chunk

    def packed_index(self, first: int = 0) -> bytes:
        """The entries from `first` on as a file without chunks has them."""
        index = self.revlog.index
        parts = []
        for rev in range(first, len(index)):
            entry = index.packed(rev)
            parts.append(entry if rev else with_header(entry, self._header))
        return b"".join(parts)

    # -- changesets, whose entries wait ---------------------------------------------------------------------------
    def publish(self) -> None:
        """Appends the entries that waited."""
        self.flush()
        index = self.revlog.index
        first = index.first_new
        if first < len(index):
            with self._files.open_to_append(self.revlog.radix + b".i") as file:
                file.write(self.packed_index(first))


def parents_of(revlog: Revlog, nodes: tuple[bytes, bytes]) -> tuple[int, int]:
    """The revisions of two parents. Raises `UnknownNode`."""
    first, second = nodes
    return (
        -1 if first == NULL_NODE else revlog.rev(first),
        -1 if second == NULL_NODE else revlog.rev(second),
    )

"""The index of a version 1 revlog: one 64-byte entry per revision, decoded when asked for.

The format is in `docs/formats/revlog.md`; chunks and texts are `revlog`'s business.
"""

from __future__ import annotations

from struct import Struct

from hydrargyrum import errors
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.files import Buffer

ENTRY_SIZE = 64
FLAG_INLINE = 1 << 16
FLAG_GENERAL_DELTA = 1 << 17
FLAG_FILELOG_META = 1 << 18
FLAG_DELTA_INFO = 1 << 19
KNOWN_FLAGS = FLAG_INLINE | FLAG_GENERAL_DELTA | FLAG_FILELOG_META | FLAG_DELTA_INFO

#: offset and flags together, stored size, size, delta base, link revision, both parents, node
_ENTRY = Struct(">Qiiiiii20s12x")
_HEADER = Struct(">I")
_SIGNED = Struct(">i")
_PARENTS = Struct(">ii")


class IndexEntry:
    """One decoded entry; `offset` is where the chunk starts among the chunks (not in the file, where it is inline)."""

    __slots__ = ("base", "flags", "link_rev", "node", "offset", "p1", "p2", "size", "stored_size")

    def __init__(self, fields: tuple[int, int, int, int, int, int, int, bytes]) -> None:
        place, self.stored_size, self.size, self.base, self.link_rev, self.p1, self.p2, self.node = fields
        self.offset = place >> 16
        self.flags = place & 0xFFFF


class RevlogIndex:
    """Entries by revision number, checked when they are read.

    Attributes:
        name: of the revlog in errors, for example `00changelog`.
        inline: chunks lie between the entries.
        general_delta: the delta base of an entry is the revision its delta applies to.
        delta_info: a flag of each revision tells whether it is a snapshot.
        has_meta_flag: a flag of each file revision tells whether it has metadata.
    """

    __slots__ = (
        "_count",
        "_data",
        "_new",
        "_on_disk",
        "_starts",
        "delta_info",
        "general_delta",
        "has_meta_flag",
        "inline",
        "name",
    )

    def __init__(self, data: Buffer, name: bytes) -> None:
        self.name = name
        self._data = data
        self._new: list[bytes] = []
        self._starts: list[int] | None = None
        header = self._header() if len(data) else 1 | FLAG_GENERAL_DELTA
        self.inline = bool(header & FLAG_INLINE)
        self.general_delta = bool(header & FLAG_GENERAL_DELTA)
        self.has_meta_flag = bool(header & FLAG_FILELOG_META)
        self.delta_info = bool(header & FLAG_DELTA_INFO)
        if self.inline:
            self._starts = self._find_entries()
            self._count = len(self._starts)
        else:
            self._count, rest = divmod(len(data), ENTRY_SIZE)
            if rest:
                raise self.corrupt("the last entry is cut short", self._count * ENTRY_SIZE)
        self._on_disk = self._count

    def grow(self, entry: bytes) -> None:
        """Appends an entry, packed and without header: it is there from now on, whether it is on disk or not."""
        self._new.append(entry)
        self._count += 1

    @property
    def first_new(self) -> int:
        """The first revision that came after the index was read."""
        return self._on_disk

    def new_entries(self) -> list[bytes]:
        """The entries that came after the index was read."""
        return list(self._new)

    @property
    def header(self) -> int:
        """Version and flags in one number."""
        flags = (
            (self.inline, FLAG_INLINE),
            (self.general_delta, FLAG_GENERAL_DELTA),
            (self.has_meta_flag, FLAG_FILELOG_META),
            (self.delta_info, FLAG_DELTA_INFO),
        )
        return 1 | sum(flag for is_set, flag in flags if is_set)

    def _header(self) -> int:
        if len(self._data) < 4:
            raise self.corrupt("the header is cut short", 0)
        header: int = _HEADER.unpack_from(self._data, 0)[0]
        version, flags = header & 0xFFFF, header & ~0xFFFF
        if version == 0:
            raise errors.Unsupported(feature="revlogv0", path=decode(self.name))
        if version != 1:
            raise self.corrupt("unknown version", 0, version=version)
        if flags & ~KNOWN_FLAGS:
            raise self.corrupt("unknown flags", 0, flags=flags >> 16, version=1)
        return header

    def _find_entries(self) -> list[int]:
        """Where the entries of an inline index start: each chunk lies between its entry and the next one."""
        data, at, total = self._data, 0, len(self._data)
        starts = []
        while at < total:
            if total - at < ENTRY_SIZE:
                raise self.corrupt("the last entry is cut short", at)
            stored = _SIGNED.unpack_from(data, at + 8)[0]
            if stored < 0:
                raise self.corrupt("the length of a chunk is negative", at)
            starts.append(at)
            at += ENTRY_SIZE + stored
        if at > total:
            raise self.corrupt("the last chunk is cut short", starts[-1])
        return starts

    def corrupt(self, problem: str, offset: int, **facts: int) -> errors.CorruptIndex:
        """The error for this index."""
        return errors.CorruptIndex(path=decode(self.name), offset=offset, problem=problem, **facts)

    def __len__(self) -> int:
        return self._count

    def start(self, rev: int) -> int:
        """Where the entry starts in the file."""
        return rev * ENTRY_SIZE if self._starts is None else self._starts[rev]

    def entry(self, rev: int) -> IndexEntry:
        """The entry of a revision that is there; what it refers to is not checked."""
        if rev >= self._on_disk:
            return IndexEntry(_ENTRY.unpack(self._new[rev - self._on_disk]))
        entry = IndexEntry(_ENTRY.unpack_from(self._data, self.start(rev)))
        if rev == 0:
            entry.offset &= 0xFFFF  # the header lies in the upper part
        return entry

    def packed(self, rev: int) -> bytes:
        """The entry of a revision that is there as it is stored, without header."""
        if rev >= self._on_disk:
            return self._new[rev - self._on_disk]
        start = self.start(rev)
        entry = bytes(self._data[start : start + ENTRY_SIZE])
        return entry if rev else b"\0\0\0\0" + entry[4:]

    def parents(self, rev: int) -> tuple[int, int]:
        """Both parents of a revision that is there, -1 where there is none.

        Raises:
            CorruptIndex: one does not come before the revision.
        """
        if rev >= self._on_disk:
            p1, p2 = _PARENTS.unpack_from(self._new[rev - self._on_disk], 24)
            return p1, p2
        start = self.start(rev)
        p1, p2 = _PARENTS.unpack_from(self._data, start + 24)
        if not (-1 <= p1 < rev and -1 <= p2 < rev):
            raise self.corrupt("a parent is out of range", start, rev=rev)
        return p1, p2

    def node(self, rev: int) -> bytes:
        """The node of a revision that is there."""
        if rev >= self._on_disk:
            return self._new[rev - self._on_disk][32:52]
        start = self.start(rev) + 32
        return bytes(self._data[start : start + 20])

    def nodes(self, first: int = 0) -> list[bytes]:
        """The nodes of all revisions from `first` on."""
        data = self._data
        if self._starts is None:
            places: range | list[int] = range(first * ENTRY_SIZE, self._on_disk * ENTRY_SIZE, ENTRY_SIZE)
        else:
            places = self._starts[first:]
        if isinstance(data, bytes):
            found = [data[at + 32 : at + 52] for at in places]
        else:
            found = [bytes(data[at + 32 : at + 52]) for at in places]
        if self._new:
            found += [entry[32:52] for entry in self._new[max(0, first - self._on_disk) :]]
        return found

    @property
    def data(self) -> Buffer:
        """The whole file."""
        return self._data


def pack_entry(entry: tuple[int, int, int, int, int, int, int, bytes]) -> bytes:
    """An entry as it is stored, without header: place and flags, stored size, size, base, link, parents, node."""
    return _ENTRY.pack(*entry)


def with_header(entry: bytes, header: int) -> bytes:
    """The first entry, which has the header of the file in its upper bytes."""
    return _HEADER.pack(header) + entry[4:]

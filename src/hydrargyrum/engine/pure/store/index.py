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
        has_meta_flag: a flag of each file revision tells whether it has metadata.
    """

    __slots__ = ("_count", "_data", "_starts", "general_delta", "has_meta_flag", "inline", "name")

    def __init__(self, data: Buffer, name: bytes) -> None:
        self.name = name
        self._data = data
        self._starts: list[int] | None = None
        header = self._header() if len(data) else 1 | FLAG_GENERAL_DELTA
        self.inline = bool(header & FLAG_INLINE)
        self.general_delta = bool(header & FLAG_GENERAL_DELTA)
        self.has_meta_flag = bool(header & FLAG_FILELOG_META)
        if self.inline:
            self._starts = self._find_entries()
            self._count = len(self._starts)
        else:
            self._count, rest = divmod(len(data), ENTRY_SIZE)
            if rest:
                raise self.corrupt("the last entry is cut short", self._count * ENTRY_SIZE)

    def _header(self) -> int:
        if len(self._data) < 4:
            raise self.corrupt("the header is cut short", 0)
        header: int = _HEADER.unpack_from(self._data, 0)[0]
        version, flags = header & 0xFFFF, header & ~0xFFFF
        if version == 0:
            raise errors.Unsupported(feature="revlogv0")
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
        entry = IndexEntry(_ENTRY.unpack_from(self._data, self.start(rev)))
        if rev == 0:
            entry.offset &= 0xFFFF  # the header lies in the upper part
        return entry

    def parents(self, rev: int) -> tuple[int, int]:
        """Both parents of a revision that is there, -1 where there is none.

        Raises:
            CorruptIndex: one does not come before the revision.
        """
        start = self.start(rev)
        p1, p2 = _PARENTS.unpack_from(self._data, start + 24)
        if not (-1 <= p1 < rev and -1 <= p2 < rev):
            raise self.corrupt("a parent is out of range", start, rev=rev)
        return p1, p2

    def node(self, rev: int) -> bytes:
        """The node of a revision that is there."""
        start = self.start(rev) + 32
        return bytes(self._data[start : start + 20])

    def nodes(self, first: int = 0) -> list[bytes]:
        """The nodes of all revisions from `first` on."""
        data = self._data
        if self._starts is None:
            places: range | list[int] = range(first * ENTRY_SIZE, self._count * ENTRY_SIZE, ENTRY_SIZE)
        else:
            places = self._starts[first:]
        if isinstance(data, bytes):
            return [data[at + 32 : at + 52] for at in places]
        return [bytes(data[at + 32 : at + 52]) for at in places]

    @property
    def data(self) -> Buffer:
        """The whole file."""
        return self._data

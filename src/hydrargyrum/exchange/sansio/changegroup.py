"""Changegroups: revisions of changelog, manifests and files as framed deltas (`docs/formats/changegroup.md`).

Only reading: an engine writes them as finished bytes, and storing what was read is its work too.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.plans import RevisionToAdd
from hydrargyrum.types import NULL_NODE, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.exchange.sansio.compression import Decoder

    #: Exactly so many bytes, or fewer at the end.
    Read = Callable[[int], bytes]

#: Versions that can be read and written, the best one last.
VERSIONS = ("01", "02", "03", "04")
_HEADER_SIZES = {"01": 80, "02": 100, "03": 102, "04": 130}
#: A chunk that claims more than this is damage.
MAX_CHUNK = 0x7FFFFFFF
#: Compressed deltas of version "04" that are longer than this are damage.
MAX_DELTA = 1 << 30
#: Flags that tell how the sender stores a revision; who stores it here finds that out anew.
_ABOUT_STORING = 0x0FC0
#: What follows is a whole text.
_FULL_TEXT = 2


class BadChangegroup(errors.Abort):
    """A changegroup does not follow its format."""

    id = "bad-changegroup"


class Section:
    """The revisions of one revlog; `revisions` has to be used up before the next section comes.

    Attributes:
        kind: "changelog", "manifest" or "file".
        path: of the file, or the directory of a tree manifest with a slash at its end; "" otherwise.
        revisions: in the order in which they are to be added.
    """

    __slots__ = ("kind", "path", "revisions")

    def __init__(self, kind: str, path: str, revisions: Iterator[RevisionToAdd]) -> None:
        self.kind = kind
        self.path = path
        self.revisions = revisions


class ChangegroupReader:
    """Reads one changegroup.

    Args:
        read: gives so many bytes of the stream.
        version: one of `VERSIONS`.
        trees: whether there is a part for the directories of tree manifests (always in versions "03" and "04").
        zstd: makes what undoes zstd, for deltas in version "04".
    """

    def __init__(
        self, read: Read, version: str, *, trees: bool = False, zstd: Callable[[], Decoder] | None = None
    ) -> None:
        if version not in VERSIONS:
            raise errors.Abort(f"stream: unknown changegroup version '{version}'")
        self._read = read
        self._version = version
        self._trees = trees or version >= "03"
        self._zstd = zstd

    def sections(self) -> Iterator[Section]:
        """All sections in order."""
        yield Section("changelog", "", self._group())
        yield Section("manifest", "", self._group())
        if self._trees:
            for path in self._names():
                yield Section("manifest", path, self._group())
        for path in self._names():
            yield Section("file", path, self._group())

    def _names(self) -> Iterator[str]:
        while name := self._chunk():
            yield name.decode("utf-8", "surrogateescape")

    def _exactly(self, size: int) -> bytes:
        data = self._read(size)
        if len(data) < size:
            raise BadChangegroup(f"stream ended unexpectedly (got {len(data)} bytes, expected {size})")
        return data

    def _chunk(self) -> bytes:
        """The next chunk; empty at the end of a group."""
        size = int.from_bytes(self._exactly(4), "big", signed=True)
        if size == 0:
            return b""
        if size <= 4:
            raise BadChangegroup(f"invalid chunk length {size}")
        return self._exactly(size - 4)

    def _group(self) -> Iterator[RevisionToAdd]:
        size = _HEADER_SIZES[self._version]
        previous: Node | None = None
        while chunk := self._chunk():
            if len(chunk) < size:
                raise BadChangegroup(f"a revision is {len(chunk)} bytes long, which is too short")
            node, first, second = (Node(chunk[at : at + 20]) for at in (0, 20, 40))
            flags = 0
            if self._version == "01":
                base, link = (first if previous is None else previous), Node(chunk[60:80])
            else:
                base, link = Node(chunk[60:80]), Node(chunk[80:100])
            delta = chunk[size:]
            if self._version >= "03":
                flags = int.from_bytes(chunk[100:102], "big") & ~_ABOUT_STORING
            if self._version == "04":
                base, delta = self._fourth(chunk, base, delta)
            yield RevisionToAdd(node, (first, second), link, base, delta, flags)
            previous = node

    def _fourth(self, chunk: bytes, base: Node, delta: bytes) -> tuple[Node, bytes]:
        """Base and plain delta of a revision in version "04", where deltas may be compressed, or whole texts."""
        compression, marks = chunk[107], chunk[108]
        if compression in (2, 3):
            delta = self._decompressed(delta, compression)
        elif compression > 3:
            raise BadChangegroup(f"a revision has the unknown compression {compression}")
        if marks & _FULL_TEXT:
            return NULL_NODE, bytes(8) + len(delta).to_bytes(4, "big") + delta
        return base, delta

    def _decompressed(self, data: bytes, compression: int) -> bytes:
        from hydrargyrum.exchange.sansio.compression import undone

        return undone(data, "GZ" if compression == 2 else "ZS", self._zstd, MAX_DELTA)

"""Changegroups: revisions of changelog, manifests and files as framed deltas (`docs/formats/changegroup.md`).

Only reading: an engine writes them as finished bytes, and storing what was read is its work too.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.plans import RevisionToAdd
from hydrargyrum.types import NULL_NODE, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hydrargyrum.exchange.sansio.compression import Decoder

    #: Exactly so many bytes, or fewer at the end of whatever holds the changegroup.
    Read = Callable[[int], bytes]

#: Versions that can be read and written, the best one last.
VERSIONS = ("01", "02", "03", "04")
_HEADER_SIZES = {"01": 80, "02": 100, "03": 102, "04": 130}
#: A chunk that claims more than this is damage.
MAX_CHUNK = 0x7FFFFFFF
#: Compressed deltas of version "04" that are longer than this are damage.
MAX_DELTA = 1 << 30
#: What follows is read in pieces of at least so many bytes.
_PIECE = 256 * 1024
#: Flags that tell how the sender stores a revision; who stores it here finds that out anew.
_ABOUT_STORING = 0x0FC0
#: What follows is a whole text.
_FULL_TEXT = 2


class BadChangegroup(errors.Abort):
    """A changegroup does not follow its format."""

    id = "bad-changegroup"


class Group:
    """The revisions of one revlog, in the order in which they are to be added: one after the other, or as they were sent.

    Attributes:
        version: of the changegroup.
        nodes: takes up the node of each.
    """

    __slots__ = ("_reader", "_revisions", "nodes", "version")

    def __init__(self, reader: ChangegroupReader, version: str) -> None:
        self._reader = reader
        self._revisions: Iterator[RevisionToAdd] | None = None
        self.version = version
        self.nodes: list[Node] | None = None

    def __iter__(self) -> Iterator[RevisionToAdd]:
        return self

    def __next__(self) -> RevisionToAdd:
        if self._revisions is None:
            self._revisions = self._reader.revisions()
        revision = next(self._revisions)
        if self.nodes is not None:
            self.nodes.append(revision.node)
        return revision

    def chunks(self) -> Iterator[bytes]:
        """The same revisions, as whole chunks with their lengths before them, many at once."""
        return self._reader.whole_chunks(self.nodes)


class Section:
    """What is sent of one revlog; `revisions` has to be used up before the next section comes.

    Attributes:
        kind: "changelog", "manifest" or "file".
        path: of the file, or the directory of a tree manifest with a slash at its end; "" otherwise.
        revisions: a `Group`, or what somebody made of one.
    """

    __slots__ = ("kind", "path", "revisions")

    def __init__(self, kind: str, path: str, revisions: Iterable[RevisionToAdd]) -> None:
        self.kind = kind
        self.path = path
        self.revisions = revisions


class ChangegroupReader:
    """Reads one changegroup.

    Args:
        read: gives so many bytes of the stream; what follows the changegroup may be asked for too.
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
        self._piece = b""
        self._at = 0
        self._version = version
        self._trees = trees or version >= "03"
        self._zstd = zstd

    def sections(self) -> Iterator[Section]:
        """All sections in order."""
        yield Section("changelog", "", Group(self, self._version))
        yield Section("manifest", "", Group(self, self._version))
        if self._trees:
            for path in self._names():
                yield Section("manifest", path, Group(self, self._version))
        for path in self._names():
            yield Section("file", path, Group(self, self._version))

    def _names(self) -> Iterator[str]:
        while name := self._chunk():
            yield name.decode("utf-8", "surrogateescape")

    def _exactly(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._piece):
            rest = self._piece[self._at :]
            self._piece = rest + self._read(max(size - len(rest), _PIECE))
            self._at, end = 0, size
            if len(self._piece) < size:
                raise BadChangegroup(
                    f"stream ended unexpectedly (got {len(self._piece)} bytes, expected {size})"
                )
        data = self._piece[self._at : end]
        self._at = end
        return data

    def _chunk(self) -> bytes:
        """The next chunk; empty at the end of a group."""
        size = int.from_bytes(self._exactly(4), "big", signed=True)
        if size == 0:
            return b""
        if size <= 4:
            raise BadChangegroup(f"invalid chunk length {size}")
        return self._exactly(size - 4)

    def whole_chunks(self, nodes: list[Node] | None = None) -> Iterator[bytes]:
        """The chunks of a group with their lengths before them, as many at once as have been read; see `Group`."""
        header = _HEADER_SIZES[self._version]
        least = header + 4
        while True:
            piece, start = self._piece, self._at
            end = len(piece)
            at = start
            while at + 4 <= end:
                size = int.from_bytes(piece[at : at + 4], "big", signed=True)
                if size < least or at + size > end:
                    break
                if nodes is not None:
                    nodes.append(Node(piece[at + 4 : at + 24]))
                at += size
            if at > start:
                self._at = at
                yield piece[start:at]
                continue
            # the end of the group, a chunk that has not been read to its end, or damage
            chunk = self._chunk()
            if not chunk:
                return
            _check_size(len(chunk), header)
            if nodes is not None:
                nodes.append(Node(chunk[:20]))
            yield (len(chunk) + 4).to_bytes(4, "big") + chunk

    def revisions(self) -> Iterator[RevisionToAdd]:
        """The revisions of a group; see `Group`."""
        size = _HEADER_SIZES[self._version]
        previous: Node | None = None
        while chunk := self._chunk():
            _check_size(len(chunk), size)
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


def _check_size(size: int, header: int) -> None:
    if size < header:
        raise BadChangegroup(f"a revision is {size} bytes long, which is too short")

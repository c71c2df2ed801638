"""Changegroups: revisions of changelog, manifests and files as framed deltas (`docs/formats/changegroup.md`).

Only reading: an engine writes them as finished bytes, and storing what was read is its work too.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.plans import RevisionToAdd
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    #: Exactly so many bytes, or fewer at the end.
    Read = Callable[[int], bytes]

#: Versions that can be read and written, the best one last.
VERSIONS = ("01", "02", "03")
_HEADER_SIZES = {"01": 80, "02": 100, "03": 102}
#: A chunk that claims more than this is damage.
MAX_CHUNK = 0x7FFFFFFF


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
        version: "01", "02" or "03".
        trees: whether there is a part for the directories of tree manifests (version "03").
    """

    def __init__(self, read: Read, version: str, *, trees: bool = False) -> None:
        if version not in VERSIONS:
            raise errors.Abort(f"stream: unknown changegroup version '{version}'")
        self._read = read
        self._version = version
        self._trees = trees or version == "03"

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
            if self._version == "03":
                flags = int.from_bytes(chunk[100:102], "big")
            yield RevisionToAdd(node, (first, second), link, base, chunk[size:], flags)
            previous = node

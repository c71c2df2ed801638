"""What debug commands ask of an engine about files as they are stored: rows of an index, texts, lists, the docket.

Only types live here, so at run time this module is imported by nobody. Which revlog a user means is `ops/revlogs.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from hydrargyrum.types import Node, Rev

TYPE_CHECKING = False
if TYPE_CHECKING:
    # `protocol` builds on this module, so nothing of it may be needed while this one is imported.
    from hydrargyrum.engine.protocol import PathSequence

#: What of a history has revlogs.
RevlogKind: TypeAlias = Literal["changelog", "manifest", "file"]
#: One entry as it is stored: flags, offset and length of the chunk, length of the text, base of the delta, link
#: revision, both parents, node.
IndexRow: TypeAlias = tuple[int, int, int, int, Rev, Rev, Rev, Rev, Node]


#: What the docket of a dirstate says: used size of the data file, its identifier ("": none), where the root nodes begin
#: and how many there are, nodes with entries, nodes with copies, bytes not in use, hash of the ignore patterns.
DocketRow: TypeAlias = tuple[int, str, int, int, int, int, int, bytes]


class StoredRevlog(Protocol):
    """One revlog, as it was when it was opened."""

    def __len__(self) -> int:
        """Number of revisions."""
        ...

    def rows(self, start: int, stop: int) -> Sequence[IndexRow]:
        """The entries of some revisions, those past the end left out. Raises `CorruptIndex` for impossible parents."""
        ...

    def node(self, rev: Rev) -> Node:
        """The node of a revision (-1 gives the null node). IndexError past the end."""
        ...

    def raw_text(self, rev: Rev) -> bytes:
        """The text as it is stored; neither its flags nor its hash are looked at. IndexError past the end.

        Raises `CorruptRevision` or `CorruptIndex` where it cannot be put together.
        """
        ...

    def header(self) -> int:
        """Version (lower half) and flags at the head of the index; those of a new one where there is none."""
        ...

    def chunk(self, rev: Rev) -> bytes:
        """What is stored for a revision: empty, or a mark of its compression and what was compressed.

        IndexError past the end. Raises `CorruptRevision`, `CorruptIndex` or `IoError` where it cannot be read.
        """
        ...

    def match(self, prefix: str) -> tuple[int, Rev]:
        """How many nodes in hexadecimal begin with `prefix` (2: several), and the revision of a single one, else -1."""
        ...


class RevlogRepository(Protocol):
    """What an `EngineRepository` offers beside reading and writing."""

    def revlog(self, kind: RevlogKind, path: str) -> StoredRevlog:
        """The changelog (of path ""), the manifests of a directory ("": the root), or the revlog of a tracked file.

        One that is not there is empty. Raises `CorruptIndex`, `Unsupported`, `IoError`.
        """
        ...

    def listed_files(self, *, lenient: bool = False) -> PathSequence:
        """The names of store files (`data/a.i`) that `fncache` lists, there or not; none without a list.

        Raises `IoError`, and `CorruptFile` for a damaged list; `lenient` answers what can be read of one.
        """
        ...

    def dirstate_docket(self) -> DocketRow | None:
        """What the docket says, None for a dirstate of the first format. Raises `CorruptFile`, `IoError`."""
        ...

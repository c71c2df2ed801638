"""The dirstate as it was when it was read: what the repository remembers about the working copy, in both formats.

Comparing it with the disk belongs to `walk`, changing it to `fixes`; nothing here looks at working copy files.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.files import corrupt, read_optional
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.worktree.dirstate_v2 import MARKER, Docket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.worktree.entry import Entry

#: How often reading starts again when another process replaced the data file meanwhile.
READ_ATTEMPTS = 5


class Dirstate:
    """Entries by path, unordered, with what each was copied from.

    Attributes:
        path: the file `.hg/dirstate`; data_path: the file that entries come from.
        main: the bytes of `path`; data: those of the data file that count (second format).
        docket: None in the first format.
        parents: of the working copy.
    """

    def __init__(
        self, path: bytes, main: bytes, docket: Docket | None, data_path: bytes, data: bytes
    ) -> None:
        self.path = path
        self.main = main
        self.docket = docket
        self.data_path = data_path
        self.data = data
        self._parsed: tuple[dict[bytes, Entry], dict[bytes, bytes]] | None = None
        self.parents = docket.parents if docket is not None else self._v1_parents()

    def _v1_parents(self) -> tuple[bytes, bytes]:
        if self.main and len(self.main) < 40:
            raise corrupt(self.path, "truncated parents", len(self.main))
        return (self.main[:20], self.main[20:40]) if self.main else (bytes(20), bytes(20))

    @property
    def entries(self) -> dict[bytes, Entry]:
        """All entries.

        Raises:
            CorruptFile: the dirstate does not follow its format.
        """
        return self._parse()[0]

    @property
    def copies(self) -> dict[bytes, bytes]:
        """Sources of copies by destination."""
        return self._parse()[1]

    def _parse(self) -> tuple[dict[bytes, Entry], dict[bytes, bytes]]:
        if self._parsed is None:
            import gc

            enabled = gc.isenabled()
            gc.disable()  # hundreds of thousands of tuples, none of them garbage
            try:
                self._parsed = self._read()
            finally:
                if enabled:
                    gc.enable()
        return self._parsed

    def _read(self) -> tuple[dict[bytes, Entry], dict[bytes, bytes]]:
        if self.docket is not None:
            from hydrargyrum.engine.pure.worktree.dirstate_v2 import read_tree

            return read_tree(self.data, self.docket, self.data_path)
        from hydrargyrum.engine.pure.worktree.dirstate_v1 import ParsedV1

        parsed = ParsedV1(self.main, self.path)
        return parsed.entries, parsed.copies

    def has_directory(self, path: bytes) -> bool:
        """Whether an entry lies below `path`."""
        prefix = path + b"/" if path else b""
        return any(name.startswith(prefix) for name in self.entries)


def read_dirstate(layout: RepoLayout) -> Dirstate:
    """The dirstate of a working copy; a missing file is an empty one.

    Raises:
        CorruptFile, IoError: it cannot be read.
        ChangedUnderneath: its data file was replaced again and again meanwhile.
    """
    path = os.path.join(layout.dot_hg, b"dirstate")
    for _ in range(READ_ATTEMPTS):
        main = read_optional(path) or b""
        # A repository may have been left with the first format although it asks for the second.
        if req.DIRSTATE_V2 not in layout.requirements or (main and not main.startswith(MARKER)):
            return Dirstate(path, main, None, path, b"")
        docket = Docket(main, path)
        if not docket.uid:
            return Dirstate(path, main, docket, path, b"")
        data_path = os.path.join(layout.dot_hg, b"dirstate." + docket.uid)
        data = read_optional(data_path)
        if data is not None:
            if len(data) < docket.data_size:
                raise corrupt(data_path, "shorter than its docket says", len(data))
            return Dirstate(path, main, docket, data_path, data[: docket.data_size])
    raise errors.ChangedUnderneath(path=decode(path))


def read_parents(layout: RepoLayout) -> tuple[bytes, bytes]:
    """The parents of the working copy, without reading any entry."""
    path = os.path.join(layout.dot_hg, b"dirstate")
    try:
        with open(path, "rb") as file:
            head = file.read(512)
    except FileNotFoundError:
        return bytes(20), bytes(20)
    except OSError:
        return read_dirstate(layout).parents
    if req.DIRSTATE_V2 in layout.requirements and (not head or head.startswith(MARKER)):
        return Docket(head, path).parents
    return Dirstate(path, head, None, path, b"").parents

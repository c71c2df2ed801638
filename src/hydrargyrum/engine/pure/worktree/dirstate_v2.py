"""The second dirstate format: a docket and a data file with a tree of nodes; reading it, and appending changes to it.

Locks and files are `dirstate`'s and `fixes`' business (format: `docs/formats/dirstate-v2.md`).
"""

from __future__ import annotations

import os
from struct import Struct

from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.files import corrupt, read_optional
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.worktree.entry import (
    ANY_TRACKED,
    EXPECTED_MODIFIED,
    HAS_MODE_AND_SIZE,
    HAS_MTIME,
    mode_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.worktree.entry import Entry
    from hydrargyrum.engine.revlogs import DocketRow

MARKER = b"dirstate-v2\n"
#: marker, both parents (in 32 bytes each), tree metadata, used size of the data file, length of its identifier
_DOCKET = Struct(">12s20s12x20s12xIIIII4x20sIB")
#: path start, length, name start; copy start, length; children start, count; entries, tracked; flags, size, mtime
NODE = Struct(">IHHIHIIIIHIII")
_BILLION = 1_000_000_000
_LEGAL_IN_UID = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.")


class Docket:
    """The small file that says which data file counts and where its tree begins.

    Attributes:
        parents: of the working copy.
        root_start, root_count: the array of root nodes.
        entries, copies, unreachable: counters: entries, entries with a copy source, bytes no longer in use.
        ignore_hash: of the ignore patterns under which directory times were recorded.
        data_size: used size of the data file; uid: what names it (empty: none).
    """

    __slots__ = (
        "copies",
        "data_size",
        "entries",
        "ignore_hash",
        "parents",
        "root_count",
        "root_start",
        "uid",
        "unreachable",
    )

    def __init__(self, data: bytes, path: bytes) -> None:
        if not data:
            data = _DOCKET.pack(MARKER, bytes(20), bytes(20), 0, 0, 0, 0, 0, bytes(20), 0, 0)
        if len(data) < _DOCKET.size:
            raise corrupt(path, "truncated docket", len(data))
        fields = _DOCKET.unpack_from(data)
        self.parents = fields[1:3]
        self.root_start, self.root_count, self.entries, self.copies, self.unreachable = fields[3:8]
        self.ignore_hash: bytes = fields[8]
        self.data_size: int = fields[9]
        self.uid = data[_DOCKET.size : _DOCKET.size + fields[10]]
        if len(self.uid) < fields[10]:
            raise corrupt(path, "truncated docket", len(data))
        if not _LEGAL_IN_UID.issuperset(self.uid):
            raise corrupt(path, "illegal data file identifier", _DOCKET.size)

    def to_bytes(self) -> bytes:
        """The bytes on disk."""
        counters = self.root_start, self.root_count, self.entries, self.copies, self.unreachable
        sizes = self.data_size, len(self.uid)
        return _DOCKET.pack(MARKER, *self.parents, *counters, self.ignore_hash, *sizes) + self.uid


def docket_row(layout: RepoLayout) -> DocketRow | None:
    """See `engine.revlogs.RevlogRepository.dirstate_docket`."""
    if req.DIRSTATE_V2 not in layout.requirements:
        return None
    path = os.path.join(layout.dot_hg, b"dirstate")
    data = read_optional(path) or b""
    if data and not data.startswith(MARKER):
        return None  # left with the first format
    docket = Docket(data, path)
    counts = docket.root_start, docket.root_count, docket.entries, docket.copies, docket.unreachable
    return docket.data_size, decode(docket.uid), *counts, docket.ignore_hash


def read_tree(data: bytes, docket: Docket, path: bytes) -> tuple[dict[bytes, Entry], dict[bytes, bytes]]:
    """Entries and copy sources of a data file.

    Each node's path must continue that of the directory it was reached through, so that no node can be reached in
    two ways and reading ends.

    Raises:
        CorruptFile: a node does not follow the format.
    """
    entries: dict[bytes, Entry] = {}
    copies: dict[bytes, bytes] = {}
    stack = [(docket.root_start, docket.root_count, b"")]
    while stack:
        start, count, parent = stack.pop()
        prefix = parent + b"/" if parent else b""
        name_start, previous, previous_kind = len(prefix), b"", False
        array = node_array(data, start, count, path)
        for number, fields in enumerate(NODE.iter_unpack(array)):
            at, length, name_at, copy_at, copy_length, below, children, _, _, flags, size, secs, nanos = (
                fields
            )
            full = data[at : at + length]
            name = full[name_start:]
            if len(full) != length or name_at != name_start or not name or full[:name_start] != prefix:
                problem = (
                    "path past the end" if len(full) != length else "node does not belong to its directory"
                )
                raise corrupt(path, problem, start + number * NODE.size)
            if b"/" in name or name == b"." or name == b"..":
                raise corrupt(path, "illegal name", start + number * NODE.size)
            if nanos >= _BILLION or secs > 0x7FFFFFFF:
                raise corrupt(path, "impossible time", start + number * NODE.size)
            kind = bool(flags & ANY_TRACKED)
            # of a removed file and a directory that took its name the peer makes two nodes
            if name < previous or (name == previous and kind == previous_kind):
                raise corrupt(path, "nodes out of order", start + number * NODE.size)
            previous, previous_kind = name, kind
            if children:
                stack.append((below, children, full))
            if flags & ANY_TRACKED:
                if flags & EXPECTED_MODIFIED:  # a cache of another program; what it expects is compared anew
                    flags &= ~(HAS_MODE_AND_SIZE | HAS_MTIME)
                entries[full] = (flags, mode_of(flags), size, secs, nanos)
                if copy_at:
                    source = data[copy_at : copy_at + copy_length]
                    if len(source) != copy_length:
                        raise corrupt(path, "path past the end", copy_at)
                    copies[full] = source
    return entries, copies


def node_array(data: bytes, start: int, count: int, path: bytes) -> bytes:
    """The bytes of an array of nodes."""
    array = data[start : start + count * NODE.size]
    if len(array) != count * NODE.size:
        raise corrupt(path, "child nodes past the end", start)
    return array


class TreeAppender:
    """Makes the bytes to append to a data file so that some entries change; all other nodes stay where they are.

    Attributes:
        added: the bytes; unreachable: how many bytes of the file they replace.
        copies_dropped: how many of the changed entries had a copy source, which they lose.
    """

    def __init__(self, data: bytes, path: bytes) -> None:
        self._data = data
        self._path = path
        self.added = bytearray()
        self.unreachable = self.copies_dropped = 0

    def rewrite(self, start: int, count: int, changes: dict[bytes, Entry], depth: int = 0) -> int:
        """Writes an array of nodes anew, changed ones and all arrays below that lead to them; returns its place.

        `changes` holds entries by the rest of their path below this directory; `depth` is the length of that
        directory's path with its slash.
        """
        below: dict[bytes, dict[bytes, Entry]] = {}
        here: dict[bytes, Entry] = {}
        for rest, entry in changes.items():
            name, slash, inner = rest.partition(b"/")
            if slash:
                below.setdefault(name, {})[inner] = entry
            else:
                here[name] = entry
        array = bytearray(node_array(self._data, start, count, self._path))
        for at in range(0, len(array), NODE.size):
            fields = list(NODE.unpack_from(array, at))
            full = self._data[fields[0] : fields[0] + fields[1]]
            name = full[depth:]
            changed = name in below and fields[6]
            if changed:
                fields[5] = self.rewrite(fields[5], fields[6], below[name], len(full) + 1)
            if name in here and fields[9] & ANY_TRACKED:
                changed = True
                flags, _, size, seconds, nanoseconds = here[name]
                fields[9:] = flags, size, seconds, nanoseconds
                self.copies_dropped += bool(fields[3])
                fields[3] = fields[4] = 0
            if changed:
                NODE.pack_into(array, at, *fields)
        self.unreachable += len(array)
        place = len(self._data) + len(self.added)
        self.added += array
        return place

"""Makes revlogs byte by byte, sound or not."""

from __future__ import annotations

import struct
from pathlib import Path

from hydrargyrum.engine.pure.store.layout import RepoLayout
from hydrargyrum.engine.pure.store.revlog import NULL_NODE, revision_hash

GENERAL = 1 << 17
INLINE = 1 << 16


class Row:
    """One revision: its text, its chunk as stored, and every number of its entry."""

    def __init__(
        self,
        text: bytes,
        chunk: bytes | None = None,
        *,
        base: int | None = None,
        p1: int = -1,
        p2: int = -1,
        flags: int = 0,
        size: int | None = None,
        stored: int | None = None,
        node: bytes | None = None,
    ) -> None:
        self.text, self.base, self.p1, self.p2, self.flags, self.node = text, base, p1, p2, flags, node
        self.chunk = b"u" + text if chunk is None else chunk
        self.size = len(text) if size is None else size
        self.stored = len(self.chunk) if stored is None else stored


def hunk(start: int, end: int, data: bytes) -> bytes:
    return struct.pack(">III", start, end, len(data)) + data


def layout_at(root: Path) -> RepoLayout:
    (root / ".hg").mkdir(parents=True, exist_ok=True)
    return RepoLayout(bytes(root), bytes(root / ".hg"), frozenset())


def write(root: Path, radix: str, rows: list[Row], header: int = 1 | GENERAL) -> RepoLayout:
    """Writes a revlog; the result can be opened with the layout returned."""
    index, data = bytearray(), bytearray()
    nodes: list[bytes] = []
    for rev, row in enumerate(rows):
        parents = [nodes[p] if 0 <= p < rev else NULL_NODE for p in (row.p1, row.p2)]
        nodes.append(row.node or revision_hash(row.text, *parents))
        base = rev if row.base is None else row.base
        place = len(data) << 16 | row.flags
        entry = struct.pack(
            ">Qiiiiii20s12x", place, row.stored, row.size, base, rev, row.p1, row.p2, nodes[-1]
        )
        index += struct.pack(">I", header) + entry[4:] if rev == 0 else entry
        data += row.chunk
        if header & INLINE:
            index += row.chunk
    layout = layout_at(root)
    (root / ".hg" / f"{radix}.i").write_bytes(index)
    if not header & INLINE:
        (root / ".hg" / f"{radix}.d").write_bytes(data)
    return layout

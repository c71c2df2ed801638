"""The obsolescence store: which changesets were rewritten or pruned, and into what.

What is hidden because of it is for `hidden`, why for `fate` (format: `docs/formats/obsstore.md`).
"""

from __future__ import annotations

import os
from struct import Struct, error

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.files import corrupt, read_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from hydrargyrum.engine.pure.store.layout import RepoLayout

    #: Predecessor and successors.
    Marker: TypeAlias = tuple[bytes, tuple[bytes, ...]]

_FIXED_0 = Struct(">BIB20s")
_FIXED_1 = Struct(">IdhHBBB")
_WIDE_NODES = 2
_NO_PARENTS = 3
_NULL_NODE = bytes(20)


def read_markers(layout: RepoLayout) -> list[Marker]:
    """All markers; a missing file, or one that is nothing but a version, has none.

    Raises:
        UnknownMarkerVersion, InvalidMarker: `obsstore` says what cannot be read or cannot be.
        CorruptFile: it does not follow its format.
    """
    path = os.path.join(layout.store, b"obsstore")
    data = read_optional(path) or b""
    if len(data) <= 1:
        return []
    read = {0: _read_0, 1: _read_1}.get(data[0])
    if read is None:
        raise errors.UnknownMarkerVersion(path=os.fsdecode(path), version=data[0])
    found: list[Marker] = []
    at = 1
    while at < len(data):
        try:
            marker, end = read(data, at)
        except error:
            raise corrupt(path, "a marker is cut short", at) from None
        if end > len(data):
            raise corrupt(path, "a marker is cut short", at)
        if _NULL_NODE in marker[1]:
            raise errors.InvalidMarker(path=os.fsdecode(path), offset=at)
        found.append(marker)
        at = end
    return found


def _read_0(data: bytes, at: int) -> tuple[Marker, int]:
    """The version 0 marker at a place, and where it ends."""
    count, metadata, _flags, node = _FIXED_0.unpack_from(data, at)
    start = at + _FIXED_0.size
    end = start + 20 * count
    return (node, _split(data[start:end], 20)), end + metadata


def _read_1(data: bytes, at: int) -> tuple[Marker, int]:
    """The version 1 marker at a place, and where it ends. All that it counts has to fit into the size it claims."""
    size, _secs, _zone, flags, count, parents, pairs = _FIXED_1.unpack_from(data, at)
    start = at + _FIXED_1.size
    width = 32 if flags & _WIDE_NODES else 20
    end = start + width * (1 + count)
    sizes = end + width * (0 if parents == _NO_PARENTS else parents)
    texts = sizes + 2 * pairs
    if texts > min(at + size, len(data)) or texts + sum(data[sizes:texts]) > at + size:
        raise error
    nodes = _split(data[start:end], width)
    return (nodes[0], nodes[1:]), at + size


def _split(data: bytes, width: int) -> tuple[bytes, ...]:
    return tuple(data[at : at + width] for at in range(0, len(data), width))

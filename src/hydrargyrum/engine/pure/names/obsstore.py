"""The obsolescence store as far as it decides what is hidden: which nodes have a marker as predecessor.

Successors, evolution and writing markers are not here (format: `docs/formats/obsstore.md`).
"""

from __future__ import annotations

import os
from struct import Struct, error

from hydrargyrum.engine.pure.store.files import corrupt, read_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout

_FIXED_0 = Struct(">BIB20s")
_FIXED_1 = Struct(">IdhHBBB")
_SHA256 = 2
_NO_PARENTS = 3


def read_predecessors(layout: RepoLayout) -> set[bytes]:
    """The nodes that some marker declares obsolete.

    Raises:
        CorruptFile: `obsstore` does not follow its format.
    """
    path = os.path.join(layout.store, b"obsstore")
    data = read_optional(path)
    if not data:
        return set()
    read = {0: _read_0, 1: _read_1}.get(data[0])
    if read is None:
        raise corrupt(path, "unknown version", 0)
    found: set[bytes] = set()
    at = 1
    while at < len(data):
        try:
            node, end = read(data, at)
        except error:
            raise corrupt(path, "a marker is cut short", at) from None
        if end > len(data):
            raise corrupt(path, "a marker is cut short", at)
        found.add(node)
        at = end
    return found


def _read_0(data: bytes, at: int) -> tuple[bytes, int]:
    """Predecessor of a version 0 marker, and where the marker ends."""
    successors, metadata, _flags, node = _FIXED_0.unpack_from(data, at)
    return node, at + _FIXED_0.size + 20 * successors + metadata


def _read_1(data: bytes, at: int) -> tuple[bytes, int]:
    """Predecessor of a version 1 marker, and where the marker ends."""
    size, _secs, _zone, flags, _successors, _parents, _pairs = _FIXED_1.unpack_from(data, at)
    start = at + _FIXED_1.size
    width = 32 if flags & _SHA256 else 20
    if size < _FIXED_1.size + width:
        raise error
    return data[start : start + width], at + size

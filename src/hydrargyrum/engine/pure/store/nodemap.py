"""The persistent node map: a trie from hexadecimal prefixes of nodes to revisions, read where it is valid.

Writing it belongs to transactions (format: `docs/formats/nodemap.md`).
"""

from __future__ import annotations

import os
from struct import Struct

from hydrargyrum.engine.pure.store.files import map_optional, read_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.engine.pure.store.files import Buffer
    from hydrargyrum.engine.pure.store.index import RevlogIndex
    from hydrargyrum.engine.pure.store.layout import RepoLayout

VERSION = 1
#: length of the identifier, last revision covered, used and unused length of the data, length of that node
_HEADER = Struct(">BBQQQQ")
_SLOT = Struct(">i")
BLOCK_SIZE = 64
EMPTY = -1


class Nodemap:
    """A valid node map.

    Attributes:
        covered: how many revisions of the index it knows, from the first one.
    """

    __slots__ = ("_data", "_index", "covered")

    def __init__(self, data: Buffer, index: RevlogIndex, covered: int) -> None:
        self._data = data
        self._index = index
        self.covered = covered

    def _slot(self, block: int, digit: int) -> int | None:
        """A slot: another block (0 and above), `EMPTY`, or a revision as -(rev + 2). None outside the data."""
        at = block * BLOCK_SIZE + digit * 4
        if not 0 <= at <= len(self._data) - 4:
            return None
        value: int = _SLOT.unpack_from(self._data, at)[0]
        return value

    def _root(self) -> int:
        return len(self._data) // BLOCK_SIZE - 1

    def find(self, node: bytes) -> int | None:
        """The revision of a node, checked against the index."""
        rev = self._descend(node.hex())[0]
        return rev if rev is not None and self._index.node(rev) == node else None

    def _descend(self, digits: str) -> tuple[int | None, int | None]:
        """Follows hexadecimal digits to a revision, or to a block where they end."""
        block = self._root()
        for digit in digits:
            value = self._slot(block, int(digit, 16))
            if value is None or value == EMPTY:
                return None, None
            if value < EMPTY:
                rev = -value - 2
                return (rev, None) if rev < self.covered else (None, None)
            block = value
        return None, block

    def match_prefix(self, prefix: str) -> list[int]:
        """Up to two revisions whose node begins with the prefix."""
        rev, block = self._descend(prefix)
        candidates = self._below(block) if block is not None else [] if rev is None else [rev]
        found: list[int] = []
        for one in candidates:
            if self._index.node(one).hex().startswith(prefix):
                found.append(one)
                if len(found) > 1:
                    break
        return found

    def _below(self, block: int) -> Iterator[int]:
        """Revisions below a block; a block that leads back to itself ends at the depth of a whole node."""
        stack = [(block, 0)]
        budget = 16 * 40  # two revisions are found far earlier in any trie that follows the format
        while stack and budget:
            at, depth = stack.pop()
            for digit in range(16):
                budget = max(0, budget - 1)
                value = self._slot(at, digit)
                if value is None or value == EMPTY:
                    continue
                if value >= 0:
                    if depth < 40:
                        stack.append((value, depth + 1))
                elif -value - 2 < self.covered:
                    yield -value - 2


def open_nodemap(layout: RepoLayout, radix: bytes, index: RevlogIndex) -> Nodemap | None:
    """The node map of a revlog, or None where there is none that fits the index (then it is simply not used)."""
    docket = read_optional(layout.store_path(radix + b".n"))
    if docket is None or len(docket) < _HEADER.size:
        return None
    version, uid_size, tip_rev, used, _unused, node_size = _HEADER.unpack_from(docket)
    at = _HEADER.size + uid_size
    uid, tip_node = docket[_HEADER.size : at], docket[at : at + node_size]
    if version != VERSION or len(uid) != uid_size or b"/" in uid or b"\0" in uid:
        return None
    if tip_rev >= len(index) or index.node(tip_rev) != tip_node:
        return None
    path = os.path.join(layout.store, radix + b"-" + uid + b".nd")
    data = map_optional(path, used)
    if data is None or len(data) < used or used % BLOCK_SIZE or not used:
        return None
    return Nodemap(data, index, tip_rev + 1)

"""The persistent node map: a trie from hexadecimal prefixes of nodes to revisions, read where it is valid.

Writing it belongs to transactions (format: `docs/formats/nodemap.md`).
"""

from __future__ import annotations

import os
from struct import Struct

from hydrargyrum.engine.pure.store.files import map_optional, read_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.files import Buffer
    from hydrargyrum.engine.pure.store.index import RevlogIndex
    from hydrargyrum.engine.pure.store.layout import RepoLayout

VERSION = 1
#: length of the identifier, last revision covered, used and unused length of the data, length of that node
_HEADER = Struct(">BBQQQQ")
_SLOT = Struct(">i")
BLOCK_SIZE = 64
#: An empty slot; and the answer for several revisions.
NONE = -1
MANY = -2


class BrokenTree(Exception):
    """The tree points to where there is nothing; the map is of no use then."""


class Docket:
    """What the docket says of the data file: its identifier, its used length, and how much of that is not in use."""

    __slots__ = ("uid", "unused", "used")

    def __init__(self, uid: bytes, used: int, unused: int) -> None:
        self.uid = uid
        self.used = used
        self.unused = unused


class Nodemap:
    """A valid node map.

    Attributes:
        data: the tree.
        covered: how many revisions of the index it knows, from the first one.
        docket: where the tree lies.
    """

    __slots__ = ("_index", "covered", "data", "docket")

    def __init__(self, data: Buffer, index: RevlogIndex, covered: int, docket: Docket) -> None:
        self.data = data
        self._index = index
        self.covered = covered
        self.docket = docket

    def find(self, node: bytes) -> int | None:
        """The revision of a node, checked against the index.

        Raises:
            BrokenTree: see there.
        """
        rev = self._descend(node.hex())
        if rev == MANY:  # forty digits cannot lead to several revisions
            raise BrokenTree
        return rev if rev >= 0 and self._index.node(rev) == node else None

    def match_prefix(self, prefix: str) -> int | None:
        """The one revision whose node begins with the prefix, `MANY`, or None.

        Raises:
            BrokenTree: see there.
        """
        rev = self._descend(prefix)
        if rev == MANY:
            return MANY
        return rev if rev >= 0 and self._index.node(rev).hex().startswith(prefix) else None

    def _descend(self, digits: str) -> int:
        """Follows hexadecimal digits to a revision, to `NONE`, or to a block where they end (`MANY`)."""
        blocks = len(self.data) // BLOCK_SIZE
        block = blocks - 1  # the root comes last
        for digit in digits:
            value: int = _SLOT.unpack_from(self.data, block * BLOCK_SIZE + int(digit, 16) * 4)[0]
            if value == NONE:
                return NONE
            if value < NONE:
                rev = -(value + 2)
                if rev >= self.covered:
                    raise BrokenTree
                return rev
            if value >= blocks:
                raise BrokenTree
            block = value
        return MANY


def open_nodemap(layout: RepoLayout, radix: bytes, index: RevlogIndex) -> Nodemap | None:
    """The node map of a revlog, or None where there is none that fits the index (then it is simply not used)."""
    docket = read_optional(layout.store_path(radix + b".n"))
    if docket is None or len(docket) < _HEADER.size:
        return None
    version, uid_size, tip_rev, used, unused, node_size = _HEADER.unpack_from(docket)
    at = _HEADER.size + uid_size
    uid, tip_node = docket[_HEADER.size : at], docket[at : at + node_size]
    if version != VERSION or node_size != 20 or not uid.isalnum() or len(uid) != uid_size:
        return None
    if tip_rev >= len(index) or index.node(tip_rev) != tip_node:
        return None
    path = os.path.join(layout.store, radix + b"-" + uid + b".nd")
    data = map_optional(path, used)
    if data is None or len(data) < used or used % BLOCK_SIZE or not used:
        return None
    return Nodemap(data, index, tip_rev + 1, Docket(uid, used, unused))

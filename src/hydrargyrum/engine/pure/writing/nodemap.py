"""Writes the persistent node map: blocks for new nodes are appended to the tree, or the whole tree is made anew.

Reading it belongs to `store.nodemap` (format: `docs/formats/nodemap.md`).
"""

from __future__ import annotations

import os
from struct import Struct

from hydrargyrum.engine.pure.store.nodemap import BLOCK_SIZE, NONE, VERSION, open_nodemap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.pure.writing.files import StoreFiles

_HEADER = Struct(">BBQQQQ")
_BLOCK = Struct(">16i")
#: A tree is made anew when so many tenths of it are no longer in use.
MAX_UNUSED_TENTHS = 1


class _Tree:
    """A tree of which some blocks are in memory because they changed.

    Attributes:
        replaced: how many blocks of the file are no longer in use.
    """

    def __init__(self, nodes: Sequence[bytes], data: bytes | memoryview) -> None:
        self._nodes = nodes
        self._data = data
        self._changed: list[list[int]] = []
        self.replaced = 0
        self._first = len(data) // BLOCK_SIZE
        self._root = self._load(self._first - 1) if data else self._new()

    def _new(self) -> int:
        self._changed.append([NONE] * 16)
        return self._first + len(self._changed) - 1

    def _load(self, block: int) -> int:
        """A block of the file as one that may be changed."""
        self._changed.append(list(_BLOCK.unpack_from(self._data, block * BLOCK_SIZE)))
        self.replaced += 1
        return self._first + len(self._changed) - 1

    def insert(self, rev: int) -> None:
        """Adds a revision."""
        node = self._nodes[rev].hex()
        block = self._root
        for depth, digit in enumerate(node):
            slots = self._changed[block - self._first]
            at = int(digit, 16)
            value = slots[at]
            if value == NONE:
                slots[at] = -(rev + 2)
                return
            if value < NONE:
                other = -(value + 2)
                if self._nodes[other] == self._nodes[rev]:
                    slots[at] = -(rev + 2)
                    return
                block = slots[at] = self._new()
                below = int(self._nodes[other].hex()[depth + 1], 16)
                self._changed[block - self._first][below] = value
            elif value < self._first:
                block = slots[at] = self._load(value)
            else:
                block = value

    def packed(self) -> bytes:
        """The blocks to append, the root last."""
        blocks, root = self._changed, self._root - self._first
        last = len(blocks) - 1
        # the root changes places with the last block
        places = {self._first + root: self._first + last, self._first + last: self._first + root}
        blocks[root], blocks[last] = blocks[last], blocks[root]
        return b"".join(_BLOCK.pack(*[places.get(slot, slot) for slot in block]) for block in blocks)


def write_nodemap(layout: RepoLayout, files: StoreFiles, revlog: Revlog) -> None:
    """Brings the node map of a revlog up to date, if it has one by its size."""
    index = revlog.index
    count = len(index)
    if index.inline or not count:
        return
    radix = revlog.radix
    known = open_nodemap(layout, radix, index)
    nodes = index.nodes()
    if known is not None and known.covered == count:
        return
    if known is not None:
        docket = known.docket
        name = radix + b"-" + docket.uid + b".nd"
        if files.size(name) == docket.used:
            tree = _Tree(nodes, known.data)
            for rev in range(known.covered, count):
                tree.insert(rev)
            unused = docket.unused + tree.replaced * BLOCK_SIZE
            packed = tree.packed()
            if docket.used + len(packed) > unused * 10:
                with files.open_to_append(name) as file:
                    file.write(packed)
                _write_docket(files, radix, docket.uid, (docket.used + len(packed), unused), nodes)
                return
    tree = _Tree(nodes, b"")
    for rev in range(count):
        tree.insert(rev)
    uid = os.urandom(4).hex().encode()
    packed = tree.packed()
    with files.open_to_append(radix + b"-" + uid + b".nd") as file:
        file.write(packed)
    current = known.docket.uid if known is not None else b""
    _write_docket(files, radix, uid, (len(packed), 0), nodes)
    _remove_others(layout, radix, (uid, current))


def _write_docket(
    files: StoreFiles, radix: bytes, uid: bytes, sizes: tuple[int, int], nodes: list[bytes]
) -> None:
    header = _HEADER.pack(VERSION, len(uid), len(nodes) - 1, *sizes, len(nodes[-1]))
    files.back_up(radix + b".n")
    files.replace(radix + b".n", header + uid + nodes[-1])


def _remove_others(layout: RepoLayout, radix: bytes, keep: tuple[bytes, bytes]) -> None:
    """Removes data files that neither the old docket nor the new one names."""
    kept = {radix + b"-" + uid + b".nd" for uid in keep}
    for name in os.listdir(layout.store):
        if name.startswith(radix + b"-") and name.endswith(b".nd") and name not in kept:
            try:
                os.unlink(os.path.join(layout.store, name))
            except OSError:
                pass  # it takes room and does no harm

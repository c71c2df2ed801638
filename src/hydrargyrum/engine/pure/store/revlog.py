"""A version 1 revlog: an index and the chunks from which the texts of its revisions are rebuilt and verified.

What the texts mean is for `changelog`, `manifest` and `filelog` (format: `docs/formats/revlog.md`).
"""

from __future__ import annotations

import hashlib

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.chunk import decompress
from hydrargyrum.engine.pure.store.delta import Unreadable, apply_deltas
from hydrargyrum.engine.pure.store.files import map_optional
from hydrargyrum.engine.pure.store.index import ENTRY_SIZE, RevlogIndex
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.files import Buffer
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.nodemap import Nodemap

NULL_NODE = bytes(20)
CENSORED = 1 << 15
ELLIPSIS = 1 << 14
EXTERNAL = 1 << 13
HAS_META = 1 << 11
#: Flags (copies information, metadata, delta quality and the like) that leave text and hash alone.
NEUTRAL = 0x1FC0
_NULL_HASH = hashlib.sha1(NULL_NODE, usedforsecurity=False)


def revision_hash(text: Buffer, p1: bytes, p2: bytes) -> bytes:
    """The node of a text with these parents: both in ascending order are hashed before it."""
    if p2 == NULL_NODE:
        hasher = _NULL_HASH.copy()
        hasher.update(p1)
    else:
        hasher = hashlib.sha1(min(p1, p2), usedforsecurity=False)
        hasher.update(max(p1, p2))
    hasher.update(text)
    return hasher.digest()


class Revlog:
    """Revisions by number and by node; a revlog without files is empty.

    Attributes:
        radix: its name in the store without `.i`, as errors name it.
        index: the decoded index.
    """

    def __init__(self, layout: RepoLayout, radix: bytes, *, nodemap: bool = False) -> None:
        self.radix = radix
        self._layout = layout
        self._data: Buffer | None = None
        self._revs: dict[bytes, int] | None = None
        self._last: tuple[int, bytes] | None = None
        self.index = RevlogIndex(map_optional(layout.store_path(radix + b".i")) or b"", radix)
        self._nodemap = self._open_nodemap() if nodemap and not self.index.inline else None

    def _open_nodemap(self) -> Nodemap | None:
        from hydrargyrum.engine.pure.store.nodemap import open_nodemap

        return open_nodemap(self._layout, self.radix, self.index)

    def __len__(self) -> int:
        return len(self.index)

    # -- nodes and revision numbers ---------------------------------------------------------------------------
    def node(self, rev: int) -> bytes:
        """The node of a revision; -1 is the null node. IndexError past the end."""
        if rev == -1:
            return NULL_NODE
        if not 0 <= rev < len(self.index):
            raise IndexError(rev)
        return self.index.node(rev)

    def find(self, node: bytes) -> int | None:
        """The revision of a node, or None where it is not here."""
        if node == NULL_NODE:
            return -1
        if self._nodemap is not None:
            rev = self._nodemap.find(node)
            if rev is not None:
                return rev
        return self._tail().get(node)

    def rev(self, node: bytes) -> int:
        """The revision of a node.

        Raises:
            UnknownNode: it is not here.
        """
        rev = self.find(node)
        if rev is None:
            raise errors.UnknownNode(path=decode(self.radix), node=node.hex())
        return rev

    def _tail(self) -> dict[bytes, int]:
        """Revisions by node: those that no node map covers."""
        if self._revs is None:
            first = self._nodemap.covered if self._nodemap is not None else 0
            nodes = self.index.nodes(first)
            self._revs = dict(zip(reversed(nodes), range(len(self.index) - 1, first - 1, -1), strict=True))
        return self._revs

    def match_prefix(self, prefix: str) -> list[int]:
        """Up to two revisions (-1 for the null node) whose node in hexadecimal begins with `prefix`."""
        found = set()
        if prefix + "0" * (40 - len(prefix)) == "0" * 40:
            found.add(-1)
        if self._nodemap is not None:
            found.update(self._nodemap.match_prefix(prefix))
        whole = bytes.fromhex(prefix[: len(prefix) & ~1])
        for node, rev in self._tail().items():
            if node.startswith(whole) and node.hex().startswith(prefix):
                found.add(rev)
                if len(found) > 1:
                    break
        return sorted(found)[:2]

    def parents(self, rev: int) -> tuple[int, int]:
        """Both parents of a revision, -1 where there is none."""
        return (-1, -1) if rev == -1 else self.index.parents(rev)

    # -- texts ------------------------------------------------------------------------------------------------
    def text(self, rev: int) -> bytes:
        """The text of a revision, its hash verified.

        Raises:
            CorruptRevision: it cannot be rebuilt or its hash differs.
            CensoredRevision, ExternalRevision: it is not here on purpose.
            CorruptIndex: an entry of its chain is not valid.
        """
        if rev == -1:
            return b""
        if self._last is not None and self._last[0] == rev:
            return self._last[1]
        entry = self.index.entry(rev)
        self._check_flags(entry.flags, entry.node)
        text = self.raw_text(rev)
        if revision_hash(text, self.node(entry.p1), self.node(entry.p2)) != entry.node:
            raise self._corrupt(rev, "hash mismatch")
        self._last = rev, text
        return text

    def _check_flags(self, flags: int, node: bytes) -> None:
        if flags & CENSORED:
            raise errors.CensoredRevision(path=decode(self.radix), node=node.hex())
        for flag in (ELLIPSIS, EXTERNAL):
            if flags & flag:
                raise errors.ExternalRevision(path=decode(self.radix), node=node.hex(), flags=flag)
        unknown = flags & ~(NEUTRAL | CENSORED | ELLIPSIS | EXTERNAL)
        if unknown:
            raise errors.ExternalRevision(path=decode(self.radix), node=node.hex(), flags=unknown)

    def raw_text(self, rev: int) -> bytes:
        """The text as stored: no flag is looked at, no hash verified."""
        chain, text = self._chain(rev)
        try:
            if text is None:
                text = bytes(self._full(chain.pop()))
            deltas = [self._delta(one) for one in reversed(chain)]
            size = self.index.entry(rev).size
            text = apply_deltas(text, deltas, size) if deltas else text
            if len(text) != size:
                raise Unreadable("the text does not have the size the index says")
        except Unreadable as problem:
            raise self._corrupt(rev, problem.problem) from None
        return text

    def _chain(self, rev: int) -> tuple[list[int], bytes | None]:
        """Revisions whose chunks make up `rev`, last first, down to a full text or one that is cached."""
        index, last = self.index, self._last
        chain: list[int] = []
        while True:
            if last is not None and last[0] == rev:
                return chain, last[1]
            chain.append(rev)
            base = index.entry(rev).base
            if base in (rev, -1):
                return chain, None
            # The base is an earlier revision (the index checks it), so that this ends.
            rev = base if index.general_delta else rev - 1

    def _full(self, rev: int) -> Buffer:
        size = self.index.entry(rev).size
        return decompress(self.chunk(rev), size)

    def _delta(self, rev: int) -> Buffer:
        entry = self.index.entry(rev)
        base = self.index.entry(entry.base if self.index.general_delta else rev - 1)
        # Hunks never overlap, so there are not more of them than bytes on both sides and one.
        return decompress(self.chunk(rev), entry.size + 12 * (base.size + entry.size + 1))

    def chunk(self, rev: int) -> Buffer:
        """The stored bytes of a revision.

        Raises:
            CorruptRevision: the file ends before it.
        """
        entry = self.index.entry(rev)
        if self.index.inline:
            found = self.index.chunk(self.index.start(rev) + ENTRY_SIZE, entry.stored_size)
        else:
            if self._data is None:
                self._data = map_optional(self._layout.store_path(self.radix + b".d")) or b""
            found = self._data[entry.offset : entry.offset + entry.stored_size]
        if len(found) != entry.stored_size:
            raise self._corrupt(rev, "the data file ends inside a chunk")
        return found

    def _corrupt(self, rev: int, problem: str) -> errors.CorruptRevision:
        node = self.index.node(rev).hex()
        return errors.CorruptRevision(path=decode(self.radix), rev=rev, node=node, problem=problem)

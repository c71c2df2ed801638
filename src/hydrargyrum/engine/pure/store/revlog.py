"""A version 1 revlog: an index and the chunks from which the texts of its revisions are rebuilt and verified.

What the texts mean is for `changelog`, `manifest` and `filelog` (format: `docs/formats/revlog.md`).
"""

from __future__ import annotations

import hashlib
from binascii import unhexlify

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.chunk import decompress
from hydrargyrum.engine.pure.store.delta import apply_deltas
from hydrargyrum.engine.pure.store.files import io_error, map_optional
from hydrargyrum.engine.pure.store.index import ENTRY_SIZE, RevlogIndex
from hydrargyrum.engine.pure.store.nodemap import MANY, BrokenTree
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.text.hunks import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.engine.pure.store.files import Buffer
    from hydrargyrum.engine.pure.store.index import IndexEntry
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.nodemap import Nodemap

NULL_NODE = bytes(20)
CENSORED = 1 << 15
ELLIPSIS = 1 << 14
EXTERNAL = 1 << 13
HAS_META = 1 << 11
IS_SNAPSHOT = 1 << 10
#: Flags (copies information, metadata, delta quality and the like) that leave text and hash alone.
NEUTRAL = 0x1FC0
#: How long a text may be where the index does not say.
MAX_TEXT = 0x7FFFFFFF
_NULL_HASH = hashlib.sha1(NULL_NODE, usedforsecurity=False)


def revision_hasher(p1: bytes, p2: bytes) -> hashlib._Hash:
    """Hashes texts with these parents: both in ascending order come before the text."""
    if p2 == NULL_NODE:
        hasher = _NULL_HASH.copy()
        hasher.update(p1)
    else:
        hasher = hashlib.sha1(min(p1, p2), usedforsecurity=False)
        hasher.update(max(p1, p2))
    return hasher


def revision_hash(text: Buffer, p1: bytes, p2: bytes) -> bytes:
    """The node of a text with these parents."""
    hasher = revision_hasher(p1, p2)
    hasher.update(text)
    return hasher.digest()


class Revlog:
    """Revisions by number and by node; a revlog without files is empty.

    Attributes:
        radix: its name in the store without `.i`; name: what errors call it.
        index: the decoded index.
    """

    #: A lone parent comes first. In filelogs the order means something.
    canonical_parents = True

    def __init__(
        self, layout: RepoLayout, radix: bytes, *, name: bytes | None = None, nodemap: bool = False
    ) -> None:
        self.radix = radix
        self.name = radix if name is None else name
        self._layout = layout
        self._data: Buffer | None = None
        #: set by whoever appends to it
        self.appended: Callable[[int, IndexEntry], Buffer] | None = None
        self._revs: dict[bytes, int] | None = None
        self._last: tuple[int, bytes] | None = None
        self.index = RevlogIndex(
            map_optional(layout.seen(layout.store_path(radix + b".i"), b".a")) or b"", self.name
        )
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
        """The revision of a node (the last one, should several have it), or None where it is not here."""
        if node == NULL_NODE:
            return -1
        if self._nodemap is not None:
            try:
                rev = self._nodemap.find(node)
            except BrokenTree:
                self._give_up_nodemap()
            else:
                if rev is not None:
                    return rev
        return self._tail().get(node)

    def _give_up_nodemap(self) -> None:
        self._nodemap = self._revs = None

    def rev(self, node: bytes) -> int:
        """The revision of a node.

        Raises:
            UnknownNode: it is not here.
        """
        rev = self.find(node)
        if rev is None:
            raise errors.UnknownNode(path=decode(self.name), node=node.hex())
        return rev

    def _tail(self) -> dict[bytes, int]:
        """Revisions by node: those that no node map covers."""
        if self._revs is None:
            first = self._nodemap.covered if self._nodemap is not None else 0
            self._revs = dict(zip(self.index.nodes(first), range(first, len(self.index)), strict=True))
        return self._revs

    def match_prefix(self, prefix: str) -> tuple[int, int]:
        """How many nodes in hexadecimal begin with `prefix` (2: several), and the revision of one (-1: null node)."""
        found = set() if prefix.strip("0") else {-1}
        if self._nodemap is not None:
            try:
                rev = self._nodemap.match_prefix(prefix)
            except BrokenTree:
                self._give_up_nodemap()
            else:
                if rev == MANY:
                    return 2, -1
                if (
                    rev is None
                ):  # before it is called unknown, the index itself is asked: a tree can be damaged
                    self._give_up_nodemap()
                else:
                    found.add(rev)
        whole = unhexlify(prefix[: len(prefix) & ~1])
        for node, rev in self._tail().items():
            if len(found) > 1:
                break
            if node.startswith(whole) and node.hex().startswith(prefix):
                found.add(rev)
        return len(found), max(found, default=-1)

    def parents(self, rev: int) -> tuple[int, int]:
        """Both parents of a revision, -1 where there is none.

        Raises:
            CorruptIndex: one does not come before the revision.
        """
        if rev == -1:
            return -1, -1
        p1, p2 = self.index.parents(rev)
        return (p2, p1) if p1 == -1 and self.canonical_parents else (p1, p2)

    # -- texts ------------------------------------------------------------------------------------------------
    def text(self, rev: int) -> bytes:
        """The text of a revision, its hash verified.

        Raises:
            CorruptRevision: it cannot be rebuilt or its hash differs.
            CensoredRevision, ExternalRevision: it is not here on purpose.
            CorruptIndex: an entry of its chain is not valid.
            IoError: the data file cannot be read.
        """
        if rev == -1:
            return b""
        if self._last is not None and self._last[0] == rev:
            return self._last[1]
        text = self.raw_text(rev)
        entry = self.index.entry(rev)
        self._check_flags(rev, entry)
        p1, p2 = self.parents(rev)
        if revision_hash(text, self.node(p1), self.node(p2)) != entry.node:
            raise self._hash_error(rev, text)
        self._last = rev, text
        return text

    def _check_flags(self, rev: int, entry: IndexEntry) -> None:
        unknown = entry.flags & ~(NEUTRAL | CENSORED | ELLIPSIS | EXTERNAL)
        if unknown:
            raise self.corrupt(rev, "incompatible revision flag", flags=unknown)
        for flag in (ELLIPSIS, EXTERNAL):
            if entry.flags & flag:
                raise errors.ExternalRevision(path=decode(self.name), node=entry.node.hex(), flags=flag)

    def _hash_error(self, rev: int, text: bytes) -> errors.EngineError:  # noqa: ARG002
        return self.corrupt(rev, "integrity check failed")

    def raw_text(self, rev: int) -> bytes:
        """The text as stored: no flag is looked at, no hash verified."""
        size = self.index.entry(rev).size
        chain, text = self._chain(rev)
        try:
            before: int | None
            if text is None:
                first = chain.pop()
                before = self.index.entry(first).size
                text = bytes(self._content(first, before if before >= 0 else MAX_TEXT))
                before = before if before >= 0 else MAX_TEXT
            else:
                before = len(text)
            deltas = []
            for link in reversed(chain):
                after = self.index.entry(link).size
                # Hunks never overlap, so there are not more of them than bytes on both sides and one.
                limit = after + 12 * (after + before + 1) if after >= 0 else MAX_TEXT
                deltas.append(self._content(link, limit))
                before = after if after >= 0 else MAX_TEXT
            if deltas:
                text = apply_deltas(text, deltas, size if size >= 0 else MAX_TEXT)
        except Unreadable as problem:
            raise self.corrupt(rev, problem.problem) from None
        if size >= 0 and len(text) != size:
            problem_text = "the text has another length than the index says"
            raise self.corrupt(rev, problem_text, expected=size, got=len(text))
        return text

    def _content(self, rev: int, limit: int) -> Buffer:
        """What the chunk of a revision holds: its text or a delta."""
        try:
            return decompress(self.chunk(rev), limit)
        except Unreadable as problem:
            raise self.corrupt(rev, problem.problem) from None

    def stored_delta(self, rev: int) -> tuple[int, bytes] | None:
        """The delta that a revision is stored as, and the revision that it applies to.

        None for a whole text, and for what does not make the text that the index promises.
        """
        from hydrargyrum.text.delta import patched_length

        entry = self.index.entry(rev)
        base = entry.base if self.index.general_delta else rev - 1
        if entry.base == rev or not 0 <= base < rev:
            return None
        before, after = self.index.entry(base).size, entry.size
        if before < 0 or after < 0:
            return None
        delta = b""
        if entry.stored_size:
            delta = bytes(self._content(rev, after + 12 * (after + before + 1)))
        try:
            fits = patched_length(before, delta) == after
        except errors.CorruptRevision:
            fits = False
        return (base, delta) if fits else None

    def _chain(self, rev: int) -> tuple[list[int], bytes | None]:
        """Revisions whose chunks make up `rev`, last first; and the text they apply to.

        None where the last of them holds a full text itself.
        """
        index, last = self.index, self._last
        chain: list[int] = []
        while True:
            if last is not None and last[0] == rev:
                return chain, last[1]
            entry = index.entry(rev)
            if entry.base == rev:
                chain.append(rev)
                return chain, None
            if not -1 <= entry.base < rev:
                raise index.corrupt("the base of a delta is out of range", index.start(rev), rev=rev)
            if entry.stored_size:
                chain.append(rev)
            # Bases only ever descend, so that this ends.
            rev = entry.base if index.general_delta else rev - 1
            if rev == -1:
                return chain, b""

    def chunk(self, rev: int) -> Buffer:
        """The stored bytes of a revision.

        Raises:
            CorruptRevision: the file ends before it.
            CorruptIndex: its length is not one.
            IoError: the data file cannot be read.
        """
        entry = self.index.entry(rev)
        if rev >= self.index.first_new:
            return self.new_chunk(rev, entry)
        if entry.stored_size < 0:
            raise self.index.corrupt("the length of a chunk is negative", self.index.start(rev), rev=rev)
        if self.index.inline:
            start, data = entry.offset + (rev + 1) * ENTRY_SIZE, self.index.data
        else:
            start, data = entry.offset, self._data_file()
        found = data[start : start + entry.stored_size]
        if len(found) != entry.stored_size:
            ending = b".i" if self.index.inline else b".d"
            path = self._layout.store_path(self.radix + ending)
            raise self.partial_read(rev, path, entry, len(data) - start, start)
        return found

    def partial_read(
        self, rev: int, path: bytes, entry: IndexEntry, there: int, start: int | None = None
    ) -> errors.CorruptRevision:
        """The error about a file that ends before a chunk does, of which `there` bytes are in it."""
        return self.corrupt(
            rev,
            "partial read of revlog",
            file=decode(path),
            offset=entry.offset if start is None else start,
            expected=entry.stored_size,
            got=max(0, min(there, entry.stored_size)),
        )

    def new_chunk(self, rev: int, entry: IndexEntry) -> Buffer:
        """The stored bytes of a revision that came after the index was read; whoever appends it knows them."""
        if self.appended is None:
            raise IndexError(rev)
        return self.appended(rev, entry)

    def grow(self, entry: bytes) -> int:
        """Appends a packed entry to what is known; its revision."""
        rev = len(self.index)
        self.index.grow(entry)
        if self._revs is not None:
            self._revs[entry[32:52]] = rev
        return rev

    def reopen(self) -> None:
        """Reads the files again, because whoever appends to them has replaced them."""
        self.index = RevlogIndex(map_optional(self._layout.store_path(self.radix + b".i")) or b"", self.name)
        self._data = self._revs = self._last = self._nodemap = None

    def remember(self, rev: int, text: bytes) -> None:
        """Keeps the text of a revision, as if it had just been read."""
        self._last = rev, text

    @property
    def data_path(self) -> bytes:
        """Full path of the data file, there or not."""
        return self._layout.store_path(self.radix + b".d")

    def _data_file(self) -> Buffer:
        if self._data is None:
            path = self.data_path
            self._data = map_optional(path)
            if self._data is None:
                raise io_error(path, FileNotFoundError(2, ""), "open")
        return self._data

    def corrupt(self, rev: int, problem: str, **facts: int | str) -> errors.CorruptRevision:
        """The error about one revision."""
        node = self.index.node(rev).hex()
        return errors.CorruptRevision(path=decode(self.name), rev=rev, node=node, problem=problem, **facts)

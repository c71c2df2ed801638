"""Chooses how a revision is stored: whole, or as a delta against which other one.

The bounds keep chains short enough to read (see `docs/formats/revlog.md`); computing a delta is `text.delta`'s work.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.store.revlog import CENSORED, ELLIPSIS, EXTERNAL
from hydrargyrum.text import delta as deltas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.engine.pure.store.compress import ChunkWriter
    from hydrargyrum.engine.pure.store.revlog import Revlog

#: All deltas of a chain together are at most so many times as long as the text.
MAX_CHAIN_TO_TEXT = 2
#: Without sparse reading, the stretch of the file that a chain lies in.
MAX_SPAN_TO_TEXT = 4
#: So many deltas follow each other at most where sparse reading is allowed, unless configured.
SPARSE_CHAIN = 1000
#: A base that is so much smaller than the text gives no useful delta.
MIN_BASE_TO_TEXT = 500
#: Texts from this length on are stored whole, because a delta takes several times as much memory.
NO_DELTA_FROM = 128 << 20
#: Texts of these revisions are not what is stored, so they are no base.
_NO_BASE = CENSORED | ELLIPSIS | EXTERNAL


class Stored:
    """How a revision is stored.

    Attributes:
        base: the revision that the delta applies to; the revision itself where the text is stored whole.
        head, body: the chunk in two parts.
        is_snapshot: whether it is whole, or a delta between snapshots.
    """

    __slots__ = ("base", "body", "head", "is_snapshot")

    def __init__(self, base: int, head: bytes, body: bytes, *, is_snapshot: bool) -> None:
        self.is_snapshot = is_snapshot
        self.base = base
        self.head = head
        self.body = body

    @property
    def size(self) -> int:
        """Length of the chunk."""
        return len(self.head) + len(self.body)


class Chain:
    """The revisions that a text is made of: how many, and how long their chunks are together."""

    __slots__ = ("first", "length", "size")

    def __init__(self, first: int, length: int, size: int) -> None:
        self.first = first
        self.length = length
        self.size = size


class Incoming:
    """A delta that came with a revision, which saves computing one.

    Attributes:
        base: what it applies to.
        is_preferred: the base is tried before anything else; otherwise the delta only counts where it is chosen.
    """

    __slots__ = ("base", "delta", "is_preferred")

    def __init__(self, base: int, delta: bytes, *, is_preferred: bool = True) -> None:
        self.base = base
        self.delta = delta
        self.is_preferred = is_preferred


class DeltaChooser:
    """Chooses for one revlog."""

    __slots__ = ("_chains", "_chunks", "_max_chain", "_revlog", "_sparse")

    def __init__(self, revlog: Revlog, chunks: ChunkWriter, *, sparse: bool, max_chain: int) -> None:
        self._max_chain = max_chain
        self._revlog = revlog
        self._chunks = chunks
        self._sparse = sparse
        self._chains: dict[int, Chain] = {}

    def whole(self, rev: int, text: bytes) -> Stored:
        """The text stored whole."""
        return Stored(rev, *self._chunks.chunk(text), is_snapshot=True)

    def choose(
        self, text: Callable[[], bytes], size: int, parents: tuple[int, int], known: Incoming | None
    ) -> Stored:
        """The best of what is worth trying.

        Args:
            text: gives the text.
            size: its length.
            parents: of the revision, -1 for none.
            known: a delta that is there already.
        """
        rev = len(self._revlog.index)
        if rev and 0 < size < NO_DELTA_FROM:
            for group, snapshot in self._groups(rev, size, parents, known):
                best: Stored | None = None
                for base in group:
                    found = self._try(base, text, size, parents, known, snapshot=snapshot)
                    if found is not None and (best is None or found.size < best.size):
                        best = found
                if best is not None:
                    return best
        return self.whole(rev, text())

    def _groups(
        self, rev: int, size: int, parents: tuple[int, int], known: Incoming | None
    ) -> Iterator[tuple[list[int], bool]]:
        """Bases to be tried together, and whether a delta against them would be a snapshot."""
        if not self._revlog.index.general_delta:
            yield [rev - 1], False
            return
        if known is not None and known.is_preferred and self._is_worth_trying(known.base, size):
            yield [known.base], known.base not in parents and self._is_snapshot(known.base)
        bases = {self._skip_empty(parent) for parent in parents}
        own = sorted(base for base in bases if self._is_worth_trying(base, size))
        if own:
            yield own, False
        if self._sparse:
            yield from self._snapshot_groups(size, parents)
        previous = self._skip_empty(rev - 1)
        if previous not in bases and self._is_worth_trying(previous, size):
            is_snapshot = self._is_snapshot(previous)
            if is_snapshot or not self._sparse:
                yield [previous], is_snapshot and self._sparse

    def _snapshot_groups(self, size: int, parents: tuple[int, int]) -> Iterator[tuple[list[int], bool]]:
        """The snapshots that the parents are built on, those nearest to them first."""
        levels: list[list[int]] = []
        for parent in parents:
            if parent != -1:
                for level, snapshot in enumerate(self._snapshots_of(parent)):
                    if len(levels) <= level:
                        levels.append([])
                    if snapshot not in levels[level]:
                        levels[level].append(snapshot)
        for candidates in reversed(levels):
            group = [base for base in candidates if base not in parents and self._is_worth_trying(base, size)]
            if group:
                yield group, True

    def _snapshots_of(self, rev: int) -> list[int]:
        """The snapshots at the beginning of the chain of a revision, the whole text first."""
        index = self._revlog.index
        chain = []
        while rev != -1:
            chain.append(rev)
            base = index.entry(rev).base
            if base == rev:
                break
            rev = base
        chain.reverse()
        found = []
        for link in chain:
            if not self._is_snapshot(link):
                break
            found.append(link)
        return found

    def _skip_empty(self, rev: int) -> int:
        """The revision whose text is the same and whose chunk says something."""
        index = self._revlog.index
        while rev > -1 and not (entry := index.entry(rev)).stored_size:
            if entry.base == rev:
                break
            rev = entry.base if index.general_delta else rev - 1
        return rev

    def _is_snapshot(self, rev: int) -> bool:
        """Whether a revision is stored whole, or as a delta between snapshots instead of from its parents."""
        index = self._revlog.index
        while rev != -1:
            entry = index.entry(rev)
            if entry.base in (rev, -1):
                return True
            if entry.base in (self._skip_empty(entry.p1), self._skip_empty(entry.p2)):
                return False
            rev = entry.base
        return True

    def _is_worth_trying(self, base: int, size: int) -> bool:
        """Whether a delta against `base` can become a good one."""
        if base < 0:
            return False
        entry = self._revlog.index.entry(base)
        if entry.flags & _NO_BASE:
            return False
        if self._sparse and entry.size < size // MIN_BASE_TO_TEXT:
            return False
        limit = size * MAX_CHAIN_TO_TEXT
        chain = self._chain(base)
        return chain.size <= limit and not 0 < self._max_chain < chain.length

    def _try(
        self,
        base: int,
        text: Callable[[], bytes],
        size: int,
        parents: tuple[int, int],
        known: Incoming | None,
        *,
        snapshot: bool,
    ) -> Stored | None:
        """A good delta against `base`, or None."""
        revlog = self._revlog
        chain = self._chain(base)
        if known is not None and known.base == base:
            delta = known.delta
        else:
            delta = deltas.encode_stored(revlog.raw_text(base), text())
        head, body = self._chunks.chunk(delta)
        index = revlog.index
        snapshot = snapshot and base not in parents
        found = Stored(base if index.general_delta else chain.first, head, body, is_snapshot=snapshot)
        last = index.entry(len(index) - 1)
        span = last.offset + last.stored_size + found.size - index.entry(chain.first).offset
        if (
            found.size > size
            or chain.size + found.size > size * MAX_CHAIN_TO_TEXT
            or 0 < self._max_chain < chain.length
            or (not self._sparse and span > size * MAX_SPAN_TO_TEXT)
        ):
            return None
        if snapshot:
            depth = len(self._snapshots_of(base))
            if found.size > size >> depth or found.size > index.entry(base).stored_size:
                return None
        return found

    def _chain(self, rev: int) -> Chain:
        known = self._chains.get(rev)
        if known is not None:
            return known
        index = self._revlog.index
        links = []
        chain: Chain | None = None
        at = rev
        while at != -1:
            chain = self._chains.get(at)
            if chain is not None:
                break
            entry = index.entry(at)
            links.append((at, entry.stored_size))
            if entry.base == at:
                break
            at = entry.base if index.general_delta else at - 1
        for link, size in reversed(links):
            if chain is None:
                chain = Chain(link, 1, size)
            elif size:
                chain = Chain(chain.first, chain.length + 1, chain.size + size)
            if len(self._chains) > 10000:
                self._chains.clear()
            self._chains[link] = chain
        return chain if chain is not None else Chain(rev, 1, 0)

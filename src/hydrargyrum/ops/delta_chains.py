"""How the revisions of one revlog are stored: deltas, the chains they make, and what reading a chain costs.

Which revlog is meant is `ops.revlogs`'; how figures are shown is decided by the debug commands.
"""

from __future__ import annotations

from hydrargyrum.ops.revlogs import index_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.engine.revlogs import IndexRow, StoredRevlog

#: Flags at the head of an index.
INLINE = 1 << 16
GENERAL_DELTA = 1 << 17
FILELOG_META = 1 << 18
DELTA_INFO = 1 << 19
#: A flag of a revision, where the index says that such flags are kept.
_IS_SNAPSHOT = 1 << 10
_ENTRY_SIZE = 64


class DeltaChains:
    """The deltas of a revlog; rows are read once.

    Attributes:
        rows: the index.
        is_inline, has_general_delta, has_delta_info: what its head says.
    """

    def __init__(self, revlog: StoredRevlog, *, has_snapshots: bool) -> None:
        """`has_snapshots`: deltas between snapshots are made here (sparse revlogs)."""
        header = revlog.header()
        self.rows: list[IndexRow] = list(index_rows(revlog))
        self.header = header
        self.is_inline = bool(header & INLINE)
        self.has_general_delta = bool(header & GENERAL_DELTA)
        self.has_delta_info = bool(header & DELTA_INFO)
        self._has_snapshots = has_snapshots
        self._snapshots: dict[int, bool] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def start(self, rev: int) -> int:
        """Where the chunk of a revision begins among the chunks."""
        return self.rows[rev][1]

    def size(self, rev: int) -> int:
        """Length of the chunk of a revision."""
        return self.rows[rev][2]

    def base(self, rev: int) -> int:
        """The revision that a delta applies to; -1 where the text is stored whole."""
        base = self.rows[rev][4]
        if base == rev:
            return -1
        return base if self.has_general_delta else rev - 1

    def chain(self, rev: int) -> list[int]:
        """The revisions whose chunks make up a text, first to last."""
        found = [rev]
        while (base := self.base(found[-1])) >= 0:
            found.append(base)
        found.reverse()
        return found

    def past_empty(self, rev: int) -> int:
        """What a delta against this revision applies to in fact: revisions whose delta is empty are gone past."""
        while rev >= 0 and not self.size(rev):
            base = self.rows[rev][4]
            if base in (rev, -1):
                break
            rev = base
        return rev

    def is_snapshot(self, rev: int) -> bool:
        """Whether a revision is stored whole, or as a delta between snapshots."""
        if not self._has_snapshots:
            return self.base(rev) == -1
        if self.has_delta_info:
            return self.base(rev) == -1 or bool(self.rows[rev][0] & _IS_SNAPSHOT)
        path = []
        while rev not in self._snapshots:
            path.append(rev)
            base, parents = self.base(rev), self.rows[rev][6:8]
            if base == -1:
                self._snapshots[rev] = True
            elif any(base == self.past_empty(parent) for parent in parents):
                self._snapshots[rev] = False
            else:
                rev = base
        answer = self._snapshots[rev]
        for one in path:
            self._snapshots[one] = answer
        return answer

    def kind(self, rev: int) -> str:
        """How the delta of a revision was made, in the peer's words."""
        base, p1, p2 = self.rows[rev][4], *self.rows[rev][6:8]
        if not self.has_general_delta:
            return "base" if base == rev else "prev"
        if base in (p1, p2):
            return "p1" if base == p1 else "p2"
        if base == rev:
            return "base"
        for number, parent in ((1, p1), (2, p2)):
            if base == self.past_empty(parent):
                return f"skip{number}"
        if self.is_snapshot(rev):
            return "snap"
        return "prev" if base == rev - 1 else "other"

    def reads(self, chain: Sequence[int], density: float, smallest_gap: int) -> list[Sequence[int]]:
        """A chain in pieces that are read at once: the widest gaps are left out until the rest is dense enough."""
        overhead = _ENTRY_SIZE if self.is_inline else 0

        def begin(rev: int) -> int:
            return self.start(rev) + overhead * rev

        def extent(first: int, last: int) -> int:
            return begin(last) + self.size(last) - begin(first)

        payload = sum(map(self.size, chain))
        span = extent(chain[0], chain[-1])
        if len(chain) < 2 or span < smallest_gap or not span or payload / span >= density:
            return [chain]
        gaps = []
        end = -1
        for place, rev in enumerate(chain):
            if not self.size(rev):
                continue
            if end >= 0 and begin(rev) - end > smallest_gap:
                gaps.append((begin(rev) - end, place))
            end = begin(rev) + self.size(rev)
        cuts = [0]
        for gap, place in sorted(gaps, reverse=True):
            if payload / span >= density:
                break
            cuts.append(place)
            span -= gap
        cuts.sort()
        pieces = [chain[a:b] for a, b in zip(cuts, [*cuts[1:], len(chain)], strict=True)]
        trimmed = [self._without_empty_end(piece) for piece in pieces]
        return [piece for piece in trimmed if piece]

    def _without_empty_end(self, piece: Sequence[int]) -> Sequence[int]:
        end = len(piece)
        while end > 1 and not self.size(piece[end - 1]):
            end -= 1
        return piece[:end]

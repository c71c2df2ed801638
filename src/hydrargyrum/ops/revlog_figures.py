"""Figures about one revlog: how many revisions are stored in which way, how long chunks, texts and chains are.

How they are shown is decided by `debugrevlog`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.revlogs import StoredRevlog
    from hydrargyrum.ops.delta_chains import DeltaChains


class Extent:
    """How many values there were, the least, the greatest and their sum."""

    __slots__ = ("count", "least", "most", "total")

    def __init__(self) -> None:
        self.count = self.most = self.total = 0
        self.least: int | None = None

    def add(self, value: int) -> None:
        """Count a value."""
        self.count += 1
        self.total += value
        self.most = max(self.most, value)
        self.least = value if self.least is None else min(self.least, value)

    def join(self, other: Extent) -> None:
        """Count what another has counted."""
        if other.least is not None:
            self.count += other.count
            self.total += other.total
            self.most = max(self.most, other.most)
            self.least = other.least if self.least is None else min(self.least, other.least)


class Figures:
    """What was counted.

    Attributes:
        flags: names of the flags of the index.
        has_general_delta: deltas name their base.
        count, merges: all revisions, those with two parents.
        empty_texts, empty_deltas: those that store nothing.
        texts: sizes of all texts.
        deltas: stored sizes of deltas that are no snapshots; levels: of snapshots by level, 0 for whole texts.
        unrelated_snapshots: by level, those against a revision that is no ancestor.
        bases: deltas by what they were made against: "prev-p1", "prev-p2", "prev-ancestor", "prev-unrelated", "p1",
            "p2", "other".
        chunks: stored sizes by the mark of the compression.
        lengths: of the chain of each revision; reach: the longest stretch from the first to the last chunk of one.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.flags: list[str] = []
        self.has_general_delta = False
        self.merges = self.empty_texts = self.empty_deltas = self.reach = 0
        self.texts, self.deltas = Extent(), Extent()
        self.levels: dict[int, Extent] = {}
        self.unrelated_snapshots: dict[int, int] = {}
        names = ("prev-p1", "prev-p2", "prev-ancestor", "prev-unrelated", "p1", "p2", "other")
        self.bases = dict.fromkeys(names, 0)
        self.chunks: dict[bytes, Extent] = {}
        self.lengths: list[int] = []

    @property
    def stored(self) -> int:
        """Stored bytes of all revisions."""
        return self.deltas.total + sum(extent.total for extent in self.levels.values())


def measure(revlog: StoredRevlog, chains: DeltaChains) -> Figures:
    """Counts everything."""
    from hydrargyrum.ops.delta_chains import DELTA_INFO, FILELOG_META, GENERAL_DELTA, INLINE

    found = Figures(len(chains))
    names = ((INLINE, "inline"), (GENERAL_DELTA, "generaldelta"), (FILELOG_META, "hasmeta"))
    found.flags = [name for flag, name in (*names, (DELTA_INFO, "delta-info")) if chains.header & flag]
    found.has_general_delta = bool(chains.header & (GENERAL_DELTA | FILELOG_META | DELTA_INFO))
    starts: list[int] = []
    for rev, row in enumerate(chains.rows):
        found.texts.add(row[3])
        found.merges += row[7] >= 0
        base, size = chains.base(rev), chains.size(rev)
        found.lengths.append(found.lengths[base] + 1 if base >= 0 else 0)
        starts.append(starts[base] if base >= 0 else chains.start(rev))
        found.reach = max(found.reach, chains.start(rev) - starts[rev] + size)
        if size:
            _count_delta(found, chains, rev)
        elif base >= 0:
            found.empty_deltas += 1
        else:
            found.empty_texts += 1
        mark = revlog.chunk(rev)[:1] or b"empty"
        found.chunks.setdefault(mark, Extent()).add(size)
    return found


def _count_delta(found: Figures, chains: DeltaChains, rev: int) -> None:
    base, size = chains.base(rev), chains.size(rev)
    p1, p2 = chains.rows[rev][6:8]
    if base == -1:
        found.levels.setdefault(0, Extent()).add(size)
    elif chains.is_snapshot(rev):
        level = found.lengths[rev]
        found.levels.setdefault(level, Extent()).add(size)
        if base not in (p1, p2) and not _is_ancestor(chains, base, rev):
            found.unrelated_snapshots[level] = found.unrelated_snapshots.get(level, 0) + 1
    else:
        found.deltas.add(size)
        found.bases[_base_kind(chains, rev, base, p1, p2)] += 1


def _base_kind(chains: DeltaChains, rev: int, base: int, p1: int, p2: int) -> str:
    if base != rev - 1:
        return "p1" if base == p1 else "p2" if base == p2 else "other"
    if base in (p1, p2):
        return "prev-p1" if base == p1 else "prev-p2"
    return "prev-ancestor" if _is_ancestor(chains, base, rev) else "prev-unrelated"


def _is_ancestor(chains: DeltaChains, ancestor: int, rev: int) -> bool:
    pending, seen = [rev], {rev}
    while pending:
        for parent in chains.rows[pending.pop()][6:8]:
            if parent == ancestor:
                return True
            if parent > ancestor and parent not in seen:
                seen.add(parent)
                pending.append(parent)
    return False

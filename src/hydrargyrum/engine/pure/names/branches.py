"""Named branches: the head of each that its name stands for, from caches where they are valid.

Heads of a branch for display, and closing branches, are not here (format: `docs/formats/branch-cache.md`).
"""

from __future__ import annotations

import os
from binascii import unhexlify
from struct import Struct

from hydrargyrum.engine.pure.store.files import map_cache, read_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.engine.pure.names.history import History

_RECORD = Struct(">4sI")
_CLOSES = 0x80000000


def read_branch_tips(history: History) -> dict[bytes, bytes]:
    """Per branch the node of its tip-most open head, or of its tip-most head where all are closed.

    A head of a branch has no descendant on it. Hidden and obsolete changesets do not count.
    """
    cached = _cached_tips(history)
    if cached is not None:
        return cached
    open_tips: dict[bytes, int] = {}
    closed_tips: dict[bytes, int] = {}
    for branch, rev, closes in _walk_heads(history):
        (closed_tips if closes else open_tips).setdefault(branch, rev)
    return {b: history.changelog.node(r) for b, r in {**closed_tips, **open_tips}.items()}


def read_branch_heads(history: History) -> dict[bytes, list[tuple[int, bool]]]:
    """Per branch its heads, ascending, with whether each closes it. Hidden and obsolete changesets do not count."""
    found: dict[bytes, list[tuple[int, bool]]] = {}
    for branch, rev, closes in _walk_heads(history):
        found.setdefault(branch, []).append((rev, closes))
    return {branch: heads[::-1] for branch, heads in found.items()}


def _walk_heads(history: History) -> Iterator[tuple[bytes, int, bool]]:
    """(branch, revision, closes it) of all heads of branches, the greatest first."""
    ignored = history.hidden | history.obsolete
    branch_of = branch_reader(history)
    parents = history.changelog.parents
    bits: dict[bytes, int] = {}
    below: dict[int, int] = {}  # revision -> branches, as bits, on which it has a descendant
    for rev in range(len(history.changelog) - 1, -1, -1):
        above = below.pop(rev, 0)
        if rev not in ignored:
            branch, closes = branch_of(rev)
            bit = bits.setdefault(branch, 1 << len(bits))
            if not above & bit:
                yield branch, rev, closes
            above |= bit
        for parent in parents(rev):
            if parent >= 0:
                below[parent] = below.get(parent, 0) | above


def branch_reader(history: History) -> Callable[[int], tuple[bytes, bool]]:
    """Branch of a revision and whether it closes it: from the per-revision cache, else from the changeset."""
    changelog = history.changelog
    data = read_cache(os.path.join(history.cache, b"rbc-names-v2"))
    names = data.split(b"\0") if data else []  # without a file there is not even one empty name
    records = map_cache(os.path.join(history.cache, b"rbc-revs-v2"))
    count = len(records) // _RECORD.size

    def read(rev: int) -> tuple[bytes, bool]:
        if rev < count:
            prefix, place = _RECORD.unpack_from(records, rev * _RECORD.size)
            number = place & ~_CLOSES
            if prefix == changelog.node(rev)[:4] and prefix != b"\0\0\0\0" and number < len(names):
                return names[number], bool(place & _CLOSES)
        return changelog.branch(rev)

    return read


def _cached_tips(history: History) -> dict[bytes, bytes] | None:
    """The tips of a `branch2` file that was written for exactly this tip, where nothing is hidden or obsolete."""
    if history.hidden or history.obsolete:
        return None
    tip = len(history.changelog) - 1
    expected = b"%s %d" % (history.changelog.node(tip).hex().encode(), tip)
    for name in (b"branch2-visible", b"branch2-served", b"branch2"):
        first, newline, rest = read_cache(os.path.join(history.cache, name)).partition(b"\n")
        if newline and first == expected:
            return _parse_tips(history, rest)
    return None


def _parse_tips(history: History, data: bytes) -> dict[bytes, bytes] | None:
    """The tips of the lines `node state branch`; None where a line is odd."""
    tips: dict[bytes, tuple[bool, int]] = {}
    for line in data.split(b"\n"):
        if not line:
            continue
        digits, _, rest = line.partition(b" ")
        state, space, branch = rest.partition(b" ")
        try:
            rev = history.changelog.find(unhexlify(digits))
        except ValueError:
            return None
        if rev is None or not space or state not in (b"o", b"c"):
            return None
        tips[branch.strip()] = max(tips.get(branch.strip(), (False, -1)), (state == b"o", rev))
    return {branch: history.changelog.node(rev) for branch, (_, rev) in tips.items()}

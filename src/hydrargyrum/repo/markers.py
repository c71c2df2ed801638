"""Obsolescence markers with all their facts, and indexes over them; the format is in `docs/formats/obsstore.md`.

Reading only. What follows from markers for changesets is in `evolution`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: Flag of a marker that only repairs a phase divergence.
BUMPED_FIX = 1
_WIDE_NODES = 2
_NO_PARENTS = 3


class Marker:
    """One marker.

    Attributes:
        predecessor, successors: nodes; no successors means pruned.
        flags: `BUMPED_FIX` and others.
        metadata: keys and values, sorted by key.
        date: seconds and offset in seconds.
        parents: of the predecessor, None where they were not recorded.
    """

    __slots__ = ("date", "flags", "metadata", "parents", "predecessor", "successors")

    def __init__(
        self,
        predecessor: bytes,
        successors: tuple[bytes, ...],
        flags: int,
        metadata: tuple[tuple[str, str], ...],
        date: tuple[float, int],
        parents: tuple[bytes, ...] | None,
    ) -> None:
        self.predecessor = predecessor
        self.successors = successors
        self.flags = flags
        self.metadata = metadata
        self.date = date
        self.parents = parents

    def sort_key(self) -> tuple[object, ...]:
        """What markers of one changeset are ordered by."""
        return (
            self.predecessor,
            self.successors,
            self.flags,
            self.metadata,
            self.date,
            self.parents or (),
        )

    def about(self, key: str) -> str:
        """A value of the metadata, or ""."""
        return next((value for name, value in self.metadata if name == key), "")


class Markers:
    """All markers of a repository.

    Attributes:
        by_predecessor, by_successor: markers by node.
    """

    __slots__ = ("by_predecessor", "by_successor")

    def __init__(self, markers: list[Marker]) -> None:
        self.by_predecessor: dict[bytes, list[Marker]] = {}
        self.by_successor: dict[bytes, list[Marker]] = {}
        for marker in markers:
            self.by_predecessor.setdefault(marker.predecessor, []).append(marker)
            for node in marker.successors:
                self.by_successor.setdefault(node, []).append(marker)


def read_markers(store: str) -> Markers:
    """The markers of the store in a directory; the engine has refused what it cannot read before."""
    try:
        with open(os.path.join(store, "obsstore"), "rb") as stream:
            data = stream.read()
    except FileNotFoundError:
        data = b""
    if len(data) <= 1:
        return Markers([])
    parse = _version_0 if data[0] == 0 else _version_1
    unique = {marker.sort_key(): marker for marker in parse(data)}
    return Markers(list(unique.values()))


def _version_1(data: bytes) -> Iterator[Marker]:
    from struct import Struct

    fixed = Struct(">IdhHBBB")
    at = 1
    while at < len(data):
        size, seconds, zone, flags, count, parents, pairs = fixed.unpack_from(data, at)
        width = 32 if flags & _WIDE_NODES else 20
        place = at + fixed.size
        known = 0 if parents == _NO_PARENTS else parents
        nodes = [data[place + width * n : place + width * (n + 1)] for n in range(1 + count + known)]
        place += width * len(nodes)
        sizes = data[place : place + 2 * pairs]
        place += 2 * pairs
        texts = []
        for length in sizes:
            texts.append(data[place : place + length].decode("utf-8", "surrogateescape"))
            place += length
        yield Marker(
            nodes[0],
            tuple(nodes[1 : 1 + count]),
            flags,
            tuple(sorted(zip(texts[::2], texts[1::2], strict=True))),
            (seconds, zone * 60),
            None if parents == _NO_PARENTS else tuple(nodes[1 + count :]),
        )
        at += size


def _version_0(data: bytes) -> Iterator[Marker]:
    from struct import Struct

    fixed = Struct(">BIB20s")
    at = 1
    while at < len(data):
        count, length, flags, predecessor = fixed.unpack_from(data, at)
        place = at + fixed.size
        successors = tuple(data[place + 20 * n : place + 20 * (n + 1)] for n in range(count))
        place += 20 * count
        text = data[place : place + length].decode("utf-8", "surrogateescape")
        facts = dict(part.partition(":")[::2] for part in text.split("\0") if ":" in part)
        yield _old_marker(predecessor, successors, flags, facts)
        at = place + length


def _old_marker(
    predecessor: bytes, successors: tuple[bytes, ...], flags: int, facts: dict[str, str]
) -> Marker:
    """A marker whose date and parents are in its metadata."""
    date = (0.0, 0)
    words = facts.pop("date", "").split(" ")
    try:
        date = (float(words[0]), int(words[1]))
    except (ValueError, IndexError):
        pass
    parents: tuple[bytes, ...] | None = None
    if facts.pop("p0", None) is not None:
        parents = ()
    else:
        named = [facts.pop(key) for key in ("p1", "p2") if key in facts]
        try:
            nodes = tuple(bytes.fromhex(node) for node in named)
            parents = nodes if nodes and all(len(node) == 20 for node in nodes) else None
        except ValueError:
            pass
    return Marker(predecessor, successors, flags, tuple(sorted(facts.items())), date, parents)

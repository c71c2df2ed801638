"""Obsolescence markers with all they say: reading the store of them and adding to it within a transaction.

What is hidden because of them is the engine's business; when one is made is decided in `ops`. Format:
docs/formats/obsstore.md.
"""

from __future__ import annotations

import os
import struct

from hydrargyrum import errors
from hydrargyrum.types import Node, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.repo.transaction import Transaction

FILE = "obsstore"
_VERSION = b"\x01"
_FIXED_0 = struct.Struct(">BIB20s")
_FIXED_1 = struct.Struct(">IdhHBBB")
_WIDE_NODES = 2
_NO_PARENTS = 3
#: Flags that say whom a marker concerns.
BUMPED_FIX = 1


class Marker(Value):
    """One marker.

    Attributes:
        predecessor: what is obsolete; successors: what took its place.
        flags: a number; metadata: (key, value) sorted by key.
        date: seconds (perhaps with a fraction) and seconds west of UTC.
        parents: of the predecessor where they are recorded, else None.
    """

    __slots__ = ("date", "flags", "metadata", "parents", "predecessor", "successors")

    def __init__(
        self,
        predecessor: Node,
        successors: Sequence[Node],
        flags: int,
        metadata: Iterable[tuple[str, str]],
        date: tuple[float, int],
        parents: Sequence[Node] | None = None,
    ) -> None:
        self.predecessor = predecessor
        self.successors = tuple(successors)
        self.flags = flags
        self.metadata = tuple(metadata)
        self.date = date
        self.parents = None if parents is None else tuple(parents)

    def encode(self) -> bytes:
        """The bytes of version 1. Raises Abort where a key or value is too long."""
        pairs = [(os.fsencode(key), os.fsencode(value)) for key, value in self.metadata]
        for pair in pairs:
            if any(len(text) > 255 for text in pair):
                raise errors.Abort("obsstore metadata cannot be longer than 255 bytes")
        body = self.predecessor + b"".join(self.successors) + b"".join(self.parents or ())
        body += b"".join(bytes((len(key), len(value))) for key, value in pairs)
        body += b"".join(key + value for key, value in pairs)
        return (
            _FIXED_1.pack(
                _FIXED_1.size + len(body),
                self.date[0],
                self.date[1] // 60,
                self.flags,
                len(self.successors),
                _NO_PARENTS if self.parents is None else len(self.parents),
                len(pairs),
            )
            + body
        )


def read_markers(repo: Repository) -> list[Marker]:
    """All markers, in the order in which they were added. Raises `CorruptFile`, `UnknownMarkerVersion`."""
    path = os.path.join(repo.engine.store, FILE)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return []
    return decode_markers(data, path)


def decode_markers(data: bytes, path: str) -> list[Marker]:
    """Markers as they are stored and sent; raises like `read_markers`, naming `path`."""
    if len(data) <= 1:
        return []
    decode = {0: _decode_0, 1: _decode_1}.get(data[0])
    if decode is None:
        raise errors.UnknownMarkerVersion(path=path, version=data[0])
    found: list[Marker] = []
    at = 1
    while at < len(data):
        try:
            marker, end = decode(data, at)
        except (struct.error, ValueError, IndexError):
            raise errors.CorruptFile(path=path, problem="a marker is cut short", offset=at) from None
        if end > len(data) or end <= at:
            raise errors.CorruptFile(path=path, problem="a marker is cut short", offset=at)
        found.append(marker)
        at = end
    return found


def add_markers(repo: Repository, txn: Transaction, markers: Sequence[Marker]) -> int:
    """Adds those that are not there yet; how many."""
    known = {marker.encode() for marker in read_markers(repo)}
    new = [marker for marker in dict.fromkeys(markers) if marker.encode() not in known]
    if not new:
        return 0
    path = os.path.join(repo.engine.store, FILE)
    is_empty = not os.path.exists(path) or not os.path.getsize(path)
    data = b"".join(marker.encode() for marker in new)
    txn.append_file(FILE, (_VERSION if is_empty else b"") + data)
    txn.changes.markers.update(new)
    txn.hook_facts["new_obsmarkers"] = str(len(txn.changes.markers))
    return len(new)


def encode_markers(markers: Sequence[Marker]) -> bytes:
    """As they are stored and sent."""
    return _VERSION + b"".join(marker.encode() for marker in markers)


def exclusive_markers(
    markers: Sequence[Marker], nodes: Iterable[Node], is_known: Callable[[Node], bool]
) -> frozenset[Marker]:
    """Those that mean something for these nodes only, and nothing for others that are known.

    The walk goes from the nodes that have no successors back along markers until it meets a known node that is none of
    them; a node to which markers lead that were not taken is not passed.
    """
    leading: dict[Node, list[Marker]] = {}
    pruning: dict[Node, list[Marker]] = {}
    replacing: dict[Node, set[Marker]] = {}
    for marker in markers:
        for node in marker.successors:
            leading.setdefault(node, []).append(marker)
        if marker.successors:
            replacing.setdefault(marker.predecessor, set()).add(marker)
        else:
            for node in (marker.predecessor, *(marker.parents or ())):
                pruning.setdefault(node, []).append(marker)
    inside = frozenset(nodes)
    found: set[Marker] = set()
    pending = sorted(node for node in inside if node not in replacing)
    seen = set(pending)
    while pending:
        current = pending.pop()
        for marker in (*leading.get(current, ()), *pruning.get(current, ())):
            if marker in found:
                continue
            before = marker.predecessor
            if marker.successors or before == current:
                found.add(marker)
            if before in seen or (is_known(before) and before not in inside):
                continue
            if replacing.get(before, set()) <= found:
                seen.add(before)
                pending.append(before)
    return frozenset(found)


def relevant_markers(markers: Sequence[Marker], nodes: Iterable[Node]) -> list[Marker]:
    """Those that somebody who has these nodes needs: what led to them, that they or what was on top of them was pruned.

    The same goes for what they are made of, and so on back.

    They are in the order in which they were added.
    """
    by_successor: dict[Node, list[int]] = {}
    for place, marker in enumerate(markers):
        pruned = () if marker.successors else (marker.predecessor, *(marker.parents or ()))
        for node in (*marker.successors, *pruned):
            by_successor.setdefault(node, []).append(place)
    found: set[int] = set()
    seen = set(nodes)
    pending = [node for node in seen if node in by_successor]
    while pending:
        for place in by_successor.get(pending.pop(), ()):
            if place not in found:
                found.add(place)
                before = markers[place].predecessor
                if before not in seen:
                    seen.add(before)
                    pending.append(before)
    return [markers[place] for place in sorted(found)]


def _decode_0(data: bytes, at: int) -> tuple[Marker, int]:
    count, size, flags, node = _FIXED_0.unpack_from(data, at)
    start = at + _FIXED_0.size
    end = start + 20 * count
    fields = dict(
        pair.split(":", 1) for pair in os.fsdecode(data[end : end + size]).split("\0") if ":" in pair
    )
    seconds, _space, offset = fields.pop("date", "0 0").partition(" ")
    parents = [Node(bytes.fromhex(fields.pop(key))) for key in ("p1", "p2") if key in fields]
    has_none = fields.pop("p0", None) is not None
    marker = Marker(
        Node(node),
        _nodes(data[start:end], 20),
        flags,
        sorted(fields.items()),
        (float(seconds), int(offset or 0)),
        parents if parents or has_none else None,
    )
    return marker, end + size


def _decode_1(data: bytes, at: int) -> tuple[Marker, int]:
    size, seconds, minutes, flags, count, parent_count, pairs = _FIXED_1.unpack_from(data, at)
    width = 32 if flags & _WIDE_NODES else 20
    start = at + _FIXED_1.size
    end = start + width * (1 + count)
    nodes = _nodes(data[start:end], width)
    parents: tuple[Node, ...] | None = None
    if parent_count != _NO_PARENTS:
        parents = _nodes(data[end : end + width * parent_count], width)
        end += width * parent_count
    place = end + 2 * pairs
    metadata = []
    for number in range(pairs):
        key_size, value_size = data[end + 2 * number], data[end + 2 * number + 1]
        key = os.fsdecode(data[place : place + key_size])
        place += key_size
        metadata.append((key, os.fsdecode(data[place : place + value_size])))
        place += value_size
    return Marker(nodes[0], nodes[1:], flags, metadata, (seconds, minutes * 60), parents), at + size


def _nodes(data: bytes, width: int) -> tuple[Node, ...]:
    return tuple(Node(data[at : at + width]) for at in range(0, len(data), width))


def metadata_of(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Metadata in the order in which it is stored."""
    return tuple(sorted(facts.items(), key=lambda item: os.fsencode(item[0])))

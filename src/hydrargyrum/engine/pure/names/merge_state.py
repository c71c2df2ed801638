"""Of an unfinished merge the two changesets, as long as a file is unresolved.

The states of single files are `repo`'s (format: `docs/formats/mergestate.md`).
"""

from __future__ import annotations

import os
from binascii import unhexlify

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.files import corrupt, read_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LOCAL, _OTHER, _FILE, _OVERRIDE = b"L", b"O", b"F", b"t"
_OF_FILES = frozenset((_FILE, b"C", b"P", b"D", b"R"))
_PASSED_OVER = frozenset((_LOCAL, _OTHER, b"m"))


def unresolved_sides(dot_hg: bytes, parents: tuple[bytes, bytes]) -> list[bytes]:
    """The nodes of a merge in which some file is unresolved.

    Raises:
        CorruptFile: a record is cut off.
        Unsupported: a record of an unknown type that must not be passed over.
    """
    directory = os.path.join(dot_hg, b"merge")
    lines = (read_optional(os.path.join(directory, b"state")) or b"").splitlines()
    old = [(_FILE if number else _LOCAL, line) for number, line in enumerate(lines)]
    records = _read_records(os.path.join(directory, b"state2"))
    if not {(kind, _without_other_node(kind, data)) for kind, data in records}.issuperset(old):
        # written by a program that knows the old format only, which does not name the other side
        other = parents[0] if parents[1] == bytes(20) else parents[1]
        records = [*old, (_OTHER, other.hex().encode())]
    sides: dict[bytes, bytes] = {}
    unresolved: dict[bytes, bool] = {}
    for kind, data in records:
        if kind in (_LOCAL, _OTHER):
            sides[kind] = data
        elif kind in _OF_FILES:
            name, _, rest = data.partition(b"\0")
            state = rest.partition(b"\0")[0]
            if state != b"o":
                unresolved[name] = state in (b"u", b"pu")
        elif not kind.islower() and kind not in _PASSED_OVER:
            raise errors.Unsupported(feature="merge state records of an unknown type")
    return _nodes(sides.values()) if any(unresolved.values()) else []


def _nodes(digits: Iterable[bytes]) -> list[bytes]:
    found = []
    for one in digits:
        try:
            found.append(unhexlify(one))
        except ValueError:
            continue
    return [node for node in found if len(node) == 20]


def _read_records(path: bytes) -> list[tuple[bytes, bytes]]:
    data = read_optional(path) or b""
    records = []
    at = 0
    while at < len(data):
        start = at + 5
        end = start + int.from_bytes(data[at + 1 : start], "big")
        if max(start, end) > len(data):
            raise corrupt(path, "record is cut off", at)
        kind, content = data[at : at + 1], data[start:end]
        if kind == _OVERRIDE and content:
            kind, content = content[:1], content[1:]
        records.append((kind, content))
        at = end
    return records


def _without_other_node(kind: bytes, data: bytes) -> bytes:
    """A record of the new format as the old one has it."""
    fields = data.split(b"\0")
    return b"\0".join(fields[:-2] + fields[-1:]) if kind == _FILE else data

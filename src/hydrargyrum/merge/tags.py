"""Merges `.hgtags` by what it means: the history of each tag, kept in the order of the local file.

Reading tags for names of changesets is the engine's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    #: Hexadecimal nodes of a tag, oldest first, each with its line in the local file.
    Nodes = list[tuple[bytes, int | None]]
    History = dict[bytes, Nodes]

_NULL = b"0" * 40


class TagConflict(Exception):
    """Both sides gave tags different nodes; the argument is the sorted list of tags."""


def merge_tags(local: bytes, other: bytes, base: bytes) -> bytes:
    """The merged file. Raises `TagConflict`."""
    ours, theirs, original = _read(local, lines=True), _read(other), _read(base)
    for side in (ours, theirs):
        for tag in original.keys() - side.keys():
            nodes = list(original[tag])
            if nodes[-1][0] != _NULL:
                nodes.append((_NULL, None))
            side[tag] = nodes
    conflicts = []
    for tag, nodes in theirs.items():
        merged = _merge(ours[tag], nodes) if tag in ours else nodes
        if merged is None:
            conflicts.append(tag)
        else:
            ours[tag] = merged
    if conflicts:
        raise TagConflict(sorted(conflicts))
    return _write(ours)


def _read(data: bytes, *, lines: bool = False) -> History:
    found: History = {}
    for number, line in enumerate(data.splitlines()):
        node, space, tag = line.partition(b" ")
        if space and len(node) == 40 and all(digit in b"0123456789abcdefABCDEF" for digit in node):
            found.setdefault(tag.strip(), []).append((node, number if lines else None))
    return found


def _merge(ours: Nodes, theirs: Nodes) -> Nodes | None:
    if ours[-1][0] != theirs[-1][0] and len(ours) == len(theirs):
        return None
    longer, shorter = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
    result = list(shorter)
    common = 0
    for mine, wanted in zip(shorter, longer, strict=False):
        if mine[0] != wanted[0]:
            break
        result[common] = (mine[0], ours[common][1])
        common += 1
    return result + longer[common:]


def _write(history: History) -> bytes:
    """Nodes that stand together stay together, as near as can be to where the local file has them."""
    groups: list[tuple[int, list[bytes]]] = []
    for tag, nodes in history.items():
        places = [place for _, place in nodes if place is not None]
        last = places[0] if places else -1
        group: list[bytes] = []
        groups.append((last, group))
        for node, place in nodes:
            if place is not None:
                if place - last > 1:
                    group = []
                    groups.append((place, group))
                last = place
            group.append(node + b" " + tag)
    groups.sort(key=lambda item: item[0])
    return b"\n".join(b"\n".join(group) for _, group in groups if group) + b"\n"

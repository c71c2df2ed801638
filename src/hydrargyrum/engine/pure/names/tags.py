"""Tags: the `.hgtags` of all heads and the local ones, merged so that the newest statement about a name wins.

Writing tags and warming caches is not here (format: `docs/formats/tags.md`).
"""

from __future__ import annotations

import os
from binascii import unhexlify

from hydrargyrum.engine.pure.store.files import map_cache, read_cache, read_optional
from hydrargyrum.engine.pure.store.revlog import NULL_NODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.filelog import Filelog

    #: node of a tag, and the nodes that it had before
    Tag: TypeAlias = tuple[bytes, list[bytes]]
    Tags: TypeAlias = dict[bytes, Tag]

RECORD = 24


def read_tags(history: History) -> dict[bytes, bytes]:
    """Nodes by tag, `tip` not included; tags of unknown, hidden or the null node are left out."""
    merged = _cached_tags(history)
    if merged is None:
        merged = _global_tags(history)
    merge_tags(local_tags(history), merged)
    found = {}
    for name, (node, _) in merged.items():
        rev = history.changelog.find(node) if node != NULL_NODE else None
        if rev is not None and rev not in history.hidden:
            found[name] = node
    return found


def local_tags(history: History) -> Tags:
    """The tags of `localtags` whose node is known."""
    tags = parse_tags(read_optional(os.path.join(history.layout.dot_hg, b"localtags")) or b"")
    return {name: tag for name, tag in tags.items() if history.changelog.find(tag[0]) is not None}


def parse_tags(data: bytes) -> Tags:
    """The tags of one file: the last line of a name holds its node, earlier lines its history."""
    found: dict[bytes, list[bytes]] = {}
    for line in data.splitlines():
        digits, space, name = line.partition(b" ")
        try:
            node = unhexlify(digits)
        except ValueError:
            continue
        if space:
            found.setdefault(name.strip(), []).append(node)
    return {name: (nodes[-1], nodes[:-1]) for name, nodes in found.items()}


def merge_tags(newer: Tags, merged: Tags) -> None:
    """Adds what a newer file says to `merged`.

    The newer statement wins unless the older one supersedes it: knows its node as history, and either is not
    itself known to the newer one or has the longer history.
    """
    for name, (node, before) in newer.items():
        known = merged.get(name)
        if known is None:
            merged[name] = node, before
            continue
        old_node, old_before = known
        superseded = old_node != node and node in old_before
        if superseded and (old_node not in before or len(old_before) > len(before)):
            node = old_node
        merged[name] = node, before + [one for one in old_before if one not in before]


def _global_tags(history: History) -> Tags:
    merged: Tags = {}
    filelog = history.filelog(b".hgtags")
    if len(filelog):
        for node in dict.fromkeys(_file_nodes(history, filelog, history.heads())):
            merge_tags(parse_tags(filelog.data(filelog.rev(node))), merged)
    return merged


def _file_nodes(history: History, filelog: Filelog, revs: Iterable[int]) -> Iterable[bytes]:
    """The file nodes of `.hgtags` in those changesets that have one, in order; from the cache where it knows."""
    records = map_cache(os.path.join(history.cache, b"hgtagsfnodes1"))
    changelog = history.changelog
    for rev in revs:
        record = bytes(records[rev * RECORD : (rev + 1) * RECORD])
        node: bytes | None = None
        if len(record) == RECORD and record[:4] == changelog.node(rev)[:4] and record != b"\xff" * RECORD:
            node = record[4:]
            if node != NULL_NODE and filelog.find(node) is None:
                node = None
        if node is None:
            found = history.manifest(rev).get(b".hgtags")
            node = found[0] if found else NULL_NODE
        if node != NULL_NODE:
            yield node


def _cached_tags(history: History) -> Tags | None:
    """The merged tags of `tags2-visible`, where it was written for exactly this tip and nothing is hidden."""
    if history.hidden:
        return None
    first, newline, rest = read_cache(os.path.join(history.cache, b"tags2-visible")).partition(b"\n")
    tip = len(history.changelog) - 1
    if not newline or first.split() != [b"%d" % tip, history.changelog.node(tip).hex().encode()]:
        return None
    return parse_tags(rest)

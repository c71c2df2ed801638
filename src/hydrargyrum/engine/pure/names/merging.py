"""Answers to what merging asks of a history: differing files of two manifests, ancestors of a file revision.

Deciding what becomes of the files belongs to `hydrargyrum.merge`.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.worktree import copies
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.merging import FileAncestor, ManifestDifference
    from hydrargyrum.engine.pure.names.history import History


def manifest_diff(history: History, first: int, second: int) -> list[ManifestDifference]:
    """The files in which two revisions differ."""
    found: list[ManifestDifference] = []
    for path, one, two in history.manifest(first).diff(history.manifest(second)):
        node, flags = (None, "") if one is None else (Node(one[0]), one[1].decode("ascii"))
        other_node, other_flags = (None, "") if two is None else (Node(two[0]), two[1].decode("ascii"))
        found.append((decode(path), node, flags, other_node, other_flags))
    return found


def file_ancestors(history: History, path: bytes, node: bytes) -> list[FileAncestor]:
    """A file revision and its ancestors."""
    log = history.filelog(path)
    found = [(log.index.entry(log.rev(node)).link_rev, decode(path), Node(node))]
    for link, name, ancestor in copies.file_ancestors(history, path, node):
        found.append((link, decode(name), Node(ancestor)))
    return found

"""What merging asks of an engine: where two manifests differ, which ancestors are shared, what a file stems from.

Only types live here, so at run time this module is imported by nobody. Deciding what becomes of a file is `merge/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hydrargyrum.types import Node, Rev

#: Node (None where the file is not there) and flags, on both sides of a difference.
ManifestDifference = tuple[str, Node | None, str, Node | None, str]
#: The changeset that a file revision belongs to, its path and its node.
FileAncestor = tuple[Rev, str, Node]


class MergingRepository(Protocol):
    """What an `EngineRepository` offers beside reading and writing."""

    def manifest_diff(self, first: Rev, second: Rev) -> Sequence[ManifestDifference]:
        """The files in which two revisions differ (by node or flags), in byte order; equal files cost nothing."""
        ...

    def common_ancestor_heads(self, first: Rev, second: Rev) -> Sequence[Rev]:
        """The greatest common ancestors, ascending; empty where there is none."""
        ...

    def file_ancestors(self, path: str, node: Node) -> Sequence[FileAncestor]:
        """A file revision and all its ancestors, also through copies, those of the newest changesets first."""
        ...

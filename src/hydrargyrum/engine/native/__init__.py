"""The door to the native engine: the only package that imports `hydrargyrum._native`.

Thin on purpose: an operation is one call into Rust. What makes native collections behave as Python's own is in
`collections`, imported when one is asked for.
"""

from __future__ import annotations

from hydrargyrum import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from hydrargyrum._native import DirstateEditor
    from hydrargyrum.engine.native.collections import AncestorSet, DirstateMap, ManifestMap, RevisionIndex
    from hydrargyrum.engine.protocol import ProgressCallback
    from hydrargyrum.types import EngineSettings, Rev


class Repository(_native.Repository):
    """A repository opened natively; implements `engine.protocol.EngineRepository`."""

    def changelog(self) -> RevisionIndex:
        """The revision index as it is now; a snapshot."""
        from hydrargyrum.engine.native.collections import RevisionIndex

        return RevisionIndex(self)

    def dirstate(self) -> DirstateMap:
        """The tracked files as they are now, to be changed in memory."""
        from hydrargyrum.engine.native.collections import DirstateMap

        return DirstateMap(self)

    def manifest(self, rev: Rev) -> ManifestMap:
        """The files of a revision."""
        from hydrargyrum.engine.native.collections import ManifestMap

        return ManifestMap(self, rev)

    def edit_dirstate(self) -> DirstateEditor:
        """The dirstate to be changed, by whoever holds the working copy lock."""
        return _native.DirstateEditor(self)

    def ancestors(self, revs: Iterable[Rev], *, inclusive: bool = False) -> AncestorSet:
        """The ancestors of `revs`, computed as far as somebody asks."""
        from hydrargyrum.engine.native.collections import AncestorSet

        return AncestorSet(self, list(revs), inclusive)


class NativeEngine:
    """Implements `engine.protocol.Engine` through the binding."""

    __slots__ = ()

    @property
    def name(self) -> Literal["native"]:
        """The name that `HYG_ENGINE` knows it by."""
        return "native"

    @property
    def compressions(self) -> tuple[str, ...]:
        """All that revlogs know."""
        return ("zlib", "zstd", "none")

    def open(
        self, root: str, settings: EngineSettings, progress: ProgressCallback | None = None
    ) -> Repository:
        """Opens the repository whose working copy is `root`."""
        return Repository(root, settings, progress)


ENGINE = NativeEngine()

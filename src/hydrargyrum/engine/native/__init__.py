"""The door to the native engine: the only package that imports `hydrargyrum._native`.

Thin on purpose: an operation is one call into Rust. What makes native collections behave as Python's own is in
`collections`, imported when one is asked for.
"""

from __future__ import annotations

from hydrargyrum import _native
from hydrargyrum.engine.filesets import FileSets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Literal

    from hydrargyrum._native import DirstateEditor
    from hydrargyrum.engine.native.collections import AncestorSet, DirstateMap, ManifestMap, RevisionIndex
    from hydrargyrum.engine.protocol import ProgressCallback
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.types import DiffRequest, EngineSettings, PatternSet, Rev, StatusRequest


class Repository(_native.Repository, FileSets):
    """A repository opened natively; implements `engine.protocol.EngineRepository`."""

    evaluates_sets = True

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

    def in_first_parent(self, path: str) -> bool:
        """Whether the first parent has a file: the dirstate says so, and is not read whole for it."""
        return self.edit_dirstate().facts(path)[1]

    def files(
        self, rev: Rev | None, patterns: PatternSet
    ) -> tuple[_native.PathSequence, Sequence[EngineWarning]]:
        """Tracked files that match, and warnings."""
        return super().files(rev, self.plain_patterns(rev, patterns))

    def contents(self, rev: Rev, patterns: PatternSet) -> Iterator[_native.NativeFileContent]:
        """The matching files of a revision with their data."""
        return super().contents(rev, self.plain_patterns(rev, patterns))

    def search_lines(
        self, rev: Rev | None, patterns: PatternSet, expression: bytes, ignore_case: bool
    ) -> Iterator[_native.FileLines] | None:
        """Files with lines that match, None where only Python's `re` can tell."""
        return super().search_lines(rev, self.plain_patterns(rev, patterns), expression, ignore_case)

    def status(self, request: StatusRequest) -> _native.NativeStatusReport:
        """What differs."""
        return super().status(self.plain_request(request))

    def diff(self, request: DiffRequest) -> Iterator[bytes]:
        """Patches."""
        if request.patterns.has_file_sets:
            request.patterns = self.plain_patterns(request.target, request.patterns)
        return super().diff(request)

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

    def zstd_decoder(self) -> _native.StreamDecoder:
        """Undoes zstd."""
        return _native.StreamDecoder("zstd")

    def bzip2_decoder(self) -> _native.StreamDecoder:
        """Undoes bzip2."""
        return _native.StreamDecoder("bzip2")

    def open(
        self, root: str, settings: EngineSettings, progress: ProgressCallback | None = None
    ) -> Repository:
        """Opens the repository whose working copy is `root`."""
        return Repository(root, settings, progress)


ENGINE = NativeEngine()

"""A repository opened by the pure engine: every operation of `EngineRepository`, put together from the parts.

Each part is imported when an operation needs it; formats and rules live there, not here.
"""

from __future__ import annotations

import os

from hydrargyrum.engine.filesets import FileSets
from hydrargyrum.engine.pure.queries import HistoryQueries
from hydrargyrum.engine.pure.showing import ShowingMethods
from hydrargyrum.engine.pure.store.layout import open_layout
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.types import Node, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from hydrargyrum.engine.exchanging import StreamDecoder, StreamEncoder
    from hydrargyrum.engine.merging import FileAncestor, ManifestDifference
    from hydrargyrum.engine.protocol import ArrowTable, ProgressCallback
    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.report.maps import PureDirstateMap, PureManifestMap, PureRevisionIndex
    from hydrargyrum.engine.pure.report.sequences import Paths
    from hydrargyrum.engine.pure.report.status import PureStatusReport
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.manifest import Manifest
    from hydrargyrum.engine.pure.worktree.checkout import PureCheckoutOutcome
    from hydrargyrum.engine.pure.worktree.edit import PureDirstateEditor
    from hydrargyrum.engine.pure.writing.writer import PureStoreWriter
    from hydrargyrum.engine.revlogs import DocketRow, RevlogKind, StoredRevlog
    from hydrargyrum.engine.verifying import Receive
    from hydrargyrum.engine.writing import MovePlan
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.plans import CheckoutPlan
    from hydrargyrum.types import (
        AnnotateRequest,
        Annotation,
        ChangesetRecord,
        DiffRequest,
        EngineSettings,
        StatusRequest,
    )

#: Files whose change makes a new moment in the history, below the store and below `.hg`.
_STORE_FILES = (b"00changelog.i", b"phaseroots", b"obsstore", b"bookmarks")
_DOT_HG_FILES = (b"bookmarks", b"localtags", b"dirstate")


class PureFileContent:
    """One file of a revision with its data."""

    __slots__ = ("data", "flags", "node", "path")

    def __init__(self, path: str, data: bytes, node: Node, flags: str) -> None:
        self.path = path
        self.data = data
        self.node = node
        self.flags = flags


class PureRepository(ShowingMethods, HistoryQueries, FileSets):
    """See `engine.protocol.EngineRepository`."""

    def __init__(self, root: str, settings: EngineSettings, progress: ProgressCallback | None) -> None:
        self._layout = open_layout(encode(root), lenient_share=settings.lenient_share)
        self._layout.pending = settings.pending
        self._layout.beneath = tuple(map(encode, settings.beneath))
        if settings.history is not None:
            self._layout.use_history(encode(settings.history))
        self._settings = settings
        self._progress = progress
        self._moment: tuple[object, ...] = ()
        self._known_history: History | None = None
        self._writer: PureStoreWriter | None = None

    # -- facts --------------------------------------------------------------------------------------------------
    @property
    def root(self) -> str:
        return decode(self._layout.root)

    @property
    def dot_hg(self) -> str:
        return decode(self._layout.dot_hg)

    @property
    def shared_dot_hg(self) -> str:
        return decode(self._layout.shared_dot_hg)

    @property
    def store(self) -> str:
        return decode(self._layout.store)

    @property
    def requirements(self) -> frozenset[str]:
        return frozenset(decode(name) for name in self._layout.requirements)

    # -- history ------------------------------------------------------------------------------------------------
    def _history(self) -> History:
        """The history as it is now: the known one, unless one of its files changed."""
        layout = self._layout
        paths = [os.path.join(layout.store, name) for name in _STORE_FILES]
        paths += [os.path.join(layout.dot_hg, name) for name in _DOT_HG_FILES]
        writer = self._writer
        moment: tuple[object, ...] = tuple(map(_identity, paths))
        if writer is not None:
            moment += (writer.generation,)
        if self._known_history is None or moment != self._moment:
            from hydrargyrum.engine.pure.names.history import History

            self._known_history = History(
                layout,
                self.working_parents,
                show_hidden=self._settings.show_hidden,
                changelog=None if writer is None else writer.changelog,
            )
            self._moment = moment
        return self._known_history

    @property
    def layout(self) -> RepoLayout:
        """Where its parts lie and what it requires; for the other parts of this engine."""
        return self._layout

    def node_of(self, rev: int) -> Node:
        """The node of a revision; IndexError past the end."""
        history = self._history()
        return Node(history.changelog.node(self._checked(history, rev)))

    def manifest_of_node(self, node: bytes) -> Manifest:
        """The manifest of the changeset with this node (the null node has none of the files)."""
        history = self._history()
        return history.manifest(history.changelog.rev(node))

    def _root(self) -> bytes:
        return self._layout.root

    def _checked(self, history: History, rev: int) -> int:
        if not -1 <= rev < len(history.changelog):
            raise IndexError(rev)
        return rev

    def invalidate(self) -> None:
        self._known_history = None

    def write_store(self, journal: str) -> PureStoreWriter:
        from hydrargyrum.engine.pure.writing.writer import PureStoreWriter

        self._known_history = None
        self._writer = PureStoreWriter(
            self._layout, self._settings, journal, self._history, self._writer_ended
        )
        return self._writer

    def measure_revlog(self, kind: str, path: str) -> tuple[int, int, int]:
        """See `engine.writing.WritingRepository.measure_revlog`."""
        from hydrargyrum.engine.pure.writing.copying import measure_revlog

        return measure_revlog(self._layout, kind, encode(path))

    def _writer_ended(self) -> None:
        self._writer = self._known_history = None

    def changelog(self) -> PureRevisionIndex:
        from hydrargyrum.engine.pure.report.maps import PureRevisionIndex

        return PureRevisionIndex(self._history().changelog)

    def changeset(self, rev: int) -> ChangesetRecord:
        from hydrargyrum.types import ChangesetRecord

        history = self._history()
        found = history.changelog.changeset(self._checked(history, rev))
        return ChangesetRecord(
            rev,
            Node(history.changelog.node(rev)),
            Node(found.manifest),
            decode(found.user),
            found.time,
            found.offset,
            tuple(decode(path) for path in found.files),
            {decode(key): decode(value) for key, value in found.extra.items()},
            decode(found.description),
        )

    def resolve(self, symbol: str) -> int:
        from hydrargyrum.engine.pure.names.resolve import resolve

        return resolve(self._history(), encode(symbol))

    def name_warnings(self, symbol: str) -> Sequence[EngineWarning]:
        from hydrargyrum.engine.pure.names.warnings import name_warnings

        return name_warnings(self._history(), encode(symbol))

    def ancestors(self, revs: Iterable[int], *, inclusive: bool = False) -> Set[int]:
        from hydrargyrum.engine.pure.graph import AncestorSet

        history = self._history()
        wanted = [self._checked(history, rev) for rev in revs]
        return AncestorSet(history.changelog.parents, wanted, inclusive=inclusive)

    def hidden(self) -> Sequence[int]:
        return sorted(self._history().hidden)

    def heads(self) -> Sequence[int]:
        return self._history().heads()

    def phase(self, rev: int) -> str:
        from hydrargyrum.engine.pure.names.phases import NAMES

        history = self._history()
        return NAMES[history.phases.phase(self._checked(history, rev))]

    def bookmarks(self) -> Mapping[str, Node]:
        return _named(self._history().bookmarks())

    def active_bookmark(self) -> str | None:
        from hydrargyrum.engine.pure.names.bookmarks import read_active

        found = read_active(self._layout, self._history().bookmarks())
        return None if found is None else decode(found)

    def tags(self) -> Mapping[str, Node]:
        return _named(self._history().tags())

    def branch_tips(self) -> Mapping[str, Node]:
        return _named(self._history().branch_tips())

    def changeset_table(self, revs: Iterable[int]) -> ArrowTable:
        from hydrargyrum.engine.pure.tables import changeset_table

        return changeset_table(self, self._asked(revs)[1])

    def change_table(self, revs: Iterable[int]) -> ArrowTable:
        from hydrargyrum.engine.pure.tables import change_table

        return change_table(self, self._asked(revs)[1])

    # -- files of a revision ------------------------------------------------------------------------------------
    def manifest(self, rev: int) -> PureManifestMap:
        from hydrargyrum.engine.pure.report.maps import PureManifestMap

        history = self._history()
        return PureManifestMap(history.manifest(self._checked(history, rev)))

    def files(self, rev: int | None, patterns: PatternSet) -> tuple[Paths, Sequence[EngineWarning]]:
        patterns = self.plain_patterns(rev, patterns)
        from hydrargyrum.engine.pure import matchers
        from hydrargyrum.engine.pure.report.sequences import Paths

        root = self._layout.root
        matcher = matchers.matcher_for(root, patterns, on_disk=rev is None)
        if rev is None:
            from hydrargyrum.engine.pure.worktree.status import tracked_paths

            return Paths(tracked_paths(self._layout, matcher), root), ()
        history = self._history()
        manifest = history.manifest(self._checked(history, rev), keep=True)
        warnings: list[EngineWarning] = []
        if patterns.warn_missing:
            warnings = matchers.missing_warnings(manifest, matcher, history.changelog.node(rev))
        return Paths(matchers.matching_paths(manifest, matcher), root), warnings

    def contents(self, rev: int, patterns: PatternSet) -> Iterator[PureFileContent]:
        from hydrargyrum.engine.pure import matchers

        plain = self.plain_patterns(rev, patterns)
        matcher = matchers.matcher_for(self._layout.root, plain, on_disk=False)
        history = self._history()
        manifest = history.manifest(self._checked(history, rev), keep=True)
        for path in matchers.matching_paths(manifest, matcher):
            found = manifest.get(path)
            if found is not None:
                node, flags = found
                filelog = history.filelog(path)
                data = filelog.data(filelog.rev(node))
                yield PureFileContent(decode(path), data, Node(node), flags.decode("ascii"))

    def search_lines(
        self, rev: int | None, patterns: PatternSet, expression: bytes, ignore_case: bool
    ) -> None:
        """Nothing is faster than `re` here."""
        del rev, patterns, expression, ignore_case

    def diff(self, request: DiffRequest) -> Iterator[bytes]:
        from hydrargyrum.engine.pure.differences import DiskTree, patches
        from hydrargyrum.types import StatusRequest

        report = self.status(
            StatusRequest(
                request.patterns,
                base=request.base,
                target=request.target,
                unknown=False,
                copies=request.style.git,
            )
        )
        disk = DiskTree(self._layout.root, self._settings.filters, self._settings.long_from)
        return patches(self._history(), disk, report, request)

    def annotate(self, request: AnnotateRequest) -> Annotation:
        from hydrargyrum.engine.pure.annotation import annotate
        from hydrargyrum.engine.pure.differences import DiskTree

        disk = DiskTree(self._layout.root, self._settings.filters)
        return annotate(self._history(), self._layout, disk, request, self._progress)

    def file_data(self, path: str, node: Node) -> bytes:
        filelog = self._history().filelog(encode(path))
        return filelog.data(filelog.rev(node))

    def file_copy(self, path: str, node: Node) -> tuple[str, Node] | None:
        filelog = self._history().filelog(encode(path))
        found = filelog.copied_from(filelog.rev(node))
        return None if found is None else (decode(found[0]), Node(found[1]))

    # -- merging ------------------------------------------------------------------------------------------------
    def manifest_diff(self, first: int, second: int) -> Sequence[ManifestDifference]:
        from hydrargyrum.engine.pure.names.merging import manifest_diff

        history = self._history()
        return manifest_diff(history, self._checked(history, first), self._checked(history, second))

    def common_ancestor_heads(self, first: int, second: int) -> Sequence[int]:
        from hydrargyrum.engine.pure import graph

        history = self._history()
        return graph.common_heads(
            history.changelog.parents, self._checked(history, first), self._checked(history, second)
        )

    def file_ancestors(self, path: str, node: Node) -> Sequence[FileAncestor]:
        from hydrargyrum.engine.pure.names.merging import file_ancestors

        return file_ancestors(self._history(), encode(path), node)

    # -- exchange ------------------------------------------------------------------------------------------------
    def changegroup(self, revs: Sequence[int], have: Sequence[int], version: str) -> Iterator[bytes]:
        from hydrargyrum.engine.pure.changegroup import changegroup

        history = self._history()
        for rev in (*revs, *have):
            self._checked(history, rev)
        return changegroup(history, revs, have, version)

    def zstd_decoder(self) -> StreamDecoder:
        from hydrargyrum.engine.pure.zstd_streams import decoder

        return decoder()

    def zstd_encoder(self, level: int) -> StreamEncoder:
        from hydrargyrum.engine.pure.zstd_streams import encoder

        return encoder(level)

    def revlog(self, kind: RevlogKind, path: str) -> StoredRevlog:
        from hydrargyrum.engine.pure.revlogs import open_revlog

        return open_revlog(self._history(), kind, path)

    def listed_files(self, *, lenient: bool = False) -> Paths:
        from hydrargyrum.engine.pure.report.sequences import Paths
        from hydrargyrum.engine.pure.writing.fncache import names

        return Paths(names(self._layout, lenient=lenient), self._layout.root)

    def dirstate_docket(self) -> DocketRow | None:
        from hydrargyrum.engine.pure.worktree.dirstate_v2 import docket_row

        return docket_row(self._layout)

    def bzip2_decoder(self) -> StreamDecoder:
        from hydrargyrum.engine.pure.bzip2_streams import Bzip2Decoder

        return Bzip2Decoder()

    def bzip2_encoder(self, level: int) -> StreamEncoder:
        import bz2

        return bz2.BZ2Compressor(level)

    def verify(
        self, receive: Receive, *, full: bool = False, verbose: bool = False, censored_is_wrong: bool = True
    ) -> tuple[int, int, int]:
        from hydrargyrum.engine.pure.verifying.run import Verification

        run = Verification(
            self._layout, receive, full=full, verbose=verbose, censored_is_wrong=censored_is_wrong
        )
        run.long_from = self._settings.long_from
        return run.run()

    # -- working copy -------------------------------------------------------------------------------------------
    def dirstate(self) -> PureDirstateMap:
        from hydrargyrum.engine.pure.report.maps import PureDirstateMap
        from hydrargyrum.engine.pure.worktree.dirstate import read_dirstate

        return PureDirstateMap(read_dirstate(self._layout))

    def working_parents(self) -> tuple[Node, Node]:
        from hydrargyrum.engine.pure.worktree.dirstate import read_parents

        p1, p2 = read_parents(self._layout)
        return Node(p1), Node(p2)

    def working_branch(self) -> str:
        from hydrargyrum.engine.pure.store.files import read_optional

        data = read_optional(os.path.join(self._layout.dot_hg, b"branch")) or b""
        return decode(data.strip()) or "default"

    def checkout(self, plan: CheckoutPlan | MovePlan) -> PureCheckoutOutcome:
        from hydrargyrum.engine.pure.worktree.checkout import Checkout
        from hydrargyrum.plans import CheckoutPlan

        assert isinstance(plan, CheckoutPlan)

        checkout = Checkout(self._layout.root, self._content, self._progress, self._settings.filters)
        return checkout.run(plan, self._layout.dot_hg)

    def _content(self, path: str, node: Node) -> bytes | Iterator[bytes]:
        """The content of a file revision, in pieces where it is long."""
        filelog = self._history().filelog(encode(path))
        rev = filelog.rev(node)
        pieces = filelog.stream(rev, self._settings.long_from)
        return filelog.data(rev) if pieces is None else pieces

    def plan_move(self, first: int, second: int, *, keep_directories: bool = False) -> CheckoutPlan | None:
        from hydrargyrum.engine.pure.worktree.checkout import plan_move

        rows = self.manifest_diff(first, second)
        return plan_move(rows, self._layout.root, keep_directories=keep_directories)

    def plain_files(self, paths: Iterable[str], limit: int | None) -> tuple[Paths, Paths]:
        from hydrargyrum.engine.pure.report.sequences import Paths
        from hydrargyrum.engine.pure.worktree.plainness import divide

        root = self._layout.root
        plain, odd = divide((encode(path) for path in paths), root, limit)
        return Paths(plain, root), Paths(odd, root)

    def edit_dirstate(self) -> PureDirstateEditor:
        from hydrargyrum.engine.pure.worktree.edit import PureDirstateEditor

        return PureDirstateEditor(self)

    def in_first_parent(self, path: str) -> bool:
        return self.manifest_of_node(self.working_parents()[0]).get(encode(path)) is not None

    def status(self, request: StatusRequest) -> PureStatusReport:
        from hydrargyrum.engine.pure.worktree.status import status

        request = self.plain_request(request)
        return status(self._layout, self._history(), self._settings, request, self._progress)


def _identity(path: bytes) -> tuple[int, ...] | None:
    try:
        look = os.stat(path)
    except OSError:
        return None
    return look.st_ino, look.st_size, look.st_mtime_ns


def _named(nodes: dict[bytes, bytes]) -> dict[str, Node]:
    """Nodes by name as text, in byte order of the names."""
    return {decode(name): Node(nodes[name]) for name in sorted(nodes)}

"""The one interface between Python and an engine: about 25 coarse operations on an opened repository.

Both engines implement it whole; nothing above `engine/` may know which one runs. Only types live here, so at run time
this module is imported by nobody (`if TYPE_CHECKING`).
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    Sequence,
    Set,
    ValuesView,
)
from typing import Literal, Protocol, TypeVar, overload

from hydrargyrum.engine.exchanging import ExchangingRepository, StreamDecoder
from hydrargyrum.engine.history import HistoryRepository
from hydrargyrum.engine.merging import MergingRepository
from hydrargyrum.engine.revlogs import RevlogRepository
from hydrargyrum.engine.showing import ShowingRepository
from hydrargyrum.engine.verifying import VerifyingRepository
from hydrargyrum.engine.writing import WritingRepository
from hydrargyrum.errors import EngineWarning
from hydrargyrum.types import (
    AnnotateRequest,
    Annotation,
    ChangesetRecord,
    DiffRequest,
    DirstateEntry,
    EngineSettings,
    ManifestEntry,
    Node,
    PatternSet,
    RenderOptions,
    Rev,
    RevisionEntry,
    StatusRequest,
)

#: What the binding calls back: progress(topic, position, total) and an interrupt check that raises KeyboardInterrupt.
ProgressCallback = Callable[[str, int, int], None]


T_co = TypeVar("T_co", covariant=True)


class SequenceOf(Protocol[T_co]):
    """What `collections.abc.Sequence` promises, as a protocol: native classes keep it without inheriting."""

    @overload
    def __getitem__(self, index: int, /) -> T_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> Sequence[T_co]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[T_co]: ...
    def __reversed__(self) -> Iterator[T_co]: ...
    def __contains__(self, item: object, /) -> bool: ...
    def index(self, value: object, start: int = 0, stop: int = ..., /) -> int: ...
    def count(self, value: object, /) -> int: ...


class MappingOf(Protocol[T_co]):
    """What `collections.abc.Mapping` promises for `str` keys, as a protocol."""

    def __getitem__(self, key: str, /) -> T_co: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[str]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def get(self, key: str, /) -> T_co | None: ...
    def keys(self) -> KeysView[str]: ...
    def values(self) -> ValuesView[T_co]: ...
    def items(self) -> ItemsView[str, T_co]: ...


class ArrowTable(Protocol):
    """Columns over the Arrow C stream interface; not itself a sequence."""

    @property
    def column_names(self) -> Sequence[str]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A PyCapsule named "arrow_array_stream"."""
        ...

    def __len__(self) -> int:
        """Number of rows."""
        ...


class PathSequence(SequenceOf[str], Protocol):
    """Repository paths in byte order, decoded only when read."""

    def table(self) -> ArrowTable:
        """One column `path` (binary)."""
        ...

    def render(self, options: RenderOptions) -> bytes:
        """All paths as finished bytes (`letters` and `groups` are not used)."""
        ...

    def render_pieces(self, options: RenderOptions) -> Iterator[bytes]:
        """The same bytes in pieces, rendered as they are asked for."""
        ...


class StatusReport(Protocol):
    """The answer to a `StatusRequest`: seven groups of paths."""

    @property
    def modified(self) -> PathSequence: ...
    @property
    def added(self) -> PathSequence: ...
    @property
    def removed(self) -> PathSequence: ...
    @property
    def deleted(self) -> PathSequence: ...
    @property
    def unknown(self) -> PathSequence: ...
    @property
    def ignored(self) -> PathSequence: ...
    @property
    def clean(self) -> PathSequence: ...
    @property
    def copies(self) -> Mapping[str, str]:
        """Destination -> source; empty unless asked for."""
        ...

    @property
    def warnings(self) -> Sequence[EngineWarning]:
        """In the order they are to be printed; `path` facts are relative to the root."""
        ...

    def rows(self) -> Iterator[tuple[str, str]]:
        """(letter, path) for all groups, in the order `render` prints them; lazy."""
        ...

    def table(self) -> ArrowTable:
        """Columns `status` (one letter, utf8), `path` (binary), `source` (binary, null where not a copy)."""
        ...

    def render(self, options: RenderOptions) -> bytes:
        """Finished lines, byte for byte what the user sees."""
        ...

    def write_fixes(self) -> bool:
        """Record in the dirstate what was learnt, if the lock is free and nothing changed; never raises for that."""
        ...


class RevisionIndex(SequenceOf[RevisionEntry], Protocol):
    """The changelog's index; position is revision number."""

    def node(self, rev: Rev) -> Node:
        """The node of a revision (-1 gives the null node). IndexError past the end."""
        ...

    def rev(self, node: Node) -> Rev:
        """The revision of a node. Raises `UnknownNode`."""
        ...

    def parents(self, rev: Rev) -> tuple[Rev, Rev]:
        """Both parents, -1 where there is none."""
        ...

    def table(self) -> ArrowTable:
        """Columns rev, node (fixed 20 bytes), p1, p2, link_rev, flags, size."""
        ...


class DirstateMap(MappingOf[DirstateEntry], Protocol):
    """Tracked files by path, in byte order: a `MutableMapping` over a snapshot.

    Changes stay in memory (a transaction writes them). Inserting or deleting while iterating raises RuntimeError at
    the next step, as `dict` does; overwriting a value is legal.
    """

    def __setitem__(self, key: str, value: DirstateEntry, /) -> None: ...
    def __delitem__(self, key: str, /) -> None: ...
    def pop(self, key: str, /) -> DirstateEntry: ...
    def clear(self) -> None: ...

    @property
    def parents(self) -> tuple[Node, Node]: ...
    def table(self) -> ArrowTable:
        """Columns path, state, mode, size, mtime."""
        ...


class ManifestMap(MappingOf[ManifestEntry], Protocol):
    """Files of one revision by path, in byte order; a snapshot."""

    def table(self) -> ArrowTable:
        """Columns path, node, flags."""
        ...


class FileContent(Protocol):
    """One file of `contents`."""

    @property
    def path(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def node(self) -> Node: ...
    @property
    def flags(self) -> str: ...


class FileLines(Protocol):
    """The lines of one file in which matches begin; of several in a line the first counts."""

    @property
    def path(self) -> str: ...
    @property
    def is_binary(self) -> bool:
        """Whether the data holds a NUL."""
        ...

    @property
    def lines(self) -> Sequence[tuple[bytes, int, int, int]]:
        """Text without its end, number from 1, where the match starts and ends in the text."""
        ...


class EngineRepository(
    HistoryRepository,
    ShowingRepository,
    WritingRepository,
    MergingRepository,
    ExchangingRepository,
    RevlogRepository,
    VerifyingRepository,
    Protocol,
):
    """A repository opened by an engine. Reading methods see the state at the time of the call.

    What writes is in `engine/writing.py`, what merging asks in `engine/merging.py`, questions about many changesets in
    `engine/history.py`, what `log` needs in `engine/showing.py`, single revlogs in `engine/revlogs.py`.
    """

    # -- facts ------------------------------------------------------------------------------------------------
    @property
    def root(self) -> str:
        """Absolute path of the working copy."""
        ...

    @property
    def dot_hg(self) -> str:
        """The working copy's `.hg`."""
        ...

    @property
    def shared_dot_hg(self) -> str:
        """The `.hg` that owns the store (another one in a share)."""
        ...

    @property
    def store(self) -> str:
        """The directory of the revlogs."""
        ...

    @property
    def requirements(self) -> frozenset[str]: ...

    # -- history ----------------------------------------------------------------------------------------------
    def changelog(self) -> RevisionIndex: ...
    def changeset(self, rev: Rev) -> ChangesetRecord:
        """Raises IndexError for a revision that is not there; -1 is the empty changeset."""
        ...

    def resolve(self, symbol: str) -> Rev:
        """What a plain name stands for: `.`, `tip`, `null`, number, hash or prefix, bookmark, tag, branch.

        Raises `UnknownRevision`, `AmbiguousPrefix`, `FilteredRevision`.
        """
        ...

    def name_warnings(self, symbol: str) -> Sequence[EngineWarning]:
        """What to tell the user who looks a name up, found or not: `malformed-bookmark`, `markers-not-enabled`."""
        ...

    def ancestors(self, revs: Iterable[Rev], *, inclusive: bool = False) -> Set[Rev]:
        """A lazy set; iteration is in descending order. Raises IndexError for a revision that is not there."""
        ...

    def heads(self) -> Sequence[Rev]:
        """Changesets that are shown and have no child that is, ascending; none in an empty repository."""
        ...

    def hidden(self) -> Sequence[Rev]:
        """Changesets that are not shown, ascending; none where it was opened with `EngineSettings.show_hidden`."""
        ...

    def phase(self, rev: Rev) -> str:
        """ "public", "draft", "secret", "archived" or "internal"."""
        ...

    def bookmarks(self) -> Mapping[str, Node]: ...
    def active_bookmark(self) -> str | None: ...
    def tags(self) -> Mapping[str, Node]: ...
    def branch_tips(self) -> Mapping[str, Node]:
        """Branch name -> tip-most open head (or tip-most head where all are closed)."""
        ...

    # -- files of a revision -----------------------------------------------------------------------------------
    def manifest(self, rev: Rev) -> ManifestMap: ...
    def files(self, rev: Rev | None, patterns: PatternSet) -> tuple[PathSequence, Sequence[EngineWarning]]:
        """Tracked files that match; `None` is the working copy (removed files are not listed)."""
        ...

    def contents(self, rev: Rev, patterns: PatternSet) -> Iterator[FileContent]:
        """The matching files of a revision with their data (metadata stripped), in byte order."""
        ...

    def search_lines(
        self, rev: Rev | None, patterns: PatternSet, expression: bytes, ignore_case: bool
    ) -> Iterator[FileLines] | None:
        """Matching files with lines that match an expression (of `re`, multi-line), in byte order; lazy.

        `rev` None is the working copy, whose files are passed over where they cannot be read. The answer is None where
        the engine has nothing faster than `re`, by itself or for this expression.
        """
        ...

    def diff(self, request: DiffRequest) -> Iterator[bytes]:
        """The patch of each file that differs, headers included, in byte order of the paths; lazy.

        A binary patch can come in several pieces, each of which ends with a line.
        """
        ...

    def annotate(self, request: AnnotateRequest) -> Annotation:
        """The origin of each line of a file. Raises `UnknownNode` where the revision has no such file."""
        ...

    def file_data(self, path: str, node: Node) -> bytes: ...
    def file_copy(self, path: str, node: Node) -> tuple[str, Node] | None:
        """Where a file revision was copied from."""
        ...

    # -- working copy ------------------------------------------------------------------------------------------
    def dirstate(self) -> DirstateMap: ...
    def working_parents(self) -> tuple[Node, Node]: ...
    def in_first_parent(self, path: str) -> bool:
        """Whether the working copy's first parent has a file, from whatever tells it soonest."""
        ...

    def working_branch(self) -> str: ...
    def status(self, request: StatusRequest) -> StatusReport: ...


class Engine(Protocol):
    """What `engine.select` returns."""

    @property
    def name(self) -> Literal["native", "pure"]: ...
    @property
    def compressions(self) -> Sequence[str]:
        """What it can compress and read: "zlib" and "none" always, "zstd" where that is installed."""
        ...

    def zstd_decoder(self) -> StreamDecoder:
        """Undoes zstd. Raises `Abort` where no module for it is installed."""
        ...

    def bzip2_decoder(self) -> StreamDecoder:
        """Undoes bzip2."""
        ...

    def open(
        self, root: str, settings: EngineSettings, progress: ProgressCallback | None = None
    ) -> EngineRepository:
        """Opens the repository whose working copy is `root` (which has `.hg`).

        Raises `RepositoryNotFound`, `UnknownRequirement`, `CorruptRequirement`, `ShareSourceMissing`, `IoError`.
        """
        ...

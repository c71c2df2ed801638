"""The writing half of the interface between Python and an engine; `protocol.EngineRepository` hands these out.

Only types live here, so at run time this module is imported by nobody. How a transaction is made of these parts is in
`repo/transaction.py` and docs/adr/0005-writing.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    # `protocol` builds on this module, so nothing of it may be needed while this one is imported.
    from hydrargyrum.engine.protocol import EngineRepository, PathSequence, StatusReport
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.plans import CheckoutPlan, CommitHeader, FileChange, FileStamp, RevisionToAdd
    from hydrargyrum.types import Node, Rev


class CommitResult(Protocol):
    """A changeset that was appended; it is published when the transaction closes."""

    @property
    def node(self) -> Node: ...
    @property
    def rev(self) -> Rev: ...
    @property
    def manifest(self) -> Node: ...
    @property
    def files(self) -> PathSequence:
        """The files that the changeset touches, as its header lists them."""
        ...

    @property
    def stamps(self) -> object:
        """How its files looked when they were read, in the engine's own form, for `DirstateEditor.committed`.

        Natively that is `_native.WrittenFiles`: all files of the changeset, and those it removes.
        """
        ...

    @property
    def warnings(self) -> Sequence[EngineWarning]: ...


class StoreWriter(Protocol):
    """Appends to the revlogs of one store on behalf of one transaction.

    The caller holds the store lock and has made the journal and, beside it, `NAME.backupfiles`. Before a file is
    appended to, its size is noted in the journal; before one is replaced, a copy of it is made and noted in the list of
    backups (docs/formats/journal.md). Both files are appended to and flushed line by line, because the caller does the
    same; taking changes back is the caller's business (it plays the journal back). A file that other stores share by
    hard links is made our own before it is changed. While a
    writer is open, the `EngineRepository` that made it answers with the new changesets; other readers do not see them
    before `finish`.
    """

    def commit(
        self, header: CommitHeader, changes: Sequence[FileChange], removed: Sequence[str]
    ) -> CommitResult:
        """Records a changeset of which every changed file is named one by one.

        `changes` are relative to the first parent's manifest; `removed` are paths that its manifest has (or, in a
        merge, that the second's has) and the new one lacks.
        """
        ...

    def commit_working_copy(
        self,
        header: CommitHeader,
        report: StatusReport,
        special: Sequence[FileChange] = (),
        copies: Mapping[str, str] | None = None,
    ) -> CommitResult:
        """Records what `report` (of status against the first parent) calls modified, added and removed.

        Files are read, hashed and compressed in parallel, each once. `special` replaces single paths (merged files
        with marks, files whose content comes through filters). `copies` are destination -> source.
        """
        ...

    def add_revisions(self, kind: str, path: str, revisions: Iterable[RevisionToAdd]) -> int:
        """Appends revisions that came from elsewhere; `kind` is "changelog", "manifest" or "file".

        `path` is the file, or the directory of a tree manifest ("" otherwise). Known nodes are passed over. Returns how
        many are new. Raises `CorruptRevision` where a node does not match, `UnknownNode` for a missing base.
        """
        ...

    def add_files(self, files: Iterable[tuple[str, Iterable[RevisionToAdd]]]) -> list[int]:
        """Appends revisions of many files, of each as `add_revisions` does; how many are new of each.

        The revisions of a file have been used up when the next file is asked for.
        """
        ...

    def copy_revlog(self, source: EngineRepository, kind: str, path: str, *, deltas: str) -> int:
        """Appends all revisions of a revlog of another repository to the same one here, which is empty.

        Order, nodes, flags and links stay. `source` is of the same engine; `kind` and `path` are those of
        `add_revisions`. `deltas` says what becomes of deltas as they are stored: "keep" (taken where they are good),
        "choose" (taken where their base would be chosen anyway), "anew". Returns how long the new files will be.
        """
        ...

    def write_nodemaps(self) -> None:
        """Makes the node maps of changelog and manifest, whether the repository requires them or not."""
        ...

    def broken_by_strip(self, first: Rev) -> Sequence[Rev]:
        """Changesets before `first`, ascending, that `strip` takes revisions from, because those were appended later."""
        ...

    def strip(self, first: Rev) -> None:
        """Cuts every revlog so that no revision links to `first` or a later changeset (backups are in the journal)."""
        ...

    def write_pending(self) -> bool:
        """Makes the new changesets visible to hooks (`00changelog.i.a`); False where there are none."""
        ...

    def finish(self) -> None:
        """Publishes: fncache, node map, and the changelog's index last. The journal is removed by the caller."""
        ...

    def discard(self) -> None:
        """Forgets what is in memory; files are the journal's business."""
        ...


class MovePlan(Protocol):
    """What `plan_move` found, for `checkout`; its length is how many files it touches."""

    def __len__(self) -> int: ...


class CheckoutOutcome(Protocol):
    """What `checkout` did; the stamps of written files stay in the engine for `DirstateEditor.checked_out`."""

    @property
    def written(self) -> int: ...
    @property
    def flagged(self) -> int:
        """How many files got other flags; the next status looks at them."""
        ...

    @property
    def removed(self) -> int: ...
    @property
    def stamps(self) -> object:
        """How the files that were written look, in the engine's own form."""
        ...

    @property
    def warnings(self) -> Sequence[EngineWarning]:
        """In the order they are to be printed, for example a directory that is in use."""
        ...


class DirstateEditor(Protocol):
    """Changes to the dirstate, in memory until `write`. The caller holds the working copy lock.

    Every file has three facts, as in dirstate-v2: tracked in the working copy, tracked in the first parent, and told
    about by the second parent (`p2_info`); states "n", "a", "r", "m" follow from them.
    """

    @property
    def parents(self) -> tuple[Node, Node]: ...
    def set_parents(self, first: Node, second: Node) -> None:
        """Sets the parents. Where a second one goes away, what it told of files is dropped as the peer does."""
        ...

    def facts(self, path: str) -> tuple[bool, bool, bool]:
        """(tracked, in the first parent, told about by the second parent); all False for an unknown path."""
        ...

    def track(self, paths: Iterable[str] | PathSequence) -> Sequence[str]:
        """Marks files as tracked (add); returns those that were not tracked before.

        Raises `PathClash` where a tracked file has the name of a directory of one of them, or the other way round.
        """
        ...

    def untrack(self, paths: Iterable[str] | PathSequence) -> Sequence[str]:
        """Marks files as untracked (remove, forget); returns those that were known."""
        ...

    def place(
        self,
        path: str,
        *,
        tracked: bool,
        in_first: bool,
        p2_info: bool = False,
        clean: FileStamp | None = None,
    ) -> None:
        """Sets all facts of a file; without `clean` it will be looked at by the next status."""
        ...

    def possibly_dirty(self, paths: Iterable[str]) -> None:
        """Lets the next status look at these files."""
        ...

    def copy(self, destination: str, source: str | None) -> None:
        """Records, or with None forgets, where a file was copied from."""
        ...

    def copies(self) -> Sequence[tuple[str, str]]:
        """All copies, (destination, source), in byte order of the destinations."""
        ...

    def committed(self, result: CommitResult) -> None:
        """Takes over a commit of the working copy: its node is the parent, its files are clean as they were read."""
        ...

    def checked_out(self, outcome: CheckoutOutcome) -> None:
        """Takes over a checkout: files written are clean in the first parent, files removed are forgotten."""
        ...

    def rebuild(self, rev: Rev, only: Iterable[str] | None = None) -> None:
        """Sets all files (or `only` these) to what the revision has, to be looked at by the next status."""
        ...

    def write(self) -> None:
        """Writes the dirstate in the repository's format, atomically; nothing where nothing changed."""
        ...


class WritingRepository(Protocol):
    """What an `EngineRepository` offers beside reading."""

    def write_store(self, journal: str) -> StoreWriter:
        """Opens the store for appending; `journal` is the absolute path of the transaction's journal."""
        ...

    def measure_revlog(self, kind: str, path: str) -> tuple[int, int, int]:
        """How many revisions a revlog has, how long its files are, and how long all its texts are."""
        ...

    def edit_dirstate(self) -> DirstateEditor: ...
    def plain_files(
        self, paths: Iterable[str] | PathSequence, limit: int | None
    ) -> tuple[PathSequence, PathSequence]:
        """Divides paths into those of plain files of the working copy, and those that may need a word.

        Not plain is what has a name that other systems cannot store (in doubt), is neither a regular file nor a link, is
        larger than `limit` bytes, or is not there.
        """
        ...

    def checkout(self, plan: CheckoutPlan | MovePlan) -> CheckoutOutcome:
        """Changes files of the working copy on all cores; paths are audited, nothing is followed out of the root."""
        ...

    def plan_move(self, first: Rev, second: Rev, *, keep_directories: bool = False) -> MovePlan | None:
        """What takes a working copy that is as one revision has it to another, without a Python object per file.

        None where something untracked stands at the place of a new file or of a directory that it needs: then every
        file has to be decided about.
        """
        ...

    def invalidate(self) -> None:
        """Forgets everything read, because files under `.hg` were changed by the caller."""
        ...

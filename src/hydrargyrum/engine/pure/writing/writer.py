"""The store writer of the pure engine: revlogs that are appended to, kept open and published together.

What is appended is decided in `commit` and `incoming`; the repository that made the writer answers with what it has.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.compress import ChunkWriter
from hydrargyrum.engine.pure.store.filelog import Filelog
from hydrargyrum.engine.pure.store.files import io_error
from hydrargyrum.engine.pure.store.index import ENTRY_SIZE
from hydrargyrum.engine.pure.text import encode
from hydrargyrum.engine.pure.writing import fncache
from hydrargyrum.engine.pure.writing.appender import Appender, Format
from hydrargyrum.engine.pure.writing.commit import Committer, file_of
from hydrargyrum.engine.pure.writing.filecommit import File
from hydrargyrum.engine.pure.writing.files import StoreFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hydrargyrum.engine.protocol import EngineRepository, StatusReport
    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.changelog import Changelog
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.manifest import ManifestLog
    from hydrargyrum.engine.pure.writing.commit import PureCommitResult
    from hydrargyrum.engine.pure.writing.longfiles import LongFile
    from hydrargyrum.plans import CommitHeader, FileChange, RevisionToAdd
    from hydrargyrum.types import EngineSettings

#: How many revlogs stay open for appending.
OPEN_REVLOGS = 200
PENDING = b"00changelog.i.a"


class PureStoreWriter:
    """See `engine.writing.StoreWriter`.

    Attributes:
        changelog: with the new changesets.
        generation: rises with every change, so that readers know when to look again.
    """

    def __init__(
        self,
        layout: RepoLayout,
        settings: EngineSettings,
        journal: str,
        history: Callable[[], History],
        on_end: Callable[[], object],
    ) -> None:
        self._layout = layout
        self._settings = settings
        self._files = StoreFiles(layout, encode(journal))
        self._history = history
        self._on_end = on_end
        requirements = layout.requirements
        self._form = Format(
            _chunk_writer(req.compression_of(requirements), settings),
            general_delta=b"generaldelta" in requirements,
            sparse=b"sparserevlog" in requirements,
            delta_info=b"delta-info-revlog" in requirements,
            max_chain=settings.max_chain,
        )
        self.generation = 0
        self.changelog: Changelog = history().changelog
        self._appenders: dict[tuple[str, bytes], Appender] = {}
        self._manifests: ManifestLog | None = None
        self._first_new = len(self.changelog)
        self._is_pending = False

    # -- appending ----------------------------------------------------------------------------------------------
    def _appender(self, kind: str, path: bytes) -> Appender:
        """What appends to a revlog."""
        found = self._appenders.get((kind, path))
        if found is None:
            if len(self._appenders) >= OPEN_REVLOGS:
                self._close_files()
            found = self._appenders[kind, path] = self._open(kind, path)
        return found

    def _open(self, kind: str, path: bytes) -> Appender:
        if kind == "changelog":
            appender = Appender(self.changelog, self._files, self._form, is_changelog=True)
            if self.changelog.index.inline:
                appender.split()
            return appender
        if kind == "manifest":
            return Appender(self._manifest_log().revlog(path), self._files, self._form)
        return Appender(Filelog(self._layout, path), self._files, self._form, is_filelog=True)

    def _manifest_log(self) -> ManifestLog:
        if self._manifests is None:
            from hydrargyrum.engine.pure.store.manifest import ManifestLog

            self._manifests = ManifestLog(self._layout)
        return self._manifests

    def _close_files(self) -> None:
        """Closes all revlogs but the changelog, whose new entries are nowhere else."""
        for key, appender in list(self._appenders.items()):
            appender.close()
            if key[0] != "changelog":
                del self._appenders[key]
        self._manifests = None

    def _changed(self) -> None:
        """After something was appended: others read it from the files."""
        self._close_files()
        self.generation += 1

    # -- changesets ---------------------------------------------------------------------------------------------
    def commit(
        self, header: CommitHeader, changes: Sequence[FileChange], removed: Sequence[str]
    ) -> PureCommitResult:
        """See `engine.writing.StoreWriter.commit`."""
        in_order = sorted(changes, key=lambda change: encode(change.path))
        files: Iterable[File]
        if header.manifest is not None:  # only the names count
            files = [File(encode(change.path), b"", b"") for change in in_order]
        else:
            files = (file_of(change, self._read) for change in in_order)
        return self._commit(header, files, sorted(map(encode, removed)))

    def _commit(
        self, header: CommitHeader, files: Iterable[File], removed: Sequence[bytes]
    ) -> PureCommitResult:
        committer = Committer(self._history(), header, self._appender, self._settings.long_from)
        result = committer.commit(files, removed)
        self._changed()
        return result

    def _read(self, path: bytes) -> tuple[bytes | LongFile, bytes]:
        """Content and flags of a file of the working copy."""
        from hydrargyrum.engine.pure.writing.workingfiles import WorkingReader

        return WorkingReader(self._layout.root, self._settings, recorded=self._recorded).read(path)

    def _recorded(self, path: bytes) -> bytes:
        """Flags of a file in the working copy's first parent, where the file system cannot tell."""
        history = self._history()
        found = history.manifest(history.working_parent()).get(path)
        return b"" if found is None else found[1]

    def commit_working_copy(
        self,
        header: CommitHeader,
        report: StatusReport,
        special: Sequence[FileChange] = (),
        copies: Mapping[str, str] | None = None,
    ) -> PureCommitResult:
        """See `engine.writing.StoreWriter.commit_working_copy`."""
        from hydrargyrum.engine.pure.worktree.paths_on_disk import filesystem_now
        from hydrargyrum.engine.pure.writing.workingfiles import WorkingReader, committed_files

        boundary = filesystem_now(self._layout.dot_hg)
        reader = WorkingReader(self._layout.root, self._settings, boundary, self._recorded)
        removed = [encode(path) for path in report.removed]
        files = committed_files(report, special, copies or {}, reader)
        result = self._commit(header, files, removed)
        result.stamps = reader.stamps
        result.removed = removed
        return result

    def add_revisions(self, kind: str, path: str, revisions: Iterable[RevisionToAdd]) -> int:
        """See `engine.writing.StoreWriter.add_revisions`."""
        from hydrargyrum.engine.pure.writing.incoming import add_revisions

        if kind not in ("changelog", "manifest", "file"):
            raise ValueError(kind)
        appender = self._appender(kind, encode(path))
        links = self.changelog if kind != "changelog" else None
        added = add_revisions(appender, links, revisions)
        if added:
            self._changed()
        return added

    def add_files(self, files: Iterable[tuple[str, Iterable[RevisionToAdd]]]) -> list[int]:
        """See `engine.writing.StoreWriter.add_files`."""
        return [self.add_revisions("file", path, revisions) for path, revisions in files]

    def copy_revlog(self, source: EngineRepository, kind: str, path: str, *, deltas: str) -> int:
        """See `engine.writing.StoreWriter.copy_revlog`."""
        from hydrargyrum.engine.pure.writing.copying import copy_revlog, open_revlog

        copied = copy_revlog(
            self._appender(kind, encode(path)),
            open_revlog(source, kind, encode(path)),
            is_filelog=kind == "file",
            deltas=deltas,
        )
        self._changed()
        return copied

    def write_nodemaps(self) -> None:
        """See `engine.writing.StoreWriter.write_nodemaps`."""
        from hydrargyrum.engine.pure.writing.nodemap import write_nodemap

        for revlog in (self.changelog, self._manifest_log().revlog(b"")):
            write_nodemap(self._layout, self._files, revlog)

    def broken_by_strip(self, first: int) -> list[int]:
        """See `engine.writing.StoreWriter.broken_by_strip`."""
        from hydrargyrum.engine.pure.writing.strip import broken_changesets

        return sorted(broken_changesets(self._layout, self.changelog, first))

    def strip(self, first: int) -> None:
        """See `engine.writing.StoreWriter.strip`."""
        from hydrargyrum.engine.pure.writing.strip import strip

        self._close_files()
        if len(self.changelog) > self._first_new:
            raise errors.InternalError(problem="new changesets are to be stripped")
        strip(self._layout, self._files, self.changelog, first)
        self._appenders.clear()
        self.changelog.reopen()
        self._first_new = len(self.changelog)
        self.generation += 1

    # -- the end ------------------------------------------------------------------------------------------------
    def write_pending(self) -> bool:
        """See `engine.writing.StoreWriter.write_pending`."""
        appender = self._appenders.get(("changelog", b""))
        if appender is None or len(self.changelog) == self._first_new:
            return False
        appender.flush()
        if not self._is_pending:
            self._files.temporary(PENDING)
            self._is_pending = True
        path = self._files.path(b"00changelog.i")
        try:
            with open(path, "rb") as file:
                published = file.read(self._first_new * ENTRY_SIZE)
        except FileNotFoundError:
            published = b""
        except OSError as problem:
            raise io_error(path, problem, "read") from None
        self._files.replace(PENDING, published + appender.packed_index(self._first_new))
        return True

    def finish(self) -> None:
        """See `engine.writing.StoreWriter.finish`."""
        self._close_files()
        fncache.add_created(self._layout, self._files)
        appender = self._appenders.get(("changelog", b""))
        if appender is not None:
            appender.publish()
            appender.close()
        if req.PERSISTENT_NODEMAP in self._layout.requirements and self.generation:
            self.write_nodemaps()
        self._end()

    def discard(self) -> None:
        """See `engine.writing.StoreWriter.discard`."""
        self._close_files()
        self._end()

    def _end(self) -> None:
        self._appenders.clear()
        self._on_end()


def _chunk_writer(compression: str, settings: EngineSettings) -> ChunkWriter:
    levels = {"zlib": settings.zlib_level, "zstd": settings.zstd_level}
    return ChunkWriter(compression, levels.get(compression))

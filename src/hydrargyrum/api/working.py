"""What differs, for programs: the status between two states, and patches.

The engine compares; subrepositories are not looked into.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hydrargyrum.api.tables import Table
    from hydrargyrum.engine.protocol import StatusReport
    from hydrargyrum.repo import Changeset, Repository


class Status:
    """Paths by what happened to them, in byte order; they are decoded when they are read."""

    __slots__ = ("_report",)

    def __init__(self, report: StatusReport) -> None:
        self._report = report

    @property
    def modified(self) -> Sequence[str]:
        """Changed files."""
        return list(self._report.modified)

    @property
    def added(self) -> Sequence[str]:
        """New files."""
        return list(self._report.added)

    @property
    def removed(self) -> Sequence[str]:
        """Files that are gone."""
        return list(self._report.removed)

    @property
    def deleted(self) -> Sequence[str]:
        """Tracked files that are missing on disk."""
        return list(self._report.deleted)

    @property
    def unknown(self) -> Sequence[str]:
        """Files on disk that are not tracked."""
        return list(self._report.unknown)

    @property
    def ignored(self) -> Sequence[str]:
        """Files on disk that patterns say not to track; none unless asked for."""
        return list(self._report.ignored)

    @property
    def clean(self) -> Sequence[str]:
        """Files without a difference; none unless asked for."""
        return list(self._report.clean)

    @property
    def copies(self) -> Mapping[str, str]:
        """Destination and source of copies and renames; none unless asked for."""
        return dict(self._report.copies)

    @property
    def warnings(self) -> Sequence[str]:
        """What is to be said about names that are not there, and directories that cannot be read."""
        return [warning.text() for warning in self._report.warnings]

    def to_arrow(self) -> Table:
        """A row for each: status (one letter as `hg status` prints), path, source (null where it is no copy)."""
        from hydrargyrum.api.tables import Table

        return Table(self._report.table())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """`to_arrow` as a stream."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(letter, path), one group after the other: M, A, R, !, ?, I, C."""
        return self._report.rows()

    def __len__(self) -> int:
        return len(self._report.table())

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None


class Diff:
    """Patches from one state to another: iterating makes one for each file; `bytes` is all of it."""

    __slots__ = ("_context", "_git", "_new", "_old", "_paths")

    def __init__(
        self, old: Changeset, new: Changeset, paths: Sequence[str] = (), *, context: int = 3, git: bool = True
    ) -> None:
        self._old = old
        self._new = new
        self._paths = tuple(paths)
        self._context = context
        self._git = git

    def __iter__(self) -> Iterator[bytes]:
        from hydrargyrum.ops.diff import patches
        from hydrargyrum.types import DiffStyle, PatternSet

        patterns = PatternSet(self._old.repo.cwd, self._paths, default_kind="path", warn_missing=False)
        return patches(self._old, self._new, patterns, DiffStyle(context=self._context, git=self._git))

    def __bytes__(self) -> bytes:
        return b"".join(self)

    def __str__(self) -> str:
        """The text as it is shown: what is not UTF-8 is replaced."""
        return bytes(self).decode("utf-8", "replace")


def status_of(
    repo: Repository,
    base: Changeset,
    target: Changeset,
    *,
    paths: Sequence[str] = (),
    unknown: bool = False,
    ignored: bool = False,
    clean: bool = False,
    copies: bool = False,
) -> Status:
    """What differs between a changeset and another one, or the working copy."""
    from hydrargyrum.types import PatternSet, StatusRequest

    at_parent = target.is_working_copy and base.node == repo.engine.working_parents()[0]
    request = StatusRequest(
        PatternSet(repo.cwd, paths, default_kind="path"),
        base=None if at_parent else base.engine_rev,
        target=target.engine_rev,
        unknown=unknown,
        ignored=ignored,
        clean=clean,
        copies=copies,
    )
    return Status(repo.engine.status(request))

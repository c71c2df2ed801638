"""One changeset: its fields on demand, its files, its names.

A record of the changelog with a repository around it; comparing changesets is the business of `ops/`.
"""

from __future__ import annotations

from hydrargyrum.text.local import to_local
from hydrargyrum.types import NULL_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.engine.protocol import ManifestMap
    from hydrargyrum.repo.filerevision import FileRevision, WorkingFile
    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.repo.touched import ChangedFiles
    from hydrargyrum.types import ChangesetRecord, Node, Rev


class Changeset:
    """A committed changeset (or the null one).

    Attributes:
        repo: where it is.
        rev: its number.
    """

    __slots__ = ("_changed", "_manifest", "_node", "_record", "repo", "rev")

    def __init__(self, repo: Repository, rev: Rev, record: ChangesetRecord | None = None) -> None:
        self.repo = repo
        self.rev = rev
        self._node: Node | None = None if record is None else record.node
        self._record = record
        self._changed: ChangedFiles | None = None
        self._manifest: ManifestMap | None = None

    @property
    def is_working_copy(self) -> bool:
        """Whether it is what is on disk and not committed."""
        return False

    @property
    def engine_rev(self) -> Rev | None:
        """The revision as the engine takes it: None for the working copy."""
        return self.rev

    @property
    def node(self) -> Node:
        """Its hash."""
        if self._node is None:
            self._node = self.repo.engine.changelog().node(self.rev)
        return self._node

    @property
    def record(self) -> ChangesetRecord:
        """What the changelog says."""
        if self._record is None:
            self._record = self.repo.engine.changeset(self.rev)
        return self._record

    @property
    def user(self) -> str:
        """Who made it, in the user's character set."""
        return to_local(self.record.user)

    @property
    def date(self) -> tuple[int, int]:
        """Seconds since the epoch and seconds west of UTC."""
        return self.record.time, self.record.offset

    @property
    def description(self) -> str:
        """Its message, in the user's character set."""
        return to_local(self.record.description)

    @property
    def extra(self) -> dict[str, str]:
        """What it has been given besides; "branch" is always there."""
        return {"branch": "default", **self.record.extra}

    @property
    def branch(self) -> str:
        """Its named branch."""
        return self.record.extra.get("branch", "default")

    @property
    def phase(self) -> str:
        """Its phase."""
        return self.repo.engine.phase(self.rev)

    @property
    def parents(self) -> tuple[Changeset, Changeset]:
        """Both parents; the null changeset where there is none."""
        first, second = (
            (NULL_REV, NULL_REV) if self.rev == NULL_REV else self.repo.engine.changelog().parents(self.rev)
        )
        return Changeset(self.repo, first), Changeset(self.repo, second)

    @property
    def tags(self) -> Sequence[str]:
        """Its tags."""
        return self.repo.tags_of(self.node)

    @property
    def bookmarks(self) -> Sequence[str]:
        """Its bookmarks."""
        return self.repo.bookmarks_of(self.node)

    @property
    def closes_branch(self) -> bool:
        """Whether it closes its branch."""
        return "close" in self.record.extra

    @property
    def children(self) -> list[Changeset]:
        """Changesets that are based on it, without hidden ones."""
        return [Changeset(self.repo, rev) for rev in self.repo.children_of(self.rev)]

    @property
    def is_obsolete(self) -> bool:
        """Whether it was rewritten or pruned."""
        return self.rev in self.repo.evolution.obsolete

    @property
    def instabilities(self) -> list[str]:
        """What is unstable about it: "orphan", "phase-divergent", "content-divergent"."""
        return self.repo.evolution.instabilities(self.rev)

    @property
    def files(self) -> Sequence[str]:
        """The files that it touches."""
        return self.record.files

    @property
    def changed_files(self) -> ChangedFiles:
        """The files that it touches by what happened to them."""
        if self._changed is None:
            from hydrargyrum.repo.touched import changed_files

            self._changed = changed_files(self)
        return self._changed

    @property
    def copies(self) -> list[tuple[str, str]]:
        """Destination and source of the files that it copied or renamed, in the order of `files`."""
        from hydrargyrum.repo.touched import copies_of

        return copies_of(self)

    @property
    def manifest(self) -> ManifestMap:
        """Its files."""
        if self._manifest is None:
            self._manifest = self.repo.engine.manifest(self.rev)
        return self._manifest

    def find_file(self, path: str) -> FileRevision | WorkingFile | None:
        """A file of it, or None."""
        from hydrargyrum.repo.filerevision import FileRevision

        entry = self.manifest.get(path)
        return None if entry is None else FileRevision(self, path, entry)

    def file(self, path: str) -> FileRevision | WorkingFile:
        """A file of it. Raises KeyError where there is none."""
        from hydrargyrum.repo.filerevision import FileRevision

        return FileRevision(self, path, self.manifest[path])

    def files_matching(self, pattern: str, cwd: str) -> Sequence[str]:
        """Its files that match one pattern."""
        return list(
            self.repo.engine.files(self.engine_rev, PatternSet(cwd, [pattern], default_kind="glob"))[0]
        )

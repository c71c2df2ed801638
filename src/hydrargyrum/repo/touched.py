"""What a changeset did to the files that it touches: modified, added, removed, copied from others.

Only against its parents; comparing any two revisions is `ops.status`.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.engine.protocol import ManifestMap
    from hydrargyrum.repo.changeset import Changeset


class ChangedFiles:
    """Paths in byte order."""

    __slots__ = ("added", "modified", "removed")

    def __init__(self, modified: Sequence[str], added: Sequence[str], removed: Sequence[str]) -> None:
        self.modified = modified
        self.added = added
        self.removed = removed


def changed_files(changeset: Changeset) -> ChangedFiles:
    """The files of a changeset by what happened to them (of the working copy: what a commit would record)."""
    if changeset.is_working_copy:
        report = changeset.repo.engine.status(
            StatusRequest(PatternSet(changeset.repo.root, warn_missing=False), unknown=False)
        )
        return ChangedFiles(list(report.modified), list(report.added), list(report.removed))
    files = changeset.files
    if not files:
        return ChangedFiles((), (), ())
    manifest = changeset.manifest
    parents = [parent for parent in changeset.parents if parent.rev != NULL_REV]
    before = [parent.manifest for parent in parents]
    removed = [path for path in files if path not in manifest]
    if removed and len(parents) == 2:
        kept_away = _Inherited(changeset, before)
        removed = [path for path in removed if not kept_away.removed(path)]
    added = [path for path in files if path in manifest and not any(path in each for each in before)]
    others = {*added, *removed}
    return ChangedFiles([path for path in files if path not in others], added, removed)


class _Inherited:
    """Tells of a merge which removals one of its parents had done already."""

    def __init__(self, changeset: Changeset, before: Sequence[ManifestMap]) -> None:
        self._changeset = changeset
        self._before = before
        self._bases: list[ManifestMap] | None = None

    def removed(self, path: str) -> bool:
        """Whether the file was gone in one parent, and untouched since the common ancestors in the other."""
        first, second = (each.get(path) for each in self._before)
        if first is not None and second is not None:
            return False
        kept = first if first is not None else second
        if kept is None:
            return True
        return all((entry := base.get(path)) is not None and entry.node == kept.node for base in self.bases())

    def bases(self) -> list[ManifestMap]:
        """The manifests of the greatest common ancestors of both parents."""
        if self._bases is None:
            engine = self._changeset.repo.engine
            first, second = (parent.rev for parent in self._changeset.parents)
            heads = engine.common_ancestor_heads(first, second)
            self._bases = [engine.manifest(rev) for rev in heads or [NULL_REV]]
        return self._bases


def copies_of(changeset: Changeset) -> list[tuple[str, str]]:
    """Destination and source of each file that a changeset copied or renamed."""
    if changeset.is_working_copy:
        report = changeset.repo.engine.status(
            StatusRequest(PatternSet(changeset.repo.root, warn_missing=False), unknown=False, copies=True)
        )
        return list(report.copies.items())
    engine, manifest = changeset.repo.engine, changeset.manifest
    before: list[ManifestMap] | None = None
    found = []
    for path in changeset.files:
        entry = manifest.get(path)
        copied = None if entry is None else engine.file_copy(path, entry.node)
        if entry is None or copied is None:
            continue
        if before is None:
            before = [parent.manifest for parent in changeset.parents if parent.rev != NULL_REV]
        known = [each.get(path) for each in before]
        if not any(other is not None and other.node == entry.node for other in known):
            found.append((path, copied[0]))
    return found

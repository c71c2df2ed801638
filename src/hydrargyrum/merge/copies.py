"""Copies and renames on both sides of a merge that matter for it, and directories that were renamed.

A function of what the engine traced; tracing single files is the engine's (the rules: `docs/formats/copies.md`).
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hydrargyrum.engine.merging import FileAncestor
    from hydrargyrum.merge.manifests import Files


class SideCopies:
    """What one side did.

    Attributes:
        copy: source by destination.
        renamed_deleted: new names by the old one, of files that the other side deleted.
        moved_directories: new by old directory, each with a slash at the end.
        moved_files: where a file that this side has goes, because the other side renamed its directory.
    """

    __slots__ = ("copy", "moved_directories", "moved_files", "renamed_deleted")

    def __init__(
        self,
        copy: Mapping[str, str] | None = None,
        renamed_deleted: Mapping[str, list[str]] | None = None,
        moved_directories: Mapping[str, str] | None = None,
        moved_files: Mapping[str, str] | None = None,
    ) -> None:
        self.copy = dict(copy or {})
        self.renamed_deleted = dict(renamed_deleted or {})
        self.moved_directories = dict(moved_directories or {})
        self.moved_files = dict(moved_files or {})

    def sources(self) -> set[str]:
        """Paths that are decided about under their new name."""
        return {*self.copy.values(), *self.moved_files.values()}

    def after_directory_rename(self, path: str) -> str | None:
        """Where a file is after this side's renames of directories, or None."""
        for old, new in self.moved_directories.items():
            if path.startswith(old):
                return new + path[len(old) :]
        return None


class SideFacts:
    """What is known of one side.

    Attributes:
        files: its files.
        copies: source by destination, from the base.
        added: its files that the base lacks (asked only where directories were renamed).
        has_directory: whether it has files below a directory.
        ancestors: of a file of it (see `EngineRepository.file_ancestors`).
    """

    __slots__ = ("added", "ancestors", "copies", "files", "has_directory")

    def __init__(
        self,
        files: Files,
        copies: Mapping[str, str],
        *,
        added: Callable[[], Iterable[str]],
        has_directory: Callable[[str], bool],
        ancestors: Callable[[str], Sequence[FileAncestor]],
    ) -> None:
        self.files = files
        self.copies = dict(copies)
        self.added = added
        self.has_directory = has_directory
        self.ancestors = ancestors


def merge_copies(
    local: SideFacts, other: SideFacts, base: SideFacts
) -> tuple[SideCopies, SideCopies, dict[str, list[str]]]:
    """Copies of both sides, and files that both renamed differently with all their new names."""
    ours, theirs = SideCopies(), SideCopies()
    diverging: dict[str, list[str]] = {}
    if not (local.copies or other.copies):
        return ours, theirs, diverging
    by_source, by_source_other = _by_source(local.copies), _by_source(other.copies)
    for source in sorted({*by_source, *by_source_other}, key=os.fsencode):
        names, names_other = by_source.get(source), by_source_other.get(source)
        if names and names_other:
            both = sorted({*names} & {*names_other}, key=os.fsencode)
            in_local, in_other = local.files.get(source), other.files.get(source)
            if (in_local is None) == (in_other is None):
                for path in both:
                    ours.copy[path] = theirs.copy[path] = source
                if in_local is None and not both:
                    diverging[source] = sorted({*names, *names_other}, key=os.fsencode)
        elif names:
            _one_sided(source, names, (local, other, base), ours)
        elif names_other:
            _one_sided(source, names_other, (other, local, base), theirs)
    moves, moved = _directory_renames(local, ours, lambda: _only_in(other, local))
    moves_other, moved_other = _directory_renames(other, theirs, lambda: _only_in(local, other))
    ours.moved_directories, theirs.moved_files = moves, moved
    theirs.moved_directories, ours.moved_files = moves_other, moved_other
    return ours, theirs, diverging


def _by_source(copies: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, source in copies.items():
        found.setdefault(source, []).append(path)
    return found


def _one_sided(
    source: str, names: list[str], facts: tuple[SideFacts, SideFacts, SideFacts], result: SideCopies
) -> None:
    """A file that only one side copied; `facts` are of this side, the other one and the base."""
    here, there, base = facts
    opposite, original = there.files.get(source), base.files.get(source)
    if opposite is None:
        if here.files.get(source) is None:
            result.renamed_deleted[source] = names
    elif original is None:
        pass  # it is not what the base had
    elif original[0] != opposite[0] and not related(there.ancestors(source), base.ancestors(source)):
        pass  # another file of the same name
    elif original != opposite:
        for path in names:
            result.copy[path] = source


def related(first: Sequence[FileAncestor], second: Sequence[FileAncestor]) -> bool:
    """Whether two file revisions stem from the same file; the arguments are their ancestors, themselves first."""
    i = j = 0
    while i < len(first) and j < len(second):
        if first[i][0] > second[j][0]:
            i += 1
        elif first[i][0] < second[j][0]:
            j += 1
        else:
            return first[i][1:] == second[j][1:]
    return False


def _only_in(side: SideFacts, opposite: SideFacts) -> list[str]:
    return sorted({*side.added()} - {*opposite.added()}, key=os.fsencode)


def _directory_renames(
    side: SideFacts, copies: SideCopies, added: Callable[[], Iterable[str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Directories that a side renamed as a whole, and where files go that the other side `added` to them."""
    moves: dict[str, str] = {}
    split: set[str] = set()
    for path, source in side.copies.items():
        old, new = os.path.dirname(source), os.path.dirname(path)
        if old in split:
            continue
        if moves.get(old, new) != new or (side.has_directory(old) and side.has_directory(new)):
            split.add(old)
        else:
            moves[old] = new
    renamed = {f"{old}/": f"{new}/" for old, new in moves.items() if old not in split}
    moved: dict[str, str] = {}
    if renamed:
        children_first = sorted(renamed, key=os.fsencode, reverse=True)
        for path in added():
            if path in side.copies:
                continue
            directory = next((old for old in children_first if path.startswith(old)), None)
            if directory is not None:
                target = renamed[directory] + path[len(directory) :]
                if target not in copies.copy:
                    moved[path] = target
    return renamed, moved

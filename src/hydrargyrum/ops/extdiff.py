"""Snapshots of what differs between changesets, laid out in a directory for a program that compares directories.

Which program runs, and how it is told, is decided by the extension `extdiff`; nothing is run here.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import PatternSet


class Sides:
    """What is compared: `first` (and in a merge `second`) with `new`."""

    __slots__ = ("first", "new", "second")

    def __init__(self, first: Changeset, new: Changeset, second: Changeset | None = None) -> None:
        self.first = first
        self.new = new
        self.second = second


class Copied:
    """A file of the working copy that was copied out: the copy, the original, and how the copy looked at first."""

    __slots__ = ("copy", "original", "stat")

    def __init__(self, copy: str, original: str) -> None:
        self.copy = copy
        self.original = original
        self.stat = os.lstat(copy)

    def bring_back(self) -> bool:
        """Overwrite the original where the program changed the copy; whether it did."""
        import shutil

        now = os.lstat(self.copy)
        same = (
            int(now.st_mtime) == int(self.stat.st_mtime)
            and now.st_size == self.stat.st_size
            and (now.st_mode & 0o100) == (self.stat.st_mode & 0o100)
        )
        if not same:
            shutil.copy(self.copy, self.original)
        return not same


class Layout:
    """Directories to compare.

    Attributes:
        directory: where they are; common: all files that differ.
        first, second, new: names of the directories ("" for `new`: the files of the working copy themselves).
        copied: files of the working copy.
    """

    def __init__(self, sides: Sides, patterns: PatternSet, directory: str) -> None:
        """Find out what differs, and write it if something does."""
        self.directory = directory
        self.sides = sides
        self.first = self.second = self.new = ""
        self.copied: list[Copied] = []
        modified, added, removed = _changes(sides.first, sides.new, patterns)
        others: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        if sides.second is not None:
            others = _changes(sides.second, sides.new, patterns)
        present = modified | added | others[0] | others[1]
        self.common = present | removed | others[2]
        if not self.common:
            return
        self.first = self._snapshot(sides.first, modified | removed | ((others[0] | others[1]) - added))
        if sides.second is not None:
            self.second = self._snapshot(
                sides.second, others[0] | others[2] | ((modified | added) - others[1])
            )
        if not sides.new.is_working_copy or len(self.common) > 1:
            self.new = self._snapshot(sides.new, present)

    @property
    def new_root(self) -> str:
        """What `new` is in: the repository where it is ""."""
        return "" if self.new else self.sides.new.repo.root

    def _snapshot(self, changeset: Changeset, files: Iterable[str]) -> str:
        """Write files into a directory of their own; its name."""
        from hydrargyrum.ops.archive import ArchiveRequest, archive
        from hydrargyrum.types import PatternSet

        root = changeset.repo.root
        name = os.path.basename(root) or "root"
        if not changeset.is_working_copy:
            name = f"{name}.{changeset.node.hex()[:12]}"
        base = os.path.join(self.directory, name)
        os.mkdir(base)
        paths = sorted(files, key=os.fsencode)
        where = "working directory" if changeset.is_working_copy else f"rev {changeset.node.hex()[:12]}"
        note = changeset.repo.reporter.note
        note(f"making snapshot of {len(paths)} files from {where}\n")
        if not paths:
            return name
        request = ArchiveRequest("files", PatternSet(root, [f"path:{path}" for path in paths]), "")
        request.destination = base
        archive(changeset, request)
        for path in paths:
            note(f"  {path}\n")
            if changeset.is_working_copy:
                self.copied.append(Copied(os.path.join(base, path), os.path.join(root, path)))
        return name


def _changes(old: Changeset, new: Changeset, patterns: PatternSet) -> tuple[set[str], set[str], set[str]]:
    """Modified, added and removed files."""
    from hydrargyrum.types import PatternSet, StatusRequest

    if old.is_working_copy:
        if new.is_working_copy:
            return set(), set(), set()
        modified, removed, added = _changes(new, old, patterns)
        return modified, added, removed
    quiet = PatternSet(
        patterns.cwd, patterns.patterns, patterns.include, patterns.exclude, warn_missing=False
    )
    request = StatusRequest(quiet, base=old.rev, target=new.engine_rev, unknown=False)
    report = new.repo.engine.status(request)
    return set(report.modified), set(report.added), set(report.removed)


def patch_file(changeset: Changeset, patterns: PatternSet, directory: str) -> str:
    """Write the patch of a changeset, as `export` words it, into a directory; its name."""
    from hydrargyrum.dates import DEFAULT_FORMAT, format_date
    from hydrargyrum.ops.diff import patches
    from hydrargyrum.types import DiffStyle

    date = changeset.date
    parents = [parent for parent in changeset.parents if parent.rev >= 0]
    base = parents[0] if parents else changeset.repo["null"]
    lines = [
        "# HG changeset patch",
        f"# User {changeset.user}",
        f"# Date {date[0]} {date[1]}",
        f"#      {format_date(date, DEFAULT_FORMAT)}",
        *([f"# Branch {changeset.branch}"] if changeset.branch != "default" else []),
        f"# Node ID {changeset.node.hex()}",
        f"# Parent  {base.node.hex()}",
        *[f"# Parent  {parent.node.hex()}" for parent in parents[1:]],
        changeset.description.rstrip(),
        "",
        "",
    ]
    name = f"hg-{changeset.node.hex()[:12]}.patch"
    with open(os.path.join(directory, name), "wb") as stream:
        stream.write("\n".join(lines).encode("utf-8", "surrogateescape"))
        for patch in patches(base, changeset, patterns, DiffStyle()):
            stream.write(patch)
    return name

"""Compares the dirstate with the working copy by looks alone, without reading any file's content.

Files whose look does not decide are answered as unsure; `compare` reads them. The rules: `docs/formats/status.md`.
"""

from __future__ import annotations

import os
import stat

from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.worktree.entry import (
    EXEC_BIT,
    HAS_FALLBACK_EXEC,
    HAS_FALLBACK_SYMLINK,
    HAS_MODE_AND_SIZE,
    MAYBE_CLEAN,
    MODE_EXEC,
    P2_INFO,
    SIZE_MASK,
    WC_TRACKED,
    reliable_time,
    same_time,
    split_time,
)
from hydrargyrum.engine.pure.worktree.paths_on_disk import PathAuditor
from hydrargyrum.errors import EngineWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.engine.pure.worktree.dirstate import Dirstate
    from hydrargyrum.engine.pure.worktree.entry import Entry
    from hydrargyrum.matching.ignore import IgnoreMatcher
    from hydrargyrum.matching.matcher import Matcher

#: How often a long walk tells that it goes on, in directories.
CHECK_EVERY = 64


class WalkOptions:
    """What a walk is asked for, and what the file system can tell.

    Attributes:
        unknown, ignored, clean: list these too.
        exec_bits, symlinks: the file system keeps execute permissions, has symbolic links.
        subrepositories: directories that are never looked into.
        tick: called now and then while walking.
    """

    __slots__ = ("clean", "exec_bits", "ignored", "subrepositories", "symlinks", "tick", "unknown")

    def __init__(
        self,
        *,
        unknown: bool = True,
        ignored: bool = False,
        clean: bool = False,
        exec_bits: bool = True,
        symlinks: bool = True,
        subrepositories: Iterable[bytes] = (),
        tick: Callable[[], None] | None = None,
    ) -> None:
        self.unknown = unknown
        self.ignored = ignored
        self.clean = clean
        self.exec_bits = exec_bits
        self.symlinks = symlinks
        self.subrepositories = frozenset(subrepositories)
        self.tick = tick


class Found:
    """What a walk found; lists are in no order until `sort`."""

    __slots__ = (
        "added",
        "clean",
        "deleted",
        "ignored",
        "modified",
        "removed",
        "unknown",
        "unsure",
        "warnings",
    )

    def __init__(self) -> None:
        self.modified: list[bytes] = []
        self.added: list[bytes] = []
        self.removed: list[bytes] = []
        self.deleted: list[bytes] = []
        self.unknown: list[bytes] = []
        self.ignored: list[bytes] = []
        self.clean: list[bytes] = []
        self.unsure: list[bytes] = []
        self.warnings: list[EngineWarning] = []

    def sort(self) -> None:
        """Puts all lists in byte order."""
        for name in self.__slots__:
            if name != "warnings":
                getattr(self, name).sort()


class Walk:
    """One comparison. `boundary` is the file system's time before it, None where that could not be had."""

    def __init__(
        self,
        root: bytes,
        dirstate: Dirstate,
        matcher: Matcher,
        ignore: IgnoreMatcher,
        boundary: tuple[int, int] | None,
        options: WalkOptions,
    ) -> None:
        self._root = root
        self._dirstate = dirstate
        self._entries = dirstate.entries
        self._copies = dirstate.copies
        self._matcher = matcher
        self._ignore = ignore
        self._boundary = boundary
        self._options = options
        self._seen: set[bytes] = {b".hg", *options.subrepositories}
        self._ignored_dirs: dict[bytes, bool] = {}
        self.found = Found()

    def run(self) -> Found:
        """Walks; the lists are sorted."""
        lists = self._options.unknown or self._options.ignored
        exact = self._matcher.exact_files is not None
        start, missing = self._look_at_explicit()
        only_files = self._matcher.is_prefix and not (start or missing)
        if lists and not exact:
            if not self._options.ignored:
                start = [directory for directory in start if not self._under_ignored(directory)]
            self._list_directories(start)
        if not exact and not only_files:
            self._look_at_rest(audited=self._options.unknown)
        self.found.sort()
        return self.found

    # -- the files and directories that patterns name -----------------------------------------------------------
    def _look_at_explicit(self) -> tuple[list[bytes], bool]:
        """Looks at what patterns name: the directories among it, and whether one is known to the dirstate only."""
        paths = sorted(set(self._matcher.explicit_paths))
        if not paths or b"" in paths:
            return [b""], False
        directories: list[bytes] = []
        missing = False
        for path in paths:
            if path in self._seen or any(
                path.startswith(sub + b"/") for sub in self._options.subrepositories
            ):
                continue
            try:
                look = os.lstat(os.path.join(self._root, path))
            except (OSError, ValueError) as problem:
                if path in self._entries:
                    self._judge_explicit(path, None)
                elif self._dirstate.has_directory(path):
                    missing = True
                else:
                    errno = problem.errno if isinstance(problem, OSError) else 2
                    self._warn("bad-file", path, errno=errno or 2)
                continue
            if stat.S_ISDIR(look.st_mode):
                directories.append(path)
                if path in self._entries:
                    self._judge_explicit(path, None)
            elif stat.S_ISREG(look.st_mode) or stat.S_ISLNK(look.st_mode):
                self._judge_explicit(path, look)
            else:
                self._warn("unsupported-file-type", path, type=_type_name(look.st_mode))
                if path in self._entries:
                    self._judge_explicit(path, None)
        return directories, missing

    def _judge_explicit(self, path: bytes, look: os.stat_result | None) -> None:
        if not self._matcher.matches(path):
            return
        self._seen.add(path)
        if path in self._entries:
            self._judge(path, look)
        elif self._ignore.ignores_or_above(path):
            if self._options.ignored:
                self.found.ignored.append(path)
        elif self._options.unknown:
            self.found.unknown.append(path)

    def _warn(self, name: str, path: bytes, **facts: str | int) -> None:
        self.found.warnings.append(EngineWarning(name, {"path": decode(path), **facts}))

    # -- listing directories ------------------------------------------------------------------------------------
    def _list_directories(self, start: list[bytes]) -> None:
        todo = sorted(_topmost(start), reverse=True)
        problems: list[tuple[bytes, int]] = []
        tick, countdown = self._options.tick, CHECK_EVERY
        while todo:
            directory = todo.pop()
            countdown -= 1
            if not countdown and tick is not None:
                tick()
                countdown = CHECK_EVERY
            visit = self._matcher.visit_children(directory)
            if visit == "none":
                continue
            wanted = None if isinstance(visit, str) else visit
            try:
                with os.scandir(os.path.join(self._root, directory)) as listing:
                    children = list(listing)
            except OSError as problem:
                problems.append((directory, problem.errno or 5))
                continue
            if directory and any(child.name == b".hg" and _is_dir(child) for child in children):
                continue  # a repository of its own
            try:
                self._look_at_children(directory, children, wanted, todo)
            except PermissionError as problem:  # listed, but not to be searched
                problems.append((directory, problem.errno or 13))
        for path, errno in sorted(problems):
            self._warn("bad-file", path, errno=errno)

    def _look_at_children(
        self,
        directory: bytes,
        children: list[os.DirEntry[bytes]],
        wanted: frozenset[bytes] | None,
        todo: list[bytes],
    ) -> None:
        entries, seen, judge = self._entries, self._seen, self._judge
        prefix = directory + b"/" if directory else b""
        always = self._matcher.is_always
        matches = self._matcher.matches
        for child in children:
            name = child.name
            if wanted is not None and name not in wanted:
                continue
            path = prefix + name
            if path in seen:
                continue
            tracked = path in entries
            try:
                is_dir = child.is_dir(follow_symlinks=False)
                is_file = not is_dir and (child.is_file(follow_symlinks=False) or child.is_symlink())
                if tracked and (always or matches(path)):
                    seen.add(path)
                    judge(path, child.stat(follow_symlinks=False) if is_file else None)
            except FileNotFoundError:  # gone since the directory was listed
                judge(path, None)
                continue
            if is_dir:
                self._enter(path, todo)
            elif is_file and not tracked and (always or matches(path)):
                self._untracked(directory, path)

    def _enter(self, path: bytes, todo: list[bytes]) -> None:
        """Puts a directory on the list, unless it is ignored and nobody asked for that."""
        if self._options.ignored or not self._ignore.ignores_dir(path):
            todo.append(path)

    def _untracked(self, directory: bytes, path: bytes) -> None:
        options = self._options
        if options.ignored:
            if self._under_ignored(directory) or self._ignore.ignores_file(path):
                self.found.ignored.append(path)
            elif options.unknown:
                self.found.unknown.append(path)
        elif not self._ignore.ignores_file(path):
            self.found.unknown.append(path)

    def _under_ignored(self, directory: bytes) -> bool:
        """Whether a directory or one above it is ignored."""
        known = self._ignored_dirs.get(directory)
        if known is None:
            known = self._ignored_dirs[directory] = self._ignore.ignores_or_above(directory)
        return known

    # -- what the dirstate knows and no directory showed ----------------------------------------------------------
    def _look_at_rest(self, *, audited: bool) -> None:
        """Looks at the entries not met yet: ignored ones, missing ones, or all where nothing was listed."""
        seen, root = self._seen, os.path.join(self._root, b"")
        always, matches = self._matcher.is_always, self._matcher.matches
        auditor = PathAuditor(self._root) if audited else None
        tick = self._options.tick
        for count, path in enumerate(self._entries):
            if path in seen or not (always or matches(path)):
                continue
            if tick is not None and not count % 1024:
                tick()
            look = None
            # Below a link or inside another repository nothing counts as there.
            if auditor is None or auditor.is_inside(path):
                try:
                    look = os.lstat(root + path)
                    if not (stat.S_ISREG(look.st_mode) or stat.S_ISLNK(look.st_mode)):
                        look = None
                except (OSError, ValueError):
                    look = None
            self._judge(path, look)

    # -- one tracked file -----------------------------------------------------------------------------------------
    def _judge(self, path: bytes, look: os.stat_result | None) -> None:
        """Puts a tracked file where its look says it belongs; None is a file that is not there."""
        entry = self._entries[path]
        tracked = entry[0]
        if not tracked & WC_TRACKED:
            self.found.removed.append(path)
        elif look is None:
            self.found.deleted.append(path)
        elif tracked & P2_INFO:
            self.found.modified.append(path)
        elif tracked & MAYBE_CLEAN != MAYBE_CLEAN:
            self.found.added.append(path)
        else:
            self._judge_content(path, entry, look)

    def _judge_content(self, path: bytes, entry: Entry, look: os.stat_result) -> None:
        """Judges a file that the first parent has and no merge touched."""
        flags, _, size, _, _ = entry
        options = self._options
        if (not options.symlinks and flags & HAS_FALLBACK_SYMLINK) or (
            not options.exec_bits and flags & HAS_FALLBACK_EXEC
        ):
            self.found.unsure.append(path)
            return
        differs = flags & HAS_MODE_AND_SIZE and (
            size != look.st_size & SIZE_MASK
            or (options.exec_bits and bool(flags & MODE_EXEC) != bool(look.st_mode & EXEC_BIT))
        )
        if differs or (self._copies and path in self._copies):
            # Encrypted file systems give links other sizes than their targets have.
            link = stat.S_ISLNK(look.st_mode) and not (flags & HAS_MODE_AND_SIZE and size == look.st_size)
            (self.found.unsure if link else self.found.modified).append(path)
            return
        seen = split_time(look.st_mtime_ns)
        settled = self._boundary is None or reliable_time(seen, self._boundary) is not None
        if not settled or not same_time(entry, seen):
            self.found.unsure.append(path)
        elif options.clean:
            self.found.clean.append(path)


def _topmost(directories: list[bytes]) -> list[bytes]:
    """Those that do not lie below another of them."""
    found: list[bytes] = []
    for directory in sorted(directories, key=lambda path: path.split(b"/")):
        if not (found and (found[-1] == b"" or directory.startswith(found[-1] + b"/"))):
            found.append(directory)
    return found


def _is_dir(child: os.DirEntry[bytes]) -> bool:
    try:
        return child.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _type_name(mode: int) -> str:
    if stat.S_ISCHR(mode):
        return "character device"
    if stat.S_ISBLK(mode):
        return "block device"
    if stat.S_ISFIFO(mode):
        return "fifo"
    if stat.S_ISSOCK(mode):
        return "socket"
    return "unknown"

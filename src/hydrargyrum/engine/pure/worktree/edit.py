"""Changes to the dirstate, collected in memory and written as a whole: by which rules files become tracked or forgotten.

Reading is `dirstate`, the bytes on disk are `dirstate_v1` and `dirstate_pack`; the caller holds the working copy lock.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.engine.pure.worktree.dirstate import read_dirstate
from hydrargyrum.engine.pure.worktree.entry import (
    ANY_TRACKED,
    HAS_MODE_AND_SIZE,
    HAS_MTIME,
    MAYBE_CLEAN,
    MODE_EXEC,
    MODE_SYMLINK,
    P1_TRACKED,
    P2_INFO,
    SECOND_AMBIGUOUS,
    SIZE_MASK,
    WC_TRACKED,
    mode_flags,
)
from hydrargyrum.types import NULL_NODE, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.engine.protocol import PathSequence
    from hydrargyrum.engine.pure.repository import PureRepository
    from hydrargyrum.engine.pure.worktree.entry import Entry
    from hydrargyrum.engine.writing import CheckoutOutcome, CommitResult
    from hydrargyrum.plans import FileStamp

#: What a change of a file's standing makes useless.
_SEEN = HAS_MODE_AND_SIZE | MODE_EXEC | MODE_SYMLINK | HAS_MTIME | SECOND_AMBIGUOUS


class Written:
    """What was done to files of the working copy.

    Attributes:
        files: path, and what was seen of it: mode, size, (seconds, nanoseconds, ambiguous) or None; or None at all.
        removed: paths that are in no parent any more.
    """

    __slots__ = ("files", "removed")

    def __init__(self, files: Sequence[tuple[bytes, Seen | None]], removed: Sequence[bytes]) -> None:
        self.files = files
        self.removed = removed

    def __len__(self) -> int:
        return len(self.files) + len(self.removed)


class PureDirstateEditor:
    """See `engine.writing.DirstateEditor`."""

    def __init__(self, repository: PureRepository) -> None:
        self._repository = repository
        self._layout = repository.layout
        self._read()

    def _read(self) -> None:
        self._base = read_dirstate(self._layout)
        self._entries = dict(self._base.entries)
        self._copies = dict(self._base.copies)
        self._parents = self._base.parents
        self._directories: dict[bytes, int] | None = None
        self._dirty = self._tracked_set_changed = False

    # -- parents ------------------------------------------------------------------------------------------------
    @property
    def parents(self) -> tuple[Node, Node]:
        return Node(self._parents[0]), Node(self._parents[1])

    def set_parents(self, first: Node, second: Node) -> None:
        dropped = self._assign_parents(first, second)
        if not dropped and not (self._copies and second == NULL_NODE):
            return
        manifest = self._repository.manifest_of_node(first)
        for path, source in dropped.items():
            if manifest.get(path) is None and manifest.get(source) is not None:
                self._copies[path] = source
        if second == NULL_NODE:
            for path, source in list(self._copies.items()):
                if manifest.get(path) is None and manifest.get(source) is None:
                    del self._copies[path]

    def _assign_parents(self, first: Node, second: Node) -> dict[bytes, bytes]:
        """Sets the parents; the copies of files that lost what a second parent told of them."""
        folds = self._parents[1] != NULL_NODE and second == NULL_NODE
        self._dirty = True
        self._parents = first, second
        dropped: dict[bytes, bytes] = {}
        if folds:
            for path, entry in list(self._entries.items()):
                if entry[0] & P2_INFO:
                    source = self._copies.pop(path, None)
                    if source is not None:
                        dropped[path] = source
                    self._store(path, entry[0] & ~(P2_INFO | _SEEN))
        return dropped

    # -- files --------------------------------------------------------------------------------------------------
    def facts(self, path: str) -> tuple[bool, bool, bool]:
        flags = self._flags(encode(path))
        return bool(flags & WC_TRACKED), bool(flags & P1_TRACKED), bool(flags & P2_INFO)

    def track(self, paths: Iterable[str] | PathSequence) -> Sequence[str]:
        return [path for path in paths if self._track(encode(path))]

    def untrack(self, paths: Iterable[str] | PathSequence) -> Sequence[str]:
        return [path for path in paths if self._untrack(encode(path))]

    def place(
        self,
        path: str,
        *,
        tracked: bool,
        in_first: bool,
        p2_info: bool = False,
        clean: FileStamp | None = None,
    ) -> None:
        seen = None
        if clean is not None:
            time = (clean.mtime & SIZE_MASK, clean.nanoseconds, False) if clean.reliable else None
            seen = clean.mode, clean.size, time
        flags = tracked * WC_TRACKED | in_first * P1_TRACKED | p2_info * P2_INFO
        self._place(encode(path), flags, seen)

    def possibly_dirty(self, paths: Iterable[str]) -> None:
        for path in map(encode, paths):
            if path in self._entries:
                flags, *rest = self._entries[path]
                self._entries[path] = (flags & ~(HAS_MTIME | SECOND_AMBIGUOUS), rest[0], rest[1], 0, 0)
                self._dirty = True

    def copy(self, destination: str, source: str | None) -> None:
        path = encode(destination)
        if path not in self._entries:
            return
        self._dirty = True
        if source is None:
            self._copies.pop(path, None)
        else:
            self._copies[path] = encode(source)

    def copies(self) -> Sequence[tuple[str, str]]:
        return [(decode(path), decode(self._copies[path])) for path in sorted(self._copies)]

    # -- many files ---------------------------------------------------------------------------------------------
    def committed(self, result: CommitResult) -> None:
        from hydrargyrum.engine.pure.writing.commit import PureCommitResult

        if not isinstance(result, PureCommitResult):
            raise TypeError("a commit of another engine")
        known = {*result.stamps, *result.removed}
        others = [(path, None) for path in map(encode, result.files) if path not in known]
        self._take_over(Written([*result.stamps.items(), *others], result.removed))
        self._assign_parents(result.node, NULL_NODE)

    def checked_out(self, outcome: CheckoutOutcome) -> None:
        self._take_over(outcome.stamps)

    def _take_over(self, written: object) -> None:
        if not isinstance(written, Written):
            raise TypeError("stamps of another engine")
        for path in written.removed:
            self._place(path, 0, None)
        for path, seen in written.files:
            self._place(path, MAYBE_CLEAN, seen)

    def rebuild(self, rev: int, only: Iterable[str] | None = None) -> None:
        node = self._repository.node_of(rev)
        manifest = self._repository.manifest_of_node(node)
        self._dirty = True
        self._parents = node, NULL_NODE
        if only is None:
            self._entries = {}
            self._copies = {}
            self._directories = None
            self._tracked_set_changed = True
            for path, _node, _flags in manifest.files():
                self._store(path, MAYBE_CLEAN)
            return
        for path in dict.fromkeys(map(encode, only)):
            self._place(path, 0 if manifest.get(path) is None else MAYBE_CLEAN, None)

    # -- the rules ----------------------------------------------------------------------------------------------
    def _flags(self, path: bytes) -> int:
        entry = self._entries.get(path)
        return 0 if entry is None else entry[0] & ANY_TRACKED

    def _track(self, path: bytes) -> bool:
        flags, mode, size, _, _ = self._entries.get(path, (0, 0, 0, 0, 0))
        new = not flags & WC_TRACKED
        if new:
            self._refuse_clash(path)
            self._tracked_set_changed = True
        flags = flags & ~(HAS_MTIME | SECOND_AMBIGUOUS) | WC_TRACKED
        self._set(path, (flags, mode, size, 0, 0))
        return new

    def _untrack(self, path: bytes) -> bool:
        flags = self._flags(path)
        if not flags:
            return False
        if not flags & P2_INFO:
            self._copies.pop(path, None)
        self._tracked_set_changed = True
        self._store(path, flags & ~WC_TRACKED)
        return True

    def _place(self, path: bytes, flags: int, seen: Seen | None) -> None:
        if bool(self._flags(path) & WC_TRACKED) != bool(flags & WC_TRACKED):
            self._tracked_set_changed = True
        self._copies.pop(path, None)
        if seen is None or not flags & WC_TRACKED or flags & P2_INFO:
            self._store(path, flags)
            return
        mode, size, time = seen
        flags |= mode_flags(mode)
        seconds, nanoseconds, ambiguous = time or (0, 0, False)
        if time is not None:
            flags |= HAS_MTIME | SECOND_AMBIGUOUS * ambiguous
        self._set(path, (flags, mode, size & SIZE_MASK, seconds, nanoseconds))

    def _store(self, path: bytes, flags: int) -> None:
        """The entry with these facts of which nothing was seen, or none at all."""
        self._set(path, (flags & ANY_TRACKED, 0, 0, 0, 0))

    def _set(self, path: bytes, entry: Entry) -> None:
        self._dirty = True
        if self._directories is not None:
            change = bool(entry[0] & WC_TRACKED) - bool(self._flags(path) & WC_TRACKED)
            if change:
                for directory in _directories_of(path):
                    self._directories[directory] = self._directories.get(directory, 0) + change
        if entry[0] & ANY_TRACKED:
            self._entries[path] = entry
        else:
            self._entries.pop(path, None)

    def _refuse_clash(self, path: bytes) -> None:
        """A tracked file cannot be a directory at the same time. Raises PathClash."""
        directories = self._directories
        if directories is None:
            directories = self._directories = {}
            for name, entry in self._entries.items():
                if entry[0] & WC_TRACKED:
                    for directory in _directories_of(name):
                        directories[directory] = directories.get(directory, 0) + 1
        if directories.get(path):
            raise errors.PathClash(directory=decode(path))
        for directory in _directories_of(path):
            if directories.get(directory):
                return
            if self._flags(directory) & WC_TRACKED:
                raise errors.PathClash(file=decode(directory), path=decode(path))

    # -- writing ------------------------------------------------------------------------------------------------
    def write(self) -> None:
        if not self._dirty:
            return
        changed = self._tracked_set_changed
        if req.DIRSTATE_V2 in self._layout.requirements:
            self._write_v2()
        else:
            from hydrargyrum.engine.pure.worktree.dirstate_v1 import pack_v1

            _replace(self._base.path, pack_v1(self._parents, self._entries, self._copies))
        if changed and req.DIRSTATE_TRACKED_KEY in self._layout.requirements:
            hint = os.path.join(self._layout.dot_hg, b"dirstate-tracked-hint")
            _replace(hint, b"1\n%s\n" % os.urandom(16).hex().encode())
        self._read()
        self._repository.invalidate()

    def _write_v2(self) -> None:
        from hydrargyrum.engine.pure.worktree.dirstate_pack import pack_tree
        from hydrargyrum.engine.pure.worktree.dirstate_v2 import Docket

        old = self._base.docket
        copies = {path: source for path, source in self._copies.items() if path in self._entries}
        data, root_start, root_count = pack_tree(self._entries, copies)
        new = Docket(b"", self._base.path)
        new.parents = self._parents
        new.root_start, new.root_count = root_start, root_count
        new.entries, new.copies, new.data_size = len(self._entries), len(copies), len(data)
        new.uid = _new_data_file(self._layout.dot_hg, data)
        _replace(self._base.path, new.to_bytes())
        if old is not None and old.uid:
            try:
                os.unlink(self._base.data_path)
            except OSError:
                pass  # a file that stays behind does no harm


def _directories_of(path: bytes) -> list[bytes]:
    """The directories above a path, nearest first."""
    found = []
    directory = path.rpartition(b"/")[0]
    while directory:
        found.append(directory)
        directory = directory.rpartition(b"/")[0]
    return found


def _new_data_file(dot_hg: bytes, data: bytes) -> bytes:
    """Writes a data file under a name that is free; what identifies it."""
    while True:
        uid = os.urandom(4).hex().encode()
        try:
            with open(os.path.join(dot_hg, b"dirstate." + uid), "xb") as file:
                file.write(data)
        except FileExistsError:
            continue
        except OSError as problem:
            path = decode(os.path.join(dot_hg, b"dirstate"))
            raise errors.IoError(path=path, errno=problem.errno, operation="write") from None
        return uid


def _replace(path: bytes, data: bytes) -> None:
    """Replaces a file by rename, keeping its permissions and making the new one tell apart from the old one."""
    temporary = path + b"-%d~" % os.getpid()
    try:
        old = os.stat(path)
    except FileNotFoundError:
        old = None
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        if old is not None:
            os.chmod(temporary, old.st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException as problem:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        if isinstance(problem, OSError):
            raise errors.IoError(path=decode(path), errno=problem.errno, operation="write") from None
        raise
    if old is not None:
        _tell_apart(path, old)


def _tell_apart(path: bytes, old: os.stat_result) -> None:
    """Readers remember device, inode and times in seconds: a second change within one second moves the time ahead."""
    new = os.stat(path)
    if int(new.st_ctime) == int(old.st_ctime):
        seconds = (int(old.st_mtime) + 1) & SIZE_MASK
        try:
            os.utime(path, (seconds, seconds))
        except OSError:
            pass  # the content is in place


if TYPE_CHECKING:
    from typing import TypeAlias

    #: mode, size, (seconds, nanoseconds, ambiguous)
    Seen: TypeAlias = tuple[int, int, tuple[int, int, bool] | None]

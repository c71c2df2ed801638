"""Files of the working copy written and removed as a finished plan says; paths are audited, nothing leaves the root.

What the plan contains is decided by the caller; the dirstate is `edit`'s business.
"""

from __future__ import annotations

import errno
import os
import stat
import time

from hydrargyrum import errors
from hydrargyrum.contents import read_content
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.engine.pure.worktree.edit import Written
from hydrargyrum.engine.pure.worktree.entry import reliable_time, split_time
from hydrargyrum.engine.pure.worktree.paths_on_disk import filesystem_now
from hydrargyrum.errors import EngineWarning
from hydrargyrum.matching.normalize import audit
from hydrargyrum.matching.source import DiskSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from hydrargyrum.engine.merging import ManifestDifference
    from hydrargyrum.engine.protocol import ProgressCallback
    from hydrargyrum.engine.pure.worktree.edit import Seen
    from hydrargyrum.plans import CheckoutPlan
    from hydrargyrum.types import ContentFilters, Node

    #: Content of a stored file revision, in pieces where it is long.
    Reader = Callable[[str, Node], bytes | Iterator[bytes]]

#: Progress is told once for so many files.
_STEP = 256
#: How often the clock is asked again until it ticked.
_TICKS = 20


class PureCheckoutOutcome:
    """What was done."""

    __slots__ = ("flagged", "stamps", "warnings", "written")

    def __init__(
        self, stamps: Written, warnings: Sequence[EngineWarning], written: int = 0, flagged: int = 0
    ) -> None:
        self.stamps = stamps
        self.written = written
        self.flagged = flagged
        self.warnings = tuple(warnings)

    @property
    def removed(self) -> int:
        return len(self.stamps.removed)


class Checkout:
    """One plan for the working copy at `root`."""

    __slots__ = ("_audited", "_filters", "_progress", "_read", "_root", "_source", "_total", "_umask")

    def __init__(
        self,
        root: bytes,
        read: Reader,
        progress: ProgressCallback | None,
        filters: ContentFilters | None = None,
    ) -> None:
        self._filters = filters
        self._root = root
        self._read = read
        self._progress = progress
        self._source = DiskSource(root)
        self._audited: bytes | None = None
        self._total = 0
        self._umask: int | None = None

    def run(self, plan: CheckoutPlan, dot_hg: bytes) -> PureCheckoutOutcome:
        """Carries the plan out.

        Raises:
            IllegalPath: a path leads out of the working copy or into `.hg`.
            IoError: with the path.
        """
        warnings: list[EngineWarning] = []
        self._total = len(plan.remove) + len(plan.write)
        removed = [encode(path) for path in plan.remove]
        self._remove(removed, warnings, keep_directories=plan.keep_directories)
        self._audited = None
        _refuse_clashes(plan)
        looks: list[tuple[bytes, os.stat_result]] = []
        for number, (name, node, flags) in enumerate(plan.write, len(removed)):
            self._tell(number)
            path = encode(name)
            self._audit(path)
            data: bytes | Iterator[bytes] | None = plan.data.get(name)
            if data is None:
                data = self._read(name, node)
                if self._filters is not None:
                    data = self._filters.to_disk(name, _whole(data))
            looks.append((path, self._write(path, data, flags)))
        for name, flags in plan.set_flags:
            self._set_flags(encode(name), flags)
        stamps = _stamps(looks, dot_hg)
        stamps.extend((encode(name), None) for name, _ in plan.set_flags)
        return PureCheckoutOutcome(Written(stamps, removed), warnings, len(looks), len(plan.set_flags))

    def _tell(self, number: int) -> None:
        if self._progress is not None and number % _STEP == 0:
            self._progress("updating", number, self._total)

    def _audit(self, path: bytes) -> None:
        """Refuses illegal paths; the directories of neighbours are looked at once."""
        directory, _, name = path.rpartition(b"/")
        audit(name if directory == self._audited else path, self._source)
        self._audited = directory

    def _full(self, path: bytes) -> bytes:
        return os.path.join(self._root, path)

    # -- removing -----------------------------------------------------------------------------------------------
    def _remove(self, paths: list[bytes], warnings: list[EngineWarning], *, keep_directories: bool) -> None:
        directories: set[bytes] = set()
        for number, path in enumerate(paths):
            self._tell(number)
            self._audit(path)
            try:
                os.unlink(self._full(path))
            except (FileNotFoundError, NotADirectoryError):
                pass
            except OSError as problem:
                facts: dict[str, errors.Fact] = {"path": decode(path), "errno": problem.errno}
                warnings.append(EngineWarning("update-remove-failed", facts))
            directories.add(path.rpartition(b"/")[0])
        if not keep_directories:
            for directory in sorted(directories, reverse=True):
                self._remove_if_empty(directory)

    def _remove_if_empty(self, directory: bytes) -> None:
        """Removes a directory and those above it that become empty; one that stays is no failure."""
        while directory:
            try:
                os.rmdir(self._full(directory))
            except OSError:
                return
            directory = directory.rpartition(b"/")[0]

    # -- writing ------------------------------------------------------------------------------------------------
    def _write(self, path: bytes, data: bytes | Iterator[bytes], flags: str) -> os.stat_result:
        full = self._full(path)
        directory = os.path.dirname(full)
        try:
            os.makedirs(directory, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            # a file is where a directory has to be
            raise errors.IoError(path=decode(full), errno=errno.ENOTDIR, operation="write") from None
        except OSError as problem:
            raise errors.IoError(path=decode(directory), errno=problem.errno, operation="mkdir") from None
        try:
            try:
                return _make(full, data, flags)
            except FileExistsError:
                _clear(full)
                return _make(full, data, flags)
        except OSError as problem:
            raise errors.IoError(path=decode(full), errno=problem.errno, operation="write") from None

    def _set_flags(self, path: bytes, flags: str) -> None:
        self._audit(path)
        full = self._full(path)
        try:
            look = os.lstat(full)
        except (FileNotFoundError, NotADirectoryError):
            return
        try:
            if stat.S_ISLNK(look.st_mode) or flags == "l":
                self._write(path, read_content(full)[0], flags)
            elif bool(look.st_mode & 0o100) != (flags == "x"):
                mode = look.st_mode & 0o666
                if flags == "x":
                    mode = look.st_mode | (look.st_mode & 0o444) >> 2 & ~self._mask()
                os.chmod(full, stat.S_IMODE(mode))
        except OSError as problem:
            raise errors.IoError(path=decode(full), errno=problem.errno, operation="chmod") from None

    def _mask(self) -> int:
        if self._umask is None:
            self._umask = os.umask(0)
            os.umask(self._umask)
        return self._umask


def plan_move(
    rows: Sequence[ManifestDifference], root: bytes, *, keep_directories: bool
) -> CheckoutPlan | None:
    """The plan from one revision, as which the working copy is, to another; None where something is in the way."""
    from hydrargyrum.plans import CheckoutPlan

    write: list[tuple[str, Node, str]] = []
    remove: list[str] = []
    flags: list[tuple[str, str]] = []
    directories: dict[bytes, bool | None] = {b"": True}
    for path, old, old_flags, new, new_flags in rows:
        if new is None:
            remove.append(path)
        elif old == new and "l" not in old_flags + new_flags:
            flags.append((path, new_flags))
        else:
            if old is None and not _is_free(encode(path), root, directories):
                return None
            write.append((path, new, new_flags))
    return CheckoutPlan(write, remove, flags, keep_directories=keep_directories)


def _is_free(path: bytes, root: bytes, known: dict[bytes, bool | None]) -> bool:
    """Whether nothing is at a path, and at the directories above it only directories."""
    above = path.rpartition(b"/")[0]
    place = _directory(above, root, known)
    return place is None or (place and not os.path.lexists(os.path.join(root, path)))


def _directory(path: bytes, root: bytes, known: dict[bytes, bool | None]) -> bool | None:
    """Whether a path is a directory; None where there is nothing. What was looked at is remembered."""
    if path not in known:
        place = _directory(path.rpartition(b"/")[0], root, known)
        if place:
            try:
                place = stat.S_ISDIR(os.lstat(os.path.join(root, path)).st_mode)
            except FileNotFoundError:
                place = None
            except OSError:
                place = False
        known[path] = place
    return known[path]


def _refuse_clashes(plan: CheckoutPlan) -> None:
    """A link that is also the directory of another file would lead out. Raises PathClash."""
    directories: set[str] = set()
    for path, _, _ in plan.write:
        above = path.rpartition("/")[0]
        while above and above not in directories:
            directories.add(above)
            above = above.rpartition("/")[0]
    for path, _, _ in plan.write:
        if path in directories:
            raise errors.PathClash(directory=path)


def _whole(data: bytes | Iterator[bytes]) -> bytes:
    return data if isinstance(data, bytes) else b"".join(data)


def _make(full: bytes, data: bytes | Iterator[bytes], flags: str) -> os.stat_result:
    """A new file or link, never through one that is there. What cannot be read to its end is removed."""
    if flags == "l":
        os.symlink(_whole(data), full)
        return os.lstat(full)
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    handle = os.open(full, new, 0o777 if flags == "x" else 0o666)
    with open(handle, "wb") as file:
        if isinstance(data, bytes):
            file.write(data)
        else:
            _write_pieces(full, file, data)
        file.flush()
        return os.fstat(handle)


def _write_pieces(full: bytes, file: BinaryIO, pieces: Iterable[bytes]) -> None:
    try:
        for piece in pieces:
            file.write(piece)
    except BaseException:
        os.unlink(full)
        raise


def _clear(full: bytes) -> None:
    """Removes a file, or directories in which there are no files."""
    if not stat.S_ISDIR(os.lstat(full).st_mode):
        os.unlink(full)
        return
    for directory, _, _ in os.walk(full, topdown=False):
        os.rmdir(directory)


def _stamps(looks: list[tuple[bytes, os.stat_result]], dot_hg: bytes) -> list[tuple[bytes, Seen | None]]:
    """What was seen, with times as far as a later change would show a later one."""
    times = [split_time(look.st_mtime_ns) for _, look in looks]
    boundary = _after(max(times), dot_hg) if times else None
    return [
        (
            path,
            (look.st_mode, look.st_size, None if boundary is None else reliable_time(seen, boundary)),
        )
        for (path, look), seen in zip(looks, times, strict=True)
    ]


def _after(latest: tuple[int, int], directory: bytes) -> tuple[int, int] | None:
    """A time of the file system's clock after `latest`; clocks tick every few milliseconds."""
    now = filesystem_now(directory)
    for _ in range(_TICKS):
        if now is None or now > latest:
            break
        time.sleep(0.001)
        now = filesystem_now(directory)
    return now

"""Single files of the working copy: written, removed, moved aside. Many at once are the engine's `checkout`.

Nothing is followed out of the working copy; the dirstate is not touched.
"""

from __future__ import annotations

import os
import shutil
import stat

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content
from hydrargyrum.contents import read_content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.repo import Repository


def parents_of(path: str) -> Iterator[str]:
    """The directories that a path lies in, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def put_in_place(absolute: str, data: bytes, flags: str) -> None:
    """Make a file or link beside its place and rename it there: what was there may be the only copy of somebody's work.

    Like the peer's it is a new file: it has the mode of one, and other names of the old file keep the old content.

    Raises:
        OSError: nothing has changed then.
    """
    directory, name = os.path.split(os.fsencode(absolute))
    # names may be as long as the file system allows, and this one is longer
    temporary = os.path.join(directory, b".%s-%s~" % (name[:200], os.urandom(4).hex().encode()))
    try:
        if "l" in flags:
            os.symlink(data, temporary)
        else:
            new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            with open(os.open(temporary, new, 0o777 if "x" in flags else 0o666), "wb") as stream:
                stream.write(data)
        os.replace(temporary, os.fsencode(absolute))
    except BaseException as problem:
        if isinstance(problem, OSError):
            # nobody knows the other name
            problem.filename, problem.filename2 = absolute, None
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


class WorkingFiles:
    """The files on disk of one repository."""

    __slots__ = ("_repo", "_root", "_umask")

    #: Whether the files are on disk, where a person could look at them.
    is_in_memory = False

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._root = repo.root
        self._umask: int | None = None

    def absolute(self, path: str) -> str:
        """The absolute path."""
        return os.path.join(self._root, path)

    def audit(self, path: str) -> None:
        """Raises `IllegalPath` where a directory of the path is a symbolic link."""
        for parent in parents_of(path):
            if os.path.islink(self.absolute(parent)):
                raise errors.IllegalPath(path=path, link=parent)

    def exists(self, path: str) -> bool:
        """Whether there is something, a dangling link included."""
        return os.path.lexists(self.absolute(path))

    def matches(self, path: str, patterns: list[str]) -> bool:
        """Whether one of the patterns (globs from the root, unless they say otherwise) means a file."""
        from hydrargyrum.types import PatternSet

        meant = PatternSet(self._root, patterns, default_kind="glob", warn_missing=False)
        engine = self._repo.engine
        if meant.has_file_sets:
            return path in engine.files(None, meant)[0]
        return bool(engine.matching_paths([path], meant))

    def is_file_or_link(self, path: str) -> bool:
        """Whether it is a regular file or a link."""
        try:
            mode = os.lstat(self.absolute(path)).st_mode
        except OSError:
            return False
        return stat.S_ISREG(mode) or stat.S_ISLNK(mode)

    def flags(self, path: str) -> str:
        """As a commit would record them."""
        try:
            mode = os.lstat(self.absolute(path)).st_mode
        except OSError:
            return ""
        return "l" if stat.S_ISLNK(mode) else "x" if mode & 0o100 else ""

    def read(self, path: str) -> bytes:
        """The content as it would be stored, of a link its target. Raises `IoError`."""
        filters = self._repo.filters
        data = self._read_as_it_is(path)
        return data if filters is None else filters.from_disk(path, data)

    def _read_as_it_is(self, path: str) -> bytes:
        absolute = self.absolute(path)
        try:
            return read_content(absolute)[0]
        except OSError as problem:
            raise errors.IoError(path=absolute, errno=problem.errno, operation="read") from None

    def as_on_disk(self, path: str, data: bytes) -> bytes:
        """What is written of a file that is stored with this content."""
        filters = self._repo.filters
        return data if filters is None else filters.to_disk(path, data)

    def write(self, path: str, data: bytes, flags: str) -> None:
        """Write a stored content, as a link where `flags` has "l"; directories are made.

        Raises:
            IoError, IllegalPath.
        """
        self.audit(path)
        data = self.as_on_disk(path, data)
        absolute = self.absolute(path)
        try:
            os.makedirs(os.path.dirname(absolute), exist_ok=True)
            put_in_place(absolute, data, flags)
        except OSError as problem:
            raise errors.IoError(path=absolute, errno=problem.errno, operation="write") from None

    def set_flags(self, path: str, flags: str) -> None:
        """Give a file other flags and leave its content."""
        if "l" in flags or "l" in self.flags(path):
            self.write(path, self.read(path), flags)
        elif self.exists(path):
            self.audit(path)
            self._set_executable(self.absolute(path), on="x" in flags)

    def _set_executable(self, absolute: str, *, on: bool) -> None:
        mode = os.stat(absolute).st_mode
        if bool(mode & 0o100) == on:
            return
        if self._umask is None:
            self._umask = os.umask(0)
            os.umask(self._umask)
        new = (mode | (mode & 0o444) >> 2 & ~self._umask) if on else mode & 0o666
        os.chmod(absolute, stat.S_IMODE(new))

    def clear_way(self, path: str) -> None:
        """Remove a directory that is in the place of a file, or a file in the place of one of its directories."""
        self.audit(path)
        absolute = self.absolute(path)
        if os.path.isdir(absolute) and not os.path.islink(absolute):
            shutil.rmtree(absolute)
        for parent in parents_of(path):
            if self.is_file_or_link(parent):
                os.unlink(self.absolute(parent))
                break

    def remove(self, path: str) -> None:
        """Remove a file and the directories that become empty; nothing where it is gone. Raises `IoError`."""
        self.audit(path)
        absolute = self.absolute(path)
        try:
            os.unlink(absolute)
        except FileNotFoundError:
            pass
        except OSError as problem:
            raise errors.IoError(path=absolute, errno=problem.errno, operation="remove") from None
        if not self._repo.config.boolean("experimental", "removeemptydirs", True):
            return
        for parent in parents_of(path):
            try:
                os.rmdir(self.absolute(parent))
            except OSError:
                return

    def backup_path(self, path: str, note: Callable[[str], object] | None = None) -> str:
        """Where a file is kept before it is overwritten (absolute); directories for it are made, which is noted.

        It is beside the file with ".orig" at its end, or in the directory that `ui.origbackuppath` names.
        """
        note = note or self._repo.reporter.note
        configured = self._repo.config.text("ui", "origbackuppath")
        if not configured:
            return self.absolute(f"{path}.orig")
        base = os.path.join(self._root, os.path.expanduser(os.path.expandvars(configured)))
        target = os.path.join(base, path)
        directory = os.path.dirname(target)
        if os.path.islink(directory) or not os.path.isdir(directory):
            note(f"creating directory: {directory}\n")
            for parent in reversed([*parents_of(path), ""]):
                place = os.path.join(base, parent) if parent else base
                if os.path.lexists(place) and (os.path.islink(place) or not os.path.isdir(place)):
                    note(f"removing conflicting file: {place}\n")
                    os.unlink(place)
                    break
            os.makedirs(directory, exist_ok=True)
        if os.path.isdir(target) and not os.path.islink(target):
            note(f"removing conflicting directory: {target}\n")
            shutil.rmtree(target)
        return target

    def move_aside(self, path: str) -> None:
        """Move what is in the place of a file, or of one of its directories, to its backup path."""
        taken = next((each for each in (path, *parents_of(path)) if self._is_in_the_way(each, path)), None)
        if taken is not None:
            os.replace(self.absolute(taken), self.backup_path(taken))

    def _is_in_the_way(self, place: str, path: str) -> bool:
        return self.exists(place) if place == path else self.is_file_or_link(place)

    def save_copy(self, path: str) -> str:
        """Copy a file to its backup path, which is returned."""
        target = self.backup_path(path)
        source = self.absolute(path)
        if os.path.lexists(target):
            os.unlink(target)
        copy_content(source, target, follow=False)
        if not os.path.islink(source):
            shutil.copymode(source, target)
        return target

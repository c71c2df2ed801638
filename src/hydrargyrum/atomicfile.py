"""Files under `.hg` that are replaced as a whole: readers see the old content or the new one, never a part.

What the files mean, and taking a replacement back, is the business of those who write them.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Path: TypeAlias = bytes


def create_mode(directory: Path) -> int | None:
    """The mode that new files of a directory inherit from it; None where the umask alone gives it.

    A repository that a group may write to keeps being one, whatever the umask of the one who writes.
    """
    try:
        mode = os.stat(directory).st_mode
    except OSError:
        return None
    umask = _umask()
    return None if (0o777 & ~umask) == (0o777 & mode) else mode


_known_umask: int | None = None


def _umask() -> int:
    """The umask of this process. Reading it means setting it, so that is done once."""
    global _known_umask
    if _known_umask is None:
        _known_umask = os.umask(0)
        os.umask(_known_umask)
    return _known_umask


def write_atomically(path: Path, data: bytes, mode: int | None = None) -> None:
    """Puts a file in the place of `path`, which keeps its permissions (`mode` is for a new file).

    Raises:
        OSError: it cannot be written; nothing has changed then.
    """
    directory, name = os.path.split(path)
    temporary, handle = _temporary(directory, name)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, _mode_for(path, mode))
        os.replace(temporary, path)
    except BaseException as problem:
        if isinstance(problem, OSError):
            # nobody knows the temporary file
            problem.filename, problem.filename2 = os.fsdecode(path), None
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


def write_file(path: Path | str, data: bytes, *, append: bool = False) -> None:
    """Writes or appends to a file in place. Raises OSError, which names the file also where a full disk stops it."""
    try:
        with open(path, "ab" if append else "wb") as file:
            file.write(data)
    except OSError as problem:
        problem.filename = os.fsdecode(path)
        raise


def copy_content(source: Path | str, target: Path | str, *, follow: bool = True, about: bool = False) -> None:
    """Copies what a file holds (with `about` also permissions and times) or, without `follow`, where a link points.

    Raises:
        OSError: it cannot be done; named is the file that could not be written, if it was that.
    """
    import shutil

    try:
        shutil.copyfile(source, target, follow_symlinks=follow)
        if about:
            shutil.copystat(source, target, follow_symlinks=follow)
    except OSError as problem:
        if problem.filename is None or problem.filename2 is not None:
            problem.filename, problem.filename2 = os.fsdecode(target), None
        raise


def _temporary(directory: Path, name: bytes) -> tuple[Path, int]:
    """A new file with a name that nobody uses, beside the one it will replace."""
    while True:
        path = os.path.join(directory, b".%s-%s~" % (name, os.urandom(4).hex().encode()))
        try:
            return path, os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            continue


def _mode_for(path: Path, mode: int | None) -> int:
    try:
        return os.stat(path).st_mode & 0o777
    except OSError:
        return mode & 0o666 if mode is not None else 0o666 & ~_umask()


def copy_file(source: Path, target: Path, *, link: bool = False) -> None:
    """Makes `target` a copy of `source`: a hard link where `link` allows one and the file system has them.

    Raises:
        OSError: it cannot be done.
    """
    try:
        os.unlink(target)
    except FileNotFoundError:
        pass
    if link:
        try:
            os.link(source, target)
            return
        except OSError:
            pass  # no hard links here
    import shutil

    copy_content(source, target)
    shutil.copymode(source, target)


def exchange(first: Path | str, second: Path | str) -> bool:
    """Lets two files or directories change places in a single step; False where the system cannot do that."""
    import ctypes

    here, swap = -100, 2
    try:
        call = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError):
        return False
    return call(here, os.fsencode(first), here, os.fsencode(second), swap) == 0  # type: ignore[no-any-return]


def remove_if_there(path: Path) -> bool:
    """Removes a file; False where there was none."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True

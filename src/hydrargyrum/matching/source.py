"""Where pattern files and facts about the file system come from; tests put a dict in place of the disk.

What may be named by its spelling alone is decided in `normalize`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    class Source(Protocol):
        """What building a matcher may ask about the world. Paths are absolute."""

        def read(self, path: bytes) -> bytes:
            """The contents of a file. Raises OSError."""
            ...

        def same_file(self, left: bytes, right: bytes) -> bool:
            """Whether both paths lead to the same existing file or directory."""
            ...

        def audit(self, path: bytes) -> None:
            """Raise `IllegalPath` for a repository path that leaves the repository on disk."""
            ...


class DiskSource:
    """The disk, for the repository at `root`.

    Attributes:
        check_links: refuse paths through symbolic links and into nested repositories (for the working copy; a name in
            a revision is not on disk).
    """

    __slots__ = ("_audited", "check_links", "root")

    def __init__(self, root: bytes, *, check_links: bool = True) -> None:
        self.root = root
        self.check_links = check_links
        self._audited: set[bytes] = set()

    def read(self, path: bytes) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    def same_file(self, left: bytes, right: bytes) -> bool:
        import os

        try:
            return os.path.samefile(left, right)
        except OSError:
            return False

    def audit(self, path: bytes) -> None:
        if not self.check_links:
            return
        slash = path.find(b"/")
        while slash != -1:
            above = path[:slash]
            if above not in self._audited and not self._audit_directory(above, path):
                return
            self._audited.add(above)
            slash = path.find(b"/", slash + 1)

    def _audit_directory(self, above: bytes, path: bytes) -> bool:
        """Whether what is below can be on disk at all."""
        import os
        import stat

        place = os.path.join(self.root, above)
        try:
            mode = os.lstat(place).st_mode
        except FileNotFoundError:
            return False
        except OSError as problem:
            import errno

            if problem.errno in (errno.ENOTDIR, errno.EINVAL):
                return True
            raise errors.IoError(path=text(place), errno=problem.errno, operation="lstat") from None
        if stat.S_ISLNK(mode):
            raise errors.IllegalPath(
                path=text(path), problem="path traverses symbolic link", link=text(above)
            )
        if stat.S_ISDIR(mode) and os.path.isdir(os.path.join(place, b".hg")):
            raise errors.IllegalPath(
                path=text(path), problem="path is inside nested repo", nested=text(above)
            )
        return True


class DictSource:
    """Files held in memory, by absolute path."""

    __slots__ = ("files",)

    def __init__(self, files: Mapping[bytes, bytes]) -> None:
        self.files = files

    def read(self, path: bytes) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory", path) from None

    def same_file(self, left: bytes, right: bytes) -> bool:
        return left == right

    def audit(self, path: bytes) -> None:
        """Nothing in memory leads elsewhere."""


def text(path: bytes) -> str:
    """A path as errors and warnings show it."""
    return path.decode("utf-8", "surrogateescape")

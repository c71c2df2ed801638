"""One file of a changeset or of the working copy: its content, size, flags.

Reading one file at a time; many at once are an operation of the engine.
"""

from __future__ import annotations

import os
import stat

from hydrargyrum import errors
from hydrargyrum.contents import read_content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo.changeset import Changeset
    from hydrargyrum.types import ManifestEntry, Node


class FileRevision:
    """A file as a changeset has it.

    Attributes:
        changeset, path: what it is a file of, and where.
        node: the hash of the file revision.
        flags: "x" for executable, "l" for a symbolic link, else "".
    """

    __slots__ = ("changeset", "flags", "node", "path")

    def __init__(self, changeset: Changeset, path: str, entry: ManifestEntry) -> None:
        self.changeset = changeset
        self.path = path
        self.node: Node = entry.node
        self.flags = entry.flags

    @property
    def data(self) -> bytes:
        """The content."""
        return self.changeset.repo.engine.file_data(self.path, self.node)

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return len(self.data)

    @property
    def copied_from(self) -> tuple[str, Node] | None:
        """The file revision it was copied from."""
        return self.changeset.repo.engine.file_copy(self.path, self.node)


class WorkingFile:
    """A file as it is on disk.

    Attributes:
        changeset, path: the working copy, and where in it.
        absolute: the path on disk.
    """

    __slots__ = ("absolute", "changeset", "path")

    def __init__(self, changeset: Changeset, path: str, absolute: str) -> None:
        self.changeset = changeset
        self.path = path
        self.absolute = absolute

    def _status(self) -> os.stat_result:
        try:
            return os.lstat(self.absolute)
        except OSError as problem:
            raise errors.IoError(path=self.absolute, errno=problem.errno, operation="stat") from None

    @property
    def size(self) -> int:
        """Bytes on disk. Raises `IoError`."""
        return self._status().st_size

    @property
    def flags(self) -> str:
        """As a commit would record them; "" for a file that is gone."""
        try:
            mode = os.lstat(self.absolute).st_mode
        except OSError:
            return ""
        if stat.S_ISLNK(mode):
            return "l"
        return "x" if mode & 0o100 else ""

    @property
    def data(self) -> bytes:
        """The content as it would be stored, of a symbolic link its target. Raises `IoError`."""
        data, filters = self._read(), self.changeset.repo.filters
        return data if filters is None else filters.from_disk(self.path, data)

    def _read(self) -> bytes:
        try:
            return read_content(self.absolute)[0]
        except OSError as problem:
            raise errors.IoError(path=self.absolute, errno=problem.errno, operation="read") from None

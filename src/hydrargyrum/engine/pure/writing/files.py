"""The files of a store as a transaction changes them: noted in the journal first, then appended to or replaced.

Making the journal and playing it back is the caller's business (format: `docs/formats/journal.md`).
"""

from __future__ import annotations

import os
from io import BufferedWriter, FileIO

from hydrargyrum.atomicfile import copy_file, create_mode, write_atomically
from hydrargyrum.engine.pure.store.files import io_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from _typeshed import ReadableBuffer

    from hydrargyrum.engine.pure.store.layout import RepoLayout


class _NamedFile(FileIO):
    """A file that says which one it is when a full disk stops it, maybe as late as when it is closed."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as problem:
            problem.filename = os.fsdecode(self.name)
            raise


class StoreFiles:
    """Files of the store by name.

    Attributes:
        journal: path of the journal.
        created: names of files that were not there before, in the order in which they came.
    """

    __slots__ = ("_layout", "_mode", "_noted", "_saved", "created", "journal")

    def __init__(self, layout: RepoLayout, journal: bytes) -> None:
        self._layout = layout
        self.journal = journal
        self._mode = create_mode(layout.store)
        self._noted: dict[bytes, int] = {}
        self._saved: set[bytes] = set()
        self.created: list[bytes] = []

    def path(self, name: bytes) -> bytes:
        """Full path of a file."""
        return self._layout.store_path(name)

    def size(self, name: bytes) -> int:
        """Size of a file, 0 where it is not there."""
        try:
            return os.stat(self.path(name)).st_size
        except FileNotFoundError:
            return 0

    # -- the journal --------------------------------------------------------------------------------------------
    def note_size(self, name: bytes, size: int | None = None) -> None:
        """Notes the size to which an abort cuts a file: as it is now, unless told; the first time counts."""
        if name in self._noted:
            return
        there = self.size(name)
        if not there:
            self.created.append(name)
        self._noted[name] = there
        self._append_line(self.journal, b"%s\0%d\n" % (name, there if size is None else size))

    def is_noted(self, name: bytes) -> bool:
        """Whether an abort cuts a file."""
        return name in self._noted

    def note_cuts(self, sizes: dict[bytes, int]) -> None:
        """Notes that files are to be cut to sizes: now, and by whoever recovers.

        The journal is replaced, because half of these lines would have some files cut and others not.
        """
        self._noted.update(sizes)
        lines = [b"%s\0%d\n" % (name, size) for name, size in sizes.items()]
        try:
            with open(self.journal, "rb") as file:
                before = file.read()
            write_atomically(self.journal, before + b"".join(lines))
        except OSError as problem:
            raise io_error(self.journal, problem, "write") from None

    def back_up(self, name: bytes) -> None:
        """Keeps a file as it is now: an abort puts it back. The first time counts."""
        if name in self._saved:
            return
        self._saved.add(name)
        directory, slash, last = name.rpartition(b"/")
        copy = directory + slash + b"journal.backup." + last + b".bck"
        self._copy_up(name)
        if os.path.lexists(self.path(name)):
            os.makedirs(os.path.dirname(self.path(copy)), exist_ok=True)
            copy_file(self.path(name), self.path(copy), link=True)
        else:
            copy = b""
        self._append_line(self.journal + b".backupfiles", b"\0%s\0%s\x000\n" % (name, copy))

    def temporary(self, name: bytes) -> None:
        """Notes a file that goes away when the transaction ends."""
        self._append_line(self.journal + b".backupfiles", b"\0\0%s\x000\n" % name)

    def _append_line(self, path: bytes, line: bytes) -> None:
        try:
            with open(path, "ab") as file:
                file.write(line)
        except OSError as problem:
            raise io_error(path, problem, "write") from None

    # -- files --------------------------------------------------------------------------------------------------
    def open_to_append(self, name: bytes) -> BinaryIO:
        """Opens a file at its end, noted in the journal; one that other stores have by hard links becomes our own.

        Raises:
            IoError: it cannot be opened.
        """
        self.note_size(name)
        try:
            self._copy_up(name)
            path = self.path(name)
            self.own(name)
            fresh = not os.path.lexists(path)
            try:
                file = BufferedWriter(_NamedFile(path, "ab"))
            except FileNotFoundError:
                self._make_directories(os.path.dirname(path))
                file = BufferedWriter(_NamedFile(path, "ab"))
            if fresh and self._mode is not None:
                os.chmod(path, self._mode & 0o666)
        except OSError as problem:
            raise io_error(self.path(name), problem, "open") from None
        return file

    def _copy_up(self, name: bytes) -> None:
        """What lies in a store beneath becomes a file of this one."""
        lower, path = self.path(name), self._layout.own_path(name)
        if lower != path:
            self._make_directories(os.path.dirname(path))
            copy_file(lower, path)

    def own(self, name: bytes) -> None:
        """Gives a file with several names a copy of its own, because changing it would change it for others."""
        path = self.path(name)
        try:
            links = os.stat(path).st_nlink
        except FileNotFoundError:
            return
        if links > 1:
            copy = path + b".own~"
            copy_file(path, copy)
            os.replace(copy, path)

    def _make_directories(self, path: bytes) -> None:
        if os.path.isdir(path):
            return
        self._make_directories(os.path.dirname(path))
        try:
            os.mkdir(path)
        except FileExistsError:
            return
        if self._mode is not None:
            os.chmod(path, self._mode & 0o7777)

    def replace(self, name: bytes, data: bytes) -> None:
        """Writes a file anew; readers see the old one or the new one.

        Raises:
            IoError: it cannot be written.
        """
        path = self._layout.own_path(name)
        try:
            self._make_directories(os.path.dirname(path))
            write_atomically(path, data, self._mode)
        except OSError as problem:
            raise io_error(path, problem, "write") from None

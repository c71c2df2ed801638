"""The journal of a transaction on disk: what it says, playing it back, and the undo files that it becomes.

Making one is the business of `transaction`; the format is in `docs/formats/journal.md`.
"""

from __future__ import annotations

import os
import re

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_file, create_mode, remove_if_there, write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.repo.repository import Repository

    Report = Callable[[str], object]

#: Version of the file that lists backups.
VERSION = b"2"
BAD_VERSION = "journal was created by a different version of Mercurial\n"

#: Location of files directly under `.hg`; those of the store have the empty one.
PLAIN = "plain"

#: Undo files of other versions, and ours; the one that tells whether there is anything comes last.
_UNDO_FILES = (
    ("", "undo.narrowspec"),
    (PLAIN, "undo.narrowspec.dirstate"),
    (PLAIN, "undo.branch"),
    (PLAIN, "undo.bookmarks"),
    ("", "undo.phaseroots"),
    (PLAIN, "undo.dirstate"),
    (PLAIN, "undo.desc"),
    ("", "undo"),
)


class Places:
    """From the names in a journal to paths."""

    __slots__ = ("_path", "_plain", "_store")

    def __init__(self, repo: Repository) -> None:
        from hydrargyrum.engine.storenames import StorePaths

        engine = repo.engine
        self._plain = os.fsencode(engine.dot_hg)
        self._store = os.fsencode(engine.store)
        self._path = StorePaths(engine.store, engine.requirements).path

    def knows(self, location: str) -> bool:
        """Whether files of a location can be found."""
        return location in ("", "store", PLAIN)

    def is_store(self, location: str) -> bool:
        """Whether a location is the store."""
        return location in ("", "store")

    def path(self, location: str, name: str) -> bytes:
        """Full path of a file.

        Raises:
            CorruptFile: the journal names a place that is not one.
        """
        if location == PLAIN:
            return os.path.join(self._plain, os.fsencode(name))
        if not self.knows(location):
            raise errors.CorruptFile(path="journal.backupfiles", problem=f"unknown location {location}")
        return self._path(os.fsencode(name))

    def mode(self, location: str) -> int | None:
        """Mode for new files."""
        return create_mode(self._plain if location == PLAIN else self._store)


class Backup:
    """A line of the list of backups.

    Attributes:
        location, name: of the file; an empty name stands for a temporary file.
        backup: name of the copy (or of the temporary file) in the same location; "" where there was no file.
    """

    __slots__ = ("backup", "cache", "location", "name")

    def __init__(self, location: str, name: str, backup: str, *, cache: bool = False) -> None:
        self.location = location
        self.name = name
        self.backup = backup
        self.cache = cache

    def line(self) -> bytes:
        """As it is written."""
        return b"%s\0%s\0%s\0%d\n" % (
            os.fsencode(self.location),
            os.fsencode(self.name),
            os.fsencode(self.backup),
            self.cache,
        )


class Journal:
    """What a journal and its list of backups say.

    Attributes:
        name: of the journal in the store, "journal" or "undo".
        sizes: (file of the store, size to go back to), in the order of the lines.
        backups: in the order of the lines.
    """

    __slots__ = ("backups", "name", "sizes")

    def __init__(self, name: str) -> None:
        self.name = name
        self.sizes: list[tuple[str, int]] = []
        self.backups: list[Backup] = []

    @classmethod
    def read(cls, places: Places, name: str, report: Report) -> Journal:
        """The journal on disk; lines that cannot be understood are reported and passed over.

        Raises:
            OSError: it cannot be read.
        """
        found = cls(name)
        with open(places.path("", name), "rb") as file:
            for line in file:
                path, nul, size = line.partition(b"\0")
                # a line that was cut short may have lost digits; its file has not been touched
                if nul and size.endswith(b"\n") and size.strip().isdigit():
                    found.sizes.append((os.fsdecode(path), int(size)))
                else:
                    report(f"couldn't read journal entry {errors.quoted(os.fsdecode(line))}!\n")
        found.backups = read_backups(places, name, report)
        return found

    @property
    def changes_nothing(self) -> bool:
        """Whether only temporary files were made so far, and the dirstate was kept."""
        return not self.sizes and not any(
            entry.name and not (entry.location == PLAIN and is_of_the_working_copy(entry.name))
            for entry in self.backups
        )

    def begin_again(self, places: Places) -> None:
        """Makes a journal of undo files: whoever finds it half played back can go on, as after any interruption."""
        lines = [VERSION + b"\n", *(entry.line() for entry in self.backups)]
        write_atomically(places.path("", "journal.backupfiles"), b"".join(lines), places.mode(""))
        os.replace(places.path("", self.name), places.path("", "journal"))
        remove_if_there(places.path("", f"{self.name}.backupfiles"))
        self.name = "journal"

    def play_back(self, places: Places, report: Report) -> None:
        """Undoes what the journal is about, then removes it and its backups.

        Raises:
            OSError, Abort: something cannot be undone; the journal stays.
            KeyboardInterrupt: the user was impatient; it has been done all the same, unless he was twice.
        """
        try:
            self._play_back(places, report)
        except KeyboardInterrupt:
            if os.path.lexists(places.path("", self.name)):
                self._play_back(places, report)
            raise

    def _play_back(self, places: Places, report: Report) -> None:
        used: list[bytes] = []
        saved = {
            entry.name: entry
            for entry in self.backups
            if places.is_store(entry.location) and entry.name and entry.backup
        }
        done = set()
        for name, size in sorted(dict(self.sizes).items(), key=lambda item: os.fsencode(item[0])):
            entry = saved.get(name)
            if entry is not None:  # a file that was appended to and then replaced
                used.append(_restore(places, entry, report))
                done.add(id(entry))
            _cut(places, name, size, report)
        for entry in self.backups:
            if id(entry) in done:
                continue
            try:
                if entry.name and entry.backup:
                    used.append(_restore(places, entry, report))
                else:
                    remove_if_there(places.path(entry.location, entry.name or entry.backup))
            except (OSError, errors.HgError) as problem:
                # another working copy over the same store has kept its own files where it is
                is_elsewhere = entry.location == PLAIN and isinstance(problem, FileNotFoundError)
                if not (entry.cache or is_elsewhere):
                    raise
        remove_if_there(places.path("", f"{self.name}.backupfiles"))
        os.unlink(places.path("", self.name))
        for path in used:
            try:
                remove_if_there(path)
            except OSError:
                pass  # it takes room and does no harm


def is_of_the_working_copy(name: str) -> bool:
    """Whether a file of `.hg` says where the working copy is and what is tracked."""
    return name == "branch" or name.startswith(("dirstate", "narrowspec.dirstate"))


def _restore(places: Places, entry: Backup, report: Report) -> bytes:
    """Puts a backup in the place of its file; the path of the backup."""
    source = places.path(entry.location, entry.backup)
    target = places.path(entry.location, entry.name)
    try:
        copy_file(source, target)
    except OSError as problem:
        report(f"failed to recover {entry.name} ({_reason(problem)})\n")
        raise
    return source


def _cut(places: Places, name: str, size: int, report: Report) -> None:
    """Brings an appended file back to its size; one that was not there goes away."""
    path = places.path("", name)
    if not size:
        remove_if_there(path)
        return
    try:
        with open(path, "ab") as file:
            there = file.tell()
            if there < size:
                raise errors.Abort(
                    f"attempted to truncate {name} to {size} bytes, but it was already {there} bytes\n"
                )
            file.truncate(size)
    except OSError:
        report(f"failed to truncate {name}\n")
        raise


def _reason(problem: OSError) -> str:
    return str(problem)


def read_backups(places: Places, name: str, report: Report) -> list[Backup]:
    """The list of backups of a journal; nothing where there is none or another version wrote it.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with open(places.path("", f"{name}.backupfiles"), "rb") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return []
    if not lines:
        return []
    if lines[0] != VERSION:
        report(BAD_VERSION)
        return []
    found = []
    for line in lines[1:]:
        fields = line.split(b"\0")
        if len(fields) == 4:
            location, path, backup, cache = map(os.fsdecode, fields)
            found.append(Backup(location, path, backup, cache=cache not in ("", "0")))
    return found


def is_abandoned(repo: Repository) -> bool:
    """Whether a transaction was interrupted and not recovered from."""
    return os.path.lexists(os.path.join(repo.engine.store, "journal"))


# -- undo files -------------------------------------------------------------------------------------------------


def remove_undo_files(places: Places, report: Report) -> None:
    """Removes what the last transaction left for `rollback`."""
    gone: list[tuple[str, str]] = [
        (entry.location, entry.backup)
        for entry in _undo_backups(places, report)
        if entry.backup and places.knows(entry.location)
    ]
    gone += [(PLAIN, name) for name in _dirstate_backups(places)]
    gone += [("", "undo.backupfiles"), *_UNDO_FILES]
    for location, name in gone:
        path = places.path(location, name)
        try:
            remove_if_there(path)
        except OSError as problem:
            report(f"error removing {os.fsdecode(path)}: {_reason(problem)}\n")


def _undo_backups(places: Places, report: Report) -> list[Backup]:
    try:
        return read_backups(places, "undo", report)
    except OSError as problem:
        path = os.fsdecode(places.path("", "undo.backupfiles"))
        report(f"could not read {path}: {_reason(problem)}\n")
        return []


def _dirstate_backups(places: Places) -> list[str]:
    """Copies of dirstates: shares have their own, which the list in the store may not name."""
    try:
        names = os.listdir(places.path(PLAIN, ""))
    except OSError:
        return []
    pattern = re.compile(rb"undo\.backup\.dirstate\..*\.bck\Z", re.DOTALL)
    return [os.fsdecode(name) for name in names if pattern.match(name)]


def write_undo_files(places: Places, backups: Iterable[Backup], report: Report) -> None:
    """Turns the journal of a transaction that is complete into undo files. With its last step it is committed.

    Raises:
        OSError: it cannot be done.
    """
    remove_undo_files(places, report)
    lines = [VERSION + b"\n"]
    for entry in backups:
        if not entry.name:
            continue
        copy = ""
        if entry.backup:
            directory, slash, name = entry.backup.rpartition("/")
            copy = f"{directory}{slash}undo{name.removeprefix('journal')}"
            source = places.path(entry.location, entry.backup)
            copy_file(source, places.path(entry.location, copy), link=True)
        lines.append(Backup(entry.location, entry.name, copy, cache=entry.cache).line())
    # as a whole: a line that is cut short stops the peer
    write_atomically(places.path("", "undo.backupfiles"), b"".join(lines), places.mode(""))
    os.replace(places.path("", "journal"), places.path("", "undo"))
    try:
        os.replace(places.path(PLAIN, "journal.desc"), places.path(PLAIN, "undo.desc"))
    except OSError as problem:
        # there is no way back any more, and only `rollback` misses it
        report(f"couldn't remove {os.fsdecode(places.path(PLAIN, 'journal.desc'))}: {_reason(problem)}\n")

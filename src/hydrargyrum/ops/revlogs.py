"""Single revlogs for those who look below the history: the changelog, manifests, the file of a path.

How their rows are shown is decided by the debug commands.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.engine.revlogs import IndexRow, StoredRevlog
    from hydrargyrum.repo import Repository

#: How many rows of an index are taken from the engine together.
_BATCH = 1000


class RevlogChoice:
    """Which revlog is meant.

    Attributes:
        changelog, manifest: the changelog, the root's manifest.
        directory: the manifest of a directory, or "".
        path: a tracked file, or "".
        for_command: name of a command whose path may also be that of an index anywhere, which is refused by name.
    """

    __slots__ = ("changelog", "directory", "for_command", "manifest", "path")

    def __init__(
        self, path: str, *, changelog: bool, manifest: bool, directory: str, for_command: str = ""
    ) -> None:
        self.path = path
        self.changelog = changelog
        self.manifest = manifest
        self.directory = directory
        self.for_command = for_command

    @property
    def is_file(self) -> bool:
        """Whether it is that of a tracked file."""
        return not (self.changelog or self.manifest or self.directory)


def open_revlog(repo: Repository, choice: RevlogChoice) -> StoredRevlog:
    """The revlog that was chosen.

    Raises:
        InputError: the choice contradicts itself, or there is no such revlog.
        CorruptIndex, Unsupported, IoError: it cannot be read.
    """
    _check(choice)
    found = _find_revlog(repo, choice)
    if choice.for_command and not len(found):
        # what is empty counts as not there
        raise errors.CommandError(command=choice.for_command, problem="invalid arguments")
    return found


def _find_revlog(repo: Repository, choice: RevlogChoice) -> StoredRevlog:
    if choice.changelog:
        return repo.engine.revlog("changelog", "")
    if not choice.is_file:
        if choice.directory and "treemanifest" not in repo.engine.requirements:
            raise errors.InputError("--dir can only be used on repos with treemanifest enabled")
        revlog = repo.engine.revlog("manifest", choice.directory.rstrip("/"))
        if len(revlog) or not choice.directory:
            return revlog
    elif choice.path:
        filelog = repo.engine.revlog("file", choice.path)
        if len(filelog):
            return filelog
    if choice.for_command:
        if not choice.path:
            raise errors.CommandError(command=choice.for_command, problem="invalid arguments")
        if os.path.isfile(choice.path):
            raise errors.Unsupported(feature="an index outside the store")
        raise errors.InputError(f"revlog '{choice.path}' not found")
    raise errors.InputError("cannot give path to non-revlog")


def _check(choice: RevlogChoice) -> None:
    problem = ""
    if choice.changelog and choice.manifest:
        problem = "cannot specify --changelog and --manifest at the same time"
    elif choice.changelog and choice.directory:
        problem = "cannot specify --changelog and --dir at the same time"
    elif choice.path and not choice.is_file:
        problem = "cannot specify filename with --changelog or --manifest"
    if problem:
        raise errors.InputError(problem)


def index_rows(revlog: StoredRevlog) -> Iterator[IndexRow]:
    """All rows of an index."""
    for start in range(0, len(revlog), _BATCH):
        yield from revlog.rows(start, start + _BATCH)


def find_revision(revlog: StoredRevlog, name: str, *, of_file: bool) -> int:
    """A revision of a revlog by number or node; but for files by the beginning of a node too.

    Raises:
        Abort: there is none, or there are several.
    """
    number = _number(name)
    if number is not None:
        rev = number + len(revlog) if number < 0 else number
        if 0 <= rev < len(revlog):
            return rev
    digits = name.lower()
    if digits == "f" * 40:
        raise errors.Abort("working directory revision cannot be specified")
    is_prefix = bool(digits) and set(digits) <= set("0123456789abcdef") and len(digits) <= 40
    if is_prefix and (len(digits) == 40 or not of_file):
        count, rev = revlog.match(digits)
        # f...f stands for the working copy: the beginning of it names no other revision, not even a single one
        is_working_copy = not of_file and not name.strip("f")
        if count == 0 and is_working_copy:
            raise errors.Abort("working directory revision cannot be specified")
        if count == 1 and not is_working_copy:
            return rev
    raise errors.Abort(f"invalid revision identifier {name}")


def _number(name: str) -> int | None:
    try:
        number = int(name)
    except ValueError:
        return None
    return number if str(number) == name else None

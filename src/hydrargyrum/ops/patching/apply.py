"""Applies a parsed patch to the working copy: finds the place of each hunk, with fuzz, and keeps what fails as rejects.

The dirstate is told at the end by `PatchedFiles.record`; what is shown goes to the repository's reporter.
"""

from __future__ import annotations

import errno
import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.matching.normalize import check_components
from hydrargyrum.merge.worktree import put_in_place
from hydrargyrum.ops.patching.parse import BinaryHunk, Hunk
from hydrargyrum.repo.paths import relative_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from hydrargyrum.engine.writing import DirstateEditor
    from hydrargyrum.ops.patching.parse import FilePatch
    from hydrargyrum.repo import Repository

    #: Content and flags.
    File = tuple[bytes, str]

    class Target(Protocol):
        """Files that a patch changes."""

        def exists(self, name: str) -> bool: ...
        def read(self, name: str) -> File | None: ...
        def write(self, name: str, file: File, source: str) -> None: ...
        def remove(self, name: str) -> None: ...
        def refuse_flags(self, name: str) -> None: ...
        def write_rejects(self, name: str, lines: list[bytes]) -> bool: ...


#: What `patch.eol` may say.
LINE_ENDS = frozenset(("strict", "lf", "crlf", "auto"))


class PatchFailed(errors.StateError):
    """Some hunks do not apply; what does is there."""

    id = "patch-failed"


def strip_path(name: str, count: int, prefix: str) -> tuple[str, str]:
    """The directories that are cut off a name, and the rest below `prefix`.

    Raises:
        PatchFailed: there are too few.
    """
    at = 0
    for left in range(count, 0, -1):
        at = name.find("/", at)
        if at < 0:
            raise PatchFailed(f"unable to strip away {left} of {count} dirs from {name}")
        at += 1
        while at < len(name) - 1 and name[at] == "/":
            at += 1
    return name[:at].lstrip(), prefix + name[at:].rstrip()


class PatchedFiles:
    """The working copy while a patch is applied.

    Attributes:
        changed: paths of files that were touched.
    """

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._dirstate = repo.engine.dirstate()
        self._removed: set[str] = set()
        self._copies: list[tuple[str, str]] = []
        self.changed: set[str] = set()

    def _path(self, name: str) -> str:
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or parts[0].lower() in (".hg", ""):
            raise errors.IllegalPath(path=name, problem="path contains illegal component")
        check_components(os.fsencode(name))
        for end in range(1, len(parts)):
            above = "/".join(parts[:end])
            if os.path.islink(os.path.join(self._repo.root, above)):
                raise errors.IllegalPath(path=name, link=above, problem="path traverses symbolic link")
        return os.path.join(self._repo.root, name)

    def exists(self, name: str) -> bool:
        """Whether there is such a file on disk."""
        return os.path.lexists(self._path(name))

    def read(self, name: str) -> File | None:
        """A file as it is on disk."""
        path = self._path(name)
        if os.path.islink(path):
            return os.fsencode(os.readlink(path)), "l"
        try:
            with open(path, "rb") as file:
                flags = "x" if os.fstat(file.fileno()).st_mode & 0o100 else ""
                return file.read(), flags
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, file: File, source: str) -> None:
        """Writes a file. Raises PatchFailed for one that is not tracked."""
        self._check_known(name)
        data, flags = file
        path = self._path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        put_in_place(path, data, flags)
        if source:
            self._copies.append((source, name))
        self.changed.add(name)

    def remove(self, name: str) -> None:
        """Removes a file, and directories that become empty."""
        self._check_known(name)
        path = self._path(name)
        self._unlink(path)
        above = os.path.dirname(path)
        while above != self._repo.root:
            try:
                os.rmdir(above)
            except OSError:
                break
            above = os.path.dirname(above)
        self._removed.add(name)
        self.changed.add(name)

    def _unlink(self, path: str) -> None:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass

    def _check_known(self, name: str) -> None:
        tracked = name in self._dirstate or name in self.changed
        if not tracked and self.exists(name):
            raise PatchFailed(f"cannot patch {name}: file is not tracked")

    def touched(self, names: Iterable[str]) -> None:
        """Another program changed these files, or removed them."""
        for name in names:
            self.changed.add(name)
            if not self.exists(name):
                self._removed.add(name)

    def refuse_flags(self, name: str) -> None:
        """Raises IoError for a file that is not there and should have other flags."""
        self._check_known(name)
        raise errors.IoError(path=self._path(name), errno=errno.ENOENT, operation="chmod")

    def write_rejects(self, name: str, lines: list[bytes]) -> bool:
        """Writes what failed beside the file; whether there is a place for it."""
        path = self._path(name) + ".rej"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_file(path, b"".join(lines))
        return True

    def record(self, similarity: float = 0.0, *, keep: bool = True) -> list[str]:
        """Tells the dirstate: new files are tracked, removed ones are not; the paths that may be committed.

        With `similarity`, new files are taken for renamed ones that are that much alike. Where it is not to be kept,
        only what there is to be told of it is told.
        """
        if not self.changed:
            return []
        dirstate = self._repo.engine.edit_dirstate()
        there = sorted(name for name in self.changed if self.exists(name))
        for source, name in self._copies:
            if name in there:
                dirstate.track([name])
                self._record_copy(dirstate, source, name)
        gone = sorted(self._removed - set(there), key=os.fsencode)
        known = frozenset(dirstate.untrack(gone))
        for name in gone:
            if name not in known:
                shown = relative_path(self._repo.root, self._repo.cwd, name)
                self._repo.reporter.warn(f"{shown} not tracked!\n")
        for name in dirstate.track(there):
            self._repo.reporter.note(f"adding {name}\n")
        dirstate.possibly_dirty(there)
        if similarity > 0:
            self._find_renames(dirstate, there, similarity)
        if keep:
            dirstate.write()
            self._repo.invalidate()
        return sorted(self.changed)

    def _record_copy(self, dirstate: DirstateEditor, source: str, name: str) -> None:
        """Records a copy of what has a history: of a copy that is not committed yet, what that was copied from."""
        origin = dict(dirstate.copies()).get(source, source)
        if origin == name:
            return
        if origin == source and dirstate.facts(origin) == (True, False, False):
            repo = self._repo
            one, two = (relative_path(repo.root, repo.cwd, path) for path in (origin, name))
            repo.reporter.warn(
                f"{one} has not been committed yet, so no copy data will be stored for {two}.\n"
            )
        else:
            dirstate.copy(name, origin)

    def _find_renames(self, dirstate: DirstateEditor, there: list[str], similarity: float) -> None:
        from hydrargyrum.ops.addremove import find_renames

        manifest = self._repo["."].manifest
        new = [name for name in there if name not in manifest]
        gone = sorted(name for name in self.changed if name not in there and name in manifest)
        for old, name, score in find_renames(self._repo, new, gone, similarity):
            self._repo.reporter.note(
                f"recording removal of {old} as rename to {name} ({int(score * 100)}% similar)\n"
            )
            dirstate.copy(name, old)


class Patcher:
    """Applies the files of one patch.

    Args:
        repo: where.
        target: the working copy.
        strip: directories that are cut off names.
        prefix: directory below which all files are, with a slash, or "".

    Attributes:
        line_ends: "strict" (as they are), "lf", "crlf", or "auto" for those that a file has.
    """

    def __init__(self, repo: Repository, target: Target, *, strip: int, prefix: str = "") -> None:
        self._repo = repo
        self._target = target
        self._strip = strip
        self._prefix = prefix
        self._fuzz = repo.config.integer("patch", "fuzz", 2)
        self.line_ends = (repo.config.text("patch", "eol") or "strict").lower()
        if self.line_ends not in LINE_ENDS:
            raise errors.Abort(f"unsupported line endings type: {repo.config.text('patch', 'eol')}")
        self._sources: dict[str, File | None] = {}
        self.rejected = 0

    def apply(self, files: list[FilePatch]) -> None:
        """Applies all files. Raises PatchFailed where hunks were rejected."""
        for one in files:
            if one.git and one.kind in ("copy", "rename"):
                source = strip_path(one.source, self._strip - 1, self._prefix)[1]
                self._sources[source] = self._target.read(source)
        for one in files:
            self._apply_file(one)
        if self.rejected:
            raise PatchFailed("patch failed to apply")

    def _apply_file(self, one: FilePatch) -> None:
        path, kind, source = self._place(one)
        if kind == "rename":
            self._target.remove(source)
        if not one.hunks:
            self._without_hunks(one, path, kind, source)
            return
        _OnePatch(self._repo, self._target, self, path, kind, source).run(one)

    def source(self, path: str) -> File | None:
        """A file as it was before the patch."""
        return self._sources.get(path)

    @property
    def fuzz(self) -> int:
        """How many lines of context may be left out."""
        return self._fuzz

    def _without_hunks(self, one: FilePatch, path: str, kind: str, source: str) -> None:
        if kind == "delete":
            self._target.remove(path)
            return
        file = self._target.read(path)
        if kind in ("copy", "rename"):
            file = self.source(source)
            if file is None:
                raise PatchFailed(f"source file '{source}' does not exist")
        elif kind == "add":
            file = (b"", "")
        elif one.flags is None:
            return
        elif file is None:
            self._target.refuse_flags(path)
        if kind != "modify" and self._target.exists(path):
            raise PatchFailed(f"cannot create {path}: destination already exists")
        if file is not None:
            flags = file[1] if one.flags is None else one.flags
            self._target.write(path, (file[0], flags), source)

    def _place(self, one: FilePatch) -> tuple[str, str, str]:
        """Path, kind and source of a change."""
        if one.git:
            path = strip_path(one.new_name[2:], self._strip - 1, self._prefix)[1]
            source = strip_path(one.source, self._strip - 1, self._prefix)[1] if one.source else ""
            return path, one.kind, source
        return (*self._guess(one), "")

    def _guess(self, one: FilePatch) -> tuple[str, str]:
        """Path and kind of a file in a plain diff, by what is there."""
        first = one.hunks[0]
        assert isinstance(first, Hunk)
        no_old, no_new = one.old_name == "/dev/null", one.new_name == "/dev/null"
        adds = no_old and first.start == 0 and first.length == 0
        deletes = no_new and first.new_start == 0 and first.new_length == 0
        old_cut, old = ("", "") if no_old else strip_path(one.old_name, self._strip, self._prefix)
        new_cut, new = ("", "") if no_new else strip_path(one.new_name, self._strip, self._prefix)
        has_old = not no_old and self._target.exists(old)
        has_new = has_old if old == new else not no_new and self._target.exists(new)
        missing = not has_old and not has_new and not adds
        same_directory = os.path.dirname(old) == os.path.dirname(new)
        if missing and same_directory and old.startswith(new) and not first.start and not first.length:
            adds, missing = True, False
        is_backup = old_cut == new_cut and new.startswith(old) and not no_old
        kind = "add" if adds else "delete" if deletes else "modify"
        if not missing and has_old and has_new:
            return (old if is_backup else new), kind
        if not missing and has_old:
            return old, kind
        if no_new and no_old:
            raise errors.InputError("undefined source and destination files")
        if no_new:
            return old, kind
        return (old if is_backup else new), kind


class _OnePatch:
    """The hunks of one file."""

    def __init__(
        self, repo: Repository, target: Target, patcher: Patcher, path: str, kind: str, source: str
    ) -> None:
        self._reporter = repo.reporter
        self._target = target
        self._patcher = patcher
        self._path = path
        self._kind = kind
        self._source = source
        self._offset = self._skew = 0
        self._rejects: list[Hunk | BinaryHunk] = []
        self._dirty = False
        self._printed = False
        self._lines: list[bytes] = []
        self._line_ends = patcher.line_ends
        self._end = b""

    def _plain(self, lines: list[bytes]) -> list[bytes]:
        """Lines of the file as hunks are compared with them; what they end in is kept."""
        if lines:
            self._end = b"\r\n" if lines[0].endswith(b"\r\n") else b"\n"
        if self._line_ends == "strict":
            return lines
        return [line[:-2] + b"\n" if line.endswith(b"\r\n") else line for line in lines]

    def _with_ends(self, lines: list[bytes]) -> list[bytes]:
        """Lines as they are written."""
        end = {"auto": self._end, "crlf": b"\r\n"}.get(self._line_ends, b"\n")
        if self._line_ends == "strict" or end in (b"", b"\n"):
            return lines
        return [line[:-1] + end if line.endswith(b"\n") else line for line in lines]

    def run(self, one: FilePatch) -> None:
        """Applies all hunks and writes the file."""
        copied = bool(self._source)
        file = self._patcher.source(self._source) if copied else self._target.read(self._path)
        creates = self._kind in ("add", "copy", "rename")
        exists = file is not None and (not copied or self._target.exists(self._path))
        missing = file is None and not (creates and not copied)
        if missing:
            self._reporter.warn(f"unable to find '{self._path}' for patching\n")
            self._reporter.warn("(use '--prefix' to apply patch relative to the current directory)\n")
        data, flags = file or (b"", "")
        self._lines = self._plain(_lines(data))
        self._reporter.note(f"patching file {self._path}\n")
        self._printed = self._reporter.verbose
        for hunk in one.hunks:
            if missing:
                self._rejects.append(hunk)
            elif exists and creates:
                told = f"cannot create {self._path}: destination" if copied else f"file {self._path}"
                self._reporter.warn(f"{told} already exists\n")
                self._rejects.append(hunk)
            else:
                self._apply(hunk)
        if self._dirty:
            new_flags = flags if one.flags is None else one.flags
            lines = self._with_ends(self._lines)
            self._target.write(self._path, (b"".join(lines), new_flags), self._source)
        if self._rejects:
            self._write_rejects(len(one.hunks))

    def _apply(self, hunk: Hunk | BinaryHunk) -> None:
        if isinstance(hunk, BinaryHunk):
            if self._kind == "delete":
                self._target.remove(self._path)
            else:
                self._lines = [hunk.content(b"".join(self._lines))]
                self._dirty = True
            return
        if self._line_ends in ("lf", "crlf") or (self._line_ends == "auto" and self._end):
            hunk = hunk.with_plain_ends()
        old, start, new = hunk.with_fuzz(0, only_top=False)
        start += self._offset
        if self._skew == 0 and self._fits(old, start):
            if self._kind == "delete":
                self._target.remove(self._path)
            else:
                self._replace(old, start, new)
            return
        if not self._search(hunk, start):
            self._tell_file()
            self._reporter.warn(f"Hunk #{hunk.number} FAILED at {start}\n")
            self._rejects.append(hunk)

    def _search(self, hunk: Hunk, expected: int) -> bool:
        """Looks for the place of a hunk nearby, and with fuzz."""
        for fuzz in range(self._patcher.fuzz + 1):
            for only_top in (True, False):
                old, start, new = hunk.with_fuzz(fuzz, only_top=only_top)
                start = min(start + self._offset + self._skew, len(self._lines))
                for place in self._candidates(old, start):
                    if self._fits(old, place):
                        self._replace(old, place, new)
                        self._skew = place - expected
                        self._tell_success(hunk, place, fuzz, place - expected - fuzz)
                        return True
        return False

    def _candidates(self, old: list[bytes], start: int) -> list[int]:
        if not old:
            return [start]
        found = [at for at, line in enumerate(self._lines) if line == old[0]]
        return sorted(found, key=lambda at: abs(at - start))

    def _fits(self, old: list[bytes], start: int) -> bool:
        return start + len(old) <= len(self._lines) and self._lines[start : start + len(old)] == old

    def _replace(self, old: list[bytes], start: int, new: list[bytes]) -> None:
        self._lines[start : start + len(old)] = new
        self._offset += len(new) - len(old)
        self._dirty = True

    def _tell_file(self) -> None:
        if not self._printed:
            self._printed = True
            self._reporter.warn(f"patching file {self._path}\n")

    def _tell_success(self, hunk: Hunk, place: int, fuzz: int, offset: int) -> None:
        told = f"Hunk #{hunk.number} succeeded at {place + 1}"
        if fuzz:
            self._tell_file()
            self._reporter.warn(f"{told} with fuzz {fuzz} (offset {offset} lines).\n")
        else:
            self._reporter.note(f"{told} (offset {offset} lines).\n")

    def _write_rejects(self, total: int) -> None:
        failed = len(self._rejects)
        self._patcher.rejected += failed
        base = os.fsencode(os.path.basename(self._path))
        lines = [b"--- %s\n+++ %s\n" % (base, base)]
        for hunk in self._rejects:
            for line in hunk.lines if isinstance(hunk, Hunk) else ():
                lines.append(line)
                if not line.endswith(b"\n"):
                    lines.append(b"\n\\ No newline at end of file\n")
        if self._target.write_rejects(self._path, lines):
            name = f"{self._path}.rej"
            self._reporter.warn(f"{failed} out of {total} hunks FAILED -- saving rejects to file {name}\n")


def _lines(data: bytes) -> list[bytes]:
    """Lines that end at line feeds, with their ends."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines

"""Copies and renames of tracked files in the working copy, made or only recorded.

Nothing of earlier changesets is changed here.
"""

from __future__ import annotations

import errno
import os
import shutil

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content
from hydrargyrum.merge.worktree import WorkingFiles
from hydrargyrum.ops.selection import PortabilityCheck, Selection, sorted_paths
from hydrargyrum.repo.paths import relative_path
from hydrargyrum.types import NULL_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.merge.conversation import ShowPath
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Reporter


class CopyRequest:
    """What is wanted.

    Attributes:
        patterns: sources, then the destination; rename: sources go away.
        after: it has happened already; force: over files that are there.
    """

    __slots__ = ("after", "dry_run", "force", "patterns", "quiet", "rename", "verbose")

    def __init__(
        self, patterns: PatternSet, *, rename: bool, after: bool = False, force: bool = False
    ) -> None:
        self.patterns = patterns
        self.rename = rename
        self.after = after
        self.force = force
        self.dry_run = False
        self.verbose = False
        self.quiet = False


class _Source:
    """A file to copy, how it is shown, and whether it was named itself."""

    __slots__ = ("exact", "path", "shown")

    def __init__(self, path: str, shown: str, *, exact: bool) -> None:
        self.path = path
        self.shown = shown
        self.exact = exact


def forget_copies(repo: Repository, selection: Selection, talk: Reporter, show: ShowPath) -> None:
    """Makes files no copies any more; tells of named ones that are none."""
    repo.look_at_parents()
    with repo.lock_working_copy():
        report, _ = selection.report(talk, clean=True)
        edit = repo.engine.edit_dirstate()
        copies = dict(edit.copies())
        for path in sorted_paths(path for _, path in report.rows()):
            if path in copies:
                edit.copy(path, None)
            elif selection.is_exact(path):
                talk.warn(f"{show(path)}: not unmarking as copy - file is not marked as copied\n")
        edit.write()


def copy(repo: Repository, request: CopyRequest, talk: Reporter, show: ShowPath) -> bool:
    """Copies or renames; whether nothing was left out.

    Raises:
        InputError: there is nothing to copy, or no place for it.
    """
    patterns = request.patterns.patterns
    if not patterns:
        raise errors.InputError("no source or destination specified")
    if len(patterns) == 1:
        raise errors.InputError("no destination specified")
    with repo.lock_working_copy():
        return _Copier(repo, request, talk, show).run()


class _Copier:
    """One command at work."""

    def __init__(self, repo: Repository, request: CopyRequest, talk: Reporter, show: ShowPath) -> None:
        self._repo = repo
        self._request = request
        self._talk = talk
        self._show = show
        self._cwd = request.patterns.cwd
        self._edit = repo.engine.edit_dirstate()
        self._copies: Mapping[str, str] = dict(self._edit.copies())
        self._parent = repo.working_copy.parents[0]
        self._manifest = self._parent.manifest
        self._check = PortabilityCheck(repo, talk)
        self._targets: dict[str, str] = {}

    def run(self) -> bool:
        *sources, destination = self._request.patterns.patterns
        there = self._on_disk(destination)
        is_directory = os.path.isdir(there) and not os.path.islink(there)
        if not is_directory:
            if len(sources) > 1 or _has_kind(sources[0]):
                raise errors.InputError("with multiple sources, destination must be an existing directory")
            if destination.endswith("/"):
                raise errors.InputError(f"destination {destination} is not a directory")
        todo = []
        for pattern in sources:
            found = self._sources(pattern)
            if found:
                naming = self._naming_after if self._request.after else self._naming
                todo.append((naming(pattern, destination, found, is_directory=is_directory), found))
        if not todo:
            hint = "maybe you meant to use --after --at-rev=." if self._request.rename else None
            raise errors.InputError("no files to copy", hint=hint)
        complete = True
        for name, found in todo:
            for source in found:
                complete = self._copy(source, name(source.path)) and complete
        if not self._request.dry_run:
            self._edit.write()
        return complete

    def _on_disk(self, name: str) -> str:
        return os.path.join(self._cwd, name)

    def _inside(self, name: str) -> str:
        """The repository path of a name. Raises PathOutsideRepository, IllegalPath."""
        selection = Selection(self._repo, PatternSet(self._cwd, [f"relpath:{name}"]), self._show)
        self._repo.engine.files(None, selection.patterns)  # refuses names that are none
        return selection.names[0] if selection.names else ""

    # -- sources ------------------------------------------------------------------------------------------------
    def _sources(self, pattern: str) -> list[_Source]:
        given = self._request.patterns
        patterns = PatternSet(self._cwd, [pattern], given.include, given.exclude)
        selection = Selection(self._repo, patterns, self._show)
        report, _ = selection.report(self._talk, clean=True)
        found = []
        named = selection.named_files()
        for path in sorted_paths([*(path for _, path in report.rows()), *named]):
            shown, exact = self._show(path), selection.is_exact(path)
            if not self._edit.facts(path)[0]:
                if path in self._manifest:
                    if not self._request.after:
                        if exact:
                            self._talk.warn(f"{shown}: not copying - file has been marked for remove\n")
                        continue
                else:
                    if exact:
                        self._talk.warn(f"{shown}: not copying - file is not managed\n")
                    continue
            found.append(_Source(path, shown, exact=exact))
        return found

    # -- names of targets -----------------------------------------------------------------------------------------
    def _naming(
        self, pattern: str, destination: str, _found: Sequence[_Source], *, is_directory: bool
    ) -> Callable[[str], str]:
        if os.path.isdir(self._on_disk(pattern)):
            prefix = self._inside(pattern)
            length = len(os.path.dirname(prefix)) if is_directory else len(prefix)
            length += bool(length)
            return lambda path: os.path.join(destination, path[length:])
        if is_directory:
            return lambda path: os.path.join(destination, os.path.basename(path))
        return lambda _path: destination

    def _naming_after(
        self, pattern: str, destination: str, found: Sequence[_Source], *, is_directory: bool
    ) -> Callable[[str], str]:
        """As `_naming`, from what is there now that it has happened."""
        if _has_kind(pattern):
            return lambda path: os.path.join(destination, os.path.basename(path))
        prefix = self._inside(pattern)
        if len(prefix) >= len(found[0].path):
            if is_directory:
                return lambda path: os.path.join(destination, os.path.basename(path))
            return lambda _path: destination

        def hits(length: int) -> int:
            places = (self._on_disk(os.path.join(destination, each.path[length:])) for each in found)
            return sum(map(os.path.lexists, places))

        length = len(prefix) + bool(prefix)
        if os.path.isdir(self._on_disk(os.path.join(destination, os.path.basename(prefix)))):
            shorter = len(os.path.dirname(prefix))
            shorter += bool(shorter)
            if hits(shorter) > hits(length):
                length = shorter
        return lambda path: os.path.join(destination, path[length:])

    # -- one file -------------------------------------------------------------------------------------------------
    def _copy(self, source: _Source, name: str) -> bool:
        """Copies one file; whether that was possible."""
        request, warn = self._request, self._talk.warn
        target = self._inside(name)
        shown = relative_path(self._repo.root, self._cwd, target)
        tracked, first, second = self._edit.facts(target)
        committed = tracked and (first or second)
        self._check.name(target)
        before = self._targets.get(target)
        if before is not None:
            one, two = (relative_path(self._repo.root, self._cwd, each) for each in (source.path, before))
            warn(f"{shown}: not overwriting - {one} collides with {two}\n")
            return False
        place = os.path.join(self._repo.root, target)
        exists = os.path.lexists(place)
        if ((not request.after and exists) or (request.after and committed)) and not request.force:
            self._refuse(shown, target, source.path, committed=committed)
            return False
        source_exists = True
        if request.after:
            if not exists:
                what = "move" if request.rename else "copy"
                warn(f"{source.shown}: not recording {what} - {shown} does not exist\n")
                return False
        elif not request.dry_run:
            try:
                self._copy_on_disk(os.path.join(self._repo.root, source.path), place, exists=exists)
            except OSError as problem:
                if problem.errno != errno.ENOENT:
                    warn(f"{source.shown}: cannot copy - {os.strerror(problem.errno or 0)}\n")
                    return False
                warn(f"{source.shown}: deleted in working directory\n")
                source_exists = False
        if request.verbose or not source.exact:
            verb = "moving" if request.rename else "copying"
            self._talk.status(f"{verb} {source.shown} to {shown}\n")
        self._targets[target] = source.path
        self._record(source.path, target)
        if request.rename and not request.dry_run:
            if not request.after and source_exists:
                WorkingFiles(self._repo).remove(source.path)
            self._edit.untrack([source.path])
        return True

    def _copy_on_disk(self, source: str, target: str, *, exists: bool) -> None:
        if exists:
            os.unlink(target)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.islink(source):
            os.symlink(os.readlink(source), target)
            return
        copy_content(source, target, about=self._request.rename)
        if not self._request.rename:
            shutil.copymode(source, target)

    def _refuse(self, shown: str, target: str, source: str, *, committed: bool) -> None:
        warn = self._talk.warn
        command = "rename" if self._request.rename else "copy"
        if not committed:
            warn(f"{shown}: not overwriting - file exists\n")
            warn(f"('hg {command} --after' to record the {command})\n")
            return
        warn(f"{shown}: not overwriting - file already committed\n")
        if self._looks_like_copy_in_parent(target, source):
            warn(f"('hg {command} --at-rev .' to record the {command} in the parent of the working copy)\n")
        else:
            flags = "--after --force" if self._request.after else "--force"
            warn(f"('hg {command} {flags}' to replace the file by recording a {command})\n")

    def _looks_like_copy_in_parent(self, target: str, source: str) -> bool:
        if target not in self._manifest:
            return False
        parents = [each for each in self._parent.parents if each.rev != NULL_REV] or [self._parent.parents[0]]
        return any(source in each.manifest and target not in each.manifest for each in parents)

    def _is_there(self, target: str) -> bool:
        there = os.path.lexists(os.path.join(self._repo.root, target))
        if not there:
            self._talk.warn(f"{relative_path(self._repo.root, self._cwd, target)} does not exist!\n")
        return there

    def _record(self, source: str, target: str) -> None:
        """Records the copy, as far as there is something to record."""
        origin = self._copies.get(source, source)
        tracked, first, second = self._edit.facts(target)
        if target == origin:
            if not (tracked and (first or second)) and not self._request.dry_run:
                self._edit.track([target])
            return
        if self._edit.facts(origin) == (True, False, False) and origin == source:
            if not self._request.quiet:
                one, two = (relative_path(self._repo.root, self._cwd, each) for each in (origin, target))
                self._talk.warn(
                    f"{one} has not been committed yet, so no copy data will be stored for {two}.\n"
                )
            if not tracked and not self._request.dry_run and self._is_there(target):
                self._edit.track([target])
        elif not self._request.dry_run and self._is_there(target):
            self._edit.track([target])
            self._edit.copy(target, origin)


def _has_kind(pattern: str) -> bool:
    from hydrargyrum.ops.selection import is_kind

    kind, colon, _ = pattern.partition(":")
    return bool(colon) and is_kind(kind)

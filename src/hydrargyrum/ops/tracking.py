"""Files become tracked and untracked: add, forget, remove, and both at once. Deciding, changing and telling about it.

Copies are `ops.copying`'s business; nothing here prompts, questions come through a callback.
"""

from __future__ import annotations

import os
import stat

from hydrargyrum.merge.worktree import WorkingFiles
from hydrargyrum.ops.selection import PortabilityCheck, sorted_paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.engine.protocol import PathSequence, StatusReport
    from hydrargyrum.engine.writing import DirstateEditor
    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Reporter

    #: Which of these files to forget.
    Chooser = Callable[[Sequence[str]], Sequence[str]]

_MEGABYTE = 1_000_000
#: Labels of what is told about a file.
_LABELS = {"adding": "ui.addremove.added", "removing": "ui.addremove.removed"}


class Tracker:
    """What the commands share: one repository whose lock is held, its dirstate, and who is told.

    Attributes:
        edit: changes to the dirstate, not written yet.
    """

    __slots__ = ("_check", "_repo", "_selection", "_talk", "edit", "verbose")

    def __init__(self, repo: Repository, selection: Selection, talk: Reporter, *, verbose: bool) -> None:
        self._repo = repo
        self._selection = selection
        self._talk = talk
        self._check: PortabilityCheck | None = None
        self.verbose = verbose
        self.edit: DirstateEditor = repo.engine.edit_dirstate()

    @property
    def check(self) -> PortabilityCheck:
        """The check of names."""
        if self._check is None:
            self._check = PortabilityCheck(self._repo, self._talk)
        return self._check

    @property
    def is_quiet(self) -> bool:
        """Whether nobody is told what is done."""
        return self._talk.quiet

    def announce(self, verb: str, path: str) -> None:
        """Tells what is done to a file that the user did not name himself."""
        if not self.is_quiet and (self.verbose or not self._selection.is_exact(path)):
            self._talk.status(f"{verb} {self._selection.show(path)}\n", _LABELS.get(verb, ""))

    def add(self, paths: Iterable[str]) -> list[str]:
        """Tracks files; those that could not be."""
        rejected = []
        wanted = []
        show, warn = self._selection.show, self._talk.warn
        limit = self._repo.config.byte_size("ui", "large-file-limit")
        plain: Sequence[str] | PathSequence = ()
        odd: Iterable[str] = paths
        if not self._selection.names:
            plain, odd = self._repo.engine.plain_files(paths, limit or None)
        check = self.check
        for path in odd:
            check.name(path)
            try:
                look = os.lstat(os.path.join(self._repo.root, path))
            except OSError:
                warn(f"{show(path)} does not exist!\n")
                rejected.append(path)
                continue
            if limit and look.st_size > limit:
                warn(
                    f"{path}: up to {3 * look.st_size // _MEGABYTE} MB of RAM may be required to manage this file\n"
                    f"(use 'hg revert {show(path)}' to cancel the pending addition)\n"
                )
            if not (stat.S_ISREG(look.st_mode) or stat.S_ISLNK(look.st_mode)):
                warn(f"{show(path)} not added: only files and symlinks supported currently\n")
                rejected.append(path)
                continue
            if self._selection.is_exact(path) and self.edit.facts(path)[0]:
                warn(f"{show(path)} already tracked!\n")
                continue
            wanted.append(path)
        known: list[str] = []
        for some in (plain, wanted):
            new = self.edit.track(some)
            if len(new) != len(some):
                known += {*some}.difference(new)
        for path in sorted_paths(known):
            warn(f"{show(path)} already tracked!\n")
        return rejected

    def forget(self, paths: Sequence[str]) -> list[str]:
        """Untracks files; those that were not known."""
        known = set(self.edit.untrack(paths))
        rejected = [path for path in paths if path not in known]
        for path in rejected:
            self._talk.warn(f"{self._selection.show(path)} not tracked!\n")
        return rejected


def add(repo: Repository, selection: Selection, talk: Reporter, *, dry_run: bool, verbose: bool) -> bool:
    """Tracks files; whether all that were named could be."""
    with repo.lock_working_copy():
        report, bad = selection.report(talk)
        tracker = Tracker(repo, selection, talk, verbose=verbose)
        named = [
            *(name for name in selection.named_files() if name not in bad),
            *(name for name in selection.names if _is_deleted(tracker, repo, name)),
        ]
        names = sorted_paths([*report.unknown, *named])
        for path in names:
            tracker.check.collision(path)
            tracker.announce("adding", path)
        if not dry_run:
            rejected = tracker.add(names)
            bad.extend(path for path in rejected if selection.is_exact(path))
            tracker.edit.write()
    return not bad


def _is_deleted(tracker: Tracker, repo: Repository, name: str) -> bool:
    return any(tracker.edit.facts(name)) and not os.path.lexists(os.path.join(repo.root, name))


def forget(
    repo: Repository,
    selection: Selection,
    talk: Reporter,
    *,
    dry_run: bool,
    verbose: bool,
    choose: Chooser | None = None,
) -> bool:
    """Untracks files and leaves them on disk; whether all that were named could be."""
    repo.look_at_parents()
    with repo.lock_working_copy():
        report, bad = selection.report(talk, clean=True, unknown=False)
        paths: Sequence[str] = sorted_paths([*report.modified, *report.added, *report.deleted, *report.clean])
        tracker = Tracker(repo, selection, talk, verbose=verbose or choose is not None)
        for name in selection.names:
            absolute = os.path.join(repo.root, name)
            if any(tracker.edit.facts(name)) or (os.path.isdir(absolute) and not os.path.islink(absolute)):
                continue
            if os.path.exists(absolute):
                talk.warn(f"not removing {selection.show(name)}: file is already untracked\n")
            bad.append(name)
        if choose is not None:
            paths = choose(paths)
        for path in paths:
            tracker.announce("removing", path)
        if not dry_run:
            rejected = tracker.forget(paths)
            bad.extend(path for path in rejected if selection.is_exact(path))
            tracker.edit.write()
    return not bad


class RemoveRequest:
    """How files are removed: only `after` they are gone, or by `force`."""

    __slots__ = ("after", "dry_run", "force", "verbose")

    def __init__(self, *, after: bool, force: bool, dry_run: bool, verbose: bool) -> None:
        self.after = after
        self.force = force
        self.dry_run = dry_run
        self.verbose = verbose


def remove(repo: Repository, selection: Selection, talk: Reporter, request: RemoveRequest) -> bool:
    """Untracks files and removes them from disk; whether all that were named could be."""
    repo.look_at_parents()
    with repo.lock_working_copy():
        report, _ = selection.report(talk, clean=True, unknown=False)
        tracker = Tracker(repo, selection, talk, verbose=request.verbose)
        unknown = _unknown_names(repo, selection, tracker, set(report.deleted))
        complete = not unknown
        warnings = []
        for path in unknown:
            absolute = os.path.join(repo.root, path)
            if os.path.exists(absolute):
                problem = "no tracked files" if os.path.isdir(absolute) else "file is untracked"
                warnings.append(f"not removing {selection.show(path)}: {problem}\n")
        kept, chosen = _divided(report, request)
        show = selection.show
        for path, problem in kept:
            complete = False
            if problem or request.verbose or selection.is_exact(path):
                warnings.append(f"not removing {show(path)}: {problem or 'file still exists'}\n")
        paths = sorted_paths(chosen)
        with talk.progress("deleting", "files", len(paths)) as steps:
            for path in paths:
                steps.increment()
                tracker.announce("removing", path)
        if not request.dry_run:
            if not request.after:
                files, added = WorkingFiles(repo), set(report.added)
                for path in paths:
                    if path not in added:
                        files.remove(path)
            tracker.forget(paths)
            tracker.edit.write()
        for warning in warnings:
            talk.warn(warning)
    return complete


def _divided(report: StatusReport, request: RemoveRequest) -> tuple[list[tuple[str, str]], list[str]]:
    """Files that stay with the reason ("" for those that still exist), and files that go."""
    if request.force:
        return [], [*report.modified, *report.deleted, *report.clean, *report.added]
    if request.after:
        stay = [*report.modified, *report.added, *report.clean]
        return [(path, "") for path in stay], list(report.deleted)
    modified = "file is modified (use -f to force removal)"
    added = "file has been marked for add (use 'hg forget' to undo add)"
    kept = [(path, modified) for path in report.modified]
    kept += [(path, added) for path in report.added]
    return kept, [*report.deleted, *report.clean]


def _unknown_names(repo: Repository, selection: Selection, tracker: Tracker, deleted: set[str]) -> list[str]:
    tracked = None
    found = []
    for name in selection.names:
        if not name or any(tracker.edit.facts(name)):
            continue
        if tracked is None:
            from hydrargyrum.types import PatternSet

            tracked = repo.engine.files(None, PatternSet(repo.root))[0]
        prefix = name + "/"
        if any(path.startswith(prefix) for path in deleted) or _has_prefix(tracked, prefix):
            continue
        found.append(name)
    return found


def _has_prefix(paths: PathSequence, prefix: str) -> bool:
    """Whether one of the paths, which are in byte order, starts with `prefix`."""
    from bisect import bisect_left

    wanted = os.fsencode(prefix)
    place = bisect_left(paths, wanted, key=os.fsencode)
    return place < len(paths) and os.fsencode(paths[place]).startswith(wanted)

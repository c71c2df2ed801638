"""Looks at untracked files that a plan would overwrite: they stop it, are merged, or are moved aside.

Steered by `merge.checkunknown`, `merge.checkignored` and `experimental.merge.checkpathconflicts`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge.actions import Action, Plan
from hydrargyrum.merge.worktree import WorkingFiles, parents_of
from hydrargyrum.types import PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.merge.decide import Decision, RevisionFiles, WorkingState
    from hydrargyrum.repo import Repository

_WISHES = ("abort", "ignore", "warn")


def check_untracked(
    repo: Repository, working: WorkingState, other: RevisionFiles, plan: Plan, decision: Decision
) -> None:
    """Turn "created" actions of a plan into others.

    Raises:
        StateError: untracked files differ from those of the revision.
    """
    check = _Check(repo, working, other, plan)
    if decision.manner.force:
        check.with_force(merge_force=decision.merge_force)
    else:
        check.without_force()
    check.tell(decision.talk.warn)
    check.take_created()


class _Check:
    """One look at the untracked files that a plan meets."""

    def __init__(self, repo: Repository, working: WorkingState, other: RevisionFiles, plan: Plan) -> None:
        self._repo = repo
        self._working = working
        self._other = other
        self._plan = plan
        self._files = WorkingFiles(repo)
        self._tracked = repo.engine.dirstate()
        self._wishes = {name: _wish(repo, name) for name in ("checkunknown", "checkignored")}
        self._in_the_way: set[str] = set()
        self._paths: set[str] = set()
        self._stop: set[str] = set()
        self._warn: set[str] = set()
        self._plain_directories: dict[str, bool] = {}

    # -- without --force ------------------------------------------------------------------------------------------

    def without_force(self) -> None:
        """Files that differ stop the plan, or are moved aside."""
        with_paths = self._repo.config.boolean("experimental", "merge.checkpathconflicts")
        for path in self._plan.paths(kinds.CREATED, kinds.DELETED_CHANGED):
            if self._differs(path, path):
                self._in_the_way.add(path)
            elif with_paths and self._working.get(path) is None:
                place = self._conflicting_place(path)
                if place is not None:
                    self._paths.add(place)
        for path, action in self._plan.of(kinds.RENAMED_DIRECTORY_GET):
            if self._differs(path, action.source):
                self._in_the_way.add(path)
        found = self._in_the_way | self._paths
        ignored = self._ignored(found)
        for some, name in ((ignored, "checkignored"), (found - ignored, "checkunknown")):
            if self._wishes[name] == "abort":
                self._stop |= some
            elif self._wishes[name] == "warn":
                self._warn |= some

    def _conflicting_place(self, path: str) -> str | None:
        """A file where a directory is needed, or a directory with untracked files where the file goes."""
        for parent in reversed([*parents_of(path)]):
            if self._files.is_file_or_link(parent) and parent not in self._tracked:
                return parent
            if not self._files.exists(parent):
                return None
        absolute = self._files.absolute(path)
        if os.path.isdir(absolute) and not os.path.islink(absolute):
            for directory, _, names in os.walk(absolute):
                below = os.path.relpath(directory, self._repo.root)
                if any(f"{below}/{name}" not in self._tracked for name in names):
                    return path
        return None

    # -- with --force ---------------------------------------------------------------------------------------------

    def with_force(self, *, merge_force: bool) -> None:
        """Files that differ are merged, or replaced where configuration allows it."""
        pending = self._plan.of(kinds.CREATED_MERGE)
        different = {path for path, _ in pending if self._differs(path, path)}
        ignored = self._ignored(different)
        for path, action in pending:
            wish = self._wishes["checkignored" if path in ignored else "checkunknown"]
            if path not in different:
                self._plan.set(path, Action(kinds.GET, "remote created", flags=action.flags))
            elif merge_force or wish == "abort":
                reason = "remote differs from untracked local"
                merged = Action.contest(kinds.MERGE, reason, paths=(path, path, None), base=action.base)
                self._plan.set(path, merged)
            else:
                if wish == "warn":
                    self._warn.add(path)
                self._plan.set(path, Action(kinds.GET, "remote created", flags=action.flags, backup=True))

    # -- both -----------------------------------------------------------------------------------------------------

    def tell(self, warn: Warn) -> None:
        """Say what is in the way. Raises `StateError` where something stops the plan."""
        for path in _sorted(self._stop):
            if path not in self._paths:
                warn(f"{path}: untracked file differs\n")
            elif self._files.is_file_or_link(path):
                warn(f"{path}: untracked file conflicts with directory\n")
            else:
                warn(f"{path}: untracked directory conflicts with file\n")
        if self._stop:
            raise errors.StateError(
                "untracked files in working directory differ from files in requested revision"
            )
        for path in _sorted(self._warn):
            if self._files.is_file_or_link(path):
                warn(f"{path}: replacing untracked file\n")
            else:
                warn(f"{path}: replacing untracked files in directory\n")

    def take_created(self) -> None:
        """What is still only created is taken."""
        for path, action in self._plan.of(kinds.CREATED):
            backup = path in self._in_the_way or (
                bool(self._paths) and any(place in self._paths for place in (path, *parents_of(path)))
            )
            self._plan.set(path, Action(kinds.GET, action.reason, flags=action.flags, backup=backup))

    def _differs(self, path: str, source: str) -> bool:
        """Whether an untracked file is there and has another content than the revision's `source`."""
        if not self._files.is_file_or_link(path) or path in self._tracked:
            return False
        if not all(map(self._is_plain_directory, parents_of(path))):
            return False
        return self._files.read(path) != self._other.data(source)

    def _is_plain_directory(self, path: str) -> bool:
        """No link and no nested repository."""
        known = self._plain_directories.get(path)
        if known is None:
            absolute = self._files.absolute(path)
            known = not os.path.islink(absolute) and not os.path.isdir(os.path.join(absolute, ".hg"))
            self._plain_directories[path] = known
        return known

    def _ignored(self, paths: set[str]) -> set[str]:
        if not paths:
            return set()
        patterns = PatternSet(
            self._repo.root, [f"path:{path}" for path in _sorted(paths)], warn_missing=False
        )
        report = self._repo.engine.status(StatusRequest(patterns, unknown=False, ignored=True))
        return paths & {*report.ignored}


def _wish(repo: Repository, name: str) -> str:
    wish = repo.config.text("merge", name) or ""
    if wish not in _WISHES:
        valid = ", ".join(f"'{word}'" for word in _WISHES)
        raise errors.ConfigError(f"merge.{name} not valid ('{wish}' is none of {valid})")
    return wish


def _sorted(paths: Iterable[str]) -> list[str]:
    return sorted(paths, key=os.fsencode)


if TYPE_CHECKING:
    from collections.abc import Callable

    Warn = Callable[[str], object]

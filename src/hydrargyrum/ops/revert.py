"""Files of the working copy as another changeset has them; what was changed in them is kept beside them.

The parents of the working copy stay; going to another changeset is `ops.update`'s business.
"""

from __future__ import annotations

import errno
import os

from hydrargyrum import errors
from hydrargyrum.merge.worktree import WorkingFiles, parents_of
from hydrargyrum.plans import CheckoutPlan
from hydrargyrum.types import NULL_NODE, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from hydrargyrum.engine.protocol import StatusReport
    from hydrargyrum.engine.writing import DirstateEditor
    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.reporter import Reporter
    from hydrargyrum.text.pieces import Chosen
    from hydrargyrum.types import DiffStyle

    class Choice(Protocol):
        """Who decides what is reverted."""

        @property
        def style(self) -> DiffStyle:
            """Of the patches that are shown."""
            ...

        def confirm(self, question: str) -> bool:
            """Whether a whole file is meant."""
            ...

        def choose(self, patch: bytes, operation: str) -> list[Chosen]:
            """Which changes are meant; see `commands.choosing.choose`."""
            ...


_MESSAGES = {
    "revert": "reverting %s\n",
    "add": "adding %s\n",
    "remove": "removing %s\n",
    "drop": "removing %s\n",
    "forget": "forgetting %s\n",
    "undelete": "undeleting %s\n",
    "noop": "no changes needed to %s\n",
    "unknown": "file not managed: %s\n",
}
_ACTIONS = ("forget", "remove", "drop", "revert", "add", "undelete")
#: Never kept; kept where it differs from what is wanted; always kept.
_DISCARD, _CHECK, _KEEP = range(3)
#: What is asked about whole files.
_QUESTIONS = {
    "forget": "forget added file %s (Yn)?$$ &Yes $$ &No",
    "remove": "remove added file %s (Yn)?$$ &Yes $$ &No",
    "add": "add new file %s (Yn)?$$ &Yes $$ &No",
    "undelete": "add back removed file %s (Yn)?$$ &Yes $$ &No",
}


class RevertRequest:
    """What is wanted.

    Attributes:
        target: the changeset; backup: keep local changes in files of their own.
        choice: somebody decides about each change, None: all are meant.
    """

    __slots__ = ("backup", "choice", "dry_run", "target", "verbose")

    def __init__(
        self,
        target: Changeset,
        *,
        backup: bool,
        dry_run: bool,
        verbose: bool,
        choice: Choice | None = None,
    ) -> None:
        self.target = target
        self.backup = backup
        self.dry_run = dry_run
        self.verbose = verbose
        self.choice = choice


def refuse_nothing(repo: Repository, target: Changeset) -> None:
    """Raises the InputError for a revert that names no files; its hint says what could be meant."""
    first, second = repo.working_parents()
    hint = "use --all to revert all files"
    if second != NULL_NODE:
        hint = "uncommitted merge, use --all to discard all changes, or 'hg update -C .' to abort the merge"
    else:
        from hydrargyrum.types import PatternSet

        report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
        dirty = any(True for _ in report.rows())
        report.write_fixes()
        if target.node != first:
            start = "uncommitted changes, use --all to discard all changes" if dirty else hint
            hint = f"{start}, or 'hg update {target.rev}' to update"
        elif dirty:
            hint = "uncommitted changes, use --all to discard all changes"
    raise errors.InputError("no files or directories specified", hint=hint)


def revert(repo: Repository, selection: Selection, talk: Reporter, request: RevertRequest) -> None:
    """Reverts the files that match."""
    with repo.lock_working_copy():
        _Revert(repo, selection, talk, request).run()


class _Revert:
    """One command at work."""

    def __init__(
        self, repo: Repository, selection: Selection, talk: Reporter, request: RevertRequest
    ) -> None:
        self._repo = repo
        self._selection = selection
        self._talk = talk
        self._request = request
        self._target = request.target
        self._manifest = request.target.manifest
        self._files = WorkingFiles(repo)
        self._edit: DirstateEditor = repo.engine.edit_dirstate()
        self._names: dict[str, bool] = {}
        self._to_keep: set[str] = set()
        self._passable: set[str] = set()
        self._actions: dict[str, list[str]] = {name: [] for name in _ACTIONS}

    def run(self) -> None:
        report = self._look()
        table = self._classify(report)
        for path in sorted(self._names, key=os.fsencode):
            for paths, action, keep in table:
                if path in paths:
                    self._plan(path, action, keep)
                    break
        if not self._request.dry_run:
            self._perform()
            self._edit.write()

    # -- which files ----------------------------------------------------------------------------------------------
    def _look(self) -> StatusReport:
        """Fills the names; the differences between the target and the working copy."""
        engine, patterns = self._repo.engine, self._selection.patterns
        rev = self._target.rev
        if patterns.everything:
            report = engine.status(StatusRequest(patterns, base=rev, unknown=False))
            self._names = dict.fromkeys((path for _, path in report.rows()), False)
            return report
        exact = self._selection.is_exact
        here = engine.status(StatusRequest(patterns, clean=True))
        for path in (*(path for _, path in here.rows()), *self._selection.named_files()):
            self._names[path] = exact(path)
        there, warnings = engine.files(rev, patterns)
        for path in there:
            self._names.setdefault(path, exact(path))
        for warning in warnings:
            path = str(warning.facts.get("path"))
            if path not in self._names and not any(name.startswith(f"{path}/") for name in self._names):
                self._selection_warning(warning, path)
        return engine.status(StatusRequest(patterns, base=rev, clean=True, ignored=True))

    def _selection_warning(self, warning: errors.EngineWarning, path: str) -> None:
        shown = errors.EngineWarning(warning.id, {**warning.facts, "path": self._selection.show(path)})
        self._talk.warn(f"{shown.text()}\n")

    def _classify(self, report: StatusReport) -> list[tuple[set[str], str, int]]:
        """For each sort of file what is done, and whether what is there is kept."""
        first, second = self._repo.working_parents()
        # the null revision is the second parent wherever there is none: files that only it lacks go without a backup
        parent = second if self._target.node == second else first
        names = self._names
        only = names.keys()
        modified, added, removed = (
            {path for path in group if path in only}
            for group in (report.modified, report.added, report.removed)
        )
        missing = {path for path in report.deleted if path in only}
        clean = {path for path in report.clean if path in only}
        unknown = {path for group in (report.unknown, report.ignored) for path in group if path in only}
        changed_since: set[str] = set()
        if parent == self._target.node:
            local_modified, local_added, local_removed = modified, added, removed
            local = local_modified | local_added
            modified, added, removed = set(), set(), set()
        else:
            base = self._repo[parent].rev
            here = self._repo.engine.status(StatusRequest(self._selection.patterns, base=base, unknown=False))
            local_modified, local_added, local_removed = (
                {path for path in group if path in only}
                for group in (here.modified, here.added, here.removed)
            )
            local = local_modified | local_added
            clean |= local_removed - removed
            local_removed &= removed
            removed -= local_removed
            changed_since = added & local_modified
            added = added - changed_since
            local_modified = local_modified & modified | modified & local_added
            modified = modified - local_modified
            local_added = added
        if second != NULL_NODE:
            merged = {path for path in local_modified if path not in self._manifest}
            local_added = local_added | merged
            local_modified = local_modified - merged
        self._include_sources(local, local_removed)
        gone_added = {path for path in missing if path not in self._manifest}
        missing -= gone_added
        since = {path for path in local_added if not self._is_added(path)}
        local_added = local_added - since
        forgotten = {path for path in gone_added if self._is_added(path)}
        local_added |= forgotten
        gone_added -= forgotten
        removed_there = {path for path in removed if self._files.exists(path)}
        local_removed_there = {path for path in local_removed if self._files.exists(path)}
        return [
            (modified, "revert", _DISCARD),
            (missing, "revert", _DISCARD),
            (local_modified, "revert", _KEEP),
            (since, "remove", _DISCARD),
            (local_added, "forget", _DISCARD),
            (changed_since, "drop" if self._request.backup else "remove", _KEEP),
            (gone_added, "drop", _DISCARD),
            (removed - removed_there, "add", _DISCARD),
            (removed_there, "add", _CHECK),
            (local_removed - local_removed_there, "undelete", _DISCARD),
            (local_removed_there, "undelete", _CHECK),
            (clean, "noop", _DISCARD),
            (unknown, "unknown", _DISCARD),
        ]

    def _include_sources(self, local: set[str], local_removed: set[str]) -> None:
        """Reverts what a renamed file was called before, too."""
        copies = dict(self._edit.copies())
        for path in local:
            source = copies.get(path)
            if source is None or source in self._names:
                continue
            tracked, in_first, told = self._edit.facts(source)
            if not tracked and (in_first or told):
                local_removed.add(source)
                self._names[source] = True

    def _is_added(self, path: str) -> bool:
        return self._edit.facts(path) == (True, False, False)

    # -- what is done -----------------------------------------------------------------------------------------------
    def _plan(self, path: str, action: str, keep: int) -> None:
        exact = self._names[path]
        if action not in self._actions:
            if exact:
                self._talk.warn(_MESSAGES[action] % self._selection.show(path))
            return
        self._actions[action].append(path)
        if action == "revert" and keep and self._request.choice is not None:
            if self._request.backup:
                self._to_keep.add(path)
        elif keep and self._request.backup and (keep == _KEEP or self._differs(path)):
            target = self._files.backup_path(path, self._talk.note)
            shown = self._selection.show(os.path.relpath(target, self._repo.root))
            self._talk.note(f"saving current version of {self._selection.show(path)} as {shown}\n")
            if self._request.dry_run:
                pass
            elif self._request.choice is not None:
                self._files.save_copy(path)
            else:
                os.replace(self._files.absolute(path), target)
        if self._request.dry_run:
            self._announce(action, path)

    def _differs(self, path: str) -> bool:
        return self._files.read(path) != self._target.file(path).data

    def _announce(self, action: str, path: str) -> None:
        if self._request.verbose or not self._names[path]:
            self._talk.status(_MESSAGES[action] % self._selection.show(path))

    def _perform(self) -> None:
        actions = self._actions
        for path in list(actions["forget"]):
            if self._confirm("forget", path):
                self._announce("forget", path)
        for path in list(actions["remove"]):
            self._files.audit(path)
            if not self._confirm("remove", path):
                continue
            self._announce("remove", path)
            try:
                self._files.remove(path)
            except errors.IoError:
                pass  # what cannot be removed is forgotten all the same
        for path in actions["drop"]:
            self._files.audit(path)
            self._announce("drop", path)
        self._edit.untrack([*actions["forget"], *actions["remove"], *actions["drop"]])
        written: list[str] = []
        if self._request.choice is not None:
            new = self._revert_chosen(self._request.choice)
            actions["add"] = [path for path in actions["add"] if path not in new]
        for action in ("revert", "add", "undelete"):
            for path in list(actions[action]):
                if self._confirm(action, path):
                    self._announce(action, path)
                    refusal = self._refusal(path)
                    if refusal is not None:
                        # what comes before is written, what comes after is not even named
                        self._check_out(written)
                        raise refusal
                    written.append(path)
        self._check_out(written)
        merging = self._edit.parents[1] != NULL_NODE
        self._edit.track(written)
        if not merging:
            for path in (*actions["revert"], *actions["undelete"]):
                self._edit.copy(path, None)
        self._record_copies(written)

    def _confirm(self, action: str, path: str) -> bool:
        """Asks about a whole file; one that is not meant is taken off the list."""
        choice = self._request.choice
        if choice is None or action not in _QUESTIONS:
            return True
        shown = path if action == "undelete" else self._selection.show(path)
        if choice.confirm(_QUESTIONS[action] % shown):
            return True
        self._actions[action].remove(path)
        return False

    def _revert_chosen(self, choice: Choice) -> set[str]:
        """Reverts chosen changes of files that are on both sides; the names of files that come into being."""
        from hydrargyrum.ops.patching.apply import PatchedFiles, Patcher
        from hydrargyrum.ops.patching.parse import parse_patch

        paths, self._actions["revert"] = self._actions["revert"], []
        operation = self._operation()
        chosen = choice.choose(self._patch(paths, operation, choice.style), operation)
        parts = []
        for path in sorted({one.file.name for one in chosen if one.pieces}, key=os.fsencode):
            self._announce("revert", path)
        for one in chosen:
            path = one.file.name
            if one.pieces and path in self._to_keep:
                self._files.save_copy(path)
            if one.pieces and operation == "keep":
                self._check_out([path])
            parts.append(one.file.as_bytes())
            reverse = operation == "discard"
            parts += [(piece.reversed() if reverse else piece).as_bytes() for piece in one.pieces]
        self._edit.write()
        self._repo.invalidate()
        if parts:
            target = PatchedFiles(self._repo)
            try:
                Patcher(self._repo, target, strip=1).apply(parse_patch(b"".join(parts)))
            finally:
                target.record()
        self._edit = self._repo.engine.edit_dirstate()
        return {one.file.name for one in chosen if one.file.is_new}

    def _operation(self) -> str:
        """What chosen changes are meant for."""
        if self._target.node != self._edit.parents[0]:
            return "apply"
        keeps = self._repo.config.boolean("experimental", "revert.interactive.select-to-keep")
        return "keep" if keeps else "discard"

    def _patch(self, paths: list[str], operation: str, style: DiffStyle) -> bytes:
        from hydrargyrum.ops.diff import patches
        from hydrargyrum.types import PatternSet

        if not paths:
            return b""
        sides = [self._target, self._repo.working_copy]
        if operation == "apply":
            sides.reverse()
        patterns = PatternSet(self._repo.root, [f"path:{path}" for path in paths])
        return b"".join(patches(sides[0], sides[1], patterns, style))

    def _check_out(self, paths: Iterable[str]) -> None:
        entries = ((path, self._manifest[path]) for path in paths)
        write = [(path, entry.node, entry.flags) for path, entry in entries]
        if not write:
            return
        self._repo.engine.checkout(CheckoutPlan(write))

    def _refusal(self, path: str) -> errors.HgError | None:
        """Why a file cannot be written."""
        if path not in self._manifest:
            # the dirstate is not true, for example on a parent that somebody stripped
            return errors.Abort(f"{path}@{self._target.node.hex()}: not found in manifest")
        place = self._files.absolute(path)
        for parent in parents_of(path):
            if parent not in self._passable:
                above = self._files.absolute(parent)
                if os.path.islink(above):
                    return errors.IllegalPath(path=path, link=parent)
                if os.path.lexists(above) and not os.path.isdir(above):
                    return errors.IoError(path=place, errno=errno.ENOTDIR, operation="write")
                self._passable.add(parent)
        if os.path.isdir(place) and not os.path.islink(place):
            return errors.IoError(path=place, errno=errno.EISDIR, operation="write")
        return None

    def _record_copies(self, paths: Iterable[str]) -> None:
        parent = self._repo[self._repo.working_parents()[0]]
        if parent.node == self._target.node:
            return
        from hydrargyrum.types import PatternSet

        between = self._repo.engine.status(
            StatusRequest(PatternSet(self._repo.root), base=parent.rev, target=self._target.rev, copies=True)
        )
        copies = between.copies
        for path in paths:
            if path in copies:
                self._edit.copy(path, copies[path])

"""Carries a plan out on disk: files written and removed by the engine, moved files, contents that are merged.

Deciding was the business of `merge.decide`; the dirstate is told by `ops.recording`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge.filemerge import Halted
from hydrargyrum.merge.resolution import Resolver
from hydrargyrum.merge.state import MergeState
from hydrargyrum.ops.nested.merging import state_merge
from hydrargyrum.plans import CheckoutPlan
from hydrargyrum.repo.substates import STATE_FILE
from hydrargyrum.types import NULL_NODE, NULL_REV, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.writing import CheckoutOutcome
    from hydrargyrum.merge.actions import Action, Plan
    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.ops.moving import Move
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev


class MoveStats(Value):
    """How many files were affected how."""

    __slots__ = ("merged", "removed", "unresolved", "updated")

    def __init__(self, updated: int = 0, merged: int = 0, removed: int = 0, unresolved: int = 0) -> None:
        self.updated = updated
        self.merged = merged
        self.removed = removed
        self.unresolved = unresolved

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.updated or self.merged or self.removed or self.unresolved)


class Applied:
    """What came of a plan.

    Attributes:
        stats: counts.
        outcome: of the engine's checkout.
        resolved: what the dirstate has to be told of merged files.
    """

    __slots__ = ("outcome", "resolved", "stats")

    def __init__(self, stats: MoveStats, outcome: CheckoutOutcome, resolved: Plan) -> None:
        self.stats = stats
        self.outcome = outcome
        self.resolved = resolved


def apply_plan(repo: Repository, plan: Plan, wish: Move, merger: FileMerger) -> Applied:
    """Change the working copy and begin a new record of the merge. The caller holds the lock."""
    other = wish.target
    application = _Application(repo, plan, wish, merger)
    state = MergeState.clean(repo)
    state.start(repo.working_parents()[0], other.node, wish.labels)
    for path, facts in plan.commit_info.items():
        for key, value in facts.items():
            state.note(path, key, value)
    application.path_conflicts(state)
    outcome = application.checkout()
    application.small_changes()
    resolver = application.contests(state)
    updated = plan.count(kinds.GET, kinds.FLAGS, kinds.RENAMED_DIRECTORY_GET, kinds.RENAMED_DIRECTORY_MOVE)
    stats = MoveStats(
        updated + resolver.updated,
        resolver.merged,
        plan.count(kinds.REMOVE) + resolver.removed,
        len(state.unresolved),
    )
    return Applied(stats, outcome, resolver.plan)


def tell_outcome(repo: Repository, outcome: CheckoutOutcome, talk: Conversation) -> None:
    """Warn of what could not be removed, and of a current directory that was."""
    for warning in outcome.warnings:
        talk.warn(f"{warning.text()}\n")
    if not outcome.removed:
        return
    try:
        os.getcwd()
    except FileNotFoundError:
        talk.warn(f"current directory was removed\n(consider changing to repo root: {repo.root})\n")


class _Application:
    """One plan being carried out."""

    def __init__(self, repo: Repository, plan: Plan, wish: Move, merger: FileMerger) -> None:
        self._repo = repo
        self._plan = plan
        self._other = wish.target
        self._overwrites = wish.overwrites
        self._merger = merger
        self._talk = merger.talk
        self._files = merger.files
        self._bases: dict[Rev, Changeset] = {}
        self._nested = state_merge(repo, plan, wish.target, merger, wish.labels)

    def path_conflicts(self, state: MergeState) -> None:
        """Say and record which files have the name of a directory."""
        for path, action in self._plan.of(kinds.PATH_CONFLICT):
            side = "local" if action.origin == "l" else "remote"
            self._talk.status(f"{path}: path conflict - a file or link has the same name as a directory\n")
            self._talk.status(f"the {side} file has been renamed to {action.source}\n")
            self._talk.status(f"resolve manually then use 'hg resolve --mark {path}'\n")
            state.add_path_conflict(path, action.source, action.origin)

    def checkout(self) -> CheckoutOutcome:
        """Remove files, then write those that are taken as they are stored."""
        plan, talk = self._plan, self._talk
        nested = self._nested if plan.kind_of(STATE_FILE) in (kinds.GET, kinds.REMOVE) else None
        removed = plan.of(kinds.REMOVE)
        if nested is not None and plan.kind_of(STATE_FILE) == kinds.REMOVE:
            nested.run(None, overwrite=self._overwrites)
        for path, action in removed:
            talk.debug(f" {path}: {action.reason} -> r\n")
            talk.note(f"removing {path}\n")
        renames = plan.of(kinds.PATH_CONFLICT_RESOLVE)
        if renames:
            # The old file may stand where a directory is needed.
            for path, _ in removed:
                self._files.remove(path)
            for path, action in renames:
                self._rename_away(path, action)
        taken = plan.of(kinds.GET)
        manifest = self._other.manifest
        write = []
        # Only then it has been looked what is in the way.
        clears_way = self._repo.config.boolean("experimental", "merge.checkpathconflicts")
        for path, action in taken:
            talk.debug(f" {path}: {action.reason} -> g\n")
            talk.note(f"getting {path}\n")
            if nested is None or path != STATE_FILE:
                write.append((path, manifest[path].node, action.flags))
            if action.backup:
                self._files.move_aside(path)
            if clears_way:
                self._files.clear_way(path)
        request = CheckoutPlan(
            write=write,
            remove=[path for path, _ in removed],
            keep_directories=not self._repo.config.boolean("experimental", "removeemptydirs", True),
        )
        outcome = self._repo.engine.checkout(request)
        tell_outcome(self._repo, outcome, talk)
        if nested is not None and plan.kind_of(STATE_FILE) == kinds.GET:
            nested.run(None, overwrite=self._overwrites)
        return outcome

    def _rename_away(self, path: str, action: Action) -> None:
        self._talk.debug(f" {path}: {action.reason} -> pr\n")
        if self._files.exists(action.source):
            self._talk.note(f"moving {action.source} to {path}\n")
            self._files.write(path, self._files.read(action.source), self._files.flags(action.source))
            self._files.remove(action.source)

    def small_changes(self) -> None:
        """What concerns few files: kept ones, renamed directories, flags."""
        talk, files = self._talk, self._files
        for kind in (kinds.FORGET, kinds.ADD, kinds.ADD_MODIFIED, *sorted(kinds.NOTHING_TO_DO)):
            for path, action in self._plan.of(kind):
                talk.debug(f" {path}: {action.reason} -> {kind}\n")
        for path, action in self._plan.of(kinds.RENAMED_DIRECTORY_MOVE):
            talk.debug(f" {path}: {action.reason} -> dm\n")
            talk.note(f"moving {action.source} to {path}\n")
            files.write(path, files.read(action.source), action.flags)
            files.remove(action.source)
        for path, action in self._plan.of(kinds.RENAMED_DIRECTORY_GET):
            talk.debug(f" {path}: {action.reason} -> dg\n")
            talk.note(f"getting {action.source} to {path}\n")
            node = self._other.manifest[action.source].node
            files.write(path, self._repo.engine.file_data(action.source, node), action.flags)
        for path, action in self._plan.of(kinds.FLAGS):
            talk.debug(f" {path}: {action.reason} -> e\n")
            files.set_flags(path, action.flags)

    # -- contents -------------------------------------------------------------------------------------------------

    def contests(self, state: MergeState) -> Resolver:
        """Record all files that both sides changed, then merge them."""
        contests = self._plan.of(*kinds.CONFLICTS)
        moved = []
        for path, action in contests:
            if path == STATE_FILE and self._nested is not None:
                continue
            self._record(state, path, action)
            if action.local is not None and action.local != path and action.move:
                moved.append(action.local)
        for path in moved:
            if self._files.exists(path):
                self._talk.debug(f"removing {path}\n")
                self._files.remove(path)
        resolver = Resolver(self._repo, state, self._merger)
        steps = self._repo.reporter.progress("updating", "files", len(contests))
        try:
            for path, action in contests:
                steps.increment(item=path)
                self._talk.debug(f" {path}: {action.reason} -> m\n")
                state.note(path, "merged", "yes")
                if path == STATE_FILE and self._nested is not None:
                    self._nested.run(self._ancestor(), overwrite=self._overwrites)
                    resolver.plan.set(path, action)
                    continue
                self._files.audit(path)
                resolver.resolve(path)
        except Halted:
            pass
        finally:
            steps.complete()
            if len(state) or state.extras:
                state.write()
        return resolver

    def _ancestor(self) -> Changeset:
        here = self._repo["."].rev
        found = self._repo.engine.common_ancestor_heads(here, self._other.rev)
        return self._repo[max(found, default=NULL_REV)]

    def _record(self, state: MergeState, path: str, action: Action) -> None:
        """Add a file to the record and save its local content."""
        base = self._bases.get(action.base)
        if base is None:
            # one object for all files, because it keeps its manifest
            base = self._bases[action.base] = self._repo[action.base]
        named = action.ancestor or action.local or path
        if action.local is None:
            local: tuple[str, bytes | None, str] = (named, None, "")
        else:
            self._talk.debug(f" preserving {action.local} for resolve of {path}\n")
            try:
                local = (
                    action.local,
                    self._files.read(action.local),
                    self._files.flags(action.local),
                )
            except errors.IoError:
                local = (action.local, b"", "")
        entry = None if action.other is None else self._other.manifest.get(action.other)
        other = (named, NULL_NODE) if entry is None or action.other is None else (action.other, entry.node)
        ancestor = None if action.ancestor is None else base.manifest.get(action.ancestor)
        if ancestor is not None and action.ancestor is not None:
            origin = (action.ancestor, ancestor.node, base.node)
        else:
            # the peer names the null revision of the local file
            origin = (action.local or path, NULL_NODE, NULL_NODE)
        state.add(path, local=local, ancestor=origin, other=other)

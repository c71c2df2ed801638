"""Moves the working copy to another revision or merges one into it: checks, the plan, its execution, the dirstate.

Which revision, bookmarks and what is said at the end belong to `ops.update` and `ops.merge`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.merge.decide import Decision, WorkingState, choose_bases
from hydrargyrum.merge.manifests import MODIFIED_NODE, Manner
from hydrargyrum.merge.state import MergeState
from hydrargyrum.ops.applying import MoveStats, apply_plan, tell_outcome
from hydrargyrum.ops.foreground import is_ahead
from hydrargyrum.ops.nested.inner import any_dirty, refuse_changes
from hydrargyrum.repo.branches import set_working_branch
from hydrargyrum.repo.substates import STATE_FILE
from hydrargyrum.types import NULL_NODE, NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.engine.writing import MovePlan
    from hydrargyrum.merge.actions import Plan
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev

#: What is done about uncommitted changes when the working copy moves.
CHECK_ABORT = "abort"
CHECK_NONE = "none"
CHECK_LINEAR = "linear"
CHECK_NO_CONFLICT = "noconflict"
CHECKS = (CHECK_ABORT, CHECK_NONE, CHECK_LINEAR, CHECK_NO_CONFLICT)


class Move:
    """A wish to move or to merge.

    Attributes:
        target: the revision.
        is_merge: it becomes the second parent.
        force: uncommitted changes are overwritten (in a merge: allowed).
        check: what is done about uncommitted changes, one of `CHECKS` but for the first.
        base: merge with this base instead of the common ancestor.
        accept_other: what the other side deleted or changed is taken without asking.
        merge_force: `merge --force`.
        labels: what local, other and base are called.
    """

    __slots__ = ("accept_other", "base", "check", "force", "is_merge", "labels", "merge_force", "target")

    def __init__(
        self,
        target: Changeset,
        *,
        is_merge: bool,
        force: bool = False,
        check: str = CHECK_LINEAR,
        base: Rev | None = None,
        accept_other: bool = False,
        merge_force: bool = False,
        labels: Sequence[str] | None = None,
    ) -> None:
        self.target = target
        self.is_merge = is_merge
        self.force = force
        self.check = check
        self.base = base
        self.accept_other = accept_other
        self.merge_force = merge_force
        self.labels = labels

    @property
    def overwrites(self) -> bool:
        """Whether uncommitted changes are lost."""
        return self.force and not self.is_merge


def update_to(target: Changeset, check: str = CHECK_LINEAR) -> Move:
    """Move to a revision and take uncommitted changes along."""
    labels = ("working copy", "destination", "working copy parent")
    return Move(target, is_merge=False, check=check, labels=labels)


def clean_update_to(target: Changeset) -> Move:
    """Move to a revision and discard uncommitted changes."""
    return Move(target, is_merge=False, force=True)


def move(repo: Repository, wish: Move, merger: FileMerger) -> MoveStats:
    """Do it. Hooks `preupdate` and `update` are run.

    Raises:
        StateError: uncommitted changes, an unfinished merge, untracked files in the way.
        Abort: there is nothing to merge.
    """
    with repo.lock_working_copy():
        first, second = repo.working_copy.parents
        talk = merger.talk
        bases: list[Rev | None]
        if wish.base is not None:
            bases = [wish.base]
        else:
            bases = [*choose_bases(repo, first, wish.target, talk if wish.is_merge else None)]
        if not wish.overwrites:
            _check_unfinished(repo, has_second=second.rev != NULL_REV)
        working = WorkingState(repo)
        working.dirty_within = any_dirty(repo)
        if wish.is_merge:
            _check_merge(wish, first, bases, working)
        elif not wish.overwrites:
            if first.rev == wish.target.rev:
                return _stay(repo, wish.target)
            _check_linear(wish, first, bases, working)
        if second.rev == NULL_REV and _needs_no_decision(repo, wish, working):
            kept = not repo.config.boolean("experimental", "removeemptydirs", True)
            ready = repo.engine.plan_move(first.rev, wish.target.rev, keep_directories=kept)
            if ready is not None:
                return _move_clean(repo, wish.target, ready, merger)
        if wish.overwrites:
            bases = [None]
        elif not wish.is_merge:
            bases = [first.rev]
        if working.dirty_within and working.get(STATE_FILE) is not None:
            # so that the plan has to decide about them
            working.changed[STATE_FILE] = (MODIFIED_NODE, "")
        decision = Decision(
            repo,
            talk,
            working,
            wish.target,
            Manner(is_merge=wish.is_merge, force=wish.force, accept_other=wish.accept_other),
            merge_force=wish.merge_force,
            follow_copies=_follows_copies(repo, wish, bases, working),
        )
        plan = decision.plan(bases)
        if not wish.is_merge and not wish.force and wish.check == CHECK_NO_CONFLICT and plan.may_conflict:
            raise errors.StateError("conflicting changes", hint="commit or update --clean to discard changes")
        _tell_renames(plan, merger)
        return _carry_out(repo, wish, plan, first, merger)


def _needs_no_decision(repo: Repository, wish: Move, working: WorkingState) -> bool:
    """Whether nothing has to be decided or told about single files."""
    if wish.is_merge or repo.reporter.verbose or working.changed or len(working.report.deleted):
        return False
    if (
        working.dirty_within
        or STATE_FILE in repo[working.parent].manifest
        or STATE_FILE in wish.target.manifest
    ):
        return False
    return not repo.config.boolean("experimental", "merge.checkpathconflicts")


def _move_clean(repo: Repository, target: Changeset, ready: MovePlan, merger: FileMerger) -> MoveStats:
    """Move a working copy without changes."""
    facts: dict[str, object] = {"parent1": _short(target), "parent2": ""}
    repo.hooks.run("preupdate", facts, stops=True)
    marker = _mark(repo, target)
    MergeState.clean(repo)
    outcome = repo.engine.checkout(ready)
    tell_outcome(repo, outcome, merger.talk)
    editor = repo.engine.edit_dirstate()
    _warn_of_bundled(target)
    editor.set_parents(target.node, NULL_NODE)
    editor.checked_out(outcome)
    editor.write()
    set_working_branch(repo, target.branch)
    os.unlink(marker)
    repo.invalidate()
    repo.hooks.run("update", {**facts, "error": 0}, stops=False)
    return MoveStats(outcome.written + outcome.flagged, removed=outcome.removed)


def _mark(repo: Repository, target: Changeset) -> str:
    """Notes that files are being moved, in a file whose path is returned."""
    marker = os.path.join(repo.dot_hg, "updatestate")
    write_file(marker, target.node.hex().encode("ascii"))
    return marker


def _carry_out(repo: Repository, wish: Move, plan: Plan, first: Changeset, merger: FileMerger) -> MoveStats:
    from hydrargyrum.ops.recording import record_plan

    target = wish.target
    facts = {"parent1": _short(target), "parent2": ""}
    if wish.is_merge:
        facts = {"parent1": _short(first), "parent2": _short(target)}
    repo.hooks.run("preupdate", facts, stops=True)
    marker = _mark(repo, target)
    applied = apply_plan(repo, plan, wish, merger)
    editor = repo.engine.edit_dirstate()
    _warn_of_bundled(target)
    if wish.is_merge:
        editor.set_parents(first.node, target.node)
    else:
        editor.set_parents(target.node, NULL_NODE)
    record_plan(editor, plan, is_merge=wish.is_merge)
    if not wish.is_merge:
        editor.checked_out(applied.outcome)
    record_plan(editor, applied.resolved, is_merge=wish.is_merge)
    editor.write()
    if not wish.is_merge:
        set_working_branch(repo, target.branch)
    os.unlink(marker)
    repo.invalidate()
    repo.hooks.run("update", {**facts, "error": applied.stats.unresolved}, stops=False)
    return applied.stats


def _warn_of_bundled(target: Changeset) -> None:
    """Tells of a parent that is not there any more when the bundle file is not read."""
    repo = target.repo
    if repo.bundled is not None and target.rev >= repo.own_length:
        repo.reporter.warn(f"setting parent to node {target.node.hex()} that only exists in the bundle\n")


def _stay(repo: Repository, target: Changeset) -> MoveStats:
    facts: dict[str, object] = {"parent1": _short(target), "parent2": ""}
    repo.hooks.run("preupdate", facts, stops=True)
    repo.hooks.run("update", {**facts, "error": 0}, stops=False)
    return MoveStats()


# -- checks ----------------------------------------------------------------------------------------------------------


def _check_unfinished(repo: Repository, *, has_second: bool) -> None:
    if has_second:
        raise errors.StateError("outstanding uncommitted merge")
    if MergeState.read(repo).unresolved:
        raise errors.StateError("outstanding merge conflicts", hint="use 'hg resolve' to resolve")


def _check_merge(wish: Move, first: Changeset, bases: Sequence[Rev | None], working: WorkingState) -> None:
    repo = first.repo
    if list(bases) == [wish.target.rev]:
        raise errors.Abort("merging with a working directory ancestor has no effect")
    is_descendant = list(bases) == [first.rev] and not wish.accept_other
    if is_descendant and repo.working_copy.branch == wish.target.branch:
        raise errors.Abort("nothing to merge", hint="use 'hg update' or check 'hg heads'")
    if not wish.force and working.changed:
        raise errors.StateError("uncommitted changes", hint="use 'hg status' to list changes")
    refuse_changes(repo)


def _check_linear(wish: Move, first: Changeset, bases: Sequence[Rev | None], working: WorkingState) -> None:
    if wish.check != CHECK_LINEAR or list(bases) in ([first.rev], [wish.target.rev]):
        return
    if working.is_dirty and not is_ahead(first.repo, first.rev, wish.target.rev):
        raise errors.Abort("uncommitted changes", hint="commit or update --clean to discard changes")


def _follows_copies(repo: Repository, wish: Move, bases: Sequence[Rev | None], working: WorkingState) -> bool:
    if wish.overwrites or bases[0] == NULL_REV or not repo.config.boolean("merge", "followcopies"):
        return False
    return wish.is_merge or working.is_dirty


def _tell_renames(plan: Plan, merger: FileMerger) -> None:
    for found, what in (
        (plan.diverging, "was renamed multiple times to"),
        (plan.renamed_deleted, "was deleted and renamed to"),
    ):
        for path in sorted(found, key=os.fsencode):
            merger.talk.warn(f"note: possible conflict - {path} {what}:\n")
            for name in sorted(found[path], key=os.fsencode):
                merger.talk.warn(f" {name}\n")


def _short(changeset: Changeset) -> str:
    return changeset.node.hex()[:12]

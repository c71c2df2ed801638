"""What a commit has to know of subrepositories: which are recorded anew, and which are committed before.

Recording itself is the business of `ops.commit`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops.nested.inner import Inner
from hydrargyrum.ops.subrepos import names_subrepo
from hydrargyrum.repo.substates import (
    SPEC_FILE,
    STATE_FILE,
    has_subrepos,
    subrepos_of,
    write_states,
)
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.ops.commit_plan import CommitRequest, Draft
    from hydrargyrum.repo import Repository


class SubrepoCommit:
    """The part of a commit that is about subrepositories.

    Attributes:
        changed: those that are recorded anew or no longer.
        dirty: those of them that are committed first.
    """

    __slots__ = ("_repo", "_states", "changed", "dirty")

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._states = subrepos_of(repo.working_copy)
        self.changed: list[str] = []
        self.dirty: list[str] = []

    def plan(self, patterns: PatternSet) -> None:
        """Looks at all of them.

        Raises:
            Abort: one has uncommitted changes, and nobody said that they are to be committed too.
        """
        repo = self._repo
        parents = [parent for parent in repo.working_copy.parents if parent.rev >= 0]
        recorded = subrepos_of(parents[0]) if parents else {}
        for path in sorted(self._states, key=os.fsencode):
            before = recorded.get(path)
            if not names_subrepo(repo, patterns, path):
                if before is None:
                    raise errors.Abort(f"commit with new subrepo {path} excluded")
                self._states[path] = before
                continue
            self._look_at(path, None if before is None else before.revision)
        for parent in parents:
            gone = [path for path in subrepos_of(parent) if path not in self._states]
            self.changed += [path for path in gone if names_subrepo(repo, patterns, path)]

    def _look_at(self, path: str, before: str | None) -> None:
        inner = Inner(self._repo, path, self._states[path])
        if inner.is_dirty(ignore_update=True, missing=False):
            if not self._repo.config.boolean("ui", "commitsubrepos"):
                inner.refuse_changes(
                    ignore_update=True, missing=False, hint="use --subrepos for recursive commit"
                )
            self.changed.append(path)
            self.dirty.append(path)
            return
        now = inner.revision()
        self._states[path] = self._states[path].at(now)
        if before != now:
            self.changed.append(path)

    @property
    def names(self) -> frozenset[str]:
        """The paths of all subrepositories."""
        return frozenset(self._states)

    def carry_out(self, request: CommitRequest, draft: Draft, message: str) -> None:
        """Commits what has changes, and records the new revisions."""
        for path in sorted(self.dirty, key=os.fsencode):
            inner = Inner(self._repo, path, self._states[path])
            self._repo.reporter.status(f"committing subrepository {inner.shown_path}\n")
            self._states[path] = self._states[path].at(_commit(inner, request, draft, message))
        self.record()

    def record(self) -> None:
        """Writes the revisions into the working copy, where they are tracked."""
        write_states(self._repo, self._states)
        editor = self._repo.engine.edit_dirstate()
        if not editor.facts(STATE_FILE)[0]:
            editor.track([STATE_FILE])
            editor.write()

    def least_phase(self, phase: int) -> int:
        """The phase of the commit, which is at least that of each subrepository's changeset.

        Raises:
            Abort: it would have to be another, and `phases.checksubrepos` forbids that.
        """
        from hydrargyrum.repo.phases import NAMES, NUMBERS

        check = self._repo.config.text("phases", "checksubrepos") or "follow"
        if check not in ("ignore", "follow", "abort"):
            raise errors.Abort(f"invalid phases.checksubrepos configuration: {check}")
        if check == "ignore":
            return phase
        highest, which = 0, ""
        for path in sorted(self._states, key=os.fsencode):
            inner = Inner(self._repo, path, self._states[path])
            if inner.repo is None:
                continue
            found = NUMBERS[inner.repo[self._states[path].revision or "."].phase]
            if found > highest:
                highest, which = found, path
        if phase >= highest:
            return phase
        if check == "abort":
            raise errors.Abort(
                f"can't commit in {NAMES[phase]} phase conflicting {NAMES[highest]} from subrepository {which}"
            )
        self._repo.reporter.warn(
            f"warning: changes are committed in {NAMES[highest]} phase from subrepository {which}\n"
        )
        return highest


def subrepo_commit(repo: Repository, patterns: PatternSet) -> SubrepoCommit | None:
    """The plan for the subrepositories, None where there are none. Raises as `SubrepoCommit.plan`."""
    if not has_subrepos(repo):
        return None
    found = SubrepoCommit(repo)
    found.plan(patterns)
    return found


def without_states(patterns: PatternSet) -> PatternSet:
    """The patterns for everything but the file of revisions, which a commit writes itself."""
    return _with(patterns, exclude=[f"path:{STATE_FILE}"])


def with_states(patterns: PatternSet) -> PatternSet:
    """The patterns and the file of revisions."""
    if patterns.everything:
        return patterns
    include = [*patterns.include, f"path:{STATE_FILE}"] if patterns.include else []
    if not patterns.patterns:
        return _with(patterns, include=include)
    return _with(patterns, names=[*patterns.patterns, f"path:{STATE_FILE}"], include=include)


def _with(
    patterns: PatternSet,
    *,
    names: Sequence[str] | None = None,
    include: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
) -> PatternSet:
    return PatternSet(
        patterns.cwd,
        patterns.patterns if names is None else names,
        patterns.include if include is None else include,
        [*patterns.exclude, *exclude],
        default_kind=patterns.default_kind,
        warn_missing=patterns.warn_missing,
    )


def check_spec_is_recorded(patterns: PatternSet, paths: Sequence[str], repo: Repository) -> None:
    """Raises Abort where `.hgsub` has changes that would not be recorded with what it says."""
    from hydrargyrum.types import StatusRequest

    if patterns.everything or SPEC_FILE in paths:
        return
    report = repo.engine.status(StatusRequest(PatternSet(repo.root, [f"path:{SPEC_FILE}"]), unknown=False))
    if len(report.modified) or len(report.added):
        raise errors.Abort("can't commit subrepos without .hgsub")


class _Given:
    """Implements `ops.commit_plan.Dialog` for what was said already."""

    __slots__ = ("_message", "_user")

    def __init__(self, user: str, message: str) -> None:
        self._user = user
        self._message = message

    def user(self) -> str:
        return self._user

    def message(self, _draft: Draft) -> str:
        return self._message

    def not_recorded(self, _path: str) -> None:
        """The outer commit says it."""


def _commit(inner: Inner, request: CommitRequest, draft: Draft, message: str) -> str:
    from hydrargyrum.ops.commit import commit
    from hydrargyrum.ops.commit_plan import CommitRequest

    repo = inner.repo
    if repo is None:
        raise errors.RepositoryNotFound(path=inner.root)
    repo.config.set("ui", "commitsubrepos", "True", "subrepo")
    inner_request = CommitRequest(PatternSet(repo.root), message, user=request.user, date=request.date)
    with repo.lock_working_copy(), repo.lock_store():
        done = commit(repo, inner_request, _Given(draft.user, message))
    return inner.revision() if done.node is None else done.node.hex()

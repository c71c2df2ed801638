"""Recording a changeset of the working copy: what goes in, its header, hooks, the transaction, names that follow.

Nothing is printed and nobody is asked here: the message comes through `Dialog`. Rewriting is the business of `ops.amend`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.ops.nested.committing import (
    check_spec_is_recorded,
    subrepo_commit,
    with_states,
    without_states,
)
from hydrargyrum.ops.nested.states import STATE_FILE
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.repo import branches
from hydrargyrum.text.local import to_stored
from hydrargyrum.types import NULL_NODE, NULL_REV, StatusRequest, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Protocol

    from hydrargyrum.dates import Date
    from hydrargyrum.engine.protocol import PathSequence, StatusReport
    from hydrargyrum.engine.writing import CommitResult
    from hydrargyrum.merge.state import MergeState
    from hydrargyrum.ops.nested.committing import SubrepoCommit
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, PatternSet, Rev

    Paths = Sequence[str] | PathSequence

    class Dialog(Protocol):
        """What a commit needs of the user."""

        def user(self) -> str:
            """Whose name is to be recorded, where the request says nothing."""
            ...

        def message(self, draft: Draft) -> str:
            """The message (perhaps of an editor)."""
            ...

        def not_recorded(self, path: str) -> None:
            """The commit failed; the message that was edited is in this file."""
            ...


#: Kinds of patterns; what stands before another colon is part of a name.
_KINDS = frozenset(
    [
        *("path", "relpath", "glob", "relglob", "rootglob", "re", "relre", "filepath", "rootfilesin"),
        *("set", "listfile", "listfile0", "include", "subinclude"),
    ]
)
#: Where the message is kept in case that the transaction fails.
MESSAGE_FILE = "last-message.txt"


class CommitRequest(Value):
    """What the user wants.

    Attributes:
        patterns: which files.
        message: as given, "" for none; user, date: as given, None for the usual.
        close: the changeset closes the branch; force_close: also where it is no head.
        phase: the number of the lowest phase that the changeset may have; None for the configured one.
        extra: further facts to record.
        allow_empty: record a changeset although nothing changed.
    """

    __slots__ = (
        "allow_empty",
        "close",
        "date",
        "extra",
        "force_close",
        "message",
        "patterns",
        "phase",
        "user",
    )

    def __init__(
        self,
        patterns: PatternSet,
        message: str = "",
        *,
        user: str | None = None,
        date: Date | None = None,
        close: bool = False,
        force_close: bool = False,
        phase: int | None = None,
        extra: Mapping[str, str] | None = None,
        allow_empty: bool = False,
    ) -> None:
        self.patterns = patterns
        self.message = message
        self.user = user
        self.date = date
        self.close = close or force_close
        self.force_close = force_close
        self.phase = phase
        self.extra = dict(extra or {})
        self.allow_empty = allow_empty


class Draft(Value):
    """A changeset that has everything but its message, as an editor is shown it.

    Attributes:
        description: what is known of the message.
        user, branch, extra: of the changeset.
        merge: whether it has two parents.
        bookmark: the active bookmark where it will follow, or None.
        added, modified, removed: paths.
        parents: of the changeset where they are not those of the working copy.
        date: where it is not now.
    """

    __slots__ = (
        "added",
        "bookmark",
        "branch",
        "date",
        "description",
        "extra",
        "merge",
        "modified",
        "parents",
        "removed",
        "user",
    )

    def __init__(
        self,
        description: str,
        user: str,
        extra: Mapping[str, str],
        files: tuple[Paths, Paths, Paths],
        *,
        merge: bool = False,
        bookmark: str | None = None,
        parents: tuple[Changeset, Changeset] | None = None,
        date: Date | None = None,
    ) -> None:
        self.parents = parents
        self.date = date
        self.description = description
        self.user = user
        self.extra = dict(extra)
        self.branch = extra.get("branch", "default")
        self.modified, self.added, self.removed = files
        self.merge = merge
        self.bookmark = bookmark


class WorkingFacts(Value):
    """What is known of the working copy when a commit is planned.

    Attributes:
        parents: (number, branch) of both parents, -1 for none.
        branch: of the next commit.
        changed: whether files differ; missing: how many tracked files are gone.
        partial: whether only some files are asked for.
        unresolved: whether a merge has conflicts left.
    """

    __slots__ = ("branch", "changed", "missing", "parents", "partial", "unresolved")

    def __init__(
        self,
        parents: tuple[tuple[Rev, str], tuple[Rev, str]],
        branch: str,
        *,
        changed: bool,
        missing: int = 0,
        partial: bool = False,
        unresolved: bool = False,
    ) -> None:
        self.parents = parents
        self.branch = branch
        self.changed = changed
        self.missing = missing
        self.partial = partial
        self.unresolved = unresolved


class CommitPlan(Value):
    """What will be recorded.

    Attributes:
        parents: numbers.
        extra: with the branch.
    """

    __slots__ = ("extra", "parents")

    def __init__(self, parents: tuple[Rev, Rev], extra: Mapping[str, str]) -> None:
        self.parents = parents
        self.extra = dict(extra)


class HeadChange(Value):
    """What a commit does to the heads of its branch.

    Attributes:
        new_head: there is one more.
        reopened: closed heads that are heads no more.
    """

    __slots__ = ("new_head", "reopened")

    def __init__(self, new_head: bool, reopened: Sequence[Rev] = ()) -> None:
        self.new_head = new_head
        self.reopened = tuple(reopened)


class CommitOutcome(Value):
    """What came of it.

    Attributes:
        node, rev: of the changeset; None and -1 where nothing changed.
        heads: see `HeadChange`; existed: the same changeset was there already.
        missing: tracked files that are gone (where nothing was recorded).
    """

    __slots__ = ("existed", "heads", "missing", "node", "rev")

    def __init__(
        self,
        node: Node | None,
        rev: Rev,
        heads: HeadChange,
        *,
        existed: bool = False,
        missing: int = 0,
    ) -> None:
        self.node = node
        self.rev = rev
        self.heads = heads
        self.existed = existed
        self.missing = missing


def plan_commit(facts: WorkingFacts, request: CommitRequest) -> CommitPlan | None:
    """What a commit would record, None where there is nothing to do.

    Raises:
        Abort: only some files of a merge are asked for, or files of one are missing.
        StateError: a merge has conflicts left.
    """
    merge = facts.parents[1][0] != NULL_REV
    if merge and facts.partial:
        raise errors.Abort("cannot partially commit a merge (do not specify files or patterns)")
    if facts.unresolved:
        raise errors.StateError("unresolved merge conflicts (see 'hg help resolve')")
    other_branch = facts.branch != facts.parents[0][1]
    if not (facts.changed or merge or other_branch or request.close or request.allow_empty):
        return None
    if merge and facts.missing:
        raise errors.Abort("cannot commit merge with missing files")
    extra = {"branch": facts.branch, **request.extra}
    if request.close:
        extra["close"] = "1"
    return CommitPlan((facts.parents[0][0], facts.parents[1][0]), extra)


def stored_description(text: str) -> str:
    """A message as it is stored: no white space at the ends of lines, no empty lines around it.

    Raises Abort for what is not in the user's character set.
    """
    lines = [line.rstrip() for line in os.fsencode(text).splitlines()]
    return to_stored(os.fsdecode(b"\n".join(lines).strip(b"\n")))


def stored_user(user: str) -> str:
    """A user's name as it is stored. Raises Abort for what cannot be stored."""
    stripped = os.fsdecode(os.fsencode(user).strip())
    if not stripped:
        raise errors.Abort("empty username", exit_code=errors.EXIT_STORAGE)
    if "\n" in stripped:
        raise errors.Abort(
            f"username {errors.quoted(stripped)} contains a newline", exit_code=errors.EXIT_STORAGE
        )
    return to_stored(stripped)


def future_heads(repo: Repository, *, closing: bool) -> HeadChange:
    """What a commit on the working copy's parents will do to the heads of its branch."""
    branch = repo.engine.working_branch()
    parents = [parent.rev for parent in repo.working_copy.parents if parent.rev != NULL_REV]
    mine = [rev for rev in parents if branches.branch_of(repo, rev) == branch]
    reopened = () if closing else [rev for rev in mine if branches.closes_branch(repo, rev)]
    from_head = any(branches.is_branch_head(repo, branch, rev) for rev in mine)
    return HeadChange(not from_head and branches.has_open_head(repo, branch), reopened)


def check_closing(repo: Repository, request: CommitRequest, *, amending: bool = False) -> None:
    """Raises InputError where the branch cannot be closed."""
    branch = repo.engine.working_branch()
    first = repo.working_copy.parents[0]
    dirty = False
    if branches.closes_branch(repo, first.rev):
        report = repo.engine.status(StatusRequest(request.patterns, unknown=False))
        dirty = bool(len(report.modified) or len(report.added) or len(report.removed))
        if not dirty:
            raise errors.InputError("current revision is already a branch closing head")
    if not (dirty or branches.has_open_head(repo, branch)):
        raise errors.InputError(f'branch "{branch}" has no heads to close')
    if (
        branch == first.branch
        and not branches.is_branch_head(repo, branch, first.rev, closed=dirty)
        and not request.force_close
    ):
        raise errors.InputError(
            "can only close branch heads",
            hint="use --force-close-branch to close branch from a non-head changeset",
        )
    if amending and all(parent.branch != branch for parent in first.parents):
        raise errors.InputError("can only close branch heads")


def commit(repo: Repository, request: CommitRequest, dialog: Dialog) -> CommitOutcome:
    """Records the working copy, or some files of it. Both locks are held by the caller.

    Raises:
        InputError: a named file is not there, or there is no message.
        StateError, Abort: see `plan_commit`.
        HookFailed: a hook refused.
    """
    from hydrargyrum.merge.state import MergeState
    from hydrargyrum.repo.phases import wanted_phase

    nested = subrepo_commit(repo, request.patterns)
    patterns = request.patterns if nested is None else without_states(request.patterns)
    report = repo.engine.status(StatusRequest(patterns, unknown=False, copies=True))
    merge_state = MergeState.read(repo)
    facts = _facts(repo, request, report, merge_state, nested=nested)
    if facts.partial:
        _check_merge_is_whole(facts)
        check_named_files(repo, request.patterns, report, () if nested is None else nested.names)
        if nested is not None and nested.changed:
            check_spec_is_recorded(request.patterns, [*report.modified, *report.added], repo)
    plan = plan_commit(facts, request)
    if plan is None:
        merge_state.reset()
        return CommitOutcome(None, NULL_REV, HeadChange(False), missing=len(report.deleted))
    draft = _draft(repo, request, plan, report, dialog)
    if nested is not None and nested.changed:
        draft.modified = [STATE_FILE, *draft.modified]
    message = dialog.message(draft)
    path = save_message(repo, message)
    parents = repo.working_parents()
    hooked = {"parent1": parents[0].hex(), "parent2": "" if parents[1] == NULL_NODE else parents[1].hex()}
    length = len(repo.engine.changelog())
    try:
        if nested is not None and nested.changed:
            nested.carry_out(request, draft, message)
            request.patterns = with_states(request.patterns)
            report = repo.engine.status(StatusRequest(request.patterns, unknown=False, copies=True))
        elif ".hgsub" in report.removed:
            report = _without_subrepos(repo, request)
        repo.hooks.run("precommit", hooked, stops=True)
        with repo.transaction("commit") as txn:
            header = CommitHeader(
                plan.parents,
                stored_user(draft.user),
                request.date or repo.working_copy.date,
                stored_description(message),
                plan.extra,
            )
            _note(repo, report)
            if repo.filters is not None:
                check_contents(repo, [*report.modified, *report.added])
            result = txn.writer.commit_working_copy(
                header, report, _special(repo, merge_state, facts, report), report.copies
            )
            existed = result.rev < length
            phase = wanted_phase(repo) if request.phase is None else request.phase
            if nested is not None:
                phase = nested.least_phase(phase)
            after_write(repo, txn, result, hooked, phase, existed=existed)
            _follow(repo, txn, result, parents)
            if len(txn.names) > 1:
                # the next merge may be recorded before the outer transaction closes
                merge_state.reset()
            else:
                txn.after_close("merge-state", lambda _txn: merge_state.reset())
    except BaseException:
        if message != request.message:
            dialog.not_recorded(path)
        raise
    node = result.node
    repo.after_unlock(lambda _fine: _tell_hooks(repo, node, hooked))
    return CommitOutcome(node, result.rev, HeadChange(False), existed=existed)


def _note(repo: Repository, report: StatusReport) -> None:
    reporter = repo.reporter
    if reporter.verbose:
        files = [*report.modified, *report.added]
        if not files and len(report.removed):
            reporter.note("committing files:\ncommitting manifest\n")
        note_files(repo, files)


def note_files(repo: Repository, paths: Sequence[str]) -> None:
    """Tells, where somebody wants to know, what is being recorded."""
    note = repo.reporter.note
    if paths:
        note("committing files:\n")
        for path in sorted(paths, key=os.fsencode):
            note(f"{path}\n")
        note("committing manifest\n")
    note("committing changelog\n")


def check_contents(repo: Repository, paths: Sequence[str]) -> None:
    """Lets extensions refuse files of the working copy. Raises what they raise."""
    if repo.filters is not None and repo.filters.before_commit is not None:
        repo.filters.before_commit(paths)


def save_message(repo: Repository, message: str) -> str:
    """Keeps a message where the user finds it if the commit fails; the path of the file."""
    path = os.path.join(repo.dot_hg, MESSAGE_FILE)
    write_file(path, os.fsencode(message))
    return path


def after_write(
    repo: Repository,
    txn: Transaction,
    result: CommitResult,
    hooked: Mapping[str, str],
    phase: int,
    *,
    existed: bool,
) -> None:
    """What follows the writing of any changeset: the hook that may refuse it, and its phase."""
    from hydrargyrum.repo.phases import PhaseRoots

    repo.hooks.run("pretxncommit", {"node": result.node.hex(), **hooked}, stops=True)
    roots = PhaseRoots.of(repo, txn)
    if not (existed and not roots.phase(result.rev)):
        roots.register_new(txn, phase, [result.rev])


def check_named_files(
    repo: Repository, patterns: PatternSet, report: StatusReport, subrepos: Collection[str] = ()
) -> None:
    """Raises InputError where a file that is named is not among those to be committed (or a subrepository)."""
    for warning in report.warnings:
        if warning.id in ("bad-file", "unsupported-file-type"):
            raise errors.InputError(warning.text())
    if patterns.include or patterns.exclude:
        return
    named = [named_path(repo, patterns, pattern) for pattern in patterns.patterns]
    if None in named:
        return
    matched = {*report.modified, *report.added, *report.removed}
    deleted = frozenset(report.deleted)
    for path in named:
        if path is None or path == "" or path in matched or path in subrepos:
            continue
        if path in deleted:
            raise errors.InputError(f"{path}: file not found!")
        if os.path.isdir(os.path.join(repo.root, path)):
            if not any(other.startswith(f"{path}/") for other in matched):
                raise errors.InputError(f"{path}: no match under directory!")
        elif path not in repo.engine.dirstate():
            raise errors.InputError(f"{path}: file not tracked!")


def named_path(repo: Repository, patterns: PatternSet, pattern: str) -> str | None:
    """The repository path that a pattern names; None for one that is more than a path."""
    kind, colon, text = pattern.partition(":")
    if not colon or kind not in _KINDS:
        kind, text = patterns.default_kind, pattern
    if kind not in ("path", "relpath"):
        return None
    base = repo.root if kind == "path" else patterns.cwd
    path = os.path.relpath(os.path.normpath(os.path.join(base, text)), repo.root)
    return "" if path == "." else path


def _check_merge_is_whole(facts: WorkingFacts) -> None:
    if facts.parents[1][0] != NULL_REV:
        raise errors.Abort("cannot partially commit a merge (do not specify files or patterns)")


def _facts(
    repo: Repository,
    request: CommitRequest,
    report: StatusReport,
    merge_state: MergeState,
    *,
    nested: SubrepoCommit | None,
) -> WorkingFacts:
    first, second = repo.working_copy.parents
    return WorkingFacts(
        ((first.rev, first.branch), (second.rev, second.branch)),
        repo.engine.working_branch(),
        changed=bool(len(report.modified) or len(report.added) or len(report.removed))
        or (nested is not None and bool(nested.changed)),
        missing=len(report.deleted),
        partial=not request.patterns.everything,
        unresolved=bool(merge_state.unresolved),
    )


def _draft(
    repo: Repository, request: CommitRequest, plan: CommitPlan, report: StatusReport, dialog: Dialog
) -> Draft:
    from hydrargyrum.repo.bookmarks import is_active_parent

    return Draft(
        request.message,
        request.user or dialog.user(),
        plan.extra,
        (report.modified, report.added, report.removed),
        merge=plan.parents[1] != NULL_REV,
        bookmark=repo.active_bookmark if is_active_parent(repo) else None,
        date=request.date,
    )


def _special(
    repo: Repository, merge_state: MergeState, facts: WorkingFacts, report: StatusReport
) -> list[FileChange]:
    """Files of a merge about which the record of it says more than the working copy (not those that it removed)."""
    if facts.parents[1][0] == NULL_REV or not merge_state.extras:
        return []
    present = {*report.modified, *report.added}
    salvages = repo.config.boolean("experimental", "merge-track-salvaged")
    found = []
    for path, known in sorted(merge_state.extras.items()):
        other_only = known.get("filenode-source") == "other"
        force_new = salvages and known.get("merge-removal-candidate") == "yes"
        if path in present and (other_only or force_new):
            found.append(FileChange(path, other_only=other_only, force_new=force_new))
    return found


def _follow(repo: Repository, txn: Transaction, result: CommitResult, parents: Sequence[Node]) -> None:
    """Bookmarks and the dirstate follow the new changeset when the transaction closes."""
    from hydrargyrum.repo.bookmarks import Bookmarks

    Bookmarks.of(repo, txn).after_commit(parents, result.node, result.rev)
    dirstate = repo.engine.edit_dirstate()
    dirstate.committed(result)
    if len(txn.names) > 1:
        # more may follow within an outer transaction, and looks at the working copy
        txn.back_up_dirstate()
        dirstate.write()
    else:
        txn.at_finish("dirstate", lambda _txn: dirstate.write())


def _tell_hooks(repo: Repository, node: Node, hooked: Mapping[str, str]) -> None:
    try:
        repo.engine.changelog().rev(node)
    except errors.UnknownNode:
        return
    repo.hooks.run("commit", {"node": node.hex(), **hooked}, stops=False)


def _without_subrepos(repo: Repository, request: CommitRequest) -> StatusReport:
    """What is committed where `.hgsub` goes: `.hgsubstate` goes with it."""
    editor = repo.engine.edit_dirstate()
    if editor.facts(STATE_FILE)[0]:
        editor.untrack([STATE_FILE])
        editor.write()
    request.patterns = with_states(request.patterns)
    return repo.engine.status(StatusRequest(request.patterns, unknown=False, copies=True))

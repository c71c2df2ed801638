"""Recording a changeset of the working copy: what goes in, its header, hooks, the transaction, names that follow.

Nothing is printed and nobody is asked here: the message comes through `Dialog`. Rewriting is the business of `ops.amend`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.ops.commit_plan import (
    CommitOutcome,
    CommitPlan,
    CommitRequest,
    Draft,
    HeadChange,
    WorkingFacts,
    plan_commit,
    stored_description,
    stored_user,
)
from hydrargyrum.ops.nested.committing import (
    check_spec_is_recorded,
    subrepo_commit,
    with_states,
    without_states,
)
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.repo import branches
from hydrargyrum.repo.substates import STATE_FILE
from hydrargyrum.types import NULL_NODE, NULL_REV, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from hydrargyrum.engine.protocol import PathSequence, StatusReport
    from hydrargyrum.engine.writing import CommitResult
    from hydrargyrum.merge.state import MergeState
    from hydrargyrum.ops.commit_plan import Dialog
    from hydrargyrum.ops.nested.committing import SubrepoCommit
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, PatternSet, Rev

    Paths = Sequence[str] | PathSequence

#: Kinds of patterns; what stands before another colon is part of a name.
_KINDS = frozenset(
    [
        *("path", "relpath", "glob", "relglob", "rootglob", "re", "relre", "filepath", "rootfilesin"),
        *("set", "listfile", "listfile0", "include", "subinclude"),
    ]
)
#: Where the message is kept in case that the transaction fails.
MESSAGE_FILE = "last-message.txt"


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
            was_loud, txn.is_loud = txn.is_loud, True  # Mercurial has written files when it refuses a text
            header = CommitHeader(
                plan.parents,
                stored_user(draft.user),
                request.date or repo.working_copy.date,
                stored_description(message),
                plan.extra,
            )
            txn.is_loud = was_loud
            _note(repo, report)
            _warn_of_lost_sources(repo, report)
            if repo.filters is not None:
                check_contents(repo, [*report.modified, *report.added])
            result = txn.writer.commit_working_copy(
                header, report, _special(repo, merge_state, facts, report), report.copies
            )
            _note_written(repo, report, result.rev)
            existed = result.rev < length
            phase = wanted_phase(repo) if request.phase is None else request.phase
            if nested is not None:
                phase = nested.least_phase(phase)
            after_write(repo, txn, result, hooked, phase, existed=existed)
            _follow(repo, txn, result, parents)
            if _is_part(txn):
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
    """Tells which files are being recorded, and what they are copies of."""
    reporter = repo.reporter
    files = sorted([*report.modified, *report.added], key=os.fsencode) if reporter.verbose else []
    if not reporter.verbose or not (files or len(report.removed)):
        return
    reporter.note("committing files:\n")
    first, second = (parent.manifest for parent in repo.working_copy.parents)
    for path in files:
        reporter.note(f"{path}\n")
        source = report.copies.get(path)
        if source and source != path:
            entry = first.get(source)
            if len(second) and (entry is None or path not in second):
                entry = second.get(source) or entry
            if entry is not None:
                reporter.debug(f" {path}: copy {source}:{entry.node.hex()}\n")


def _note_written(repo: Repository, report: StatusReport, rev: Rev) -> None:
    """Tells what became of the manifest, which is only known when all is written."""
    reporter = repo.reporter
    if not reporter.verbose:
        return
    if len(report.modified) or len(report.added) or len(report.removed):
        record = repo.engine.changeset(rev)
        parent = repo.working_copy.parents[0]
        is_same = parent.rev != NULL_REV and repo.engine.changeset(parent.rev).manifest == record.manifest
        if is_same and not record.files:
            reporter.debug("reusing manifest from p1 (listed files actually unchanged)\n")
        else:
            if not record.files:
                reporter.debug("not reusing manifest (no file change in changelog, but manifest differs)\n")
            reporter.note("committing manifest\n")
    else:
        reporter.debug("reusing manifest from p1 (no file change)\n")
    reporter.note("committing changelog\n")


def _warn_of_lost_sources(repo: Repository, report: StatusReport) -> None:
    """Tells of copies that are not recorded because no parent has the source; `debugsetparents` makes such."""
    manifests = [parent.manifest for parent in repo.working_copy.parents if parent.rev != NULL_REV]
    # on no parent nothing is a copy, but the dirstate may say so
    copies = report.copies if manifests else dict(repo.engine.edit_dirstate().copies())
    if not copies:
        return
    lost = {
        path: source
        for path, source in copies.items()
        if path != source and not any(source in manifest for manifest in manifests)
    }
    if not lost:
        return
    committed = {*report.modified, *report.added}
    for path in sorted(committed & lost.keys(), key=os.fsencode):
        repo.reporter.warn(f"warning: can't find ancestor for '{path}' copied from '{lost[path]}'!\n")


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
        if os.path.isdir(os.path.join(repo.root, path)) or _was_directory(repo, path):
            if not any(other.startswith(f"{path}/") for other in matched):
                raise errors.InputError(f"{path}: no match under directory!")
        elif path not in repo.engine.dirstate():
            raise errors.InputError(f"{path}: file not tracked!")


def _was_directory(repo: Repository, path: str) -> bool:
    """Whether the working copy's parent has files below that path."""
    from hydrargyrum.types import PatternSet

    below = PatternSet(repo.root, [f"path:{path}"], warn_missing=False)
    found = repo.engine.files(repo.working_copy.parents[0].rev, below)[0]
    return len(found) > 0 and found[0] != path


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
    if _is_part(txn):
        # more may follow within an outer transaction, and looks at the working copy
        txn.back_up_dirstate()
        dirstate.write()
    else:
        txn.at_finish("dirstate", lambda _txn: dirstate.write())


def _is_part(txn: Transaction) -> bool:
    """Whether the commit is part of something bigger (more than `-A`)."""
    return any(name != "commit" for name in txn.names)


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

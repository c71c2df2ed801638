"""Amending: the parent of the working copy is replaced by a changeset with its changes and those of the working copy.

The message comes through `Dialog`; what is said about it is the command's business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ops import commit as recording
from hydrargyrum.ops import commit_plan, obsolete
from hydrargyrum.ops.nested.committing import subrepo_commit, with_states, without_states
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.types import NULL_NODE, NULL_REV, PatternSet, StatusRequest, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.ops.commit_plan import CommitOutcome, CommitRequest, Dialog
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, Rev


class AmendRequest(Value):
    """What the user wants beside what a commit takes.

    Attributes:
        commit: patterns, message, user, date and facts.
        phase: wanted phase, None for that of the old changeset.
        date_may_differ: a date that is new only because of configuration is no change.
        note: for the marker, "" for none.
        prepare: changes what is tracked; it is taken back with the rest where that fails.
    """

    __slots__ = ("commit", "date_may_differ", "note", "phase", "prepare")

    def __init__(
        self,
        commit: CommitRequest,
        *,
        phase: int | None = None,
        date_may_differ: bool = False,
        note: str = "",
    ) -> None:
        self.commit = commit
        self.phase = phase
        self.date_may_differ = date_may_differ
        self.note = note
        self.prepare: Callable[[], object] | None = None


class _Files:
    """What the new changeset has against the base.

    Attributes:
        changes, removed: as `StoreWriter.commit` takes them.
        amended: paths of the working copy that go in; gone: those of them that were removed.
        base: parent of both changesets.
    """

    __slots__ = ("amended", "base", "changes", "gone", "removed")

    def __init__(self, base: Changeset) -> None:
        self.base = base
        self.changes: list[FileChange] = []
        self.removed: list[str] = []
        self.amended: set[str] = set()
        self.gone: set[str] = set()


def check_rewriting(repo: Repository, revs: Sequence[Rev], action: str) -> None:
    """Raises InputError or StateError where changesets cannot be rewritten."""
    if NULL_REV in revs:
        raise errors.InputError(f"cannot {action} the null revision", hint="no changeset checked out")
    if repo.working_copy.parents[1].rev != NULL_REV:
        raise errors.StateError(f"cannot {action} changesets while merging")
    public = [repo[rev].node.hex()[:12] for rev in revs if repo[rev].phase == "public"]
    if public:
        shown = ", ".join(public[:3]) + (f" and {len(public) - 3} others" if len(public) > 3 else "")
        raise errors.InputError(
            f"cannot {action} public changesets: {shown}", hint="see 'hg help phases' for details"
        )
    if not obsolete.allows(repo, "allowunstable"):
        from hydrargyrum.ops.strip import with_descendants

        hidden = frozenset(repo.engine.hidden())
        orphans = with_descendants(repo, revs) - set(revs) - hidden
        if orphans:
            raise errors.InputError(
                f"cannot {action} changeset, as that will orphan {len(orphans)} descendants",
                hint="see 'hg help evolution.instability'",
            )


def amend(repo: Repository, request: AmendRequest, dialog: Dialog) -> CommitOutcome:
    """Replaces the parent. Both locks are held by the caller.

    Raises:
        InputError, StateError: see `check_rewriting`.
    """
    from hydrargyrum.merge.state import MergeState

    old = repo["."]
    unchanged = commit_plan.CommitOutcome(old.node, old.rev, commit_plan.HeadChange(False))
    creates_markers = obsolete.allows(repo, "createmarkers")
    user = dialog.user() if creates_markers else ""
    repo.reporter.note(f"amending changeset {old.node.hex()[:12]}\n")
    with repo.transaction("amend") as txn:
        if request.prepare is not None:
            txn.back_up_dirstate()
            request.prepare()
        merge_state = MergeState.read(repo)
        if merge_state.unresolved:
            raise errors.StateError("unresolved merge conflicts (see 'hg help resolve')")
        files = _files(repo, old, request.commit)
        header = _header(repo, old, request.commit, files, dialog)
        if not files.amended and _same(old, header, request):
            return unchanged
        node, rev = _write(repo, txn, old, header, files)
        move_marks(repo, txn, old.node, node)
        settle_phase(repo, txn, request.phase, old, rev)
        _settle_dirstate(repo, txn, node, files)
        if creates_markers:
            note = {"note": request.note} if request.note else {}
            obsolete.replace(repo, txn, old, [repo[rev]], user=user, operation="amend", metadata=note)
    merge_state.reset()
    if not creates_markers:
        from hydrargyrum.ops import strip

        strip.replace(repo, [old.rev], topic="amend")
    return commit_plan.CommitOutcome(node, repo[node].rev, commit_plan.HeadChange(False))


# -- what goes in -------------------------------------------------------------------------------------------------


def _files(repo: Repository, old: Changeset, request: CommitRequest) -> _Files:
    base, second = old.parents
    found = _Files(base)
    everything = PatternSet(repo.root)
    patterns = request.patterns
    nested = subrepo_commit(repo, patterns)
    if nested is not None:
        if nested.dirty:
            raise errors.Abort("cannot amend with uncommitted changes in subrepositories")
        if nested.changed:
            nested.record()
        patterns = with_states(patterns) if nested.changed else without_states(patterns)
    report = repo.engine.status(StatusRequest(patterns, unknown=False))
    against_base = repo.engine.status(StatusRequest(everything, base=base.rev, unknown=False, copies=True))
    changed = {*report.modified, *report.added}
    found.gone = set(report.removed)
    found.amended = changed | found.gone
    before = _touched(repo, old, base, merge=second.rev != NULL_REV)
    copies = dict(against_base.copies)
    if second.rev != NULL_REV:
        other = StatusRequest(everything, base=second.rev, unknown=False, copies=True)
        copies.update(repo.engine.status(other).copies)
    differs = {*against_base.modified, *against_base.added, *against_base.removed}
    for path in sorted(before | found.amended):
        if path in found.amended:
            if path in changed and (path in differs or path not in base.manifest):
                found.changes.append(FileChange(path, copied_from=copies.get(path)))
            elif path in found.gone and path in base.manifest:
                found.removed.append(path)
            continue
        entry = old.manifest.get(path)
        if entry is None:
            found.removed.append(path)
        elif found.amended and (second.rev != NULL_REV or path in copies):
            # which parents a revision has, and whether it counts as a change, is decided anew
            data = old.file(path).data
            found.changes.append(FileChange(path, data, entry.flags, copied_from=copies.get(path)))
        elif entry != base.manifest.get(path):
            found.changes.append(FileChange(path, flags=entry.flags, node=entry.node))
    return found


def _touched(repo: Repository, old: Changeset, base: Changeset, *, merge: bool) -> set[str]:
    if not merge:
        return set(old.record.files)
    report = repo.engine.status(
        StatusRequest(PatternSet(repo.root), base=base.rev, target=old.rev, unknown=False)
    )
    return {*report.modified, *report.added, *report.removed}


def _header(
    repo: Repository, old: Changeset, request: CommitRequest, files: _Files, dialog: Dialog
) -> CommitHeader:
    extra = {**request.extra, **({"close": "1"} if request.close else {})}
    extra.update(old.extra)
    extra["branch"] = repo.engine.working_branch()
    base = files.base
    modified = [change.path for change in files.changes if change.path in base.manifest]
    added = [change.path for change in files.changes if change.path not in base.manifest]
    second = old.parents[1].rev
    draft = commit_plan.Draft(
        request.message or old.description,
        request.user or old.user,
        extra,
        (modified, added, files.removed),
        merge=second != NULL_REV,
        bookmark=repo.active_bookmark if _follows(repo) else None,
        parents=(old.parents[0], old.parents[1]),
        date=request.date or old.date,
    )
    edited = dialog.message(draft)
    recording.save_message(repo, edited)
    message = commit_plan.stored_description(edited)
    user = commit_plan.stored_user(draft.user)
    return CommitHeader((base.rev, second), user, request.date or old.date, message, extra)


def _follows(repo: Repository) -> bool:
    from hydrargyrum.repo.bookmarks import is_active_parent

    return is_active_parent(repo)


def _same(old: Changeset, header: CommitHeader, request: AmendRequest) -> bool:
    """Whether nothing but the record of the amending would be new."""
    return (
        header.description == old.description
        and header.user == old.user
        and ((header.time, header.offset) == old.date or request.date_may_differ)
        and header.extra == old.extra
    )


# -- carrying it out ----------------------------------------------------------------------------------------------


def _write(
    repo: Repository, txn: Transaction, old: Changeset, header: CommitHeader, files: _Files
) -> tuple[Node, Rev]:
    from hydrargyrum.repo.phases import wanted_phase

    header.extra["amend_source"] = old.node.hex()
    length = len(repo.engine.changelog())
    if repo.reporter.verbose:
        recording.note_files(repo, [change.path for change in files.changes])
    recording.check_contents(repo, [change.path for change in files.changes if change.path in files.amended])
    result = txn.writer.commit(header, files.changes, files.removed)
    first, second = old.parents
    hooked = {
        "parent1": first.node.hex(),
        "parent2": "" if second.rev == NULL_REV else second.node.hex(),
    }
    existed = result.rev < length
    recording.after_write(repo, txn, result, hooked, wanted_phase(repo), existed=existed)
    return result.node, result.rev


def move_marks(repo: Repository, txn: Transaction, old: Node, new: Node) -> None:
    """Bookmarks of the old changeset go to the new one."""
    from hydrargyrum.repo.bookmarks import Bookmarks

    marks = Bookmarks.of(repo, txn)
    names = [name for name in marks if marks.node(name) == old]
    if names:
        marks.change([(name, new) for name in names])


def settle_phase(repo: Repository, txn: Transaction, wanted: int | None, old: Changeset, rev: Rev) -> None:
    """The new changeset has the wanted phase, or that of the old one."""
    from hydrargyrum.repo.phases import PhaseRoots

    roots = PhaseRoots.of(repo, txn)
    parents = [parent.rev for parent in old.parents if parent.rev != NULL_REV]
    lowest = max((roots.phase(parent) for parent in parents), default=0)
    target = max(roots.phase(old.rev) if wanted is None else wanted, lowest)
    if target > roots.phase(rev):
        roots.retract(txn, target, [rev])
    elif target < roots.phase(rev):
        roots.advance(txn, target, [rev])


def _settle_dirstate(repo: Repository, txn: Transaction, node: Node, files: _Files) -> None:
    dirstate = repo.engine.edit_dirstate()
    dirstate.set_parents(node, NULL_NODE)
    for path in sorted(files.amended):
        if path in files.gone:
            dirstate.place(path, tracked=False, in_first=False)
        else:
            dirstate.place(path, tracked=True, in_first=True)
            dirstate.copy(path, None)
    txn.at_finish("dirstate", lambda _txn: dirstate.write())

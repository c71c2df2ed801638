"""Taking changes out of the parent of the working copy again (`uncommit`), and going back to before an amend.

Files on disk stay as they are; what differs from the new parent is a change of the working copy.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops import commit as recording
from hydrargyrum.ops import commit_plan, obsolete
from hydrargyrum.ops.amend import check_rewriting
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.types import NULL_NODE, NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydrargyrum.dates import Date
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, Rev


class UncommitRequest:
    """What the user wants.

    Attributes:
        patterns: which files; keep: record a changeset also where nothing is left in it.
        message, user, date: of the changeset with what is left, None for the old ones.
        dirty: uncommitted changes are allowed.
        note: for the marker.
    """

    __slots__ = ("date", "dirty", "keep", "message", "note", "patterns", "user")

    def __init__(
        self,
        patterns: PatternSet,
        *,
        message: str = "",
        user: str | None = None,
        date: Date | None = None,
        keep: bool = False,
        dirty: bool = False,
        note: str = "",
    ) -> None:
        self.patterns = patterns
        self.message = message
        self.user = user
        self.date = date
        self.keep = keep
        self.dirty = dirty
        self.note = note


def uncommit(repo: Repository, request: UncommitRequest, user: str) -> bool:
    """Takes files out of the parent; False where none matches. Both locks are held by the caller.

    Raises:
        InputError, StateError: it cannot be done.
    """
    old = repo["."]
    _check(repo, old, request)
    base = old.parents[0]
    files = set(old.record.files)
    chosen, _warnings = _matching(repo, old, base, request.patterns)
    with repo.transaction("uncommit") as txn:
        out = {path for path in files if path in chosen}
        if not out:
            return False
        successors: list[Changeset] = []
        node, rev = base.node, base.rev
        if request.keep or request.patterns.patterns:
            if out == files:
                repo.reporter.status("note: keeping empty commit\n")
            node, rev = _record(repo, txn, old, request, files - out)
            successors = [repo[rev]]
        replace_parent(repo, txn, old, successors, node, paths=chosen)
        if obsolete.allows(repo, "createmarkers"):
            obsolete.replace(repo, txn, old, successors, user=user, operation="uncommit")
    _strip_where_wanted(repo, old.rev, "uncommit")
    return True


def _check(repo: Repository, old: Changeset, request: UncommitRequest) -> None:
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    changed = {*report.modified, *report.added, *report.removed, *report.deleted}
    named = set(request.patterns.patterns)
    if not request.dirty and (not named or changed & named):
        if repo.working_copy.parents[1].rev != NULL_REV:
            raise errors.StateError(
                "outstanding uncommitted merge", hint="requires --allow-dirty-working-copy to uncommit"
            )
        if len(report.modified) or len(report.added) or len(report.removed) or len(report.deleted):
            raise errors.StateError(
                "uncommitted changes", hint="requires --allow-dirty-working-copy to uncommit"
            )
    check_rewriting(repo, [old.rev], "uncommit")
    if old.parents[1].rev != NULL_REV:
        raise errors.InputError("cannot uncommit merge changeset")


def _matching(
    repo: Repository, old: Changeset, base: Changeset, patterns: PatternSet
) -> tuple[set[str], Sequence[object]]:
    """Files of the changeset that match. Raises InputError for a named one that cannot be taken out."""
    report = repo.engine.status(
        StatusRequest(patterns, base=base.rev, target=old.rev, unknown=False, clean=True)
    )
    eligible = {*report.modified, *report.added, *report.removed}
    directories = {path[:at] for path in eligible for at, letter in enumerate(path) if letter == "/"}
    clean = frozenset(report.clean)
    for pattern in sorted(patterns.patterns):
        path = recording.named_path(repo, patterns, pattern)
        if path is None or path == "" or path in eligible or path in directories:
            continue
        hint = "file does not exist"
        if path in clean:
            hint = "file was not changed in working directory parent"
        elif os.path.lexists(os.path.join(repo.root, path)):
            hint = "file was untracked in working directory parent"
        raise errors.InputError(f'cannot uncommit "{path}"', hint=hint)
    return eligible, report.warnings


def _record(
    repo: Repository, txn: Transaction, old: Changeset, request: UncommitRequest, files: set[str]
) -> tuple[Node, Rev]:
    """The changeset with what is left."""
    base = old.parents[0]
    changes, removed = _as_they_were(old, base, files)
    header = CommitHeader(
        (base.rev, NULL_REV),
        commit_plan.stored_user(request.user or old.user),
        request.date or old.date,
        commit_plan.stored_description(request.message or old.description),
        old.extra,
    )
    return write(repo, txn, header, changes, removed)


def _as_they_were(old: Changeset, base: Changeset, files: set[str]) -> tuple[list[FileChange], list[str]]:
    changes, removed = [], []
    for path in sorted(files):
        entry = old.manifest.get(path)
        if entry is not None:
            changes.append(FileChange(path, flags=entry.flags, node=entry.node))
        elif path in base.manifest:
            removed.append(path)
    return changes, removed


def as_it_was(old: Changeset) -> tuple[list[FileChange], list[str]]:
    """The changes of a changeset against its first parent, to be recorded again."""
    first, second = old.parents
    files = set(old.record.files)
    if second.rev != NULL_REV:
        # the files of a merge are not all that differ from its first parent
        report = old.repo.engine.status(
            StatusRequest(PatternSet(old.repo.root), base=first.rev, target=old.rev, unknown=False)
        )
        files = {*report.modified, *report.added, *report.removed}
    return _as_they_were(old, first, files)


def write(
    repo: Repository,
    txn: Transaction,
    header: CommitHeader,
    changes: Sequence[FileChange],
    removed: Sequence[str],
    *,
    phase: int | None = None,
) -> tuple[Node, Rev]:
    """Records a changeset that does not come from the working copy, with its hook and phase (None: the usual one)."""
    from hydrargyrum.repo.phases import wanted_phase

    index = repo.engine.changelog()
    first, second = header.parents
    hooked = {
        "parent1": index.node(first).hex(),
        "parent2": "" if second == NULL_REV else index.node(second).hex(),
    }
    length = len(index)
    if repo.reporter.verbose:
        recording.note_files(repo, [change.path for change in changes])
    result = txn.writer.commit(header, changes, removed)
    phase = wanted_phase(repo) if phase is None else phase
    recording.after_write(repo, txn, result, hooked, phase, existed=result.rev < length)
    return result.node, result.rev


def replace_parent(
    repo: Repository,
    txn: Transaction,
    old: Changeset,
    successors: Sequence[Changeset],
    node: Node,
    *,
    paths: set[str] | None = None,
) -> None:
    """Bookmarks, phase and the dirstate go from the old parent to another; files on disk stay.

    Args:
        repo, txn: where.
        old: the parent so far; successors: what takes its place.
        node: the new parent.
        paths: files that may differ between both, None for all.
    """
    from hydrargyrum.ops.amend import move_marks, settle_phase

    move_marks(repo, txn, old.node, node)
    for changeset in successors:
        settle_phase(repo, txn, None, old, changeset.rev)
    dirstate = on_another_parent(repo, old, node, paths=paths)
    txn.at_finish("dirstate", lambda _txn: dirstate.write())


def on_another_parent(
    repo: Repository, old: Changeset, node: Node, *, paths: set[str] | None = None
) -> DirstateEditor:
    """A dirstate, not yet written, with another parent and files as they are; `paths` as for `replace_parent`."""
    new = repo[node]
    report = repo.engine.status(
        StatusRequest(PatternSet(repo.root), base=new.rev, target=old.rev, unknown=False, copies=True)
    )
    dirstate = repo.engine.edit_dirstate()
    dirstate.set_parents(node, NULL_NODE)
    for group, in_first in ((report.modified, True), (report.added, False), (report.removed, True)):
        for path in group:
            if paths is None or path in paths:
                dirstate.place(path, tracked=dirstate.facts(path)[0], in_first=in_first)
    _carry_copies(dirstate, report.copies, new)
    return dirstate


def _carry_copies(dirstate: DirstateEditor, copies: Mapping[str, str], new: Changeset) -> None:
    for destination, source in copies.items():
        if source in new.manifest and destination not in new.manifest:
            tracked, in_first, _ = dirstate.facts(destination)
            if tracked and not in_first:
                dirstate.copy(destination, source)


def keep_files(repo: Repository, target: Changeset) -> None:
    """Makes an ancestor the parent; files on disk stay, and what differs from it shows as modified or unknown."""
    from hydrargyrum.merge.state import MergeState

    current = repo["."]
    report = repo.engine.status(
        StatusRequest(PatternSet(repo.root), base=target.rev, target=current.rev, unknown=False)
    )
    own = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    changed = {*report.modified, *report.added, *report.removed}
    changed |= {*own.modified, *own.added, *own.removed, *own.deleted}
    dirstate = repo.engine.edit_dirstate()
    dirstate.set_parents(target.node, NULL_NODE)
    dirstate.rebuild(target.rev, sorted(changed))
    dirstate.write()
    MergeState.clean(repo)
    repo.invalidate()


def _strip_where_wanted(repo: Repository, rev: Rev, topic: str) -> None:
    if obsolete.allows(repo, "createmarkers"):
        return
    from hydrargyrum.ops import strip

    strip.replace(repo, [rev], topic=topic)


def unamend(repo: Repository, user: str) -> None:
    """Records the changeset again that the parent replaced, and goes there. Both locks are held by the caller.

    Raises:
        InputError, StateError: the parent does not come from an amend, or its predecessor is not known.
    """
    from hydrargyrum.repo.obsolescence import read_markers

    current = repo["."]
    with repo.transaction("unamend") as txn:
        check_rewriting(repo, [current.rev], "unamend")
        if current.parents[1].rev != NULL_REV:
            raise errors.InputError("cannot unamend merge changeset")
        if not {"amend_source", "unamend_source"} & set(current.extra):
            raise errors.InputError("working copy parent was not created by 'hg amend' or 'hg unamend'")
        node = current.node
        before = [marker.predecessor for marker in read_markers(repo) if node in marker.successors]
        if len(before) != 1:
            raise errors.InputError(f"changeset must have one predecessor, found {len(before)} predecessors")
        try:
            old = repo[before[0]]
        except errors.UnknownNode:
            raise errors.UnknownRevision(name=before[0].hex()) from None
        first, second = old.parents
        changes, removed = _as_they_were(old, first, set(old.record.files))
        header = CommitHeader(
            (first.rev, second.rev),
            old.user,
            old.date,
            old.description,
            {**old.extra, "unamend_source": node.hex()},
        )
        new, rev = write(repo, txn, header, changes, removed)
        replace_parent(repo, txn, current, [repo[rev]], new)
        if obsolete.allows(repo, "createmarkers"):
            obsolete.replace(repo, txn, current, [repo[rev]], user=user, operation="unamend")
    _strip_where_wanted(repo, current.rev, "unamend")


if TYPE_CHECKING:
    from hydrargyrum.engine.writing import DirstateEditor

"""Unshelving: the changeset of a shelf is taken in for a moment, moved to where the working copy is, and becomes changes.

Files of shelves are the business of `ops.shelving`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops import moving, shelving
from hydrargyrum.ops.shelving_create import back_to, record_some, write_shelf
from hydrargyrum.repo.phases import NUMBERS
from hydrargyrum.repo.reporter import SilentReporter
from hydrargyrum.types import NULL_NODE, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.dates import Date
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.ops.shelving_create import Choosing
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node, Rev

_LABELS = ("working-copy", "shelved change", "parent of shelved change")
_NOTHING_NEW = "note: unshelved changes already existed in the working copy\n"


def unshelve(
    repo: Repository,
    shelf: shelving.Shelf,
    merger: FileMerger,
    *,
    keep: bool,
    date: Date | None = None,
    choosing: Choosing | None = None,
) -> bool:
    """Take a shelf back; False where there are conflicts, which are recorded. Both locks are held by the caller.

    Args:
        repo: where; merger: for conflicts.
        shelf: what is taken back.
        keep: it stays.
        date: of what is recorded meanwhile.
        choosing: somebody chooses changes; the others stay in the shelf.

    Raises:
        Abort: the shelf has changes of files that are missing.
    """
    from hydrargyrum.repo.bookmarks import activate

    first_new, start = len(repo.engine.changelog()), repo["."]
    bookmark = repo.active_bookmark
    if bookmark:
        activate(repo, None)
    conflicts = False
    try:
        with shelving.Scratch(repo, "unshelve") as scratch:
            added = frozenset(repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False)).added)
            pending = _record_pending(repo, start, merger, date)
            shelved = _take_in(repo, shelf)
            _check_missing(repo, shelved)
            state = shelving.UnshelveState(shelf.name, start.node, pending.node)
            state.branch = shelved.branch if shelved.branch != shelved.parents[0].branch else ""
            state.keep, state.bookmark, state.interactive = keep, bookmark or "", choosing is not None
            unknown = frozenset(shelved.extra.get("shelve_unknown", "").split("\0"))
            moved, rest = _rebase(repo, shelved, pending, merger, choosing)
            if moved is None:
                conflicts = True
                index = repo.engine.changelog()
                state.parents = list(repo.engine.working_parents())
                state.temporary = [index.node(rev) for rev in range(first_new, len(index))]
                state.write(repo)
                scratch.keep()
                return False
            if rest is not None:
                write_shelf(repo, shelf, repo[rest])
            _become_changes(repo, start, moved, merger)
            _restore_branch(repo, state.branch, merger)
            back_to(repo, start)
    finally:
        if bookmark and not conflicts:
            activate(repo, bookmark)
    _forget_unknown(repo, unknown - added)
    if not keep and rest is None:
        shelving.put_away(repo, shelf)
    return True


def _record(
    repo: Repository, message: str, *, user: str, date: Date | None, extra: Mapping[str, str]
) -> Node | None:
    """Record the whole working copy for a while; None where nothing changed."""
    from hydrargyrum.ops.commit import commit
    from hydrargyrum.ops.commit_plan import CommitRequest

    request = CommitRequest(
        PatternSet(repo.root), message, user=user, date=date, extra=extra, phase=shelving.phase(repo)
    )
    outcome = commit(repo, request, shelving.Given())
    repo.invalidate()
    return outcome.node


def _record_again(
    repo: Repository, shelved: Changeset, choosing: Choosing | None
) -> tuple[Node | None, Node | None]:
    """What is taken back, and what is left of it; None for nothing."""
    from hydrargyrum.ops.commit_plan import CommitRequest

    if choosing is None:
        node = _record(repo, shelved.description, user=shelved.user, date=shelved.date, extra=shelved.extra)
        return node, None
    wish = CommitRequest(
        PatternSet(repo.root),
        shelved.description,
        user=shelving.USER,
        extra=shelved.extra,
        phase=shelving.phase(repo),
    )
    node = record_some(repo, wish, shelving.Given(), choosing).node
    rest = _record(repo, shelved.description, user=shelved.user, date=None, extra=shelved.extra)
    return node, rest


def _record_pending(repo: Repository, start: Changeset, merger: FileMerger, date: Date | None) -> Changeset:
    """What is not committed, as a changeset; the parent where there is nothing."""
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    if not (len(report.modified) or len(report.added) or len(report.removed)):
        return start
    merger.talk.status("temporarily committing pending changes (restore with 'hg unshelve --abort')\n")
    node = _record(
        repo,
        "pending changes temporary commit",
        user=shelving.USER,
        date=date,
        extra={"internal": "shelve"},
    )
    return start if node is None else repo[node]


def _take_in(repo: Repository, shelf: shelving.Shelf) -> Changeset:
    """The changeset of a shelf, added to the store (as a draft, like the peer's) where it is not there."""
    from hydrargyrum.exchange.bundlefile import open_bundle
    from hydrargyrum.exchange.sansio.changegroup import ChangegroupReader
    from hydrargyrum.ops.unbundle import add_changegroup

    node = shelf.node()
    if node is None:
        raise errors.Abort(f"cannot tell which changeset the shelf '{shelf.name}' is of")
    try:
        return repo[node]
    except errors.UnknownNode:
        pass
    path = shelf.path("hg")
    facts = {"source": "unshelve", "url": f"bundle:{path}"}
    reporter, repo.reporter = repo.reporter, SilentReporter()
    try:
        with open_bundle(path, repo.engine) as bundle, repo.transaction("unshelve") as txn:
            txn.hook_facts.update(facts)
            for part in bundle.parts():
                if part.kind.lower() == "changegroup":
                    reader = ChangegroupReader(
                        part.read,
                        part.parameters.get("version", "01"),
                        trees="treemanifest" in part.parameters,
                        zstd=repo.engine.zstd_decoder,
                    )
                    phase = shelving.INTERNAL if shelving.stays(repo) else NUMBERS["draft"]
                    add_changegroup(repo, txn, reader, phase, facts)
    finally:
        repo.reporter = reporter
    repo.invalidate()
    if not os.path.exists(shelf.path("shelve")):
        shelf.write_node(node)
    return repo[node]


def _check_missing(repo: Repository, shelved: Changeset) -> None:
    missing = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False)).deleted
    if set(missing) & set(shelved.record.files):
        raise errors.Abort(
            "shelved change touches missing files", hint="run hg status to see which files are missing"
        )


def _rebase(
    repo: Repository,
    shelved: Changeset,
    pending: Changeset,
    merger: FileMerger,
    choosing: Choosing | None,
) -> tuple[Changeset | None, Node | None]:
    """The shelved changes on top of `pending`, None where there are conflicts; and those that were not chosen."""
    from hydrargyrum.ops.grafting import apply_change

    if shelved.parents[0].node == pending.node and choosing is None:
        return shelved, None
    talk = merger.talk
    talk.status("rebasing shelved changes\n")
    stats = apply_change(repo, shelved, shelved.parents[0], merger, _LABELS, keep_other=True)
    if stats.unresolved:
        return None, None
    node, rest = _record_again(repo, shelved, choosing)
    if node is None and rest is None:
        talk.status(_NOTHING_NEW)
        return pending, None
    moving.move(repo, moving.update_to(pending), merger)
    return (pending if node is None else repo[node]), rest


def _become_changes(repo: Repository, start: Changeset, changed: Changeset, merger: FileMerger) -> None:
    """Go to `start`, with the files of `changed`."""
    from hydrargyrum.ops.revert import RevertRequest, revert
    from hydrargyrum.ops.selection import Selection

    moving.move(repo, moving.update_to(start), merger)
    selection = Selection(repo, PatternSet(repo.root), str)
    revert(
        repo, selection, SilentReporter(), RevertRequest(changed, backup=True, dry_run=False, verbose=False)
    )
    repo.invalidate()


def _restore_branch(repo: Repository, branch: str, merger: FileMerger) -> None:
    from hydrargyrum.repo.branches import set_working_branch

    if branch and branch != repo.engine.working_branch():
        set_working_branch(repo, branch)
        merger.talk.status(f"marked working directory as branch {branch}\n")


def _forget_unknown(repo: Repository, paths: frozenset[str]) -> None:
    """Files that were not tracked when they were shelved are not tracked now."""
    added = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False)).added
    gone = sorted(paths.intersection(added))
    if gone:
        editor = repo.engine.edit_dirstate()
        editor.untrack(gone)
        editor.write()
        repo.invalidate()


# -- going on ----------------------------------------------------------------------------------------------------------


def check_parents(repo: Repository, state: shelving.UnshelveState) -> None:
    """Raises `Abort` where the working copy is not where the `unshelve` stopped."""
    if state.parents != list(repo.engine.working_parents()):
        raise errors.Abort("working directory parents do not match unshelve state")


def go_on(
    repo: Repository,
    state: shelving.UnshelveState,
    merger: FileMerger,
    *,
    keep: bool,
    choosing: Choosing | None = None,
) -> None:
    """Finish an `unshelve` of which all conflicts are resolved. Both locks are held by the caller.

    Raises:
        Abort: conflicts are left, or the working copy is elsewhere.
    """
    from hydrargyrum.merge.state import MergeState
    from hydrargyrum.repo.bookmarks import activate

    check_parents(repo, state)
    if MergeState.read(repo).unresolved:
        raise errors.Abort(
            "unresolved conflicts, can't continue", hint="see 'hg resolve', then 'hg unshelve --continue'"
        )
    talk, pending, changed = merger.talk, repo[state.pending], repo[state.parents[1]]
    editor = repo.engine.edit_dirstate()
    editor.set_parents(pending.node, NULL_NODE)
    editor.write()
    repo.invalidate()
    shelf = shelving.shelf(repo, state.name)
    node, rest = _record_again(repo, changed, choosing)
    if node is None and rest is None:
        talk.status(_NOTHING_NEW)
    state.temporary += [one for one in (node, rest) if one is not None]
    changed = pending if node is None else repo[node]
    if rest is not None:
        write_shelf(repo, shelf, repo[rest])
    moving.move(repo, moving.update_to(pending), merger)
    _become_changes(repo, repo[state.original], changed, merger)
    _restore_branch(repo, state.branch, merger)
    _remove(repo, state.temporary)
    shelving.forget_state(repo)
    if not keep and rest is None:
        shelving.put_away(repo, shelf)
    if state.bookmark:
        activate(repo, state.bookmark)
    talk.status(f"unshelve of '{state.name}' complete\n")


def abort(repo: Repository, state: shelving.UnshelveState, merger: FileMerger) -> None:
    """Go back to before an `unshelve`. Both locks are held by the caller. Raises like `check_parents`."""
    from hydrargyrum.repo.bookmarks import activate

    try:
        check_parents(repo, state)
        pending = repo[state.pending]
        moving.move(repo, moving.clean_update_to(pending), merger)
        if state.bookmark and state.bookmark in repo.engine.bookmarks():
            activate(repo, state.bookmark)
        _become_changes(repo, repo[state.original], pending, merger)
        _remove(repo, state.temporary)
    finally:
        shelving.forget_state(repo)
        merger.talk.warn(f"unshelve of '{state.name}' aborted\n")


def _remove(repo: Repository, nodes: list[Node]) -> None:
    """What was recorded meanwhile goes away, unless it may stay."""
    from hydrargyrum.ops.strip import strip

    if shelving.stays(repo):
        return
    index = repo.engine.changelog()
    revs: list[Rev] = sorted(index.rev(node) for node in nodes)
    if revs:
        strip(repo, revs, backup=False, topic="shelve")
        repo.invalidate()

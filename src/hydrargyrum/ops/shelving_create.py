"""Shelving: changes of the working copy are recorded for a moment, written to files, and taken out of it.

Files of shelves are the business of `ops.shelving`.
"""

from __future__ import annotations

import os

from hydrargyrum.atomicfile import write_file
from hydrargyrum.ops import moving, shelving
from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.dates import Date
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.ops.commit_plan import CommitOutcome, Dialog
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev

    #: Calls a function with files that have chosen changes, while they have no others; None where none were chosen.
    Choosing = Callable[[Callable[[list[str]], CommitOutcome]], CommitOutcome | None]


class ShelveRequest:
    """What the user wants.

    Attributes:
        patterns: which files; bare: nobody chose any.
        name: of the shelf, "" for one that is free.
        message, date: of the changeset; "" and None for the usual.
        unknown: files that are not tracked too; keep: the working copy stays as it is.
    """

    __slots__ = ("bare", "date", "keep", "message", "name", "patterns", "unknown")

    def __init__(
        self,
        patterns: PatternSet,
        *,
        name: str = "",
        message: str = "",
        date: Date | None = None,
        unknown: bool = False,
        keep: bool = False,
    ) -> None:
        self.patterns = patterns
        self.bare = patterns.everything
        self.name = name
        self.message = message
        self.date = date
        self.unknown = unknown
        self.keep = keep


class _Recorder(shelving.Given):
    """Talks for the user, whose name is not recorded, but who may edit the message."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog

    def message(self, draft: Draft) -> str:
        return self._dialog.message(draft)

    def not_recorded(self, path: str) -> None:
        self._dialog.not_recorded(path)


def shelve(
    repo: Repository,
    request: ShelveRequest,
    merger: FileMerger,
    dialog: Dialog,
    choosing: Choosing | None = None,
) -> CommitOutcome:
    """Shelve changes; the outcome has no node where there are none. Both locks are held by the caller.

    Args:
        repo: where; merger: for going back to the parent.
        request, dialog: what the user wants.
        choosing: somebody chooses changes.

    Raises:
        Abort: the name cannot be used.
        InputError: see `ops.commit.commit`.
    """
    from hydrargyrum.repo.bookmarks import activate
    from hydrargyrum.repo.branches import set_working_branch

    parent, branch = repo["."], repo.engine.working_branch()
    if request.name:
        shelving.check_name(repo, request.name)
    name = request.name or shelving.free_name(repo, parent.branch)
    bookmark = repo.active_bookmark
    try:
        if bookmark:
            activate(repo, None)
        if not request.bare and branch != parent.branch:
            set_working_branch(repo, parent.branch)
        with shelving.Scratch(repo, "shelve") as scratch:
            outcome = _record(repo, request, parent, dialog, choosing)
            if outcome.node is not None:
                write_shelf(repo, shelving.shelf(repo, name), repo[outcome.node])
                merger.talk.status(f"shelved as {name}\n")
                _take_out(repo, request, parent, merger)
                back_to(repo, parent)
                if shelving.stays(repo):
                    scratch.keep()
        if not request.bare and repo.engine.working_branch() != branch:
            set_working_branch(repo, branch)
    finally:
        if bookmark:
            activate(repo, bookmark)
    return outcome


def _record(
    repo: Repository,
    request: ShelveRequest,
    parent: Changeset,
    dialog: Dialog,
    choosing: Choosing | None,
) -> CommitOutcome:
    from hydrargyrum.ops.commit_plan import CommitRequest

    extra = {"internal": "shelve"}
    if request.unknown:
        unknown = list(repo.engine.status(StatusRequest(request.patterns)).unknown)
        if unknown:
            extra["shelve_unknown"] = "\0".join(unknown)
            editor = repo.engine.edit_dirstate()
            editor.track(unknown)
            editor.write()
            repo.invalidate()
    usual = "(changes in empty repository)"
    if parent.rev != NULL_REV:
        usual = f"changes to: {parent.description.partition(chr(10))[0]}"
    wish = CommitRequest(
        request.patterns,
        request.message or usual,
        user=shelving.USER,
        date=request.date,
        extra=extra,
        phase=shelving.phase(repo),
    )
    return record_some(repo, wish, _Recorder(dialog), choosing)


def record_some(
    repo: Repository, wish: CommitRequest, dialog: Dialog, choosing: Choosing | None
) -> CommitOutcome:
    """Records what is wished, or what of it is chosen."""
    from hydrargyrum.ops.commit import commit
    from hydrargyrum.ops.commit_plan import CommitOutcome, HeadChange

    if choosing is None:
        outcome = commit(repo, wish, dialog)
    else:

        def record(paths: list[str]) -> CommitOutcome:
            wish.patterns = PatternSet(repo.root, [f"path:{path}" for path in paths])
            return commit(repo, wish, dialog)

        patterns = wish.patterns
        chosen = choosing(record)
        if chosen is None:
            report = repo.engine.status(StatusRequest(patterns, unknown=False))
            chosen = CommitOutcome(None, NULL_REV, HeadChange(False), missing=len(report.deleted))
        outcome = chosen
    repo.invalidate()
    return outcome


def write_shelf(repo: Repository, shelf: shelving.Shelf, changeset: Changeset) -> None:
    """The three files of a shelf."""
    from hydrargyrum.exchange import bundlespec
    from hydrargyrum.exchange.bundlefile import write_bundle
    from hydrargyrum.ops.outgoing import Outgoing, bundle_parts

    os.makedirs(shelf.directory, exist_ok=True)
    shelf.write_node(changeset.node)
    requirements = repo.engine.requirements
    version = "bzip2-v2;cg.version=03" if "treemanifest" in requirements else ""
    spec = bundlespec.parse(version, general_delta="generaldelta" in requirements)
    revs = _with_mutable_ancestors(repo, changeset.rev)
    index = repo.engine.changelog()
    bases = sorted(
        {parent for rev in revs for parent in index.parents(rev) if parent != NULL_REV} - set(revs)
    )
    write_bundle(shelf.path("hg"), spec, bundle_parts(repo, Outgoing(revs, bases), spec), repo.engine)
    write_file(shelf.path("patch"), _as_patch(changeset))


def _with_mutable_ancestors(repo: Repository, rev: Rev) -> list[Rev]:
    """The changeset and those below it that are not public, ascending."""
    from hydrargyrum.repo.phases import PhaseRoots

    found, pending = set(), [rev]
    index, txn = repo.engine.changelog(), repo.current_transaction
    assert txn is not None
    # what is recorded for a while has its phase in the transaction only
    roots = PhaseRoots.of(repo, txn)
    while pending:
        one = pending.pop()
        if one != NULL_REV and one not in found and roots.phase(one):
            found.add(one)
            pending += index.parents(one)
    return sorted(found)


def _as_patch(changeset: Changeset) -> bytes:
    """The changeset as `export --git` prints it."""
    from hydrargyrum.dates import DEFAULT_FORMAT, format_date
    from hydrargyrum.ops.diff import patches
    from hydrargyrum.types import DiffStyle

    parents = [parent for parent in changeset.parents if parent.rev != NULL_REV]
    base = parents[0] if parents else changeset.repo["null"]
    date = changeset.date
    lines = ["# HG changeset patch", f"# User {changeset.user}", f"# Date {date[0]} {date[1]}"]
    lines.append(f"#      {format_date(date, DEFAULT_FORMAT)}")
    if changeset.branch != "default":
        lines.append(f"# Branch {changeset.branch}")
    lines.append(f"# Node ID {changeset.node.hex()}")
    lines += [f"# Parent  {parent.node.hex()}" for parent in parents or [base]]
    lines += [changeset.description.rstrip(), "", ""]
    style = DiffStyle(context=3, git=True)
    found = patches(base, changeset, PatternSet(changeset.repo.root), style, full_nodes=False)
    return os.fsencode("\n".join(lines)) + b"".join(found)


def _take_out(repo: Repository, request: ShelveRequest, parent: Changeset, merger: FileMerger) -> None:
    """Take what was shelved out of the working copy, unless it is to be kept there."""
    from hydrargyrum.merge.state import MergeState
    from hydrargyrum.ops.update import show_stats

    if request.keep:
        return
    stats = moving.move(repo, moving.update_to(parent), merger)
    show_stats(merger.talk, stats)
    if not MergeState.read(repo).unresolved:
        MergeState.clean(repo)


def back_to(repo: Repository, parent: Changeset) -> None:
    """End with `parent` as the working copy's, files as they are."""
    from hydrargyrum.ops.uncommit import on_another_parent

    here = repo["."]
    if here.rev != parent.rev:
        on_another_parent(repo, here, parent.node).write()
        repo.invalidate()


if TYPE_CHECKING:
    from hydrargyrum.ops.commit_plan import CommitRequest, Draft

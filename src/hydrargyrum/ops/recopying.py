"""Copies that a changeset records, corrected afterwards: it is replaced by one that records others.

Copies in the working copy are the business of `ops.copying`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops import commit as recording
from hydrargyrum.ops import obsolete
from hydrargyrum.ops.amend import check_rewriting, move_marks, settle_phase
from hydrargyrum.plans import CommitHeader, FileChange
from hydrargyrum.types import NULL_NODE, NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.merge.conversation import ShowPath
    from hydrargyrum.ops.commit_plan import Dialog
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.reporter import Reporter
    from hydrargyrum.types import Node


def check_revision(changeset: Changeset) -> None:
    """Raises `InputError` for a merge."""
    if changeset.parents[1].rev != NULL_REV:
        raise errors.InputError("cannot mark/unmark copy in merge commit")


def forget_recorded_copies(
    changeset: Changeset, patterns: PatternSet, talk: Reporter, show: ShowPath, dialog: Dialog
) -> None:
    """Makes files of a changeset no copies any more; tells of named ones that are none.

    The caller holds the working copy's lock.
    """
    repo = changeset.repo
    check_rewriting(repo, [changeset.rev], "uncopy")
    copies = _copies(changeset)
    found, warnings = repo.engine.files(changeset.rev, patterns)
    for warning in warnings:
        talk.warn(f"{warning.text()}\n")
    named = {_from_root(repo, patterns.cwd, pattern) for pattern in patterns.patterns}
    changes: dict[str, str | None] = {}
    for path in found:
        if path in copies:
            changes[path] = None
        elif path in named:
            talk.warn(f"{show(path)}: not unmarking as copy - file is not marked as copied\n")
    _replace(changeset, changes, "uncopy", dialog)


def record_copy(
    changeset: Changeset, patterns: PatternSet, talk: Reporter, show: ShowPath, dialog: Dialog
) -> None:
    """Records in a changeset that its file, the last pattern, is a copy of one of its parent.

    Raises:
        InputError: there is not one source and one destination.
    """
    repo = changeset.repo
    *sources, destination = patterns.patterns or ("",)
    if not destination:
        raise errors.InputError("no source or destination specified")
    if not sources:
        raise errors.InputError("no destination specified")
    check_rewriting(repo, [changeset.rev], "uncopy")
    path = _from_root(repo, patterns.cwd, destination)
    if path not in changeset.manifest:
        below = PatternSet(repo.root, [f"path:{path}"], warn_missing=False)
        if len(repo.engine.files(changeset.rev, below)[0]):
            raise errors.InputError(f"{show(path)}: --at-rev does not support a directory as destination")
        raise errors.InputError(
            f"{show(path)}: copy destination does not exist in {changeset.node.hex()[:12]}"
        )
    found: list[str] = []
    parent = changeset.parents[0]
    for pattern in sources:
        wanted = PatternSet(patterns.cwd, [pattern], patterns.include, patterns.exclude)
        paths, warnings = repo.engine.files(parent.rev, wanted)
        for warning in warnings:
            talk.warn(f"{warning.text()}\n")
        found += paths
    if not found:
        raise errors.InputError("no files to copy")
    if len(found) != 1:
        raise errors.InputError("--at-rev requires a single source")
    _replace(changeset, {path: found[0]}, "copy", dialog)


def _from_root(repo: Repository, cwd: str, path: str) -> str:
    return os.path.relpath(os.path.join(cwd, path), repo.root)


def _copies(changeset: Changeset) -> Mapping[str, str]:
    base = changeset.parents[0].rev
    everything = PatternSet(changeset.repo.root)
    request = StatusRequest(everything, base=base, target=changeset.rev, unknown=False, copies=True)
    return changeset.repo.engine.status(request).copies


def _replace(changeset: Changeset, changes: Mapping[str, str | None], operation: str, dialog: Dialog) -> None:
    """Puts a changeset with other copies in the place of one. The working copy's lock is held."""
    repo = changeset.repo
    creates_markers = obsolete.allows(repo, "createmarkers")
    user = dialog.user() if creates_markers else ""
    is_parent = repo["."].rev == changeset.rev
    with repo.lock_store():
        with repo.transaction(operation) as txn:
            node, rev = _write(changeset, changes, txn)
            move_marks(repo, txn, changeset.node, node)
            settle_phase(repo, txn, None, changeset, rev)
            if is_parent:
                editor = repo.engine.edit_dirstate()
                editor.set_parents(node, NULL_NODE)
                editor.write()
            if creates_markers:
                obsolete.replace(repo, txn, changeset, [repo[rev]], user=user, operation=operation)
        if not creates_markers:
            from hydrargyrum.ops import strip

            strip.replace(repo, [changeset.rev], topic=operation)


def _write(changeset: Changeset, changes: Mapping[str, str | None], txn: object) -> tuple[Node, int]:
    from hydrargyrum.repo.phases import wanted_phase
    from hydrargyrum.repo.transaction import Transaction

    assert isinstance(txn, Transaction)
    repo, manifest = changeset.repo, changeset.manifest
    parent = changeset.parents[0]
    written, removed = [], []
    for path in sorted({*changeset.record.files, *changes}, key=os.fsencode):
        entry = manifest.get(path)
        if entry is None:
            removed.append(path)
        elif path in changes:
            data = repo.engine.file_data(path, entry.node)
            written.append(FileChange(path, data, entry.flags, copied_from=changes[path]))
        else:
            written.append(FileChange(path, flags=entry.flags, node=entry.node))
    header = CommitHeader(
        (parent.rev, NULL_REV),
        changeset.user,
        changeset.date,
        changeset.description,
        {**changeset.extra, "branch": changeset.branch, "amend_source": changeset.node.hex()},
    )
    length = len(repo.engine.changelog())
    recording.note_files(repo, [change.path for change in written])
    result = txn.writer.commit(header, written, removed)
    hooked = {"parent1": parent.node.hex(), "parent2": ""}
    existed = result.rev < length
    recording.after_write(repo, txn, result, hooked, wanted_phase(repo), existed=existed)
    return result.node, result.rev

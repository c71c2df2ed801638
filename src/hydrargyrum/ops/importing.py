"""Taking patches in: each is applied to the working copy and recorded with its own message, user, date and branch.

Reading and applying a patch is `ops.patching`; recording is `ops.commit`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ops.commit import commit
from hydrargyrum.ops.commit_plan import CommitRequest
from hydrargyrum.ops.patching.apply import PatchedFiles, Patcher, PatchFailed
from hydrargyrum.ops.patching.parse import parse_patch
from hydrargyrum.types import NULL_NODE, NULL_REV, PatternSet, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.dates import Date
    from hydrargyrum.ops.commit_plan import Dialog
    from hydrargyrum.ops.patching.message import PatchMessage
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node


class ImportRequest(Value):
    """What the user wants.

    Attributes:
        strip: directories that are cut off names; prefix: where files are, with a slash, or "".
        message, user, date: instead of those of the patch.
        exact: as recorded, or not at all; branch: take the patch's branch; partial: record also where hunks fail.
        record: make a changeset; phase: its lowest phase.
        similarity: share of equal content above which files count as renamed, 0 to look for none.
        onto: apply to the files of this changeset and leave the working copy alone.
        move: takes the working copy to another changeset.
    """

    __slots__ = (
        "branch",
        "date",
        "exact",
        "message",
        "move",
        "onto",
        "partial",
        "phase",
        "prefix",
        "record",
        "similarity",
        "strip",
        "user",
    )

    def __init__(
        self,
        *,
        strip: int = 1,
        prefix: str = "",
        message: str = "",
        user: str | None = None,
        date: Date | None = None,
        exact: bool = False,
        branch: bool = False,
        partial: bool = False,
        record: bool = True,
        phase: int = 1,
        similarity: float = 0.0,
        onto: Changeset | None = None,
        move: Callable[[Changeset], object] = lambda _target: None,
    ) -> None:
        self.strip = strip
        self.prefix = prefix
        self.message = message
        self.user = user
        self.date = date
        self.exact = exact
        self.branch = branch
        self.partial = partial
        self.record = record
        self.phase = phase
        self.similarity = similarity
        self.onto = onto
        self.move = move


class ImportOutcome(Value):
    """What came of one patch: the changeset (None: none was made), its message, whether hunks were rejected."""

    __slots__ = ("message", "node", "rejected")

    def __init__(self, node: Node | None, message: str, *, rejected: bool) -> None:
        self.node = node
        self.message = message
        self.rejected = rejected


def import_patch(
    repo: Repository, patch: PatchMessage, request: ImportRequest, dialog: Dialog
) -> ImportOutcome:
    """Applies a patch and records it. The locks are held by the caller.

    Raises:
        InputError: it cannot be read, or is none of ours although it has to be.
        StateError: it does not apply.
        Abort: the changeset differs from the recorded one.
    """
    from hydrargyrum.dates import parse_date

    if patch.patch is None:
        raise errors.InternalError(problem="a message without a patch")
    message = request.message or patch.message.strip()
    if request.onto is not None:
        return _import_aside(repo, patch, request, message, dialog)
    _place_parents(repo, patch, request)
    if request.exact or request.branch:
        from hydrargyrum.repo.branches import set_working_branch

        set_working_branch(repo, patch.branch or "default")
    files, rejected = _apply(repo, patch.patch, request)
    if not request.record:
        return ImportOutcome(None, message, rejected=rejected)
    date = request.date or (parse_date(patch.date) if patch.date else None)
    whole = request.exact or repo.working_copy.parents[1].rev != NULL_REV
    if not (files or whole or request.partial):
        return ImportOutcome(None, message, rejected=rejected)
    if files or whole:
        patterns = [] if whole else [f"path:{path}" for path in files]
        wanted = PatternSet(repo.root, patterns, warn_missing=False)
    else:
        # nothing could be applied, and the rest of the working copy is not meant
        wanted = PatternSet(repo.root, exclude=["path:."])
    outcome = commit(
        repo,
        CommitRequest(
            wanted,
            message,
            user=request.user or patch.user or None,
            date=date,
            phase=request.phase,
            allow_empty=request.partial,
        ),
        dialog,
    )
    _check_exact(patch, request, outcome.node)
    return ImportOutcome(outcome.node, message, rejected=rejected)


def _apply(repo: Repository, data: bytes, request: ImportRequest) -> tuple[list[str], bool]:
    target = PatchedFiles(repo)
    rejected = False
    try:
        program = repo.config.text("ui", "patch")
        if program:
            from hydrargyrum.ops.patching.external import apply_externally

            apply_externally(repo, program, data, target, strip=request.strip)
        else:
            files = parse_patch(data)
            Patcher(repo, target, strip=request.strip, prefix=request.prefix).apply(files)
    except PatchFailed:
        if not request.partial:
            # in a transaction what is tracked goes back with it
            target.record(keep=not request.record)
            raise
        rejected = True
    return target.record(request.similarity), rejected


def _import_aside(
    repo: Repository, patch: PatchMessage, request: ImportRequest, message: str, dialog: Dialog
) -> ImportOutcome:
    """Records what a patch makes of a changeset, whatever is in the working copy."""
    from hydrargyrum.dates import parse_date
    from hydrargyrum.ops import commit as recording
    from hydrargyrum.ops import commit_plan
    from hydrargyrum.ops.patching.revision import PatchedRevision
    from hydrargyrum.ops.uncommit import write
    from hydrargyrum.plans import CommitHeader

    assert request.onto is not None
    assert patch.patch is not None
    first, second = _wanted_parents(repo, patch, request, request.onto)
    target = PatchedRevision(first)
    Patcher(repo, target, strip=request.strip, prefix=request.prefix).apply(parse_patch(patch.patch))
    changes = [target.changes[path] for path in sorted(target.changes)]
    removed = sorted(path for path in target.removed if path not in target.changes)
    modified = [change.path for change in changes if change.path in first.manifest]
    added = [change.path for change in changes if change.path not in first.manifest]
    branch = patch.branch or "default" if request.exact or request.branch else first.branch
    user = request.user or patch.user or dialog.user()
    merge = second.rev != NULL_REV
    draft = commit_plan.Draft(
        message, user, {"branch": branch}, (modified, added, removed), merge=merge, parents=(first, second)
    )
    text = message if request.exact else dialog.message(draft)
    recording.save_message(repo, text)
    date = request.date or (parse_date(patch.date) if patch.date else repo.working_copy.date)
    header = CommitHeader(
        (first.rev, second.rev),
        commit_plan.stored_user(user),
        date,
        commit_plan.stored_description(text),
        {"branch": branch},
    )
    with repo.transaction("import") as txn:
        node, rev = write(repo, txn, header, changes, removed, phase=request.phase)
    _check_exact(patch, request, node)
    request.onto = repo[rev]
    return ImportOutcome(node, message, rejected=False)


def _check_exact(patch: PatchMessage, request: ImportRequest, node: Node | None) -> None:
    if request.exact and (node is None or node.hex() != patch.node):
        raise errors.Abort("patch is damaged or loses information")


def _wanted_parents(
    repo: Repository, patch: PatchMessage, request: ImportRequest, first: Changeset
) -> tuple[Changeset, Changeset]:
    """The parents of a changeset that is made aside."""
    null = repo["null"]
    if request.exact:
        if not patch.node or not patch.parents:
            raise errors.InputError("not a Mercurial patch")
        named = [_changeset(repo, digits) for digits in patch.parents[:2]]
        return named[0], named[1] if len(named) > 1 else null
    if len(patch.parents) < 2:
        return first, null
    try:
        ours, other = (_changeset(repo, digits) for digits in patch.parents[:2])
    except (errors.UnknownRevision, errors.UnknownNode):
        return first, null
    if ours.rev == first.rev:
        return first, other
    repo.reporter.warn(
        "warning: import the patch as a normal revision\n(use --exact to import the patch as a merge)\n"
    )
    return first, null


def _place_parents(repo: Repository, patch: PatchMessage, request: ImportRequest) -> None:
    """Makes the parents of the working copy those that the patch asks for."""
    first, second = repo.working_copy.parents
    if request.exact:
        if not patch.node or not patch.parents:
            raise errors.InputError("not a Mercurial patch")
        wanted = _changeset(repo, patch.parents[0])
        if wanted.rev != first.rev:
            request.move(wanted)
            repo.invalidate()
            first, second = repo.working_copy.parents
    if len(patch.parents) < 2:
        return
    try:
        ours, other = (_changeset(repo, digits) for digits in patch.parents[:2])
    except (errors.UnknownRevision, errors.UnknownNode):
        if request.exact:
            raise
        return
    if ours.rev == first.rev and other.rev != second.rev:
        dirstate = repo.engine.edit_dirstate()
        dirstate.set_parents(first.node, other.node if other.rev != NULL_REV else NULL_NODE)
        dirstate.write()
        repo.invalidate()
    elif ours.rev != first.rev and not request.exact:
        repo.reporter.warn(
            "warning: import the patch as a normal revision\n(use --exact to import the patch as a merge)\n"
        )


def _changeset(repo: Repository, digits: str) -> Changeset:
    return repo[digits]

"""`update` with everything around the files: where to go, bookmarks that come along, what is said at the end.

Moving the files is `ops.moving`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ops import moving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.ops.applying import MoveStats
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node

    #: A text as its label shows it.
    Paint = Callable[[str, str], str]


class UpdateRequest:
    """What is asked for.

    Attributes:
        target: where to; None decides by bookmarks and branches.
        name: how the user called it (a bookmark is activated).
        clean: uncommitted changes are discarded.
        check: one of `moving.CHECKS`, None for the configured one.
    """

    __slots__ = ("check", "clean", "name", "target")

    def __init__(
        self, target: Changeset | None, name: str = "", *, clean: bool = False, check: str | None = None
    ) -> None:
        self.target = target
        self.name = name
        self.clean = clean
        self.check = check


def update(repo: Repository, request: UpdateRequest, merger: FileMerger, paint: Paint) -> bool:
    """Update the working copy; whether all files are resolved.

    Raises:
        StateError: see `moving.move`.
    """
    talk = merger.talk
    check = request.check or repo.config.text("commands", "update.check") or ""
    if check not in moving.CHECKS:
        check = moving.CHECK_LINEAR
    with repo.lock_working_copy():
        target, name, along = request.target, request.name, None
        if target is None:
            from hydrargyrum.ops.destination import update_destination

            destination = update_destination(repo, talk.status, clean=request.clean)
            target = repo[destination.rev]
            name, along = destination.bookmark or "", destination.moves_from
        if request.clean:
            stats = moving.move(repo, moving.clean_update_to(target), merger)
        else:
            if check == moving.CHECK_ABORT:
                require_clean(repo, merge=False)
                check = moving.CHECK_NONE
            stats = moving.move(repo, moving.update_to(target, check), merger)
        show_stats(talk, stats)
        if stats.unresolved and not request.clean:
            talk.status("use 'hg resolve' to retry unresolved file merges\n")
        _bookmarks_after(repo, name, along, talk, paint, resolved=not stats.unresolved)
        if request.target is None:
            from hydrargyrum.ops.destination import tell_other_heads

            tell_other_heads(repo, talk)
        return not stats.unresolved


def show_stats(talk: Conversation, stats: MoveStats) -> None:
    """The line of counts."""
    talk.status(
        f"{stats.updated} files updated, {stats.merged} files merged, "
        f"{stats.removed} files removed, {stats.unresolved} files unresolved\n"
    )


def require_clean(repo: Repository, *, merge: bool = True, hint: str | None = None) -> None:
    """Raises `StateError` where something is not committed; with `merge` also for an uncommitted merge.

    Raises `Abort` where something in a subrepository is not committed.
    """
    from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

    if merge and repo.working_copy.parents[1].rev != NULL_REV:
        raise errors.StateError("outstanding uncommitted merge", hint=hint)
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    if len(report.modified) or len(report.added) or len(report.removed) or len(report.deleted):
        raise errors.StateError("uncommitted changes", hint=hint)
    from hydrargyrum.ops.nested.inner import refuse_changes

    refuse_changes(repo, hint=hint)


def _bookmarks_after(
    repo: Repository, name: str, along: Node | None, talk: Conversation, paint: Paint, *, resolved: bool
) -> None:
    from hydrargyrum.repo import bookmarks

    active = repo.active_bookmark
    if resolved and along is not None:
        here = repo["."]
        if along == here.node:
            return
        if _bring_along(repo, along, here):
            talk.status(f"updating bookmark {paint(active or '', 'bookmarks.active')}\n")
        else:
            talk.status(f"(leaving bookmark {paint(active or '', 'bookmarks')})\n")
            bookmarks.activate(repo, None)
    elif name in repo.engine.bookmarks():
        if name != active:
            talk.status(f"(activating bookmark {paint(name, 'bookmarks.active')})\n")
        bookmarks.activate(repo, name)
    elif name:
        if active:
            talk.status(f"(leaving bookmark {paint(active, 'bookmarks')})\n")
        bookmarks.activate(repo, None)


def _bring_along(repo: Repository, parent: Node, here: Changeset) -> bool:
    """Move the active bookmark forward, and drop bookmarks that diverged from it and lie behind; whether any was."""
    from hydrargyrum.ops.destination import is_ancestor
    from hydrargyrum.ops.foreground import moves_forward
    from hydrargyrum.repo.bookmarks import Bookmarks

    active = repo.active_bookmark
    marks = repo.engine.bookmarks()
    if active is None or active not in marks:
        return False
    changes: list[tuple[str, Node | None]] = []
    base = active.split("@", 1)[0]
    stale = {parent}
    if marks[active] == parent:
        family = [node for mark, node in marks.items() if mark.split("@", 1)[0] == base]
        stale = {node for node in family if is_ancestor(repo, repo[node].rev, here.rev)}
        old = repo[marks[active]].rev
        if moves_forward(repo, old, here.rev):
            changes.append((active, here.node))
    for mark, node in marks.items():
        diverged = "@" in mark and not mark.endswith("@") and mark.split("@", 1)[0] == base
        if diverged and mark != active and node in stale:
            changes.append((mark, None))
    if changes:
        with repo.lock_store(), repo.transaction("bookmark") as txn:
            Bookmarks.of(repo, txn).change(changes)
    return bool(changes)

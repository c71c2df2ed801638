"""`debugstrip`, which the extension `strip` offers under its name. Removing is the work of `ops.strip`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev

#: Options of both commands: those that come first, and those that follow.
FIRST_OPTIONS = [
    Option(
        "r",
        "rev",
        "strip specified revision (optional, can specify revisions without this option)",
        default=[],
        metavar="REV",
    ),
    Option("f", "force", "force removal of changesets, discard uncommitted changes (no backup)"),
    Option("", "no-backup", "do not save backup bundle"),
]
OPTIONS = [
    Option("k", "keep", "do not modify working directory during strip"),
    Option("B", "bookmark", "remove revs only reachable from given bookmark", default=[], metavar="BOOKMARK"),
    Option("", "soft", "simply drop changesets from visible history (EXPERIMENTAL)"),
]


@command(
    "debugstrip",
    options=[*FIRST_OPTIONS, *OPTIONS],
    synopsis="[-k] [-f] [-B bookmark] [-r] REV...",
    category="maintenance",
)
def debugstrip(context: CommandContext) -> int:
    """strip changesets and all their descendants from the repository

    The changesets are removed, and kept in a bundle under ``.hg/strip-backup`` unless --no-backup is given;
    :hg:`unbundle` brings them back. If the working directory's parent goes away, it is updated to the nearest ancestor
    that stays; with -k files are left as they are.

    Returns 0 on success.
    """
    backup = not context.options.flag("no_backup")
    return run(context, backup=backup, permit_empty=True)


def run(context: CommandContext, *, backup: bool, permit_empty: bool) -> int:
    """Does it; without revisions it is an error unless that is permitted. Raises Abort."""
    from hydrargyrum.ops import strip as operation
    from hydrargyrum.ops.revisions import resolve_revisions

    options, repo = context.options, context.repo
    marks = sorted(set(options.items("bookmark")))
    with repo.lock_working_copy(), repo.lock_store():
        names = [*context.args, *options.items("rev")]
        revs = set(resolve_revisions(repo, names)) if names else set()
        revs.update(_reachable_only(context, marks))
        if not revs:
            if marks:
                _delete_bookmarks(context, marks)
            if permit_empty:
                return 0
            raise errors.Abort("empty revision set")
        roots = _roots(repo, revs)
        _move_away(context, roots)
        remove = operation.archive if options.flag("soft") else operation.strip
        path = remove(repo, roots, topic="backup", backup=backup)
        if path is not None:
            context.ui.status(f"saved backup bundle to {path}\n")
        if marks:
            repo.invalidate()
            _delete_bookmarks(context, marks)
    return 0


def _roots(repo: Repository, revs: set[Rev]) -> list[Rev]:
    """Those that descend from none of the others, by node: what the backup is called depends on the last one."""
    if NULL_REV in revs:
        return [NULL_REV]
    below = frozenset(repo.engine.descendants(repo.engine.children_of(revs)))
    index = repo.engine.changelog()
    return sorted((rev for rev in revs if rev not in below), key=index.node)


def _reachable_only(context: CommandContext, marks: Sequence[str]) -> set[Rev]:
    """What only the bookmarks keep alive. Raises Abort for a bookmark that is not there."""
    from hydrargyrum.ops.bookmarks import only_reachable_from

    repo = context.repo
    there = repo.engine.bookmarks()
    missing = [mark for mark in marks if mark not in there]
    if missing:
        raise errors.Abort(f"bookmark '{','.join(missing)}' not found")
    found: set[Rev] = set()
    for mark in marks:
        # another bookmark on the same changeset keeps it
        if all(other in marks for other, node in there.items() if node == there[mark]):
            found.update(only_reachable_from(repo, mark))
    return found


def _delete_bookmarks(context: CommandContext, marks: Sequence[str]) -> None:
    from hydrargyrum.repo.bookmarks import Bookmarks, activate

    repo = context.repo
    with repo.transaction("strip") as txn:
        if repo.active_bookmark in marks:
            activate(repo, None)
        Bookmarks.of(repo, txn).change([(mark, None) for mark in marks])
    for mark in marks:
        context.ui.write(f"bookmark '{mark}' deleted\n")


def _move_away(context: CommandContext, roots: Sequence[Rev]) -> None:
    """Where a parent of the working copy goes away, its first ancestor that stays becomes the parent."""
    from hydrargyrum.ops.strip import with_descendants

    repo = context.repo
    gone = with_descendants(repo, roots) - {NULL_REV}
    if not any(parent.rev in gone for parent in repo.working_copy.parents):
        return
    if context.options.flag("keep"):
        from hydrargyrum.ops.uncommit import keep_files

        keep_files(repo, _where_to_go(repo, gone, roots[0]))
        return
    from hydrargyrum.repo.unfinished import check_unfinished
    from hydrargyrum.types import PatternSet, StatusRequest

    forced = context.options.flag("force")
    check_unfinished(repo, skip_merge=forced)
    if not forced:
        report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
        if len(report.modified) or len(report.added) or len(report.removed) or len(report.deleted):
            raise errors.StateError("uncommitted changes")
    from hydrargyrum.commands.merging import merger_for
    from hydrargyrum.ops import moving
    from hydrargyrum.ops.update import show_stats

    target = _where_to_go(repo, gone, roots[0])
    merger = merger_for(context, "strip")
    show_stats(merger.talk, moving.move(repo, moving.clean_update_to(target), merger))
    repo.invalidate()


def _where_to_go(repo: Repository, gone: set[Rev], first: Rev) -> Changeset:
    """The parent of what goes away; on another branch than the working copy's, the nearest one on that."""
    from hydrargyrum.ops.revisions import resolve_revisions

    target, branch = repo[first].parents[0], repo.engine.working_branch()
    if target.branch != branch:
        here = "parents(wdir())"
        below = f"({'+'.join(str(rev) for rev in sorted(gone - repo.hidden))})::{here}"
        name = branch.replace("\\", "\\\\").replace("'", "\\'")
        found = resolve_revisions(
            repo, [f"max(((parents({below}) + {here}) - {below}) and branch('{name}'))"]
        )
        if found:
            return repo[found[0]]
    return target

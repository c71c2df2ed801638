"""`strip`, as the peer's extension of that name has it; removing is `ops.strip`, moving away first `ops.moving`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.types import Rev


@command(
    "strip",
    options=[
        Option(
            "r",
            "rev",
            "strip specified revision (optional, can specify revisions without this option)",
            default=[],
            metavar="REV",
        ),
        Option("f", "force", "force removal of changesets, discard uncommitted changes (no backup)"),
        Option("", "no-backup", "do not save backup bundle"),
        Option("", "nobackup", "do not save backup bundle", marks=["deprecated"]),
        Option("k", "keep", "do not modify working directory during strip"),
        Option(
            "B", "bookmark", "remove revs only reachable from given bookmark", default=[], metavar="BOOKMARK"
        ),
    ],
    synopsis="[-k] [-f] [-B bookmark] [-r] REV...",
    category="maintenance",
)
def strip(context: CommandContext) -> int:
    """strip changesets and all their descendants from the repository

    The changesets are removed, and kept in a bundle under ``.hg/strip-backup`` unless --no-backup is given;
    :hg:`unbundle` brings them back. If the working directory's parent goes away, it is updated to the nearest ancestor
    that stays; with -k files are left as they are.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revisions import resolve_revisions
    from hydrargyrum.ops.strip import strip as remove

    options, repo = context.options, context.repo
    if options.items("bookmark"):
        raise errors.Unsupported(feature="strip --bookmark is")
    with repo.lock_working_copy(), repo.lock_store():
        revs = resolve_revisions(repo, [*context.args, *options.items("rev")])
        if not revs:
            raise errors.Abort("empty revision set")
        _move_away(context, revs)
        backup = not (options.flag("no_backup") or options.flag("nobackup"))
        path = remove(repo, sorted(revs), topic="backup", backup=backup)
    if path is not None:
        context.ui.status(f"saved backup bundle to {path}\n")
    return 0


def _move_away(context: CommandContext, revs: list[Rev]) -> None:
    """Where a parent of the working copy goes away, its first ancestor that stays becomes the parent."""
    from hydrargyrum.ops.strip import with_descendants

    repo = context.repo
    gone = with_descendants(repo, revs) - {NULL_REV}
    if not any(parent.rev in gone for parent in repo.working_copy.parents):
        return
    target = repo[min(revs)].parents[0]
    if context.options.flag("keep"):
        from hydrargyrum.ops.uncommit import keep_files

        keep_files(repo, target)
        return
    from hydrargyrum.types import PatternSet, StatusRequest

    if not context.options.flag("force"):
        from hydrargyrum.repo.unfinished import check_unfinished

        check_unfinished(repo)
        report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
        if len(report.modified) or len(report.added) or len(report.removed) or len(report.deleted):
            raise errors.StateError("uncommitted changes")
    context.run("update", rev=str(target.rev) if target.rev >= 0 else "null", clean=True)

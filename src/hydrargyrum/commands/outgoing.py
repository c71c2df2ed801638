"""`outgoing`: what another repository on this machine lacks. What that is, is found by `ops.discovery`."""

from __future__ import annotations

from hydrargyrum.commands.comparing import (
    SHOWING_OPTIONS,
    check_graph,
    show_bookmarks,
    show_changesets,
    subrepo_abort,
)
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.commands.elsewhere import Elsewhere
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


@command(
    "outgoing",
    aliases=["out"],
    options=[
        Option("f", "force", "run even when the destination is unrelated"),
        Option(
            "r",
            "rev",
            "a changeset intended to be included in the destination",
            default=[],
            metavar="REV",
        ),
        Option("n", "newest-first", "show newest record first"),
        Option("B", "bookmarks", "compare bookmarks"),
        Option("b", "branch", "a specific branch you would like to push", default=[], metavar="BRANCH"),
        *SHOWING_OPTIONS,
    ],
    synopsis="[-M] [-p] [-n] [-f] [-r REV]... [DEST]...",
    category="remote",
)
def outgoing(context: CommandContext) -> int:
    """show changesets not found in the destination

    What a push would send to the repository that is named, by its place or by a name of section `paths`; to
    "default-push" or "default" without one. It has to be on this machine.

    With -B, bookmarks are compared; -v says what has become of each: added, deleted, advanced, diverged or changed.

    Returns 0 if there are outgoing changes, 1 otherwise.
    """
    from hydrargyrum.commands.elsewhere import push_destinations

    options, ui, repo = context.options, context.ui, context.repo
    if options.flag("bookmarks"):
        from hydrargyrum.ops.discovery import compare_bookmarks, served_bookmarks

        place = next(push_destinations(context, context.args))
        other = place.open(context)
        ui.debug('listing keys for "namespaces"\n')
        ui.status(f"comparing with {place.shown}\n")
        ui.pager("outgoing")
        ui.status("searching for changed bookmarks\n")
        ui.debug('listing keys for "bookmarks"\n')
        ours, theirs = dict(repo.engine.bookmarks().items()), served_bookmarks(other)
        return show_bookmarks(context, compare_bookmarks(repo, ours, theirs, removals=True))
    check_graph(context)
    codes = [
        _compare_all(context, place, repo, place, "") for place in push_destinations(context, context.args)
    ]
    return min(codes, default=1)


def _compare_all(
    context: CommandContext, top: Elsewhere, repo: Repository, place: Elsewhere, source: str
) -> int:
    """Compares a repository, then its subrepositories, where these are wanted; 0 where there is anything to send."""
    from hydrargyrum import errors
    from hydrargyrum.commands.elsewhere import subrepo_comparisons

    code = _compare(context, repo, place)
    for nested, below, path in subrepo_comparisons(context, repo, source):
        try:
            code = min(code, _compare_all(context, top, nested, top.below(below), below))
        except errors.Abort as problem:
            raise subrepo_abort(problem, path) from None
    return code


def _compare(context: CommandContext, repo: Repository, place: Elsewhere) -> int:
    from hydrargyrum.ops.discovery import find_outgoing

    ui = context.ui
    ui.status(f"comparing with {place.shown}\n")
    heads = _heads(context, place) if repo is context.repo else None
    missing, secret = find_outgoing(repo, place.open(context), heads, force=context.options.flag("force"))
    if missing:
        show_changesets(context, repo, missing, ends_each=True)
        return 0
    ignored = f" (ignored {secret} secret changesets)" if secret else ""
    ui.status(f"no changes found{ignored}\n")
    return 1


def _heads(context: CommandContext, place: Elsewhere) -> list[Rev] | None:
    """What is to be sent with its ancestors; None for everything."""
    from hydrargyrum.ops.discovery import branch_heads
    from hydrargyrum.ops.revisions import resolve_revisions

    repo, options = context.repo, context.options
    names = options.items("branch")
    texts = [*options.items("rev")]
    heads = branch_heads(repo, names, repo.working_copy.branch)
    if place.branch:
        if place.branch == "." or place.branch in repo.engine.branch_heads():
            heads += branch_heads(repo, [place.branch], repo.working_copy.branch)
        else:
            texts.append(place.branch)
    if texts:
        heads += resolve_revisions(repo, texts)
    return heads or None

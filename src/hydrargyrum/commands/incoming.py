"""`incoming`: what another repository on this machine, or a bundle file, has and this one has not.

Which changesets those are is found by `ops.discovery`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
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
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from hydrargyrum.commands.elsewhere import Elsewhere
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


@command(
    "incoming",
    aliases=["in"],
    options=[
        Option("f", "force", "run even if remote repository is unrelated"),
        Option("n", "newest-first", "show newest record first"),
        Option("", "bundle", "file to store the bundles into", default="", metavar="FILE"),
        Option("r", "rev", "a remote changeset intended to be added", default=[], metavar="REV"),
        Option("B", "bookmarks", "compare bookmarks"),
        Option("b", "branch", "a specific branch you would like to pull", default=[], metavar="BRANCH"),
        Option(
            "",
            "remote-hidden",
            "include changesets hidden on the remote",
            marks=["experimental"],
        ),
        *SHOWING_OPTIONS,
    ],
    synopsis="[-p] [-n] [-M] [-f] [-r REV]... [--bundle FILENAME] [SOURCE]",
    category="remote",
    max_args=1,
)
def incoming(context: CommandContext) -> int:
    """show new changesets found in source

    What a pull would bring from the repository that is named, by its place or by a name of section `paths`; from
    "default" without one. It has to be on this machine, or be a bundle file. --bundle keeps what is found as a file.

    With -B, bookmarks are compared; -v says what has become of each: added, advanced, diverged or changed.

    Returns 0 if there are incoming changes, 1 otherwise.
    """
    from hydrargyrum.commands.elsewhere import pull_sources

    options = context.options
    check_graph(context)
    graph = options.flag("graph")
    if options.flag("subrepos") and options.text("bundle") and not graph:
        raise errors.InputError("cannot specify both --subrepos and --bundle")
    if options.flag("remote_hidden"):
        raise errors.Unsupported(feature="incoming --remote-hidden is")
    places = pull_sources(context, context.args[0] if context.args else "default")
    if options.flag("bookmarks") and not graph:
        return _compare_bookmarks(context, places[0])
    if len(places) != 1:
        raise errors.Abort(f"for now, incoming supports only a single source, {len(places)} provided")
    code = _compare_all(context, places[0], context.repo, places[0], "")
    return 0 if graph else code


def _compare_all(
    context: CommandContext, top: Elsewhere, repo: Repository, place: Elsewhere, source: str
) -> int:
    """Compares a repository, then its subrepositories, where these are wanted; 0 where there is anything new."""
    from hydrargyrum.commands.elsewhere import subrepo_comparisons

    with _opened(context, place) as other:
        code = _compare(context, repo, place, other)
    if context.options.flag("graph"):
        return code
    inner = [1]
    for nested, below, path in subrepo_comparisons(context, repo, source):
        try:
            inner.append(_compare_all(context, top, nested, top.below(below), below))
        except errors.Abort as problem:
            raise subrepo_abort(problem, path) from None
    return 0 if code == 0 else min(inner)


def _opened(context: CommandContext, place: Elsewhere) -> AbstractContextManager[Repository]:
    """The other repository, or this one together with the bundle file that is named."""
    from contextlib import nullcontext

    if os.path.isfile(place.local_path(context.cwd)):
        from hydrargyrum.ops.overlay import with_bundle

        return with_bundle(context.repo, place.path, context.cwd)
    return nullcontext(place.open(context))


def _compare(context: CommandContext, repo: Repository, place: Elsewhere, other: Repository) -> int:
    from hydrargyrum.ops.discovery import find_incoming

    ui = context.ui
    kept = context.options.text("bundle")
    kept = os.path.join(context.cwd, kept) if kept else ""
    ui.status(f"comparing with {place.shown}\n")
    heads = _heads(context, place, other) if repo is context.repo else None
    revs, common = find_incoming(repo, other, heads, force=context.options.flag("force"))
    if not revs:
        if kept and os.path.lexists(kept):
            os.unlink(kept)
        ui.status("no changes found\n")
        return 1
    if kept:
        _keep(other, revs, common, kept)
    show_changesets(context, other, revs)
    return 0


def _heads(context: CommandContext, place: Elsewhere, other: Repository) -> list[Rev] | None:
    """What is wanted with its ancestors; None for everything."""
    from hydrargyrum.commands.elsewhere import branch_of_place
    from hydrargyrum.ops.discovery import branch_heads

    options = context.options
    names = options.items("rev")
    heads = [other.resolve(name) for name in names]
    heads += branch_heads(other, options.items("branch"), context.repo.working_copy.branch)
    heads += branch_of_place(place, other) or []
    return heads or None


def _keep(other: Repository, revs: Sequence[Rev], common: Sequence[Rev], path: str) -> None:
    """Write the changesets as a bundle."""
    from hydrargyrum.exchange import bundlespec
    from hydrargyrum.exchange.bundlefile import write_bundle
    from hydrargyrum.ops.outgoing import Outgoing, bundle_parts

    trees = "treemanifest" in other.engine.requirements
    spec = bundlespec.parse("none-v2;cg.version=03" if trees else "none-v2")
    write_bundle(path, spec, bundle_parts(other, Outgoing(revs, common), spec), other.engine)


def _compare_bookmarks(context: CommandContext, place: Elsewhere) -> int:
    from hydrargyrum.ops.discovery import compare_bookmarks, mirrored_bookmarks, served_bookmarks

    ui, repo = context.ui, context.repo
    with _opened(context, place) as other:
        ui.debug('listing keys for "namespaces"\n')
        ui.pager("incoming")
        ui.status(f"comparing with {place.shown}\n")
        if place.bookmarks_mode == "ignore":
            ui.status("bookmarks exchange disabled with this path\n")
            return 0
        ui.status("searching for changed bookmarks\n")
        ui.debug('listing keys for "bookmarks"\n')
        ours, theirs = dict(repo.engine.bookmarks().items()), served_bookmarks(other)
        if place.bookmarks_mode == "mirror":
            return show_bookmarks(context, mirrored_bookmarks(ours, theirs))
        return show_bookmarks(context, compare_bookmarks(repo, theirs, ours, removals=False))

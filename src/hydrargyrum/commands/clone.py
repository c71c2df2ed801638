"""`clone`: a copy of a repository. How it is made is in `ops.clone`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.bundle import REMOTE_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node


@command(
    "clone",
    options=[
        Option("U", "noupdate", "leave the working copy empty"),
        Option("u", "updaterev", "revision, tag or branch to check out", default="", metavar="REV"),
        Option("r", "rev", "only this changeset and its ancestors", default=[], metavar="REV"),
        Option(
            "b", "branch", "only this branch's changesets and their ancestors", default=[], metavar="BRANCH"
        ),
        Option("", "pull", "copy changeset by changeset instead of by file"),
        Option("", "uncompressed", "an alias of --stream", marks=["deprecated"]),
        Option("", "stream", "copy by file"),
        *REMOTE_OPTIONS,
    ],
    synopsis="[OPTION]... SOURCE [DEST]",
    category="repo",
    basic=True,
    norepo=True,
    min_args=1,
    max_args=2,
)
def clone(context: CommandContext) -> int:
    """make a copy of an existing repository

    DEST is a new directory, by default named as the last part of the source. The location of the source becomes the
    copy's default path.

    A repository on the same machine is copied with hard links, which takes next to no space and time, unless --pull
    asks for a copy changeset by changeset. -r and -b copy a part of the history only.

    The working copy is updated to the `@` bookmark, or else to the tip of branch `default`; -u names another revision,
    -U leaves it empty.

    Returns 0 on success.
    """
    from hydrargyrum.ops import clone as operation

    options = context.options
    if options.flag("noupdate") and options.text("updaterev"):
        raise errors.InputError("cannot specify both --noupdate and --updaterev")
    location, shown, fragment = _source(context)
    source = _open(context, location, shown)
    destination = context.args[1] if len(context.args) > 1 else os.path.basename(os.path.normpath(location))
    if len(context.args) < 2:
        context.ui.status(f"destination directory: {destination}\n")
    destination = _destination(context, destination)
    path = os.path.normpath(os.path.join(context.cwd, destination))
    operation.check_destination(path, destination)
    pool, name = _pool(context, source, shown)
    heads = _heads(context, source, fragment)
    if pool:
        return _share_from_pool(context, source, heads, os.path.join(pool, name), path)
    linked = heads is None and not options.flag("pull") and operation.can_be_linked(source)
    existed = os.path.isdir(path)
    root = None
    if linked:
        try:
            root = operation.link_repository(source, path)
        except (errors.LockHeld, errors.LockUnavailable):
            # what is there already can be read meanwhile
            linked = False
    if root is None:
        root = _create(context, path)
    try:
        default = shown if source.bundled is not None else os.path.realpath(location)
        operation.write_default_path(root, f"{default}#{fragment}" if fragment else default)
        inner = context.for_repository(root)
        if not linked:
            _pull(inner, source, heads, os.path.realpath(location))
        operation.copy_bookmarks(source, inner.repo)
    except BaseException:
        operation.discard(root, existed=existed)
        raise
    return 0 if options.flag("noupdate") else _check_out(context, inner, source, fragment)


def _source(context: CommandContext) -> tuple[str, str, str]:
    """The absolute path of the source, what to call it, and the branch or revision behind `#`, "" for none."""
    from hydrargyrum.commands.elsewhere import location_of
    from hydrargyrum.paths import hide_password

    location = location_of(context, context.args[0])
    if "://" in location and not location.startswith("file://"):
        raise errors.Unsupported(feature=f"cloning from {hide_password(location)} is")
    location, _mark, fragment = location.partition("#")
    path = os.path.expanduser(location.removeprefix("file://"))
    return os.path.normpath(os.path.join(context.cwd, path)), location, fragment


def _destination(context: CommandContext, text: str) -> str:
    """Where the new repository is to be: a name of section `paths` stands for its location."""
    from hydrargyrum.commands.elsewhere import location_of
    from hydrargyrum.config.locations import local_path
    from hydrargyrum.paths import hide_password

    location = location_of(context, text)
    scheme = location.partition("://")[0] if "://" in location else ""
    if scheme in ("http", "https"):
        raise errors.Abort("cannot create new http repository")
    if scheme not in ("", "file"):
        raise errors.Unsupported(feature=f"cloning to {hide_password(location)} is")
    return local_path(location)


def _open(context: CommandContext, path: str, shown: str) -> Repository:
    from hydrargyrum.commands.elsewhere import open_bundle_location

    bundle = open_bundle_location(context, shown)
    if bundle is not None:
        return bundle
    if not os.path.isdir(os.path.join(path, ".hg")):
        raise errors.RepositoryNotFound(path=shown)
    return context.for_repository(os.path.realpath(path)).repo


def _heads(context: CommandContext, source: Repository, fragment: str) -> list[int] | None:
    """Which heads are wanted; None for all."""
    from hydrargyrum.ops.discovery import is_served
    from hydrargyrum.ops.revisions import resolve_revision

    options = context.options
    revs = []
    for text in options.items("rev"):
        try:
            rev = resolve_revision(source, text).rev
        except errors.FilteredRevision:
            rev = None
        if rev is None or not is_served(source, rev):
            raise errors.Abort(f"filtered revision '{text}' (not in 'served' subset)")
        revs.append(rev)
    tips = source.engine.branch_tips()
    names = options.items("branch")
    if fragment in tips:
        names.append(fragment)
    elif fragment == ".":
        raise errors.Abort("dirstate branch not accessible")
    elif fragment:
        revs.append(source.resolve(fragment))
    for name in names:
        if name not in tips:
            raise errors.InputError(f"unknown branch '{name}'")
        heads = [rev for rev in source.engine.heads() if source[rev].branch == name]
        revs += heads or [source[tips[name]].rev]
    return revs or None


def _pool(context: CommandContext, source: Repository, location: str) -> tuple[str, str]:
    """The pool of histories to share one from (`share.pool`, heeded by extension `share`) and its name there, or ""."""
    from hydrargyrum.config.parse import expand_path
    from hydrargyrum.ops.pooling import name_in_pool

    pool = context.config.text("share", "pool")
    if not pool or all(extension.name != "share" for extension in context.registry.extensions):
        return "", ""
    naming = context.config.text("share", "poolnaming") or "identity"
    name, reason = name_in_pool(source, naming, location)
    if not name:
        context.ui.status(f"(not using pooled storage: {reason})\n")
        return "", ""
    return os.path.join(context.cwd, expand_path(pool)), name


def _share_from_pool(
    context: CommandContext, source: Repository, heads: list[int] | None, place: str, path: str
) -> int:
    """Makes a working copy of a history in the pool, which is made or brought up to date."""
    from hydrargyrum.ops import clone as operation
    from hydrargyrum.ops.pooling import bring_up_to_date, lock_in_pool
    from hydrargyrum.ops.share import share
    from hydrargyrum.ops.unbundle import new_changesets_line

    location, name = os.path.realpath(source.root), os.path.basename(place)
    with lock_in_pool(os.path.dirname(place), name):
        there = os.path.exists(place)
        context.ui.status(f"(sharing from {'existing' if there else 'new'} pooled repository {name})\n")
        if not there:
            root = _create(context, place)
            try:
                operation.write_default_path(root, location)
                pooled = context.for_repository(root)
                _pull(pooled, source, heads, location)
                operation.copy_bookmarks(source, pooled.repo)
            except BaseException:
                operation.discard(root, existed=False)
                raise
    root = share(
        context.for_repository(place).repo,
        path,
        bookmarks=False,
        relative=False,
        compressions=context.engine.compressions,
        warn=context.ui.warn,
        default=location,
    )
    inner = context.for_repository(root)
    added = bring_up_to_date(source, inner.repo, heads, f"file:{location}")
    if added is not None:
        inner.ui.status(new_changesets_line(inner.repo, added.revs))
    if context.options.flag("noupdate"):
        return 0
    context.ui.status("updating working directory\n")
    return inner.run("update", [_wanted_here(inner.repo, context.options.text("updaterev"))])


def _wanted_here(repo: Repository, wanted: str) -> str:
    """The node of the first that is there: what was asked for, branch `default`, the tip."""
    for name in (wanted, "default"):
        try:
            if name:
                return repo[name].node.hex()
        except errors.UnknownRevision:
            continue
    return repo["tip"].node.hex()


def _create(context: CommandContext, path: str) -> str:
    from hydrargyrum.ops.init import create_repository, new_requirements

    wanted = new_requirements(context.config, context.engine.compressions, context.ui.warn)
    return create_repository(path, wanted)


def _pull(inner: CommandContext, source: Repository, heads: list[int] | None, url: str) -> None:
    from hydrargyrum.ops.clone import pull_changesets
    from hydrargyrum.ops.unbundle import new_changesets_line

    if heads is None:
        empty = not len(source.engine.changelog())
        inner.ui.status("no changes found\n" if empty else "requesting all changes\n")
    added = pull_changesets(source, inner.repo, heads, f"file:{url}")
    if added is not None:
        inner.ui.status(new_changesets_line(inner.repo, added.revs))


def _check_out(context: CommandContext, inner: CommandContext, source: Repository, fragment: str) -> int:
    repo = inner.repo
    wanted = context.options.text("updaterev")
    place = bookmark = ""
    if wanted and (meant := _meant(source, repo, wanted)) is not None:
        target = meant
        if wanted in repo.engine.bookmarks():
            bookmark = wanted
    elif (asked := _first_asked_for(context, source, fragment)) is not None:
        target = repo[asked]
    elif "@" in repo.engine.bookmarks():
        target, bookmark = repo["@"], "@"
        place = "bookmark @" if target.branch == "default" else f"bookmark @ on branch {target.branch}"
    else:
        target = repo["default"] if "default" in repo.engine.branch_tips() else repo["tip"]
    context.ui.status(f"updating to {place or f'branch {target.branch}'}\n")
    code = inner.run("update", [target.node.hex()])
    if bookmark:
        from hydrargyrum.repo.bookmarks import activate

        with repo.lock_working_copy():
            activate(repo, bookmark)
    return code


def _meant(source: Repository, repo: Repository, name: str) -> Changeset | None:
    """What a name stands for at the source (numbers may be other ones here), None where that did not come along."""
    from hydrargyrum.ops.discovery import is_served

    meant = source[name]
    if not is_served(source, meant.rev):
        raise errors.Abort(f"filtered revision '{name}' (not in 'served' subset)")
    try:
        return repo[meant.node]
    except errors.UnknownNode:
        pass
    try:
        return repo[name]
    except errors.UnknownRevision:
        return None


def _first_asked_for(context: CommandContext, source: Repository, fragment: str) -> Node | None:
    """The first changeset that `-r`, `-b` or what stands behind `#` names, which is also what is checked out."""
    from hydrargyrum.ops.revisions import resolve_revision

    for text in context.options.items("rev"):
        return resolve_revision(source, text).node
    for name in context.options.items("branch"):
        return source.engine.branch_tips()[name]
    if fragment:
        return source.engine.branch_tips().get(fragment) or source[fragment].node
    return None

"""`identify`: which revision this is, for people and for build scripts. Nothing is changed or fetched."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option, command
from hydrargyrum.types import NULL_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.view.formatter import Formatter


@command(
    "identify",
    aliases=["id"],
    options=[
        Option("r", "rev", "identify the specified revision", default="", metavar="REV"),
        Option("n", "num", "show local revision number"),
        Option("i", "id", "show global revision id"),
        Option("b", "branch", "show branch"),
        Option("t", "tags", "show tags"),
        Option("B", "bookmarks", "show bookmarks"),
        Option("e", "ssh", "specify ssh command to use", default="", metavar="CMD"),
        Option("", "remotecmd", "specify hg command to run on the remote side", default="", metavar="CMD"),
        Option("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
        TEMPLATE_OPTION,
    ],
    synopsis="[-nibtB] [-r REV] [SOURCE]",
    category="navigation",
    optionalrepo=True,
    intents=["readonly"],
    max_args=1,
)
def identify(context: CommandContext) -> int:
    """identify the working directory or specified revision

    The short hash of the working copy's parent, or both with "+" between them in a merge; "+" at the end if something
    is not committed; the branch if it is not "default"; tags and bookmarks. With -r the same of a revision.

    With SOURCE, another repository on this machine is asked.

    Fields for templates: `bookmarks`, `branch`, `dirty`, `id`, `node`, `parents`, `tags`.

    Returns 0 if successful.
    """
    from hydrargyrum.ops.revisions import resolve_revision

    if not context.args and context.optional_repo is None:
        raise errors.InputError("there is no Mercurial repository here (.hg not found)")
    repo = _source(context, context.args[0]) if context.args else context.repo
    repo.tell_oddities("tip")
    changeset = resolve_revision(repo, context.options.text("rev"), default=None)
    with context.formatter("identify") as formatter:
        formatter.start_item()
        words = _words(context, formatter, changeset)
        formatter.resources(changeset=changeset, repo=repo)
        formatter.plain(f"{' '.join(words)}\n")
    return 0


def _source(context: CommandContext, source: str) -> Repository:
    """The repository at a place on this machine."""
    import os

    from hydrargyrum.commands.elsewhere import open_bundle_location
    from hydrargyrum.paths import Location
    from hydrargyrum.repo import Repository

    named = context.config.text("paths", source) or source
    bundle = open_bundle_location(context, named)
    if bundle is not None:
        return bundle
    location = Location(named)
    if not location.is_local or location.path is None:
        raise errors.Unsupported(feature="identifying a repository on another machine is")
    root = os.path.join(context.cwd, location.path)
    if not os.path.isdir(os.path.join(root, ".hg")):
        raise errors.RepositoryNotFound(path=source)
    opened = Repository.open(os.path.realpath(root), config=context.config, engine=context.engine)
    opened.on_warning = lambda warning: context.ui.warn(f"{warning.text()}\n")
    return opened


def _words(context: CommandContext, formatter: Formatter, changeset: Changeset) -> list[str]:
    """What is printed; everything goes to the formatter's fields as well."""
    from hydrargyrum.text.local import to_shown

    options = context.options
    default = not any(options.flag(name) for name in ("num", "id", "branch", "tags", "bookmarks"))
    shown = [changeset]
    dirty = ""
    if changeset.is_working_copy:
        shown = [parent for parent in changeset.parents if parent.rev != NULL_REV] or [changeset.parents[0]]
        dirty = "+" if _is_dirty(changeset.repo) else ""
        formatter.data(dirty=dirty)
    hashes = [formatter.node(one.node) for one in shown]
    words = []
    if default or options.flag("id"):
        words.append("+".join(hashes) + dirty)
    formatter.data(id="+".join(hashes) + dirty)
    if options.flag("num"):
        words.append("+".join(str(one.rev) for one in shown) + dirty)
    if changeset.is_working_copy:
        formatter.data(parents=formatter.items(hashes, "node"))
    tags = [tag for one in shown for tag in one.tags]
    bookmarks = [name for one in shown for name in one.bookmarks]
    branch = to_shown(changeset.branch)
    if default:
        if not context.ui.quiet:
            words += [f"({branch})"] if branch != "default" else []
            words += [names for names in ("/".join(tags), "/".join(bookmarks)) if names]
    else:
        words += [branch] if options.flag("branch") else []
        words += tags if options.flag("tags") else []
        words += bookmarks if options.flag("bookmarks") else []
    formatter.data(
        node=changeset.node.hex(),
        branch=branch,
        tags=formatter.items(tags, "tag", ":"),
        bookmarks=formatter.items(bookmarks, "bookmark"),
    )
    return words


def _is_dirty(repo: Repository) -> bool:
    report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
    return any(map(len, (report.modified, report.added, report.removed, report.deleted)))

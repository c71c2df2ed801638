"""`bundle`: changesets as a file that another repository can take in. Choosing them is `ops.outgoing`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.outgoing import Outgoing

REMOTE_OPTIONS = (
    Option("e", "ssh", "command that ssh is run with", default="", metavar="CMD"),
    Option("", "remotecmd", "command to run on the other side", default="", metavar="CMD"),
    Option("", "insecure", "do not verify the server's certificate"),
)


@command(
    "bundle",
    options=[
        Option("", "exact", "start from the parents of the revisions"),
        Option("f", "force", "also where the destination has nothing in common"),
        Option("r", "rev", "changesets that the destination is to get", default=[], metavar="REV"),
        Option("b", "branch", "a branch to bundle", default=[], metavar="BRANCH"),
        Option("", "base", "changesets that the destination has", default=[], metavar="REV"),
        Option("a", "all", "bundle all changesets"),
        Option("t", "type", "kind of the bundle", default="bzip2", metavar="TYPE"),
        *REMOTE_OPTIONS,
    ],
    synopsis="[-f] [-t BUNDLESPEC] [-a] [-r REV]... [--base REV]... FILE [DEST]...",
    category="import",
    min_args=1,
)
def bundle(context: CommandContext) -> int:
    """write changesets to a file

    The file holds the changesets that a destination lacks. Which it has is found out from the destination, or told
    with --base; -a means that it has none.

    `unbundle` takes the file in. --type chooses format and compression (`bzip2-v2` by default); `zstd-v2` is the
    fastest.

    Returns 0 on success, 1 if no changes are found.
    """
    from hydrargyrum.exchange import bundlespec
    from hydrargyrum.exchange.bundlefile import write_bundle
    from hydrargyrum.ops.outgoing import bundle_parts

    repo, options = context.repo, context.options
    requirements = repo.engine.requirements
    spec = bundlespec.parse(
        options.text("type") if options.given("type") else "",
        general_delta="generaldelta" in requirements,
        trees="treemanifest" in requirements,
    )
    outgoing = _outgoing(context)
    if not outgoing.missing:
        ignored = f" (ignored {outgoing.excluded} secret changesets)" if outgoing.excluded else ""
        context.ui.status(f"no changes found{ignored}\n")
        return 1
    context.ui.status(f"{len(outgoing.missing)} changesets found\n")
    path = os.path.join(context.cwd, context.args[0])
    write_bundle(path, spec, bundle_parts(repo, outgoing, spec), repo.engine)
    return 0


def _outgoing(context: CommandContext) -> Outgoing:
    from hydrargyrum.ops import outgoing
    from hydrargyrum.ops.discovery import branch_heads
    from hydrargyrum.ops.revisions import resolve_revisions

    options, repo = context.options, context.repo
    destinations = context.args[1:]
    revs: list[int] | None = None
    if options.items("rev") or options.items("branch"):
        revs = resolve_revisions(repo, options.items("rev"))
        revs += branch_heads(repo, options.items("branch"), repo.working_copy.branch)
    bases = resolve_revisions(repo, options.items("base"))
    if options.flag("exact"):
        if bases:
            raise errors.InputError("--exact is incompatible with specifying --base")
        if not revs:
            raise errors.InputError("--exact requires --rev")
        bases = [parent.rev for rev in revs for parent in repo[rev].parents]
    if options.flag("all"):
        if destinations:
            raise errors.InputError("--all is incompatible with specifying destinations")
        if bases:
            context.ui.warn("ignoring --base because --all was specified\n")
        if options.flag("exact"):
            context.ui.warn("ignoring --exact because --all was specified\n")
        bases = [-1]
    if bases:
        if destinations:
            raise errors.InputError("--base is incompatible with specifying destinations")
        return outgoing.between(repo, bases, revs)
    from hydrargyrum.commands.elsewhere import open_elsewhere

    other = open_elsewhere(context, destinations[0] if destinations else "", "default-push", "default")
    return outgoing.to_repository(repo, other, revs, force=options.flag("force"))

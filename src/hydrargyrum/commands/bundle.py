"""`bundle`: changesets as a file that another repository can take in. Choosing them is `ops.outgoing`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.exchange.bundlespec import BundleSpec
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.outgoing import Outgoing
    from hydrargyrum.repo import Repository

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
    revs = _wanted(context)
    spec = bundlespec.parse(
        options.text("type"),
        general_delta="generaldelta" in repo.engine.requirements,
        config=context.config,
    )
    if spec.kind == "packed1":
        raise errors.InputError(
            'packed bundles cannot be produced by "hg bundle"',
            hint="use 'hg debugcreatestreamclonebundle'",
        )
    outgoing = _outgoing(context, revs, spec)
    if not outgoing.missing:
        ignored = f" (ignored {outgoing.excluded} secret changesets)" if outgoing.excluded else ""
        context.ui.status(f"no changes found{ignored}\n")
        return 1
    _refuse_internal(repo, outgoing)
    if spec.has("changegroup"):
        context.ui.status(f"{len(outgoing.missing)} changesets found\n")
    path = os.path.join(context.cwd, context.args[0])
    write_bundle(path, spec, bundle_parts(repo, outgoing, spec), repo.engine)
    return 0


def _refuse_internal(repo: Repository, outgoing: Outgoing) -> None:
    """Raises Abort where changesets are chosen that never leave the repository."""
    from hydrargyrum.repo.phases import supports_internal

    if not supports_internal(repo):
        return
    count = sum(repo.engine.phase(rev) == "internal" for rev in outgoing.missing)
    if count:
        raise errors.Abort("cannot bundle internal changesets", hint=f"{count} internal changesets selected")


def _wanted(context: CommandContext) -> list[int] | None:
    """The revisions that are asked for, None for all."""
    from hydrargyrum.ops.discovery import branch_heads
    from hydrargyrum.ops.revisions import resolve_revisions

    options, repo = context.options, context.repo
    if not (options.items("rev") or options.items("branch")):
        return None
    revs = resolve_revisions(repo, options.items("rev"))
    revs += branch_heads(repo, options.items("branch"), repo.working_copy.branch)
    if not revs:
        raise errors.InputError("no commits to bundle")
    return revs


def _bases(context: CommandContext, revs: list[int] | None) -> list[int]:
    """What the receiver is said to have; nothing where it has to be asked."""
    from hydrargyrum.ops.revisions import resolve_revisions

    options, repo, warn = context.options, context.repo, context.ui.warn
    bases = options.items("base")
    if options.flag("all"):
        if context.args[1:]:
            raise errors.InputError("--all is incompatible with specifying destinations")
        if bases:
            warn("ignoring --base because --all was specified\n")
        if options.flag("exact"):
            warn("ignoring --exact because --all was specified\n")
        return [-1]
    if options.flag("exact"):
        if context.args[1:]:
            raise errors.InputError("--exact is incompatible with specifying destinations")
        if bases:
            warn("ignoring --base because --exact was specified\n")
        inside = set(revs or ())
        return [parent.rev for rev in inside for parent in repo[rev].parents if parent.rev not in inside] or [
            -1
        ]
    return (resolve_revisions(repo, bases) or [-1]) if bases else []


def _outgoing(context: CommandContext, revs: list[int] | None, spec: BundleSpec) -> Outgoing:
    from hydrargyrum.ops import outgoing
    from hydrargyrum.ops.outgoing import changegroup_versions

    repo, destinations = context.repo, context.args[1:]
    bases = _bases(context, revs)
    if spec.has("changegroup") and spec.changegroup not in changegroup_versions(repo):
        raise errors.Abort(f"repository does not support bundle version {spec.changegroup}")
    if bases:
        if destinations:
            raise errors.InputError("--base is incompatible with specifying destinations")
        return outgoing.between(repo, bases, revs)
    from hydrargyrum.commands.elsewhere import open_elsewhere

    other = open_elsewhere(context, destinations[0] if destinations else "", "default-push", "default")
    return outgoing.to_repository(repo, other, revs, force=context.options.flag("force"))

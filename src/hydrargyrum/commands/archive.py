"""`archive`: the files of a changeset, packed. Packing is the business of `ops.archive`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import (
    SUBREPO_OPTION,
    WALK_OPTIONS,
    patterns_of,
)
from hydrargyrum.extension import Option, command
from hydrargyrum.types import PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.repo import Changeset

_TAGS = (
    '{ifeq(latesttagdistance, 0, join(latesttag % "tag: {tag}", "\\n"), '
    'separate("\\n", join(latesttag % "latesttag: {tag}", "\\n"), '
    '"latesttagdistance: {latesttagdistance}", "changessincelatesttag: {changessincelatesttag}"))}\n'
)


@command(
    "archive",
    options=[
        Option("", "no-decode", "do not pass files through decoders"),
        Option("p", "prefix", "directory prefix for files in archive", default="", metavar="PREFIX"),
        Option("r", "rev", "revision to distribute", default="", metavar="REV"),
        Option("t", "type", "type of distribution to create", default="", metavar="TYPE"),
        SUBREPO_OPTION,
        *WALK_OPTIONS,
    ],
    synopsis="[OPTION]... DEST",
    category="import",
    min_args=1,
    max_args=1,
)
def archive(context: CommandContext) -> int:
    """create an unversioned archive of a repository revision

    The type is guessed from the name of the archive, or given with -t: `files` (a directory), `tar`, `tbz2`, `tgz`,
    `txz`, `uzip` (a zip file without compression) and `zip`. "-" writes to standard output. In names and prefix, what
    :hg:`cat -o` knows stands for parts of them. In the archive all names begin with the prefix, by default the name of
    the archive.

    Returns 0 on success.
    """
    from hydrargyrum.commands.merging import merger_for
    from hydrargyrum.ops import archive as packing
    from hydrargyrum.ops.revisions import resolve_revision

    options = context.options
    changeset = resolve_revision(context.repo, options.text("rev"))
    if changeset.rev == -1:
        raise errors.InputError("no working directory: please specify a revision")
    destination = _made_name(context, changeset, context.args[0])
    if os.path.realpath(os.path.join(context.cwd, destination)) == context.repo.root:
        raise errors.InputError("repository root cannot be destination")
    kind = options.text("type") or packing.guess_kind(destination) or "files"
    prefix = options.text("prefix")
    to_stdout = destination == "-"
    if to_stdout:
        if kind == "files":
            raise errors.InputError("cannot archive plain files to stdout")
        prefix = prefix or os.path.basename(context.repo.root) + "-%h"
    prefix = _made_name(context, changeset, prefix)
    if kind not in packing.KINDS:
        raise errors.Abort(f"unknown archive type '{kind}'")
    if kind == "files":
        if prefix:
            raise errors.Abort("cannot give prefix when archiving to files")
    else:
        prefix = packing.tidy_prefix(destination, kind, prefix)
    request = packing.ArchiveRequest(kind, patterns_without_names(context), prefix)
    request.decode = not options.flag("no_decode")
    if context.config.boolean("ui", "archivemeta", True):
        request.metadata = lambda: _metadata(context, changeset)
    if options.flag("subrepos"):
        request.merger = merger_for(context, "archive")
    if not to_stdout:
        request.destination = os.path.join(context.cwd, destination)
        packing.archive(changeset, request)
        return 0
    import tempfile

    with tempfile.TemporaryFile() as stream:
        request.stream = stream
        packing.archive(changeset, request)
        stream.seek(0)
        while block := stream.read(1 << 20):
            context.ui.write(block)
    return 0


def patterns_without_names(context: CommandContext) -> PatternSet:
    """What `-I` and `-X` say; the argument is no pattern."""
    given = patterns_of(context)
    return PatternSet(given.cwd, (), given.include, given.exclude)


def _made_name(context: CommandContext, changeset: Changeset, pattern: str) -> str:
    from hydrargyrum.extension.output import environment_for
    from hydrargyrum.view.templates.filenames import filename_template

    if not pattern:
        return ""
    environment = environment_for(context, {"": filename_template(pattern, {})})
    return environment.render("", {}, {"changeset": changeset})


def _metadata(context: CommandContext, changeset: Changeset) -> bytes:
    """Which repository and changeset the files are from, and the tags nearby."""
    from hydrargyrum.extension.output import environment_for
    from hydrargyrum.view.codec import to_bytes

    repo = context.repo
    visible = next(
        (rev for rev in range(len(repo.engine.changelog())) if rev not in repo.engine.hidden()), -1
    )
    node = changeset.node.hex()
    if changeset.is_working_copy:
        report = repo.engine.status(StatusRequest(PatternSet(repo.root), unknown=False))
        dirty = any(True for _ in report.rows())
        node = changeset.parents[0].node.hex() + ("+" if dirty else "")
    custom = context.config.text("experimental", "archivemetatemplate")
    environment = environment_for(context, {"": custom or _TAGS})
    root = repo[visible].node.hex()
    rendered = environment.render("", {"root": root}, {"changeset": changeset})
    if custom:
        return to_bytes(rendered)
    return to_bytes(f"repo: {root}\nnode: {node}\nbranch: {changeset.branch}\n{rendered}")

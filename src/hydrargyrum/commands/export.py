"""`export`: changesets as patches with a header that `import` reads. The patches are the engine's."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.commit_options import at_most_one
from hydrargyrum.commands.diff_options import DIFF_OPTIONS
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option, command
from hydrargyrum.text.local import to_local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.diff import StyleChoice
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import Rev
    from hydrargyrum.view.formatter import Formatter

#: What letters in names of files stand for besides the usual ones: how many patches there are, and which one it is.
_PARTS = {"N": "{total}", "n": "{seqno}"}


@command(
    "export",
    options=[
        Option(
            "B",
            "bookmark",
            "export changes only reachable by given bookmark",
            default="",
            metavar="BOOKMARK",
        ),
        Option("o", "output", "print output to file with formatted name", default="", metavar="FORMAT"),
        Option("", "switch-parent", "diff against the second parent"),
        Option("r", "rev", "revisions to export", default=[], metavar="REV"),
        *DIFF_OPTIONS,
        TEMPLATE_OPTION,
    ],
    synopsis="[OPTION]... [-o OUTFILESPEC] [-r] [REV]...",
    category="import",
    basic=True,
    intents=["readonly"],
)
def export(context: CommandContext) -> int:
    """dump the header and diffs for one or more changesets

    Each changeset is printed with its user, date, branch (where it is not "default"), hash, parents and message, and
    the patch against its first parent (the second with --switch-parent). :hg:`import` takes that in again.

    -o writes to files. Their name is a template in which these stand for parts of it:

    :``%%``: a percent sign
    :``%H``: hash of the changeset (40 digits)
    :``%N``: number of patches
    :``%R``: number of the changeset
    :``%b``: name of the repository's directory
    :``%h``: short hash of the changeset (12 digits)
    :``%m``: first line of the message, only letters, digits and underscores
    :``%n``: number of the patch, from 1
    :``%r``: number of the changeset, with zeros before it

    Fields for templates, beside those of changesets: `diff`.

    Returns 0 on success.
    """
    from hydrargyrum.ops.diff import StyleChoice

    options, ui = context.options, context.ui
    revs = _revisions(context)
    if not revs:
        raise errors.InputError("export requires at least one changeset")
    ui.note("exporting patches:\n" if len(revs) > 1 else "exporting patch:\n")
    choice = StyleChoice(context.config, options.as_dict(), warn=ui.warn)
    output = options.text("output")
    if output and output != "-":
        _to_files(context, revs, output, choice)
        return 0
    ui.pager("export")
    with context.formatter("export") as formatter:
        for rev in revs:
            _show(context, formatter, context.repo[rev], choice)
    return 0


def _revisions(context: CommandContext) -> Sequence[Rev]:
    from hydrargyrum.ops.revisions import resolve_revisions

    options = context.options
    at_most_one(context, "rev", "bookmark")
    mark = options.text("bookmark")
    if mark:
        from hydrargyrum.ops.bookmarks import only_reachable_from

        if mark not in context.repo.engine.bookmarks():
            raise errors.InputError(f"bookmark '{mark}' not found")
        return only_reachable_from(context.repo, mark)
    return resolve_revisions(context.repo, [*context.args, *options.items("rev")] or ["."])


def _to_files(context: CommandContext, revs: Sequence[Rev], pattern: str, choice: StyleChoice) -> None:
    from hydrargyrum.extension.output import environment_for, formatter_for
    from hydrargyrum.view.codec import to_bytes
    from hydrargyrum.view.templates.filenames import filename_template

    environment = environment_for(context, {"": filename_template(pattern, _PARTS)})
    width = max(len(str(rev)) for rev in revs)
    by_name: dict[str, list[Changeset]] = {}
    for number, rev in enumerate(revs, 1):
        changeset = context.repo[rev]
        fields = {
            "total": str(len(revs)),
            "seqno": str(number).rjust(len(str(len(revs))), "0"),
            "revwidth": width,
        }
        name = environment.render("", fields, {"changeset": changeset, "repo": context.repo})
        by_name.setdefault(name, []).append(changeset)
    for name, changesets in by_name.items():
        context.ui.note(f"{name}\n")
        try:
            stream = open(os.path.join(context.cwd, name), "wb")  # noqa: SIM115 (closed below)
        except OSError as problem:
            raise errors.IoError(path=name, errno=problem.errno, operation="open") from None

        def write(text: str | bytes, _label: str, stream: BinaryIO = stream) -> object:
            return stream.write(text if isinstance(text, bytes) else to_bytes(text))

        try:
            with stream, formatter_for(context, "export", write) as formatter:
                for changeset in changesets:
                    _show(context, formatter, changeset, choice)
        except OSError as problem:
            problem.filename = problem.filename or name  # a full disk does not say what it is full of
            raise


def _show(context: CommandContext, formatter: Formatter, changeset: Changeset, choice: StyleChoice) -> None:
    from hydrargyrum.dates import DEFAULT_FORMAT, format_date

    parents = [parent for parent in changeset.parents if parent.rev >= 0]
    if context.options.flag("switch_parent"):
        parents.reverse()
    base = parents[0] if parents else context.repo["null"]
    date, branch = changeset.date, to_local(changeset.branch)
    formatter.start_item()
    formatter.resources(repo=context.repo, changeset=changeset)
    formatter.plain("# HG changeset patch\n")
    formatter.field("user", changeset.user, f"# User {changeset.user}\n")
    formatter.plain(f"# Date {date[0]} {date[1]}\n")
    formatter.field(
        "date", formatter.date(date, DEFAULT_FORMAT), f"#      {format_date(date, DEFAULT_FORMAT)}\n"
    )
    formatter.field_if(branch != "default", "branch", branch, f"# Branch {branch}\n")
    formatter.field("node", changeset.node.hex(), f"# Node ID {changeset.node.hex()}\n")
    formatter.plain(f"# Parent  {base.node.hex()}\n")
    if len(parents) > 1:
        formatter.plain(f"# Parent  {parents[1].node.hex()}\n")
    formatter.data(parents=formatter.items([parent.node.hex() for parent in parents], "node"))
    description = changeset.description.rstrip()
    formatter.field("desc", description, f"{description}\n")
    formatter.plain("\n")
    _show_patch(context, formatter, base, changeset, choice)


def _show_patch(
    context: CommandContext, formatter: Formatter, base: Changeset, changeset: Changeset, choice: StyleChoice
) -> None:
    from hydrargyrum.ops.diff import patches
    from hydrargyrum.types import PatternSet
    from hydrargyrum.view.codec import to_text
    from hydrargyrum.view.diffs import write_patches

    everything = PatternSet(context.repo.root)
    found = patches(base, changeset, everything, choice.style(), full_nodes=context.ui.debugging)
    if not formatter.is_plain:
        formatter.data(diff=to_text(b"".join(found)))
        return

    def write(piece: bytes | str, label: str) -> object:
        formatter.plain(piece if isinstance(piece, str) else to_text(piece), label)
        return None

    write_patches(found, write, labels=context.ui.painter is not None, words=choice.words)

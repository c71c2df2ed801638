"""`manifest`: the files of a revision with what is recorded of them."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext

_MODES = {"": "644", "x": "755", "l": "644", "t": "755"}
_MARKS = {"": "", "x": "*", "l": "@", "t": "d"}
#: How many changesets are read at a time.
_BATCH = 1000


@command(
    "manifest",
    options=[
        Option("r", "rev", "revision to display", default="", metavar="REV"),
        Option("", "all", "list files from all revisions", default=False),
        TEMPLATE_OPTION,
    ],
    synopsis="[-r REV]",
    category="maintenance",
    intents=["readonly"],
    max_args=1,
)
def manifest(context: CommandContext) -> int:
    """output the current or given revision of the project manifest

    The tracked files of a revision, or of the working copy's first parent. -v shows permissions and marks links and
    executable files, --debug shows hashes. With --all, every file that any revision touches.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revisions import resolve_revision

    options, ui = context.options, context.ui
    revision = options.text("rev")
    if options.flag("all"):
        if revision or context.args:
            raise errors.InputError("can't specify a revision with --all")
        return _show_all(context)
    if revision and context.args:
        raise errors.InputError("please specify just one revision")
    changeset = resolve_revision(context.repo, context.args[0] if context.args else revision)
    paths = (
        list(context.repo.engine.files(None, _everything(context))[0]) if changeset.is_working_copy else None
    )
    ui.pager("manifest")
    with context.formatter("manifest") as formatter:
        for path in changeset.manifest if paths is None else paths:
            formatter.start_item()
            formatter.resources(changeset=changeset, repo=changeset.repo)
            file = changeset.file(path)
            flags = file.flags
            formatter.field_if(ui.debugging, "hash", *_hash_of(file))
            formatter.field_if(ui.verbose, "mode", _MODES[flags], f"{_MODES[flags]} ")
            formatter.field_if(ui.verbose, "type", _MARKS[flags], f"{_MARKS[flags]:>1} ")
            formatter.field("path", path, f"{path}\n")
    return 0


def _hash_of(file: object) -> tuple[str, str]:
    node = getattr(file, "node", None)
    digits = node.hex() if isinstance(node, bytes) else "f" * 40
    return digits, f"{digits} "


def _everything(context: CommandContext) -> PatternSet:
    from hydrargyrum.types import PatternSet

    return PatternSet(context.repo.root)


def _show_all(context: CommandContext) -> int:
    repo = context.repo
    repo.tell_oddities("tip")
    hidden = set(repo.engine.hidden())
    revs = [rev for rev in range(len(repo.engine.changelog())) if rev not in hidden]
    found: set[str] = set()
    for start in range(0, len(revs), _BATCH):
        for record in repo.engine.changesets(revs[start : start + _BATCH]):
            found.update(record.files)
    context.ui.pager("manifest")
    with context.formatter("manifest") as formatter:
        for path in sorted(found, key=os.fsencode):
            formatter.start_item()
            formatter.field("path", path, f"{path}\n")
    return 0


if TYPE_CHECKING:
    from hydrargyrum.types import PatternSet

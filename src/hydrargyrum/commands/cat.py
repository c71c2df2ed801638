"""`cat`: files as they were. Reading them is the business of `ops.cat`."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION, WALK_OPTIONS, patterns_of, tell
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.cat import Contents, FileOrigin
    from hydrargyrum.repo import Changeset
    from hydrargyrum.view.formatter import Formatter


@command(
    "cat",
    options=[
        Option("o", "output", "print output to file with formatted name", default="", metavar="FORMAT"),
        Option("r", "rev", "print the given revision", default="", metavar="REV"),
        Option("", "decode", "apply any matching decode filter"),
        *WALK_OPTIONS,
        TEMPLATE_OPTION,
    ],
    synopsis="[OPTION]... FILE...",
    category="files",
    inferrepo=True,
    intents=["readonly"],
    min_args=1,
)
def cat(context: CommandContext) -> int:
    """output the current or given revision of files

    Print files as they are in a revision, or in the parent of the working copy.

    -o writes each file to one of its own. Its name is a template in which these stand for parts of it:

    :``%%``: a percent sign
    :``%s``: name of the file
    :``%d``: directory of the file, or '.' at the top
    :``%p``: path of the file
    :``%H``: hash of the changeset (40 digits)
    :``%R``: number of the changeset
    :``%h``: short hash of the changeset (12 digits)
    :``%r``: number of the changeset
    :``%b``: name of the repository's directory

    Fields for templates: `data`, `path`.

    Returns 0 if a file matches, 1 otherwise.
    """
    from hydrargyrum.ops.cat import Contents
    from hydrargyrum.ops.revisions import resolve_revision

    options = context.options
    changeset = resolve_revision(context.repo, options.text("rev"))
    output = options.text("output")
    if output == "-":
        output = ""
    contents = Contents(changeset, patterns_of(context), decode=options.flag("decode"))
    shown: list[str] = []
    if output:
        name = _output_name(context, changeset, output)
        for origin, data in contents:
            shown.append(origin.prefix + origin.path)
            _write_file(context, origin, data, name(shown[-1]))
        return _end(context, contents, shown)
    context.ui.pager("cat")
    with context.formatter("cat") as formatter:
        for origin, data in contents:
            shown.append(origin.prefix + origin.path)
            _write_item(formatter, origin, data)
        if formatter.is_plain or not shown or contents.refusal(shown) is None:
            # else the last file is not shown, as by Mercurial
            formatter.flush()
        return _end(context, contents, shown)


def _end(context: CommandContext, contents: Contents, shown: Sequence[str]) -> int:
    """Tells what was not there, and why there may be more; the exit code. Raises `Abort` where it may not be told."""
    tell(context, contents.warnings)
    refusal = contents.refusal(shown)
    if refusal is not None:
        raise refusal
    return 0 if shown else 1


def _write_item(formatter: Formatter, origin: FileOrigin, data: bytes) -> None:
    formatter.start_item()
    formatter.resources(changeset=origin.changeset, repo=origin.changeset.repo)
    formatter.content("data", data)
    formatter.data(path=origin.path)


def _output_name(context: CommandContext, changeset: Changeset, pattern: str) -> OutputName:
    from hydrargyrum.extension.output import environment_for
    from hydrargyrum.view.templates.filenames import FILE_PARTS, filename_template

    environment = environment_for(context, {"": filename_template(pattern, FILE_PARTS)})

    def name(path: str) -> str:
        return environment.render("", {"pathname": path}, {"changeset": changeset})

    return name


def _write_file(context: CommandContext, origin: FileOrigin, data: bytes, name: str) -> None:
    from hydrargyrum.extension.output import formatter_for
    from hydrargyrum.view.codec import to_bytes

    target = os.path.join(context.cwd, name)
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
    except OSError:
        pass  # opening the file says what is wrong
    try:
        stream = open(target, "wb")  # noqa: SIM115 (closed below, errors of writing are others)
    except OSError as problem:
        raise errors.IoError(path=name, errno=problem.errno, operation="open") from None
    with stream:

        def write(text: str | bytes, _label: str) -> object:
            return stream.write(text if isinstance(text, bytes) else to_bytes(text))

        with formatter_for(context, "cat", write) as formatter:
            _write_item(formatter, origin, data)


if TYPE_CHECKING:
    from collections.abc import Callable

    OutputName = Callable[[str], str]

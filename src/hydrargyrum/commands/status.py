"""`status`: which files have changed. What is compared, and how, is in `ops.status`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import SUBREPO_OPTION, TEMPLATE_OPTION, WALK_OPTIONS, patterns_of, tell
from hydrargyrum.extension import Option, command
from hydrargyrum.types import RenderOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hydrargyrum.commands.unfinished import UnfinishedView
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.status import StatusOutcome
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.view.formatter import Formatter

#: Default of `--terse`: not given, so that config decides.
_NOT_TERSE = "nothing"

#: Letter of a group, name of its state and of the option that asks for it; label of its lines.
_GROUPS = (
    ("M", "modified"),
    ("A", "added"),
    ("R", "removed"),
    ("!", "deleted"),
    ("?", "unknown"),
    ("I", "ignored"),
    ("C", "clean"),
)
_LABELS = {letter: f"status.{state}" for letter, state in _GROUPS}


class StatusRequest:
    """What the command line and the configuration ask for.

    Attributes:
        groups: letters to show; terse: letters to sum up by directory.
        copies: show where files come from.
        letters: show letters; end: what ends a line.
        relative: show paths relative to the current directory.
        verbose: tell of unfinished operations.
    """

    __slots__ = ("copies", "end", "groups", "letters", "relative", "terse", "verbose")

    def __init__(self, context: CommandContext) -> None:
        options, config, ui = context.options, context.config, context.ui
        self.terse = _terse(context)
        self.letters = not options.flag("no_status")
        self.end = "\0" if options.flag("print0") else "\n"
        self.groups = _groups(context)
        copies = config.boolean("ui", "statuscopies")
        if options["copies"] is not None:
            copies = options.flag("copies")
        self.copies = (copies or options.flag("all")) and self.letters
        forced = None
        if config.has("commands", "status.relative"):
            forced = config.boolean("commands", "status.relative")
        from hydrargyrum.repo.paths import wants_relative

        self.relative = wants_relative(config, legacy=bool(context.args), forced=forced)
        wants_more = ui.verbose or config.boolean("commands", "status.verbose")
        self.verbose = wants_more and not config.is_plain() and not options.flag("print0")


def _terse(context: CommandContext) -> str:
    options = context.options
    revisions, change = options.items("rev"), options.text("change")
    if revisions and change:
        raise errors.InputError("cannot specify both --rev and --change")
    terse = options.text("terse")
    if terse == _NOT_TERSE:
        terse = "" if revisions else context.config.text("commands", "status.terse") or ""
    if revisions and terse:
        raise errors.InputError("cannot use --terse with --rev")
    return terse


def _groups(context: CommandContext) -> str:
    options, quiet = context.options, context.ui.quiet
    wanted = {letter for letter, state in _GROUPS if options.flag(state)}
    if options.flag("all"):
        wanted.update("MAR!C" if quiet else "MAR!?IC")
    if not wanted:
        wanted.update("MAR!" if quiet else "MAR!?")
    return "".join(letter for letter, _ in _GROUPS if letter in wanted)


@command(
    "status",
    aliases=["st"],
    options=[
        Option("A", "all", "show status of all files"),
        Option("m", "modified", "show only modified files"),
        Option("a", "added", "show only added files"),
        Option("r", "removed", "show only removed files"),
        Option("d", "deleted", "show only missing files"),
        Option("c", "clean", "show only files without changes"),
        Option("u", "unknown", "show only unknown (not tracked) files"),
        Option("i", "ignored", "show only ignored files"),
        Option("n", "no-status", "hide status prefix"),
        Option("t", "terse", "show the terse output", default=_NOT_TERSE, marks=["experimental"]),
        Option("C", "copies", "show source of copied files"),
        Option("0", "print0", "end filenames with NUL, for use with xargs"),
        Option("", "rev", "show difference from revision", default=[], metavar="REV"),
        Option("", "change", "list the changed files of a revision", default="", metavar="REV"),
        *WALK_OPTIONS,
        SUBREPO_OPTION,
        TEMPLATE_OPTION,
    ],
    synopsis="[OPTION]... [FILE]...",
    category="wdir",
    basic=True,
    inferrepo=True,
    intents=["readonly"],
)
def status(context: CommandContext) -> int:
    """show changed files in the working directory

    Without arguments, every file that differs from the first parent of the working copy is listed, and every file
    that is not tracked. With arguments, only what they name.

    What a line begins with says what has happened to the file::

      M = modified
      A = added
      R = removed
      C = clean
      ! = missing (deleted by something other than hg, but still tracked)
      ? = not tracked
      I = ignored
        = origin of the file above (with --copies)

    Options that name a state show files in that state only; -A shows all. With -q, files that are not tracked are
    left out unless they are asked for.

    --rev shows what has changed since a revision; given twice, what has changed from one to the other. --change
    shows what a revision changed in its first parent.

    Fields for templates: `path`, `status`, `source` (of a copy), `unresolved`.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revisions import resolve_pair, resolve_revision
    from hydrargyrum.ops.status import StatusQuestion, compare

    request = StatusRequest(context)
    repo, options = context.repo, context.options
    change = options.text("change")
    if change:
        target = resolve_revision(repo, change, default=None)
        base = target.parents[0]
    else:
        base, target = resolve_pair(repo, options.items("rev"))
    question = StatusQuestion(
        patterns_of(context),
        base,
        target,
        groups=request.groups,
        copies=request.copies,
        terse=request.terse,
        subrepos=options.flag("subrepos"),
    )
    outcome = compare(repo, question)
    tell(context, outcome.warnings)
    unfinished = _unfinished(context) if request.verbose else None
    context.ui.pager("status")
    with context.formatter("status") as formatter:
        if formatter.is_plain and context.ui.painter is None and outcome.report is not None:
            _write_rendered(context, request, outcome)
        else:
            rows = _rows(context, request, outcome)
            _write_rows(context.repo, target, rows, formatter, unfinished)
        if unfinished is not None:
            unfinished.footer(formatter)
    outcome.write_fixes()
    return 0


def _unfinished(context: CommandContext) -> UnfinishedView | None:
    from hydrargyrum.commands.unfinished import read_unfinished

    return read_unfinished(context)


def _write_rendered(context: CommandContext, request: StatusRequest, outcome: StatusOutcome) -> None:
    """Plain lines without colours: the engine renders them all."""
    assert outcome.report is not None
    options = RenderOptions(
        groups=request.groups,
        letters=request.letters,
        end=request.end.encode("ascii"),
        relative_to=context.cwd if request.relative else None,
        copies=request.copies,
    )
    lines = outcome.report.render(options)
    if lines:
        context.ui.write(lines)


class _Row:
    """One file: what it is and how it is shown."""

    __slots__ = ("letter", "letter_text", "path", "path_text", "source", "source_text")

    def __init__(self, letter: str, path: str, source: str | None) -> None:
        self.letter = letter
        self.path = path
        self.source = source
        self.letter_text = f"{letter} "
        self.path_text = self.source_text = ""


def _rows(context: CommandContext, request: StatusRequest, outcome: StatusOutcome) -> Iterator[_Row]:
    from hydrargyrum.repo.paths import relative_path

    root, cwd, end = context.repo.root, context.cwd, request.end
    copies = outcome.copies if request.copies else {}

    def shown(path: str) -> str:
        return (relative_path(root, cwd, path) if request.relative else path) + end

    for letter, path in outcome.rows(request.groups):
        row = _Row(letter, path, copies.get(path))
        row.path_text = shown(path)
        if row.source is not None:
            row.source_text = f"  {shown(row.source)}"
        if not request.letters:
            row.letter_text = ""
        yield row


def _write_rows(
    repo: Repository,
    target: Changeset,
    rows: Iterable[_Row],
    formatter: Formatter,
    unfinished: UnfinishedView | None,
) -> None:
    for row in rows:
        label = _LABELS[row.letter]
        formatter.start_item()
        formatter.resources(changeset=target, repo=repo)
        formatter.data(itemtype="file", path=row.path)
        formatter.field_if(bool(row.letter_text), "status", row.letter, row.letter_text, label)
        formatter.plain(row.path_text, label)
        if row.source is not None:
            formatter.data(source=row.source)
            formatter.plain(row.source_text, "status.copied")
        if unfinished is not None:
            unfinished.file(row.path, formatter)

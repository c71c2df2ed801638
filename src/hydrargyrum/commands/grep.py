"""`grep`: lines that match an expression. They are found by `ops.grep`."""

from __future__ import annotations

import re

from hydrargyrum import errors
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION, WALK_OPTIONS, path_shower, tell
from hydrargyrum.extension import Option, command
from hydrargyrum.view.codec import to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.grep import FileMatches, GrepRequest, Line
    from hydrargyrum.patience import Expression
    from hydrargyrum.view.formatter import Formatter

#: What is said instead of a line that is no text.
_BINARY = " Binary file matches"


@command(
    "grep",
    options=[
        Option("0", "print0", "end fields with NUL"),
        Option("", "all", "an alias to --diff", marks=["deprecated"]),
        Option("", "diff", "search revision differences for when the pattern was added or removed"),
        Option("a", "text", "treat all files as text"),
        Option("f", "follow", "follow changeset history, or file history across copies and renames"),
        Option("i", "ignore-case", "ignore case when matching"),
        Option("l", "files-with-matches", "print only filenames and revisions that match"),
        Option("n", "line-number", "print matching line numbers"),
        Option("r", "rev", "search files changed within revision range", default=[], metavar="REV"),
        Option("", "all-files", "include all files in the changeset while grepping", marks=["deprecated"]),
        Option("u", "user", "list the author (long with -v)"),
        Option("d", "date", "list the date (short with -q)"),
        TEMPLATE_OPTION,
        *WALK_OPTIONS,
    ],
    synopsis="[--diff] [OPTION]... PATTERN [FILE]...",
    category="files",
    inferrepo=True,
    intents=["readonly"],
)
def grep(context: CommandContext) -> int:
    """search for a pattern in specified files

    Lines that match a regular expression (as Python's `re` reads it, on bytes) are printed with the names of their
    files: of the working directory, or with -r of revisions.

    With --diff, history is searched for changesets that added ("+") or removed ("-") matching lines. -f limits it to
    ancestors (of merges, only those of the first parent), and follows files across copies.

    Fields for templates: `path`, `lineno`, `change` (with --diff), `user`, `date`, `rev`, `node`, and `texts`, a list
    of pieces of the line with `text` and `matched`.

    Returns 0 if a match is found, 1 otherwise.
    """
    if not context.args:
        raise errors.CommandError(command="grep", problem="invalid arguments")
    request = _request(context)
    try:
        wanted = request.compiled()
    except re.error as problem:
        context.ui.warn(f"grep: invalid match pattern: {problem}\n")
        return 1
    context.repo.look_at_parents()
    display = _Display(context, wanted, request)
    warnings: list[EngineWarning] = []
    found = False
    context.ui.pager("grep")
    with context.formatter("grep") as formatter:
        for matches in _matches(context, request, wanted, warnings):
            if warnings:
                tell(context, warnings)
                warnings.clear()
            display.show(formatter, matches)
            found = True
        tell(context, warnings)
    return 0 if found else 1


def _request(context: CommandContext) -> GrepRequest:
    from hydrargyrum.ops.grep import GrepRequest
    from hydrargyrum.types import PatternSet

    options = context.options
    if options.flag("all_files"):
        for name in ("all", "diff"):
            if options.flag(name):
                raise errors.InputError(f"cannot specify both --all-files and --{name}")
    diff = options.flag("all") or options.flag("diff")
    patterns = PatternSet(
        context.cwd,
        context.args[1:],
        options.items("include"),
        options.items("exclude"),
        warn_missing=False,
    )
    return GrepRequest(
        context.args[0],
        patterns,
        options.items("rev"),
        ignore_case=options.flag("ignore_case"),
        follow=options.flag("follow"),
        whole=options.flag("all_files") or not (diff or options.given("all_files")),
        diff=diff,
    )


def _is_plain(request: GrepRequest) -> bool:
    """Whether only the working copy is searched."""
    return request.whole and not request.revisions and not request.follow


def _matches(
    context: CommandContext, request: GrepRequest, wanted: Expression, warnings: list[EngineWarning]
) -> Iterator[FileMatches]:
    from hydrargyrum.ops.grep import search, search_working_copy

    if _is_plain(request):
        return search_working_copy(context.repo, request, wanted)
    return search(context.repo, request, wanted, warnings)


class _Display:
    """Shows matches as the options say."""

    def __init__(self, context: CommandContext, wanted: Expression, request: GrepRequest) -> None:
        options = context.options
        self._context = context
        self._wanted = wanted
        self._diff = request.diff
        self._separator, self._end = ("\0", "\0") if options.flag("print0") else (":", "\n")
        self._shows_rev = not _is_plain(request)
        self._only_names = options.flag("files_with_matches")
        self._notation = "%Y-%m-%d" if context.ui.quiet else "%a %b %d %H:%M:%S %Y %1%2"
        self._shown = path_shower(context, relative=False)

    def show(self, formatter: Formatter, matches: FileMatches) -> None:
        """All lines of a file, or with -l its name."""
        path = self._shown(matches.path)
        lines = matches.lines[:1] if self._only_names else matches.lines
        if formatter.is_plain and self._context.ui.painter is None:
            formatter.content("", self._plain_lines(formatter, matches, path, lines))
            return
        for change, line in lines:
            formatter.start_item()
            formatter.resources(changeset=matches.changeset, repo=matches.changeset.repo)
            formatter.data(node=matches.changeset.node.hex(), path=matches.path)
            formatter.plain(path, "grep.filename")
            self._show_columns(formatter, matches, change, line)
            if not self._only_names:
                formatter.plain(self._separator, "grep.sep")
                if self._hides(matches):
                    formatter.plain(_BINARY)
                else:
                    self._show_line(formatter, line)
            formatter.plain(self._end)

    def _plain_lines(
        self, formatter: Formatter, matches: FileMatches, path: str, lines: Sequence[tuple[str, Line]]
    ) -> bytes:
        """The same without labels, where nothing is to be known of pieces of a line."""
        options, changeset, separator = self._context.options, matches.changeset, self._separator
        before = f"{path}{separator}{changeset.rev}" if self._shows_rev else path
        numbers, changes = options.flag("line_number"), self._diff
        after = ""
        if options.flag("user"):
            after = f"{separator}{self._user(formatter, changeset.user)}"
        if options.flag("date"):
            after += f"{separator}{formatter.date(changeset.date, self._notation)}"
        after += "" if self._only_names else separator
        shown = _BINARY.encode("ascii") if self._hides(matches) else None
        out: list[bytes] = []
        start, end = to_bytes(before + after), self._end.encode("ascii")
        for change, line in lines:
            if numbers or changes:
                number = f"{separator}{line.number}" if numbers else ""
                sign = f"{separator}{change}" if changes else ""
                start = to_bytes(f"{before}{number}{sign}{after}")
            text = b"" if self._only_names else line.text if shown is None else shown
            out += (start, text, end)
        return b"".join(out)

    def _hides(self, matches: FileMatches) -> bool:
        return matches.is_binary and not self._context.options.flag("text")

    def _show_columns(self, formatter: Formatter, matches: FileMatches, change: str, line: Line) -> None:
        options, changeset = self._context.options, matches.changeset
        self._column(formatter, self._shows_rev, "rev", changeset.rev)
        self._column(formatter, options.flag("line_number"), "lineno", line.number, "grep.linenumber")
        if self._diff:
            label = "grep.inserted grep.change" if change == "+" else "grep.deleted grep.change"
            self._column(formatter, True, "change", change, label)
        if options.flag("user") or not formatter.is_plain:
            self._column(formatter, options.flag("user"), "user", self._user(formatter, changeset.user))
        if options.flag("date") or not formatter.is_plain:
            date = formatter.date(changeset.date, self._notation)
            self._column(formatter, options.flag("date"), "date", date)

    def _column(
        self, formatter: Formatter, is_shown: bool, name: str, value: object, label: str = ""
    ) -> None:
        if is_shown:
            formatter.plain(self._separator, "grep.sep")
        formatter.field_if(is_shown, name, value, str(value), label or f"grep.{name}")

    def _user(self, formatter: Formatter, name: str) -> str:
        from hydrargyrum.view.templates.filters import user

        return user(name) if formatter.is_plain and not self._context.ui.verbose else name

    def _show_line(self, formatter: Formatter, line: Line) -> None:
        rows = formatter.nested("texts", "{text}")
        for piece, matched in line.pieces(self._wanted):
            rows.start_item()
            text = to_text(piece)
            rows.field("text", text, text, "grep.match" if matched else "")
            rows.data(matched=matched)
        if not formatter.is_plain:
            rows.end()

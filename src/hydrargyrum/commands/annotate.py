"""`annotate`: which changeset brought each line of a file. The engine finds out; this shows it in columns."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.diff_options import WHITE_SPACE_OPTIONS
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION, WALK_OPTIONS, patterns_of
from hydrargyrum.extension import Option, command
from hydrargyrum.types import WDIR_NODE, WDIR_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.annotate import AnnotatedFile, AnnotateQuestion
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import Rev
    from hydrargyrum.view.formatter import Formatter

#: Field, the option that asks for it, and what stands before its column.
_COLUMNS = (
    ("user", "user", " "),
    ("rev", "number", " "),
    ("node", "changeset", " "),
    ("date", "date", " "),
    ("path", "file", " "),
    ("lineno", "line_number", ":"),
)


@command(
    "annotate",
    aliases=["blame"],
    options=[
        Option("r", "rev", "annotate files as they are in a revision", default="", metavar="REV"),
        Option("", "follow", "name files, as -f does", marks=["deprecated"]),
        Option("", "no-follow", "stop at copies and renames"),
        Option("a", "text", "treat all files as text"),
        Option("u", "user", "show the user"),
        Option("f", "file", "show the name of the file"),
        Option("d", "date", "show the date (short with -q)"),
        Option("n", "number", "show the revision number (default)"),
        Option("c", "changeset", "show the hash of the changeset"),
        Option("l", "line-number", "show the number of the line where it came in"),
        Option(
            "",
            "skip",
            "blame ancestors instead of a revision",
            default=[],
            metavar="REV",
            marks=["experimental"],
        ),
        Option(
            "L",
            "line-range",
            "only these lines of a file",
            default=[],
            metavar="FILE,RANGE",
            marks=["experimental"],
        ),
        *WHITE_SPACE_OPTIONS,
        *WALK_OPTIONS,
        TEMPLATE_OPTION,
    ],
    synopsis="[-r REV] [-f] [-a] [-u] [-d] [-n] [-c] [-l] FILE...",
    category="files",
    basic=True,
    inferrepo=True,
)
def annotate(context: CommandContext) -> int:
    """show which changeset brought each line of a file

    Without options, every line is shown behind the number of the changeset that brought it. -u, -f, -d, -n, -c and -l
    choose what is shown instead.

    Files that look binary are passed over unless -a is given.

    Fields for templates: `path` and `lines`; of each line the chosen ones of `user`, `rev`, `node`, `date`, `path`,
    `lineno`, and `line`.

    Returns 0 on success.
    """
    from hydrargyrum.ops.annotate import annotated_files

    _check(context)
    request = Display(context)
    context.ui.pager("annotate")
    with context.formatter("annotate") as formatter:
        request.hints(formatter)
        for file in annotated_files(context.repo, request.question(context)):
            formatter.start_item()
            formatter.data(path=file.path)
            if file.annotation is None:
                formatter.plain(f"{request.shown(file.path)}: binary file\n")
                continue
            rows = formatter.nested("lines", "{rev}: {line}")
            request.show(rows, file)
            rows.end()
    return 0


def _check(context: CommandContext) -> None:
    options = context.options
    ranges = options.items("line_range")
    if ranges and options.flag("no_follow"):
        raise errors.InputError("--line-range is incompatible with --no-follow")
    if ranges and context.args:
        raise errors.InputError("cannot combine filename or pattern and --line-range")
    if not context.args and not ranges:
        raise errors.InputError("at least one filename or pattern is required")
    chosen = any(options.flag(name) for name in ("user", "changeset", "date", "file", "follow"))
    if (
        options.flag("line_number")
        and not options.flag("changeset")
        and chosen
        and not options.flag("number")
    ):
        raise errors.InputError("at least one of -n/-c is required for -l")


class Display:
    """What is shown of each line, and how."""

    __slots__ = ("_columns", "_context", "_fields", "_first_parent")

    def __init__(self, context: CommandContext) -> None:
        options = context.options
        wanted = {name for _, name, _ in _COLUMNS if options.flag(name)}
        if options.flag("follow"):
            wanted.add("file")
        if not wanted & {"user", "changeset", "date", "file"}:
            wanted.add("number")
        self._context = context
        self._fields = [(field, before) for field, name, before in _COLUMNS if name in wanted]
        self._first_parent = context.repo["."]

    def hints(self, formatter: Formatter) -> None:
        """Also the fields that a template names."""
        used = formatter.fields_used()
        chosen = {field for field, _ in self._fields}
        self._fields = [(field, before) for field, _, before in _COLUMNS if field in chosen or field in used]

    def question(self, context: CommandContext) -> AnnotateQuestion:
        """What to annotate."""
        from hydrargyrum.ops.annotate import AnnotateQuestion
        from hydrargyrum.ops.diff import StyleChoice

        options = context.options
        style = StyleChoice(context.config, options.as_dict(), section="annotate", warn=context.ui.warn)
        patterns, lines = patterns_of(context), None
        if options.items("line_range"):
            from hydrargyrum.ops.line_ranges import named_ranges

            ranges = named_ranges(context.repo, options.items("line_range"))
            patterns = PatternSet(
                context.cwd, [path for path, _ in ranges], patterns.include, patterns.exclude
            )
            lines = ranges[0][1]
        return AnnotateQuestion(
            options.text("rev"),
            patterns,
            style.style(git=False, format=False),
            follow=not options.flag("no_follow"),
            skip=options.items("skip"),
            as_text=options.flag("text"),
            lines=lines,
        )

    def shown(self, path: str) -> str:
        """A path as the user sees it."""
        from hydrargyrum.repo.paths import relative_path, wants_relative

        if not wants_relative(self._context.config, legacy=True):
            return path
        return relative_path(self._context.repo.root, self._context.cwd, path)

    def show(self, rows: Formatter, file: AnnotatedFile) -> None:
        """All lines of a file."""
        assert file.annotation is not None
        found, repo = file.annotation, self._context.repo
        if not found.lines:
            return
        columns = []
        for number, (field, before) in enumerate(self._fields):
            values, texts = self._column(field, file)
            columns.append((field, values, self._aligned(texts, before if number else "")))
        if rows.is_plain:
            self._write_plain([texts for _, _, texts in columns], file)
            return
        for at, line in enumerate(found.lines):
            rows.start_item()
            rev = found.revs[at]
            rows.resources(changeset=repo[None] if rev == WDIR_REV else repo[rev], repo=repo)
            for field, values, _ in columns:
                rows.data(**{field: values[at]})
            rows.content("line", line)

    def _write_plain(self, columns: list[list[str]], file: AnnotatedFile) -> None:
        from hydrargyrum.view.codec import to_bytes

        assert file.annotation is not None
        marks = [b"* " if skipped else b": " for skipped in file.annotation.skipped]
        heads = map("".join, zip(*columns, strict=True))
        lines = [
            to_bytes(head) + mark + line
            for head, mark, line in zip(heads, marks, file.annotation.lines, strict=True)
        ]
        if not file.annotation.lines[-1].endswith(b"\n"):
            lines.append(b"\n")
        self._context.ui.write(b"".join(lines))

    def _aligned(self, texts: list[str], before: str) -> list[str]:
        from hydrargyrum.extension.output import columns_for

        width = columns_for(self._context).width
        widths = {text: width(text) for text in set(texts)}
        longest = max(widths.values())
        shown = {text: before + " " * (longest - widths[text]) + text for text in widths}
        return [shown[text] for text in texts]

    def _column(self, field: str, file: AnnotatedFile) -> tuple[list[object], list[str]]:
        """The values of a field, line by line, and their texts."""
        assert file.annotation is not None
        found = file.annotation
        if field == "lineno":
            return list(found.numbers), [str(number) for number in found.numbers]
        if field == "path":
            return list(found.paths), list(found.paths)
        value = {
            "user": self._user,
            "rev": self._rev(on_disk=file.changeset.is_working_copy),
            "node": self._node(on_disk=file.changeset.is_working_copy),
            "date": self._date,
        }[field]
        known = {rev: value(rev) for rev in set(found.revs)}
        return [known[rev][0] for rev in found.revs], [known[rev][1] for rev in found.revs]

    def _user(self, rev: Rev) -> tuple[object, str]:
        from hydrargyrum.view.templates.filters import user

        name = self._changeset(rev).user
        return name, name if self._context.ui.verbose else user(name)

    def _date(self, rev: Rev) -> tuple[object, str]:
        from hydrargyrum.dates import format_date, short_date

        date = self._changeset(rev).date
        # formats that keep types show that a file's time may have a fraction
        value = (float(date[0]), date[1])
        return value, short_date(date) if self._context.ui.quiet else format_date(date)

    def _rev(self, *, on_disk: bool) -> Callable[[Rev], tuple[object, str]]:
        # beside a hash, which has the mark too, the number has none
        marked = on_disk and not self._context.options.flag("changeset")

        def value(rev: Rev) -> tuple[object, str]:
            shown = self._first_parent.rev if rev == WDIR_REV else rev
            mark = ("+" if rev == WDIR_REV else " ") if marked else ""
            return rev, f"{shown}{mark}"

        return value

    def _node(self, *, on_disk: bool) -> Callable[[Rev], tuple[object, str]]:
        digits = 40 if self._context.ui.debugging else 12

        def value(rev: Rev) -> tuple[object, str]:
            node = WDIR_NODE if rev == WDIR_REV else self._changeset(rev).node
            shown = self._first_parent.node if rev == WDIR_REV else node
            mark = ("+" if rev == WDIR_REV else " ") if on_disk else ""
            return node.hex(), shown.hex()[:digits] + mark

        return value

    def _changeset(self, rev: Rev) -> Changeset:
        repo = self._context.repo
        return repo[None] if rev == WDIR_REV else repo[rev]

"""`sql`: questions in SQL about history, files and the working copy. The answers are made by `ops.sql`."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.sql import SqlAnswer

#: What stands in a table for control characters, which would break its lines.
_VISIBLE = {number: f"\\x{number:02x}" for number in (*range(32), 127)} | {9: "\\t", 10: "\\n", 13: "\\r"}


@command(
    "sql",
    options=[
        Option("r", "rev", "the revision whose files the table 'files' has", default="", metavar="REV"),
        Option(
            "T", "template", "display with template, or as 'table' or 'csv'", default="", metavar="TEMPLATE"
        ),
    ],
    synopsis="[-r REV] QUERY",
    category="navigation",
    intents=["readonly"],
    min_args=1,
    max_args=1,
)
def sql(context: CommandContext) -> int:
    """answer a question in SQL about history, files and the working copy

    The query is a SELECT as DuckDB understands it, over these tables:

    - `changesets`: rev, node, p1, p2, user, date (in UTC), tz (seconds west of UTC), branch, phase, files (how many it
      lists), description; one row for each visible changeset
    - `changes`: rev, path, status ('A', 'M' or 'R'); one row for each file that a changeset lists
    - `files`: path, flags ('x', 'l' or empty), node; the files of the working directory's parent, or of --rev
    - `working`: status, path, source; what 'hg status -C' shows

    Examples::

      hg sql "select user, count(*) from changesets group by 1 order by 2 desc"
      hg sql "select path, count(*) n from changes group by 1 order by n desc limit 10"
      hg sql -r 1.0 -T csv "select * from files where path like '%.py'"

    Answers are shown as a table; -T json, csv or a template with names of columns show them otherwise.

    Nothing can be changed, and no file can be read by a query. DuckDB has to be installed: ``pip install
    'hydrargyrum[sql]'``.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revisions import resolve_revision
    from hydrargyrum.ops.sql import ask

    revision = resolve_revision(context.repo, context.options.text("rev"))
    answer = ask(context.repo, context.args[0], revision)
    context.ui.pager("sql")
    wanted = context.options.text("template")
    if wanted == "csv":
        _write_csv(context, answer)
        return 0
    formatter = None if wanted in ("", "table") else context.formatter("sql")
    if formatter is None or formatter.is_plain:
        _write_table(context, answer)
        return 0
    for rows in answer.batches():
        for row in rows:
            formatter.start_item()
            formatter.data(**dict(zip(answer.columns, row, strict=True)))
    formatter.end()
    return 0


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        from hydrargyrum.view.encoders import to_json

        return to_json(value, ascii_only=False)
    return str(value)


def _write_csv(context: CommandContext, answer: SqlAnswer) -> None:
    import csv
    import io

    def lines(rows: Iterable[Iterable[object]]) -> str:
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
        return written.getvalue()

    context.ui.write(lines([answer.columns]))
    for rows in answer.batches():
        context.ui.write(lines(rows))


def _write_table(context: CommandContext, answer: SqlAnswer) -> None:
    """Columns as wide as the first rows need; numbers to the right."""
    from hydrargyrum.extension.output import columns_for

    measure = columns_for(context).width
    heads = [name.translate(_VISIBLE) for name in answer.columns]
    widths: list[int] = []

    def line(cells: list[str]) -> str:
        shown = []
        for place, cell in enumerate(cells):
            padding = " " * (widths[place] - measure(cell))
            shown.append(padding + cell if answer.numeric[place] else cell + padding)
        return "  ".join(shown).rstrip() + "\n"

    def begin(rows: list[list[str]]) -> str:
        widths.extend(max(map(measure, column)) for column in zip(heads, *rows, strict=True))
        return line(heads) + "  ".join("-" * width for width in widths) + "\n"

    for batch in answer.batches():
        rows = [[_cell(value).translate(_VISIBLE) for value in row] for row in batch]
        text = "" if widths else begin(rows)
        context.ui.write(text + "".join(map(line, rows)))
    if not widths:
        context.ui.write(begin([]))

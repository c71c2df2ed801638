"""Questions in SQL about history, files and the working copy, answered by DuckDB from Arrow tables of the engine.

The database lives in memory for one question, sees no file and no network, and only answers queries; how rows look is the
command's business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.tabletext import from_table, to_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from hydrargyrum.repo import Changeset, Repository

#: Rows that are fetched together.
_BATCH = 1000

#: What keeps a query from anything but its tables.
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
}

#: Statements that only ask.
_QUESTIONS = frozenset(("SELECT", "EXPLAIN"))

#: SQL types that are numbers, without what follows in parentheses.
_NUMBERS = frozenset(
    [
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
        "FLOAT",
        "DOUBLE",
        "DECIMAL",
    ]
)

#: Table -> its columns, for help and messages.
TABLES = {
    "changesets": (
        "rev",
        "node",
        "p1",
        "p2",
        "user",
        "date",
        "tz",
        "branch",
        "phase",
        "files",
        "description",
    ),
    "files": ("path", "flags", "node"),
    "changes": ("rev", "path", "status"),
    "working": ("status", "path", "source"),
}


class SqlAnswer:
    """Rows of values, read as far as somebody asks.

    Values are None, bool, int, float, str (with `surrogateescape` where bytes are not UTF-8), and lists and dicts of
    these; anything else that SQL knows is a str.

    Attributes:
        columns: names in order, each once.
        numeric: whether each column holds numbers.
    """

    __slots__ = ("_cursor", "columns", "numeric")

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        names = [from_table(column[0]) for column in cursor.description]
        self.columns: Sequence[str] = _distinct(names)
        kinds = [str(column[1]) for column in cursor.description]
        self.numeric = [kind.partition("(")[0] in _NUMBERS for kind in kinds]

    def batches(self) -> Iterator[list[list[object]]]:
        """Rows, about a thousand at a time."""
        import duckdb

        while True:
            try:
                rows = self._cursor.fetchmany(_BATCH)
            except duckdb.Error as problem:
                raise _worded(str(problem), "") from None
            if not rows:
                return
            yield [[_value(value) for value in row] for row in rows]


def ask(repo: Repository, query: str, revision: Changeset) -> SqlAnswer:
    """The answer to a query over `TABLES`.

    Args:
        repo: what is asked about.
        query: one SELECT (or EXPLAIN).
        revision: whose files the table `files` has.

    Raises:
        Abort: DuckDB or PyArrow is not installed.
        InputError: it is no query, or SQL finds something wrong with it; with the place.
    """
    try:
        import duckdb
        import pyarrow
    except ImportError as problem:
        raise errors.Abort(
            f"'hg sql' needs DuckDB and PyArrow ({problem})", hint="pip install 'hydrargyrum[sql]'"
        ) from None
    asked = to_table(query)
    connection = duckdb.connect(":memory:", config=_CLOSED)
    try:
        connection.execute("set python_enable_replacements = false")
        _only_a_question(connection.extract_statements(asked))
        wanted = asked.lower()
        for name, make in _makers(repo, revision).items():
            if name in wanted:
                connection.register(name, make(pyarrow))
        connection.execute("set lock_configuration = true")
        return SqlAnswer(connection.execute(asked))
    except duckdb.Error as problem:
        raise _worded(str(problem), asked) from None


def _only_a_question(statements: Sequence[Any]) -> None:
    if len(statements) != 1:
        raise errors.InputError(
            "one SQL query is needed" if not statements else "only one SQL query at a time"
        )
    kind = statements[0].type.name
    if kind not in _QUESTIONS:
        raise errors.InputError(
            f"only queries are allowed, not {kind.lower()}", hint="a repository cannot be changed by SQL"
        )


# -- tables -----------------------------------------------------------------------------------------------------------


def _makers(repo: Repository, revision: Changeset) -> dict[str, Callable[[Any], Any]]:
    """What makes each table."""
    engine = repo.engine

    def visible() -> list[int]:
        hidden = repo.hidden
        return [rev for rev in range(len(engine.changelog())) if rev not in hidden]

    def working(arrow: Any) -> Any:
        from hydrargyrum.types import PatternSet, StatusRequest

        request = StatusRequest(PatternSet(repo.root), copies=True)
        return _with_text(arrow, engine.status(request).table(), ("path", "source"))

    def files(arrow: Any) -> Any:
        table = _with_text(arrow, engine.manifest(revision.rev).table(), ("path",))
        nodes = arrow.array([bytes(node).hex() for node in table["node"].to_pylist()], arrow.string())
        return table.select(["path", "flags"]).append_column("node", nodes)

    return {
        "changesets": lambda arrow: arrow.table(engine.changeset_table(visible())),
        "changes": lambda arrow: _with_text(arrow, engine.change_table(visible()), ("path",)),
        "files": files,
        "working": working,
    }


def _with_text(arrow: Any, source: object, names: Sequence[str]) -> Any:
    """An Arrow table whose paths are text."""
    table = arrow.table(source)
    for name in names:
        column = table[name]
        try:
            text = column.cast(arrow.string())
        except arrow.ArrowInvalid:
            paths = (None if path is None else _text(path) for path in column.to_pylist())
            text = arrow.array(paths, arrow.string())
        table = table.set_column(table.column_names.index(name), name, text)
    return table


def _text(path: bytes) -> str:
    return to_table(path.decode("utf-8", "surrogateescape"))


# -- values and errors ------------------------------------------------------------------------------------------------


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return from_table(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        return {str(_value(key)): _value(one) for key, one in value.items()}
    return str(value)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, those that come again with a number."""
    found: list[str] = []
    for name in names:
        again, count = name, 1
        while again in found:
            again, count = f"{name}_{count}", count + 1
        found.append(again)
    return found


def _worded(said: str, query: str) -> errors.InputError:
    """DuckDB's message as ours: its first line with the place, and the line of the query with a caret as hint."""
    said = from_table(said)
    first, _, rest = said.partition("\n")
    kind, colon, text = first.partition(" Error: ")
    message = text if colon else first
    if kind == "Permission":
        return errors.InputError("SQL may only read the tables of the repository", hint=_table_hint())
    lines = rest.split("\n")
    place = next((number for number, line in enumerate(lines) if line.startswith("LINE ")), None)
    if place is None or place + 1 >= len(lines):
        return errors.InputError(f"SQL: {message}", hint=_table_hint() if kind == "Catalog" else None)
    prefix, shown = lines[place].split(": ", 1)
    number = int(prefix.removeprefix("LINE "))
    caret = len(lines[place + 1]) - len(lines[place + 1].lstrip()) - len(prefix) - 2
    cut = shown.removeprefix("...")
    whole = (query.split("\n") or [""])[number - 1] if query else shown
    column = max(caret - (len(shown) - len(cut)), 0) + max(whole.find(cut.removesuffix("...")), 0) + 1
    where = f"line {number}, column {column}"
    if kind == "Catalog":
        return errors.InputError(f"SQL: {message} at {where}", hint=_table_hint())
    return errors.InputError(f"SQL: {message} at {where}", hint=f"{shown}\n {' ' * max(caret, 0)}^ here")


def _table_hint() -> str:
    return "tables are: " + "; ".join(f"{name} ({', '.join(columns)})" for name, columns in TABLES.items())

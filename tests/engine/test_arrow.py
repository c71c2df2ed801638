"""Tables cross as Arrow streams and are read by PyArrow, Polars and DuckDB, which see what the rows say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import polars
import pyarrow
import pytest

from hydrargyrum.engine.protocol import EngineRepository
from hydrargyrum.types import PatternSet, StatusRequest

Opened = Callable[[str], EngineRepository]


def everything(repo: EngineRepository) -> Any:
    return repo.status(StatusRequest(PatternSet(repo.root), clean=True, ignored=True, copies=True))


def read_by(reader: str, table: Any) -> list[dict[str, Any]]:
    if reader == "pyarrow":
        return pyarrow.table(table).to_pylist()
    if reader == "polars":
        return polars.DataFrame(table).to_dicts()
    found = duckdb.from_arrow(pyarrow.RecordBatchReader.from_stream(table))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("reader", ["pyarrow", "polars", "duckdb"])
def test_status_rows(opened: Opened, reader: str) -> None:
    report = everything(opened("default"))
    rows = read_by(reader, report.table())
    assert [(row["status"], row["path"].decode("utf-8", "surrogateescape")) for row in rows] == list(
        report.rows()
    )
    sources = {row["path"].decode(): row["source"].decode() for row in rows if row["source"] is not None}
    assert sources == dict(report.copies)
    assert sources["src/copied.py"] == "src/mod2/file8.py"
    assert {"M", "A", "R", "!", "?", "I", "C"} == {row["status"] for row in rows}


@pytest.mark.parametrize("reader", ["pyarrow", "polars", "duckdb"])
def test_revision_table(opened: Opened, reader: str) -> None:
    index = opened("default").changelog()
    rows = read_by(reader, index.table())
    assert [row["rev"] for row in rows] == list(range(len(index)))
    assert [bytes(row["node"]) for row in rows] == [entry.node for entry in index]
    assert [(row["p1"], row["p2"]) for row in rows] == [(entry.parent1, entry.parent2) for entry in index]


@pytest.mark.parametrize("reader", ["pyarrow", "polars", "duckdb"])
def test_file_lists(opened: Opened, reader: str) -> None:
    repo = opened("default")
    files, _ = repo.files(0, PatternSet(repo.root))
    rows = read_by(reader, files.table())
    assert [row["path"].decode("utf-8", "surrogateescape") for row in rows] == list(files)
    assert len(rows) > 20


def test_manifest_and_dirstate_tables(opened: Opened) -> None:
    repo = opened("default")
    manifest = repo.manifest(0)
    rows = pyarrow.table(manifest.table()).to_pylist()
    assert [(r["path"].decode("utf-8", "surrogateescape"), bytes(r["node"]), r["flags"]) for r in rows] == [
        (path, entry.node, entry.flags) for path, entry in manifest.items()
    ]
    dirstate = repo.dirstate()
    found = pyarrow.table(dirstate.table()).to_pylist()
    assert [
        (r["path"].decode("utf-8", "surrogateescape"), r["state"], r["size"], r["mtime"]) for r in found
    ] == [(path, e.state, e.size, e.mtime) for path, e in dirstate.items()]


def test_a_table_is_not_a_sequence(opened: Opened) -> None:
    table = everything(opened("default")).table()
    assert not hasattr(table, "__getitem__")
    assert len(table) > 10
    assert pyarrow.table(table).num_rows == pyarrow.table(table).num_rows == len(table)  # can be read again


def test_an_empty_answer_still_has_its_columns(opened: Opened) -> None:
    repo = opened("default")
    nothing = PatternSet(repo.root, ["path:feature.txt"], exclude=["path:feature.txt"])
    table = pyarrow.table(repo.status(StatusRequest(nothing)).table())
    assert table.num_rows == 0
    assert table.column_names == ["status", "path", "source"]


def test_an_abandoned_stream_is_released(opened: Opened) -> None:
    table = everything(opened("default")).table()
    for _ in range(50):
        table.__arrow_c_stream__()
    assert pyarrow.table(table).num_rows == len(table)


def test_native_columns_are_not_copied(originals: Callable[[str], Any]) -> None:
    from hydrargyrum.engine.select import select_engine
    from hydrargyrum.types import EngineSettings

    repo = select_engine("native").open(str(originals("default")), EngineSettings())
    files, _ = repo.files(None, PatternSet(repo.root))
    addresses = {pyarrow.table(files.table())["path"].chunk(0).buffers()[2].address for _ in range(3)}
    assert len(addresses) == 1, "each reading made a copy of the path data"

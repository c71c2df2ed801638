"""Our answers equal those that real Mercurial gave, record by record; the Rust twin is tested on the same tables."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("text_tables", Path(__file__).with_name("tables.py"))
assert _spec is not None
assert _spec.loader is not None
tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tables)


@pytest.mark.parametrize(("name", "least"), [("pairs", 100), ("merges", 60), ("histories", 40)])
def test_peer_table(name: str, least: int) -> None:
    assert tables.check_table(tables.TABLES / f"{name}.txt") > least

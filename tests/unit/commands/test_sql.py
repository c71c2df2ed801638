"""`hg sql` on both engines: tables, forms, odd bytes, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours


@pytest.fixture(scope="module")
def asked(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a hidden changeset, a branch, names in odd bytes and a changed working copy."""
    root = tmp_path_factory.mktemp("sql") / "asked"
    peer.ok(root.parent, "init", str(root))
    (root / "a.py").write_text("1\n")
    with open(bytes(root) + b"/caf\xe9", "wb") as stream:
        stream.write(b"x")
    peer.ok(
        root,
        "commit",
        "-A",
        "-m",
        "one, two\nthree",
        "-u",
        b"J\xe9",
        "-d",
        "60 -7200",
        "--encoding",
        "latin-1",
    )
    peer.ok(root, "rename", "a.py", "b.py")
    peer.ok(root, "branch", "other")
    peer.ok(root, "commit", "-m", 'say "hi"', "-u", "Ann", "-d", "120 0")
    peer.ok(root, "commit", "--config", "ui.allowemptycommit=1", "-m", "gone", "-u", "Ann", "-d", "180 0")
    node = peer.ok(root, "log", "-r", "tip", "-T", "{node}").decode()
    peer.ok(root, "update", "-r", "1")
    peer.ok(root, "debugobsolete", node, "--config", "experimental.evolution=all")
    (root / "b.py").write_text("2\n")
    (root / "new").write_text("")
    return root


@pytest.fixture(params=["pure", "native"])
def engine(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"HYG_ENGINE": request.param}


def rows(root: Path, engine: dict[str, str], query: str, *options: str) -> list[list[object]]:
    answer = ours(root, "sql", query, "-T", "json", *options, env=engine)
    assert answer.code == 0, answer.err
    return [list(row.values()) for row in json.loads(answer.out)]


def test_tables(asked: Path, engine: dict[str, str]) -> None:
    found = rows(asked, engine, "select rev as a, p1 as b, user as c, date as d, tz as e, branch as f, files as g"
                                " from changesets order by 1")  # fmt: skip
    assert found == [
        [0, -1, "J\xe9", "1970-01-01 00:01:00", -7200, "default", 2],
        [1, 0, "Ann", "1970-01-01 00:02:00", 0, "other", 2],
    ]
    assert rows(asked, engine, "select count(*) from changesets", "--hidden") == [[3]]
    changes = "select * from changes where path like '%.py' order by rev, path"
    assert rows(asked, engine, changes) == [["a.py", 0, "A"], ["a.py", 1, "R"], ["b.py", 1, "A"]]
    assert rows(asked, engine, "select path from files where flags = '' and path like '%.py'") == [["b.py"]]
    assert rows(asked, engine, "select path from files where path like '%.py'", "-r", "0") == [["a.py"]]
    assert rows(asked, engine, "select status, path from working order by 1") == [["new", "?"], ["b.py", "M"]]
    joined = (
        "select c.description from changes h join changesets c using (rev) where h.path = 'b.py'"
        " and c.node = (select max(node) from changesets where rev = 1)"
    )
    assert rows(asked, engine, joined) == [['say "hi"']]


def test_bytes_come_out_as_they_are_stored(asked: Path, engine: dict[str, str]) -> None:
    for form in ("csv", "{path}\n"):
        answer = ours(asked, "sql", "-T", form, "select path from files where path like 'caf%'", env=engine)
        assert answer.out.splitlines()[-1] == b"caf\xe9"
    given = ours(
        asked, "sql", "-T", "{n}", b"select count(*) n from files where path = 'caf\xe9'", env=engine
    )
    assert given.out == b"1"


def test_forms(asked: Path, engine: dict[str, str]) -> None:
    query = "select description, rev, null as nothing, [1, 2] as l from changesets order by rev"
    assert ours(asked, "sql", query, env=engine).out.decode().splitlines() == [
        "description      rev  nothing  l",
        "---------------  ---  -------  ------",
        "one, two\\nthree    0           [1, 2]",
        'say "hi"           1           [1, 2]',
    ]
    assert ours(asked, "sql", "-T", "table", query, env=engine) == ours(asked, "sql", query, env=engine)
    written = ours(asked, "sql", "-T", "csv", query, env=engine).out.decode()
    assert list(csv.reader(io.StringIO(written))) == [
        ["description", "rev", "nothing", "l"],
        ["one, two\nthree", "0", "", "[1, 2]"],
        ['say "hi"', "1", "", "[1, 2]"],
    ]
    names = 'select 1 as a, 2 as a, true as "b""c"'
    assert json.loads(ours(asked, "sql", "-T", "json", names, env=engine).out) == [
        {"a": 1, "a_1": 2, 'b"c': True}
    ]
    assert ours(asked, "sql", "select rev from changesets where false", env=engine).out == b"rev\n---\n"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("selec", b'abort: SQL: syntax error at or near "selec" at line 1, column 1\n(selec\n ^ here)\n'),
        ("select 1,\n  nope from files", b" at line 2, column 3\n(  nope from files\n   ^ here)\n"),
        (f"select '{'x' * 90}', nope, '{'y' * 90}'", b" at line 1, column 102\n"),
        ("select * from nope", b"does not exist! at line 1, column 15\n(tables are: changesets (rev, "),
        ("select * from read_csv('/etc/passwd')", b"abort: SQL may only read the tables of the repository\n"),
        ("copy files to '/tmp/x'", b"abort: only queries are allowed, not copy\n"),
        ("create table x (a int)", b"abort: only queries are allowed, not create\n"),
        ("set enable_external_access = true", b"abort: only queries are allowed, not set\n"),
        ("attach '/tmp/x.db'", b"abort: only queries are allowed, not attach\n"),
        ("select 1; select 2", b"abort: only one SQL query at a time\n"),
        ("", b"abort: one SQL query is needed\n"),
        ("select * from repo", b"SQL: Table with name repo does not exist!"),
    ],
)
def test_what_is_refused(asked: Path, query: str, said: bytes) -> None:
    answer = ours(asked, "sql", query)
    assert answer.code == 255
    assert answer.out == b""
    assert said in answer.err


def test_without_duckdb(asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    answer = ours(asked, "sql", "select 1")
    assert answer.err.startswith(b"abort: 'hg sql' needs DuckDB and PyArrow (")
    assert answer.err.endswith(b"(pip install 'hydrargyrum[sql]')\n")
    assert ours(asked, "sql").err.startswith(b"hg sql: invalid arguments\n")

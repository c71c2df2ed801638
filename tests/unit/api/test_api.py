"""The Python API where its page says too little: laziness, odd bytes, missing libraries, import cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow
import pytest

import hydrargyrum
from hydrargyrum import errors
from hydrargyrum.tabletext import from_table, to_table
from peer import ROOT, Peer

ENVIRONMENT = {"HGRCPATH": ""}


@pytest.fixture(scope="module")
def latin(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with names that are not UTF-8, a merge that inherits a removal, and a secret changeset."""
    root = tmp_path_factory.mktemp("api") / "latin"
    peer.ok(root.parent, "init", str(root))
    (root / "gone").write_text("1\n")
    (root / "kept").write_text("1\n")
    latin1 = ("--encoding", "latin-1")
    peer.ok(root, "commit", "-A", "-m", b"na\xefve", "-u", "J", "-d", "0 0", *latin1)
    peer.ok(root, "remove", "gone")
    peer.ok(root, "commit", "-m", "drop", "-d", "1 0")
    peer.ok(root, "update", "0")
    (root / "kept").write_text("2\n")
    with open(bytes(root) + b"/caf\xe9", "wb") as stream:
        stream.write(b"x")
    peer.ok(root, "commit", "-A", "-m", "other", "-d", "2 7200", "--secret")
    peer.ok(root, "merge", "1")
    peer.ok(root, "commit", "-m", "merge", "-d", "3 0")
    return root


@pytest.fixture(params=["pure", "native"])
def repo(request: pytest.FixtureRequest, latin: Path) -> hydrargyrum.Repository:
    return hydrargyrum.open(latin, engine=request.param, environ=ENVIRONMENT)


def test_tables(repo: hydrargyrum.Repository) -> None:
    rows = repo.log("all()").to_arrow().to_pyarrow().to_pylist()
    assert [(row["rev"], row["p1"], row["p2"], row["phase"], row["tz"], row["files"]) for row in rows] == [
        (0, -1, -1, "draft", 0, 2),
        (1, 0, -1, "draft", 0, 1),
        (2, 0, -1, "secret", 7200, 2),
        (3, 2, 1, "secret", 0, rows[3]["files"]),
    ]
    assert [row["node"] for row in rows] == repo.log("all()").nodes
    assert [row["description"] for row in rows] == ["naïve", "drop", "other", "merge"]
    changes = repo.log("all()").changes().to_pyarrow().to_pylist()
    assert [(row["rev"], row["path"], row["status"]) for row in changes] == [
        (0, b"gone", "A"),
        (0, b"kept", "A"),
        (1, b"gone", "R"),
        (2, b"caf\xe9", "A"),
        (2, b"kept", "M"),
        *((3, path.encode("utf-8", "surrogateescape"), "M") for path in repo[3].files),
    ]


def test_an_empty_table_has_its_columns(repo: hydrargyrum.Repository) -> None:
    found = repo.log("none()")
    assert not found
    assert pyarrow.table(found).column_names == found.to_arrow().column_names
    assert len(found.changes()) == 0


def test_log_is_lazy_and_can_be_read_again(repo: hydrargyrum.Repository) -> None:
    found = repo.log()
    assert next(iter(found)).rev == 3
    assert [changeset.rev for changeset in found] == [3, 2, 1, 0] == found.revs
    assert len(found) == 4
    assert repo[2] in found
    assert repo[2] not in repo.log("1")


def test_what_is_not_there(repo: hydrargyrum.Repository) -> None:
    for wrong in (4, -2):
        with pytest.raises(IndexError):
            repo[wrong]
    with pytest.raises(errors.ParseError):
        repo.log("and").revs  # noqa: B018
    with pytest.raises(errors.InputError):
        repo["none()"]
    with pytest.raises(errors.ConfigError):
        hydrargyrum.open(repo.root, config={"nodot": "1"}, environ=ENVIRONMENT)


def test_names_in_odd_bytes(repo: hydrargyrum.Repository) -> None:
    assert "caf\udce9" in list(repo["2"].manifest())
    assert repo.read("caf\udce9", 2) == b"x"


@pytest.mark.parametrize(
    "text", ["", "plain", "naïve", "na\udcefve", "\U0010f7ef", "a\U0010f780\udcff\U0010fffd"]
)
def test_text_of_tables_comes_back(text: str) -> None:
    there = to_table(text)
    there.encode()
    assert from_table(there) == text


def test_importing_loads_nothing_and_types_are_known() -> None:
    code = (
        "import sys, hydrargyrum\n"
        "print([name for name in sys.modules if name.startswith('hydrargyrum.')])\n"
        "hydrargyrum.open\n"
        "print(hasattr(hydrargyrum, 'nothing'), 'open' in dir(hydrargyrum), 'pyarrow' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True
    )
    assert done.stdout == "[]\nFalse True False\n", done.stderr


def test_missing_libraries_are_named(repo: hydrargyrum.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "polars", "nanoarrow"):
        monkeypatch.setitem(sys.modules, name, None)
    table = repo.log().to_arrow()
    for make, name in ((table.to_pyarrow, "pyarrow"), (table.to_polars, "polars")):
        with pytest.raises(errors.Abort, match=name):
            make()
    if repo.engine == "pure":
        with pytest.raises(errors.Abort, match="need an extra"):
            table.__arrow_c_stream__()
    else:
        table.__arrow_c_stream__()

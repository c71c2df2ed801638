"""Records of merges: both formats, the one that wins, and damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.config import Config
from hydrargyrum.repo.unfinished import (
    check_unfinished,
    clear_unfinished,
    merge_facts,
    unfinished_state,
    way_to_continue,
)


class Engine:
    def __init__(self, merging: bool) -> None:
        self._second = b"\1" * 20 if merging else bytes(20)

    def working_parents(self) -> tuple[bytes, bytes]:
        return b"\2" * 20, self._second


class Repo:
    def __init__(self, root: Path, *, merging: bool = False) -> None:
        self.dot_hg = str(root)
        self.engine = Engine(merging)
        self.config = Config({"HGRCPATH": ""})
        self.working_parents = self.engine.working_parents


def record(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "big") + data


def file_record(path: bytes, state: bytes, kind: bytes = b"F") -> bytes:
    fields = (path, state, b"h", path, b"anc", b"node", b"onode", b"flags")
    return record(kind, b"\0".join(fields))


def write(root: Path, new: bytes | None = None, old: bytes | None = None) -> Repo:
    (root / "merge").mkdir()
    if new is not None:
        (root / "merge/state2").write_bytes(new)
    if old is not None:
        (root / "merge/state").write_bytes(old)
    return Repo(root)


def test_no_record(tmp_path: Path) -> None:
    facts = merge_facts(Repo(tmp_path))  # type: ignore[arg-type]
    assert (facts.active, facts.unresolved) == (False, ())


def test_unresolved_files_are_sorted(tmp_path: Path) -> None:
    data = (
        record(b"L", b"a" * 40)
        + file_record(b"z", b"u")
        + file_record(b"b", b"r")
        + file_record(b"\xff", b"u")
    )
    facts = merge_facts(write(tmp_path, data + file_record(b"p", b"pu", b"P")))  # type: ignore[arg-type]
    assert facts.active
    assert facts.unresolved == ("p", "z", "\udcff")


def test_a_record_of_changesets_alone_is_active(tmp_path: Path) -> None:
    facts = merge_facts(write(tmp_path, record(b"L", b"a" * 40)))  # type: ignore[arg-type]
    assert (facts.active, facts.unresolved) == (True, ())


def test_the_old_format_wins_where_it_says_something_else(tmp_path: Path) -> None:
    new = record(b"L", b"a" * 40) + file_record(b"f", b"u")
    old = b"a" * 40 + b"\n" + b"\0".join((b"f", b"r", b"h", b"f", b"anc", b"node", b"flags")) + b"\n"
    assert merge_facts(write(tmp_path, new, old)).unresolved == ()  # type: ignore[arg-type]


def test_the_new_format_wins_where_both_agree(tmp_path: Path) -> None:
    new = record(b"L", b"a" * 40) + file_record(b"f", b"u") + file_record(b"g", b"pu", b"P")
    old = b"a" * 40 + b"\n" + b"\0".join((b"f", b"u", b"h", b"f", b"anc", b"node", b"flags")) + b"\n"
    assert merge_facts(write(tmp_path, new, old)).unresolved == ("f", "g")  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b"L", b"L\0\0\0\5abc", b"L\xff\xff\xff\xff"])
def test_a_cut_record_is_an_error_that_names_the_file(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(errors.CorruptFile, match="merge/state2 is corrupted"):
        merge_facts(write(tmp_path, data))  # type: ignore[arg-type]


def test_unknown_records(tmp_path: Path) -> None:
    assert not merge_facts(write(tmp_path, record(b"x", b"advisory"))).active  # type: ignore[arg-type]
    (tmp_path / "merge/state2").write_bytes(record(b"X", b"mandatory"))
    with pytest.raises(errors.Abort, match="unsupported merge state records: X"):
        merge_facts(Repo(tmp_path))  # type: ignore[arg-type]


def test_the_first_state_is_told(tmp_path: Path) -> None:
    repo = Repo(tmp_path, merging=True)
    state = unfinished_state(repo)  # type: ignore[arg-type]
    assert state is not None
    assert state.name == "merge"
    (tmp_path / "graftstate").touch()
    (tmp_path / "rebasestate").touch()
    state = unfinished_state(repo)  # type: ignore[arg-type]
    assert state is not None
    assert (state.name, state.advice.count("\n")) == ("graft", 2)
    repo.config.set("extensions", "rebase", "", "test")
    state = unfinished_state(repo)  # type: ignore[arg-type]
    assert state is not None
    assert state.name == "rebase"
    repo.config.set("commands", "status.skipstates", "rebase, graft merge", "test")
    assert unfinished_state(repo) is None  # type: ignore[arg-type]


def test_what_stops_other_operations(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    check_unfinished(repo)  # type: ignore[arg-type]
    assert way_to_continue(repo) is None  # type: ignore[arg-type]
    for name, command, clearable in (("graftstate", "graft", True), ("shelvedstate", "unshelve", False)):
        (tmp_path / name).write_bytes(b"1\n")
        with pytest.raises(errors.StateError):
            check_unfinished(repo)  # type: ignore[arg-type]
        assert way_to_continue(repo) == f"hg {command} --continue"  # type: ignore[arg-type]
        if clearable:
            clear_unfinished(repo)  # type: ignore[arg-type]
            assert not (tmp_path / name).exists()
        else:
            with pytest.raises(errors.StateError):
                clear_unfinished(repo)  # type: ignore[arg-type]
            (tmp_path / name).unlink()
    (tmp_path / "bisect.state").write_bytes(b"")
    check_unfinished(repo)  # type: ignore[arg-type]


def test_a_merge_does_not_stop_its_commit(tmp_path: Path) -> None:
    repo = Repo(tmp_path, merging=True)
    with pytest.raises(errors.StateError) as problem:
        check_unfinished(repo)  # type: ignore[arg-type]
    assert problem.value.text() == "outstanding uncommitted merge"
    check_unfinished(repo, commit=True)  # type: ignore[arg-type]
    check_unfinished(repo, skip_merge=True)  # type: ignore[arg-type]

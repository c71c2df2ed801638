"""The record of a merge: what the peer wrote is read, and what is written is the same again to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum.config import Config
from hydrargyrum.engine.protocol import Engine
from hydrargyrum.engine.select import select_engine
from hydrargyrum.merge.state import MergeState
from hydrargyrum.repo import Repository
from peer import Peer


@pytest.fixture(params=["pure", "native"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return select_engine(request.param)


@pytest.fixture(scope="module")
def conflicted(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """A merge of the peer with conflicts of every sort."""
    root = tmp_path_factory.mktemp("merge") / "repo"
    peer.ok(root.parent, "init", str(root))

    def commit(number: int, **files: str | None) -> None:
        for name, text in files.items():
            path = root / name
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        peer.ok(root, "commit", "-A", "-m", f"c{number}", "-d", f"{number} 0")

    commit(0, both="0\n", gone="0\n", kept="0\n", taken="0\n", left="0\n")
    commit(1, both="1\n", gone=None, kept="1\n", left=None)
    peer.ok(root, "update", "-q", "0")
    commit(2, both="2\n", gone="2\n", kept=None, taken="2\n")
    peer.run(root, "merge", "-r", "1", "--tool", ":fail")
    return root


def test_the_record_is_read_and_written_again(conflicted: Path, engine: Engine, peer: Peer) -> None:
    repo = Repository.open(str(conflicted), config=Config({}), engine=engine)
    state = MergeState.read(repo)
    assert (state.local, state.other) == repo.engine.working_parents()
    assert state.labels == ("working copy", "merge rev", "common ancestor")
    assert list(state) == list(state.unresolved) == ["both", "gone", "kept"]
    assert (state["gone"].is_deleted_locally, state["gone"].is_deleted_in_other) == (False, True)
    assert (state["kept"].is_deleted_locally, state["kept"].is_deleted_in_other) == (True, False)
    assert state.saved_content("both") == b"2\n"
    assert state["both"].other_node == repo[1].manifest["both"].node
    assert state["both"].ancestor_node == repo[0].manifest["both"].node
    directory = conflicted / ".hg" / "merge"
    before = [(directory / name).read_bytes() for name in ("state", "state2")]
    state.write()
    assert [(directory / name).read_bytes() for name in ("state", "state2")] == before


def test_the_peer_goes_on(conflicted: Path, engine: Engine, peer: Peer) -> None:
    repo = Repository.open(str(conflicted), config=Config({}), engine=engine)
    state = MergeState.read(repo)
    state.mark("both", "r")
    state.add_path_conflict("dir", "dir~1", "l")
    state.write()
    assert peer.ok(conflicted, "resolve", "-l") == b"R both\nP dir\nU gone\nU kept\n"
    peer.ok(conflicted, "resolve", "-u", "both")
    state = MergeState.read(repo)
    assert state["dir"].renamed_to == "dir~1"
    state.drop("dir")
    state.write()
    assert peer.ok(conflicted, "resolve", "-l") == b"U both\nU gone\nU kept\n"


def test_a_record_of_a_program_of_old(conflicted: Path, engine: Engine) -> None:
    repo = Repository.open(str(conflicted), config=Config({}), engine=engine)
    new = conflicted / ".hg" / "merge" / "state2"
    kept = new.read_bytes()
    new.unlink()
    try:
        state = MergeState.read(repo)
        assert list(state) == ["both"]
        assert state.other == repo.engine.working_parents()[1]
        assert state["both"].other_node == bytes(20)
    finally:
        new.write_bytes(kept)

"""Random moves and merges: files, status, the dirstate, the record of the merge and every word are the peer's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import moving
import pytest

from peer import ROOT, Answer, Peer

sys.path.insert(0, str(ROOT / "tests" / "unit"))

from driver import ours

SEEDS = (2, 4, 15, 23)
PER_SEED = 6


@pytest.fixture(scope="module", params=SEEDS)
def history(
    request: pytest.FixtureRequest, peer: Peer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[moving.History]:
    found = moving.History(peer, tmp_path_factory.mktemp("moving") / "repo", request.param)
    found.build(9)
    return found


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_random_moves(history: moving.History, engine: str, tmp_path: Path) -> None:
    def run(cwd: Path, *args: str) -> Answer:
        return ours(cwd, *args, env={"HYG_ENGINE": engine})

    for _ in range(PER_SEED):
        command, differences = moving.compare(history, tmp_path, run)
        assert not differences, f"seed of {history.root}, {command}:\n" + "\n".join(differences)

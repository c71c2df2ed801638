"""A commit that dies at any point is either there as a whole, or can be recovered from by either program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hydrargyrum.repo.journal import is_abandoned
from hydrargyrum.repo.transaction import recover
from peer import ROOT, Peer, clean_environment
from unit.opened import open_repository


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_every_point(engine: str, tmp_path: Path, peer: Peer) -> None:
    original = tmp_path / "original"
    peer.ok(tmp_path, "init", original.name)
    (original / "big").write_bytes(os.urandom(70000))
    (original / "gone").write_bytes(b"g\n")
    peer.ok(original, "commit", "-qAm", "base")
    peer.ok(original, "bookmark", "mark")
    shelf = tmp_path / "points"
    shelf.mkdir()
    ran = subprocess.run(
        [sys.executable, ROOT / "tests/engine/crash_driver.py", engine, original, shelf],
        env=clean_environment(),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    points = int(ran.stdout)
    assert points > 20
    outcomes = []
    for point in range(points + 1):
        root = shelf / str(point)
        repo, _ = open_repository(root, engine)
        if is_abandoned(repo):
            if point % 2:
                assert peer.run(root, "recover").code == 0
            else:
                assert recover(repo)
            repo, _ = open_repository(root, engine)
            assert len(repo.engine.changelog()) == 1
        outcomes.append(len(repo.engine.changelog()))
        marks = list(repo.engine.bookmarks())
        assert marks == (["mark"] if outcomes[-1] == 1 else []), point
        # both programs can go on from there
        with repo.lock_working_copy(), repo.lock_store(), repo.transaction("next") as txn:
            txn.write_file("", "harmless", b"")
        if point % 4 == 0 or point == points:
            answer = peer.run(root, "verify", "-q")
            assert (answer.code, answer.err) == (0, b""), (point, answer)
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {1, 2}

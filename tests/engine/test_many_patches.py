"""Patches of many files, made many at once while they are short: all of them, in order, as the peer has them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hydrargyrum.engine.protocol import Engine
from hydrargyrum.types import DiffRequest, DiffStyle, EngineSettings, PatternSet
from peer import Peer

#: More files than are looked at at once from the third time on, some of them with more text than waits at once.
FILES = 150
LONG = frozenset((3, 20, 21, 22, 60, 100, 101, 149))


@pytest.fixture(scope="module")
def root(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("patches") / "repo"
    peer.ok(root.parent, "init", root.name)
    rng = random.Random("many patches")
    for number in range(2):
        for file in range(FILES):
            lines = [f"{rng.randrange(1 << 60):x}\n" for _ in range(15_000 if file in LONG else 3)]
            (root / f"f{file:03}").write_text("".join(lines))
        peer.ok(root, "commit", "-qAm", str(number), "-d", "0 0")
    return root


def test_all_patches_come_in_order(engine: Engine, peer: Peer, root: Path) -> None:
    expected = peer.ok(root, "diff", "--git", "-r", "0", "-r", "1")
    repo = engine.open(str(root), EngineSettings())
    date = "Thu Jan 01 00:00:00 1970 +0000"
    for target in (1, None):
        request = DiffRequest(
            0, target, PatternSet(str(root)), DiffStyle(git=True), names=[], dates=(date, date)
        )
        patches = [patch for patch in repo.diff(request) if patch]
        assert len(patches) == FILES
        assert b"".join(patches) == expected

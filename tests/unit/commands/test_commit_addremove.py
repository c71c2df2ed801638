"""`commit -A` against real Mercurial: what it adds and removes, and that it guesses no renames."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_a_file_that_moved_is_no_rename(peer: Peer, tmp_path: Path, engine: str) -> None:
    nodes = []
    answers = []
    for name in ("peer", "ours"):
        root = tmp_path / name
        peer.ok(tmp_path, "init", name)
        (root / "a").write_text("the same\n")
        peer.ok(root, "commit", "-qAm0", "-d0 0", "-uu")
        (root / "a").rename(root / "b")
        words = ("commit", "-Am1", "-d0 0", "-uu")
        answers.append(
            peer.run(root, *words) if name == "peer" else ours(root, *words, env={"HYG_ENGINE": engine})
        )
        nodes.append(peer.ok(root, "log", "-r", "tip", "-T", "{node} {file_copies}"))
    assert answers[0] == answers[1]
    assert nodes[0] == nodes[1]

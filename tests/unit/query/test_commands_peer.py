"""Commands that only ask, line by line, answered as by the peer on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

LINES = (Path(__file__).parent / "commands.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_lines(engine: str, repository: Path, peer: Peer) -> None:
    wrong = []
    for line in LINES:
        words = [word.replace("\\n", "\n") for word in line.split(" ")]
        expected = peer.run(repository, *words)
        found = ours(repository, *words, env={"HYG_ENGINE": engine})
        if found != expected:
            wrong.append(f"{line}:\n  peer {expected}\n  ours {found}")
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong)

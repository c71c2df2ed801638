"""Asks the peer all questions about all repositories and keeps its answers: `make record-answers`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from peer import Answer, Peer
from recorded import recording, walks


def record(shelf: Path, name: str) -> int:
    """Make one repository, ask everything about it, keep the answers. Where the peer crashes, there is none."""
    peer = Peer()
    root = walks.build(peer, shelf, name)
    facts = {**walks.facts(peer, root), "other": [f"{name}-other"]}
    answers: dict[recording.Line, Answer] = {}
    for line in recording.asked(facts, name):
        try:
            answers[line] = recording.neutral(peer.run(root, *line), shelf)
        except (RuntimeError, BrokenPipeError):
            print(name, "the peer crashes at", line)
            peer = Peer()
    peer.close()
    recording.store(name, answers)
    return len(answers)


def main() -> None:
    names = sys.argv[1:] or list(walks.NAMES)
    with tempfile.TemporaryDirectory() as shelf:
        for name in names:
            print(name, record(Path(shelf).resolve(), name), flush=True)


if __name__ == "__main__":
    main()

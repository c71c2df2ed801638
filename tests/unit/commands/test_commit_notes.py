"""What `commit --debug` tells while it records: files, copies, what becomes of the manifest, and failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import Answer, ours, peer_process

DEBUG = ["--debug", "-u", "u", "-d", "0 0"]


def told(run: Callable[..., Answer], root: Path, peer: Peer) -> list[Answer]:
    """The answers to commits with a copy, of merges that keep the first parent's files or take some, and a failure."""
    peer.ok(root.parent, "init", root.name)

    def write(name: str, text: bytes) -> None:
        (root / name).write_bytes(text)

    write("a", b"a\n")
    answers = [run(root, "commit", "-A", "-m", "first", *DEBUG)]
    peer.ok(root, "copy", "a", "b")
    write("a", b"changed\n")
    answers.append(run(root, "commit", "-m", "copied", *DEBUG))
    peer.ok(root, "update", "-q", "0")
    write("c", b"c\n")
    peer.ok(root, "commit", "-A", "-m", "other", "-u", "u", "-d", "0 0")
    for resolve in ([], ["revert", "-q", "-r", "2", "--all"]):
        peer.ok(root, "update", "-q", "-C", "2")
        peer.ok(root, "merge", "-q", "1")
        if resolve:
            peer.ok(root, *resolve)
        answers.append(run(root, "commit", "-m", "merged", *DEBUG))
    peer.ok(root, "update", "-q", "-C", "1")
    peer.ok(root, "remove", "a")
    answers.append(run(root, "commit", "-m", "removed", *DEBUG))
    write("b", b"b\n")
    answers.append(run(root, "commit", "-m", "nobody", "-u", " "))
    return answers


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> tuple[list[Answer], list[Answer]]:
    """Our answers and the peer's."""
    mine, theirs = (tmp_path_factory.mktemp("notes") / "repo" for _ in range(2))
    return told(ours, mine, peer), told(peer_process, theirs, peer)


def test_everything_is_told_as_the_peer_tells_it(both: tuple[list[Answer], list[Answer]]) -> None:
    mine, theirs = both
    assert mine == theirs
    assert b" b: copy a:" in mine[1].out
    assert b"committing manifest\ncommitting changelog\nupdating the branch cache\n" in mine[1].out
    assert mine[-1].err.startswith(b"transaction abort!\nrollback completed\n")

"""`debugobsolete`: markers are chosen, sorted and deleted as real Mercurial does."""

from __future__ import annotations

from pathlib import Path

import pytest

from interop.twins import Twins
from peer import Peer

EVOLVE = ("--config", "experimental.evolution=all")


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_choosing_and_deleting(peer: Peer, tmp_path: Path, engine: str) -> None:
    twins = Twins(peer, tmp_path, engine)
    nodes = []
    for number in range(7):
        if number in (3, 5):
            twins.same_by_peer("update", "-q", "0")
        twins.write("a", f"{number}\n")
        twins.same_by_peer("commit", "-Aqm", str(number), "-u", "t", "-d", "0 0")
        nodes.append(peer.ok(twins.theirs, "log", "-r", "tip", "-T", "{node}").decode())
    for args in (
        (nodes[2], nodes[3]),
        (nodes[1], nodes[4], nodes[6]),
        ("a" * 40, nodes[3]),
        ("b" * 40, "a" * 40, "-u", "other"),
        (nodes[4],),
        ("--record-parents", nodes[6]),
        (nodes[5], nodes[6], "--flags", "1"),
    ):
        twins.step("debugobsolete", *args, "-d", "0 0", *EVOLVE)
    for rev in ("3", "4", "6", "0", "2+5", "all()"):
        for options in ((), ("--exclusive",), ("--index",), ("--exclusive", "--index", "-T", "json")):
            twins.step("debugobsolete", "-r", rev, "--hidden", *options, *EVOLVE)
    twins.step("debugobsolete", "--index", "--exclusive", *EVOLVE)
    twins.step("debugobsolete", "-r", "3", nodes[0], *EVOLVE)
    twins.step("debugobsolete", "--delete", "x", *EVOLVE)
    twins.step("debugobsolete", "--delete", "1", "--delete", "5", "--delete", "1", "--delete", "99", *EVOLVE)
    twins.step("debugobsolete", "--index", *EVOLVE)
    twins.compare()
    assert (twins.ours / ".hg/store/obsstore").read_bytes() == (
        twins.theirs / ".hg/store/obsstore"
    ).read_bytes()


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_bookmarks_go_to_successors(peer: Peer, tmp_path: Path, engine: str) -> None:
    twins = Twins(peer, tmp_path, engine)
    nodes = []
    for number in range(5):
        if number > 1:
            twins.same_by_peer("update", "-q", "0")
        twins.write("a", f"{number}\n")
        twins.same_by_peer("commit", "-Aqm", str(number), "-u", "t", "-d", "0 0")
        nodes.append(peer.ok(twins.theirs, "log", "-r", "tip", "-T", "{node}").decode())
    # 1 became 2 by way of something that is not here; 3 and 4 have nothing to do with it
    twins.same_by_peer("bookmark", "-r", "1", "mark")
    twins.same_by_peer("bookmark", "-r", "3", "mark@other")
    twins.same_by_peer("debugobsolete", nodes[1], "a" * 40, "-d", "0 0", *EVOLVE)
    twins.same_by_peer("debugobsolete", "a" * 40, nodes[2], "-d", "0 0", *EVOLVE)
    for args in (
        ("bookmark", "-r", "4", "mark"),
        ("bookmark", "-r", "2", "mark"),
        ("bookmark", "-r", "3", "mark"),
        ("bookmark", "-f", "-r", "1", "mark", "--hidden"),
        ("update", "-q", "mark", "--hidden"),
        ("update", "4"),
        ("update", "-q", "mark", "--hidden"),
        ("update", "2"),
        ("bookmarks",),
        ("update", "-q", "mark"),
        ("bookmark", "-f", "-r", "1", "mark", "--hidden"),
        ("update", "--hidden"),
        ("bookmarks",),
    ):
        twins.step(*args, *EVOLVE)
    twins.compare()

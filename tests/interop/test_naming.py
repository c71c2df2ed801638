"""Names and phases set by us are those that the peer sets, with the same words."""

from __future__ import annotations

from pathlib import Path

import pytest
from twins import Twins

from peer import Peer

ENGINES = ("pure", "native")


@pytest.fixture(params=ENGINES)
def twins(request: pytest.FixtureRequest, peer: Peer, tmp_path: Path) -> Twins:
    """Five changesets on two branches, the working copy in the middle."""
    made = Twins(peer, tmp_path, request.param)
    for number in range(3):
        made.write("file", f"{number}\n")
        made.same_by_peer("commit", "-A", "-q", "-m", f"change {number}", "-d", f"{number} 0")
    made.same_by_peer("branch", "-q", "side")
    made.write("file", "side\n")
    made.same_by_peer("commit", "-q", "-m", "side", "-d", "4 0")
    made.same_by_peer("update", "-q", "1")
    made.write("other", "x\n")
    made.same_by_peer("commit", "-A", "-q", "-m", "head", "-d", "5 0")
    return made


def test_phases(twins: Twins) -> None:
    for step in (
        ("phase",),
        ("phase", "-r", "0:tip"),
        ("phase", "-p", "1"),
        ("phase", "-p", "1"),
        ("phase", "-s", "2"),
        ("phase", "-s", "-f", "2", "-v"),
        ("phase", "-d", "3", "-v"),
        ("phase", "-d", "-f", "0"),
        ("phase", "-p", "-d", "0"),
        ("phase", "-s", "-f", "4"),
        ("phase", "--public", "-r", "3"),
        ("phase", "--force", "--secret", "null"),
        ("phase", "-r", "null"),
    ):
        twins.step(*step)
    twins.compare()


def test_bookmarks(twins: Twins) -> None:
    for step in (
        ("bookmarks",),
        ("bookmark", "first"),
        ("bookmarks",),
        ("bookmark", "-r", "0", "old", "older"),
        ("bookmark", "-r", "0", "first"),
        ("bookmark", "-r", "1", "old"),
        ("bookmark", "-f", "-r", "0", "old"),
        ("bookmark", "-m", "first", "second"),
        ("bookmark", "-m", "none", "third"),
        ("bookmark", "-m", "."),
        ("bookmark", "-i", "second"),
        ("bookmarks", "-T", "json"),
        ("bookmarks", "-q"),
        ("bookmark", "second"),
        ("bookmark", "-i"),
        ("bookmark", "-i"),
        ("bookmark", " "),
        ("bookmark", "a:b"),
        ("bookmark", "12"),
        ("bookmark", "tip"),
        ("bookmark", "side"),
        ("bookmark", "-d", "none"),
        ("bookmark", "-d", "old", "older"),
        ("bookmark", "-d"),
        ("bookmark", "-d", "-r", "0", "second"),
        ("bookmark", "-r", "0", "mark@one", "mark@two"),
        ("bookmark", "-r", "1", "mark"),
        ("bookmark", "-r", "2", "mark"),
        ("bookmark", "x", "--inactive", "--list"),
        ("bookmark", "mark", "-l", "second"),
    ):
        twins.step(*step)
    twins.compare()


def test_branches(twins: Twins) -> None:
    for step in (
        ("branch",),
        ("branches",),
        ("branches", "-q"),
        ("branches", "-T", "json"),
        ("branches", "-r", "3"),
        ("branches", "-a"),
        ("branches", "-T", "{branch} {rev} {node|short} {active} {closed} {current} {desc}\n"),
        ("branch", "side"),
        ("branch", "-f", "side"),
        ("branch", "-C"),
        ("branch", "new"),
        ("branch", "new"),
        ("branch", "tip"),
        ("branch", "7"),
        ("branch", "a:b"),
        ("branch", "-r", "0"),
        ("tags",),
        ("tags", "-q"),
    ):
        twins.step(*step)
    twins.compare()


def test_local_tags(twins: Twins) -> None:
    for step in (
        ("tag", "-l", "one"),
        ("tag", "-l", "one"),
        ("tag", "-l", "-f", "-r", "0", "one"),
        ("tag", "-l", "two", "three", "-r", "2"),
        ("tags", "-v"),
        ("tags", "-T", "json"),
        ("tag", "-l", "--remove", "one"),
        ("tag", "-l", "--remove", "one"),
        ("tag", "-l", "--remove", "none"),
        ("tag", "--remove", "two"),
        ("tag", "-l", "a", "a"),
        ("tag", "-l", "-r", "null", "nothing"),
        ("tag", "-l", "null"),
        ("tag", "-l", "side"),
        ("tag", "-r", "1", "--remove", "x"),
    ):
        twins.step(*step)
    twins.compare()


def test_export(twins: Twins) -> None:
    for step in (
        ("export",),
        ("export", "0"),
        ("export", "-g", "-r", "1:3"),
        ("export", "3", "--nodates", "-a"),
        ("export", "-v", "-o", "%R-%n-of-%N.patch", "2:4"),
        ("export", "-o", "%m-%b-%r.patch", "2:3"),
        ("export", "-T", "json", "4"),
        ("export", "-T", "{rev} {desc} {diff}", "3"),
        ("export", "-B", "x", "-r", "3"),
        ("export", "--color", "always", "2"),
    ):
        twins.step(*step)
    for name in ("2-1-of-3.patch", "4-3-of-3.patch", "side-repo-3.patch"):
        assert (twins.ours / name).read_bytes() == (twins.theirs / name).read_bytes()

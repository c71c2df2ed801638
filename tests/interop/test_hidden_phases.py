"""Changesets of the internal and the archived phase, as the peer has them: shelves that stay, `strip --soft`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from interop.twins import Twins
from peer import Peer

ENGINES = ["pure", "native"]
INTERNAL = ("--config", "format.use-internal-phase=yes")
ARCHIVED = ("--config", "format.exp-archived-phase=yes")
STRIP = ("--config", "extensions.strip=")


def made(peer: Peer, base: Path, engine: str, *config: str) -> Twins:
    """Twins whose repositories were made with settings; ours by us."""
    twins = Twins(peer, base, engine)
    for root in (twins.theirs, twins.ours):
        shutil.rmtree(root / ".hg")
    peer.ok(twins.theirs, "init", ".", *config)
    assert twins.run_ours("init", ".", *config).code == 0
    for name in (".hg/requires", ".hg/store/requires"):
        assert (twins.ours / name).read_bytes() == (twins.theirs / name).read_bytes()
    return twins


def commit(twins: Twins, message: str) -> None:
    twins.step("commit", "-Aqm", message, "-u", "t", "-d", "0 0")


@pytest.mark.parametrize("engine", ENGINES)
def test_shelves_stay_in_the_store(peer: Peer, tmp_path: Path, engine: str) -> None:
    twins = made(peer, tmp_path, engine, *INTERNAL)
    twins.write("a", "a\n")
    commit(twins, "base")
    date = ("--date", "1 0")
    twins.write("a", "a\nshelved\n")
    twins.write("n", "new\n")
    twins.step("shelve", "-A", *date)
    twins.compare()
    for question in (
        ("log", "-T", "{rev} {phase}\n"),
        ("log", "--hidden", "-T", "{rev} {phase} {desc} {extras}\n"),
        ("heads", "-q"),
        ("log", "-r", "_internal()", "-q"),
        ("log", "-r", "_phase(96)", "-q", "--hidden"),
        ("shelve", "-l", "-p", "--config", "ui.quiet=yes"),
        ("log", "-r", "1"),
        ("outgoing", "-q", str(tmp_path / "nowhere")),
        ("bundle", "-q", "--all", "all.hg"),
        ("debugbundle", "all.hg", "-q"),
        ("bundle", "--exact", "--rev", "0:1", "--hidden", "internal.hg"),
    ):
        twins.step(*question)
    twins.write("a", "a\npending\n")
    assert twins.run_ours("unshelve", *date).code == peer.run(twins.theirs, "unshelve", *date).code == 1
    twins.compare()
    twins.step("unshelve", "--abort")
    twins.compare()
    twins.run_ours("unshelve", *date)
    peer.run(twins.theirs, "unshelve", *date)
    for root in (twins.theirs, twins.ours):
        (root / "a").write_text("a\nboth\n")
    twins.step("resolve", "-qma")
    twins.step("unshelve", "--continue")
    twins.compare()
    commit(twins, "went on")
    # without conflicts nothing new stays
    twins.write("a", "a\nagain\n")
    twins.step("shelve", "-n", "x", *date)
    twins.step("unshelve", "-k", "x", *date)
    twins.compare()
    twins.step("shelve", "-n", "y", "--config", "shelve.store=strip", *date)
    twins.compare()


@pytest.mark.parametrize("engine", ENGINES)
def test_stripping_below_a_shelf(peer: Peer, tmp_path: Path, engine: str) -> None:
    """A backup has nothing internal; the shelf is still there."""
    twins = made(peer, tmp_path, engine, *INTERNAL)
    for number in range(3):
        twins.write("a", "".join(f"{line}\n" for line in range(number + 1)))
        commit(twins, f"number {number}")
    twins.write("b", "shelved\n")
    twins.step("shelve", "-A", "--date", "1 0")
    twins.step("update", "-q", "0")
    for args in (("strip", "-q", "2", *STRIP),):
        twins.step(*args, alone=True)
    twins.compare()
    assert twins.ours_of("strip-backup") == twins.theirs_of("strip-backup")
    backup = twins.ours_of("strip-backup")[0]
    twins.step("debugbundle", f".hg/strip-backup/{backup}")
    twins.step("unshelve", "-q", "--date", "1 0")
    twins.compare()


@pytest.mark.parametrize("engine", ENGINES)
def test_soft_strip(peer: Peer, tmp_path: Path, engine: str) -> None:
    twins = made(peer, tmp_path, engine, *ARCHIVED)
    for number in range(5):
        twins.write("a", "".join(f"{line}\n" for line in range(number + 1)))
        commit(twins, f"number {number}")
    twins.step("bookmark", "-r", "4", "mark")
    twins.step("strip", "-q", "--soft", "3", *STRIP, alone=True)
    twins.compare()
    assert twins.ours_of("strip-backup") == twins.theirs_of("strip-backup")
    twins.step("bookmark", "-d", "mark")
    for question in (
        ("log", "-T", "{rev} {phase}\n"),
        ("log", "-r", "3"),
        ("log", "-r", "3:", "--hidden", "-T", "{rev} {phase}\n"),
        ("heads", "-q"),
        ("summary",),
        ("verify", "-q"),
    ):
        twins.step(*question)
    twins.step("strip", "-q", "--soft", "--no-backup", "2", *STRIP, alone=True)
    twins.compare()
    assert len(twins.ours_of("strip-backup")) == 1
    # unbundling what is archived shows nothing
    backup = f".hg/strip-backup/{twins.ours_of('strip-backup')[0]}"
    twins.step("unbundle", "-q", backup)
    twins.write("a", "other\n")
    commit(twins, "other")
    twins.write("a", "other, amended\n")
    args = ("commit", "--amend", "-qm", "amended", "-u", "t", "-d", "0 0")
    twins.step(*args, "--config", "experimental.cleanup-as-archived=yes")
    twins.compare()


@pytest.mark.parametrize("engine", ENGINES)
def test_no_archived_phase(peer: Peer, tmp_path: Path, engine: str) -> None:
    twins = Twins(peer, tmp_path, engine)
    twins.write("a", "a\n")
    commit(twins, "base")
    answer = twins.run_ours("strip", "--soft", "--no-backup", "0", *STRIP)
    assert (answer.code, answer.err) == (255, b"abort: this repository does not support the archived phase\n")

"""Locks: taken again while they are held, waited for with messages, broken when their owner is dead, as the peer does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from hydrargyrum import errors, lockfile
from hydrargyrum.repo.locks import RepositoryLock
from peer import Peer, clean_environment, peer_path
from unit.driver import ours
from unit.opened import Stop, open_repository, stopped


@pytest.fixture
def root(tmp_path: Path, peer: Peer) -> Path:
    peer.ok(tmp_path, "init", "r")
    return tmp_path / "r"


def holder_text(peer: str) -> str:
    """Who holds a lock, as the peer's messages show it."""
    prefix = os.fsdecode(lockfile.owner_prefix())
    return f"process '{peer}' on host '{prefix}'"


def test_both_locks_are_the_peers_links(root: Path) -> None:
    repo, _ = open_repository(root)
    owner = lockfile.owner_prefix() + b":%d" % os.getpid()
    with repo.lock_working_copy(), repo.lock_store():
        assert os.readlink(os.fsencode(root / ".hg/wlock")) == owner
        assert os.readlink(os.fsencode(root / ".hg/store/lock")) == owner
        with repo.lock_store():
            pass
        assert repo.locks.store.is_held
        assert os.path.lexists(root / ".hg/store/lock")
    assert not os.path.lexists(root / ".hg/wlock")
    assert not os.path.lexists(root / ".hg/store/lock")


def test_the_peer_waits_for_ours_and_we_for_the_peers(root: Path, peer: Peer) -> None:
    repo, _ = open_repository(root)
    with repo.lock_working_copy():
        answer = peer.run(root, "branch", "x", "--config", "ui.timeout=0")
    assert answer.code == 255
    assert answer.err == (
        f"abort: working directory of {root}: timed out waiting for lock held by "
        f"'{os.fsdecode(lockfile.owner_prefix())}:{os.getpid()}'\n".encode()
    )
    command = [peer_path(), "-R", root, "--config", "ui.interactive=1", "debuglocks", "-s", "-S"]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment())
    try:
        assert holder.stdout is not None
        # it says that it holds the locks, and ends when it is interrupted or reads an answer
        assert b"ready to release" in holder.stdout.read1(100)
        repo, heard = open_repository(root, ui__timeout="1")
        with pytest.raises(errors.LockHeld) as caught, repo.lock_working_copy():
            pass
        who = os.fsdecode(os.readlink(root / ".hg/wlock"))
        assert caught.value.text() == (
            f"working directory of {root}: timed out waiting for lock held by '{who}'"
        )
        assert heard.lines == [
            (
                "warn",
                f"waiting for lock on working directory of {root} held by {holder_text(str(holder.pid))}\n",
            )
        ]
        with pytest.raises(errors.LockHeld), repo.lock_store(wait=False):
            pass
    finally:
        holder.communicate(b"y\n")


def test_got_it_after_waiting(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, heard = open_repository(root)
    lock = root / ".hg/store/lock"
    os.symlink("somewhere/else:77", lock)
    monkeypatch.setattr("time.sleep", lambda _: lock.unlink())
    with repo.lock_store():
        pass
    assert heard.lines == [
        ("warn", f"waiting for lock on repository {root} held by process '77' on host 'somewhere/else'\n"),
        ("warn", "got lock after 1 seconds\n"),
    ]


def test_said_later_where_configured(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, heard = open_repository(root, ui__timeout__warn="2")
    lock = root / ".hg/store/lock"
    os.symlink("me", lock)
    turns = iter(range(9))
    monkeypatch.setattr("time.sleep", lambda _: next(turns) == 3 and lock.unlink())
    with repo.lock_store():
        pass
    sentence = f"waiting for lock on repository {root} held by 'me'\n"
    assert heard.lines == [
        ("debug", sentence),
        ("warn", sentence),
        ("warn", "got lock after 4 seconds\n"),
    ]


def test_a_dead_owners_lock_is_broken(root: Path) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    os.symlink(lockfile.owner_prefix() + b":%d" % process.pid, os.fsencode(root / ".hg/wlock"))
    repo, heard = open_repository(root)
    with repo.lock_working_copy():
        assert os.readlink(root / ".hg/wlock").endswith(f":{os.getpid()}")
    assert heard.lines == []


def test_who_dies_while_breaking_a_lock_leaves_none(root: Path, peer: Peer) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    dead = lockfile.owner_prefix() + b":%d" % process.pid
    names = [".hg/wlock", ".hg/wlock.break", ".hg/wlock.break.break"]
    answers = []
    for holder in (dead, lockfile.owner_prefix() + b":%d" % os.getpid()):
        for run in (peer.run, ours):
            for name, owner in zip(names, (dead, dead, holder), strict=True):
                os.symlink(owner, os.fsencode(root / name))
            answers.append(run(root, "branch", "-q", "another", "--config", "ui.timeout=0"))
            left = [name for name in names if os.path.lexists(root / name)]
            assert left == ([] if holder == dead else names)
            for name in left:
                os.unlink(root / name)
    assert [answer.code for answer in answers] == [0, 0, 255, 255]
    assert answers[2] == answers[3]


@pytest.mark.parametrize(
    "owner",
    ["elsewhere:1", "elsewhere/f0:1", "12", "x", "HOST:x", "HOST:0", "HOST:999999999", "HOST:1"],
)
def test_whose_locks_are_broken(owner: str, root: Path, peer: Peer) -> None:
    named = owner.replace("HOST", os.fsdecode(lockfile.owner_prefix()))
    outcomes = []
    for run in (peer.run, ours):
        os.symlink(named, root / ".hg/wlock")
        answer = run(root, "branch", "-q", f"b{run is ours}", "--config", "ui.timeout=0")
        held = os.path.lexists(root / ".hg/wlock")
        outcomes.append((answer, held))
        if held:
            assert os.readlink(root / ".hg/wlock") == named
            os.unlink(root / ".hg/wlock")
    assert outcomes[0] == outcomes[1]
    assert held == (owner != "HOST:999999999")


def test_waiting_is_interrupted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    os.symlink("elsewhere:1", root / ".hg/store/lock")
    repo, _ = open_repository(root)
    with pytest.raises(KeyboardInterrupt), repo.lock_working_copy(), repo.lock_store():
        pass
    assert not os.path.lexists(root / ".hg/wlock")
    assert os.readlink(root / ".hg/store/lock") == "elsewhere:1"
    os.unlink(root / ".hg/store/lock")
    with repo.lock_working_copy(), repo.lock_store():
        assert repo.locks.store.is_held


def test_giving_back_is_interrupted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first line of what does it has run: there is a lock that nobody holds any more."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RepositoryLock, "__exit__", interrupted)
    answer = ours(root, "branch", "another")
    assert (answer.code, answer.err) == (255, b"interrupted!\n")
    assert not os.path.lexists(root / ".hg/wlock")
    assert lockfile.held == []


def test_taking_is_interrupted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(source: bytes, target: bytes) -> None:
        made.append(target)
        make(source, target)
        raise KeyboardInterrupt

    make = os.symlink
    made: list[bytes] = []
    monkeypatch.setattr("os.symlink", interrupted)
    repo, _ = open_repository(root)
    with pytest.raises(KeyboardInterrupt), repo.lock_working_copy():
        pass
    assert made == [os.fsencode(root / ".hg/wlock")]
    assert not os.path.lexists(root / ".hg/wlock")


def test_after_unlock(root: Path) -> None:
    repo, _ = open_repository(root)
    order: list[object] = []
    repo.after_unlock(lambda success: order.append(("free", success)))
    with repo.lock_working_copy():
        with repo.lock_store():
            repo.after_unlock(lambda success: order.append(("both", success)))
        order.append("store released")
    with stopped(), repo.lock_store():
        repo.after_unlock(lambda success: order.append(("store", success)))
        raise Stop
    assert order == [("free", True), "store released", ("both", True), ("store", False)]


def test_a_lock_that_cannot_be_made(root: Path) -> None:
    repo, _ = open_repository(root)
    os.rename(root / ".hg/store", root / ".hg/gone")
    with pytest.raises(errors.LockUnavailable) as caught, repo.lock_store():
        pass
    assert caught.value.text() == f"could not lock repository {root}: No such file or directory"

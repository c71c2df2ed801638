"""Odd working copies, races and what status writes back: as real Mercurial sees them, on every engine."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import repositories
from ours import MODES, run_ours

from hydrargyrum import errors
from hydrargyrum.engine.protocol import Engine, EngineRepository
from hydrargyrum.types import EngineSettings, PatternSet, RenderOptions, Rev, StatusRequest
from peer import Peer

ALL = "MAR!?IC"
KINDS = ["default", "dirstate-v2"]


class Place:
    """A small repository, real Mercurial's view of it, and an engine's."""

    def __init__(self, engine: Engine, peer: Peer, kind: str, root: Path) -> None:
        self.engine, self.peer, self.kind, self.root = engine, peer, kind, root
        self.extra = repositories.arguments(kind)

    def hg(self, *args: str) -> bytes:
        return self.peer.ok(self.root, *args, *self.extra)

    def opened(self) -> EngineRepository:
        return self.engine.open(str(self.root), EngineSettings())

    def write(self, name: str, data: bytes, when: float | None = None) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if when is not None:
            os.utime(path, (when, when))
        return path

    def status(self, *patterns: str, **asked: bool) -> bytes:
        request = StatusRequest(PatternSet(str(self.root), patterns), **asked)
        return self.opened().status(request).render(RenderOptions(groups=ALL))

    def check(self, *patterns: str) -> bytes:
        """Asks both the usual questions; returns the answer to the fullest one."""
        assert self.status(*patterns) == self.hg("status", *patterns)
        assert self.status(*patterns, unknown=False) == self.hg("status", "-mard", *patterns)
        full = self.status(*patterns, ignored=True, clean=True)
        assert full == self.hg("status", "-mardcui", *patterns)
        return full

    def entries(self) -> dict[str, tuple[str, int, int]]:
        return {path: (e.state, e.size, e.mtime) for path, e in self.opened().dirstate().items()}


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, engine: Engine, peer: Peer, tmp_path: Path) -> Place:
    found = Place(engine, peer, request.param, tmp_path / "repo")
    peer.ok(tmp_path, "init", str(found.root), *found.extra)
    found.write(".hgignore", b"syntax: glob\nignored\n*.o\n")
    for name in ("a", "b", "dir/c", "dir/deep/d", "other/e"):
        found.write(name, name.encode() + b"\n")
    found.hg("commit", "-q", "-A", "-m", "first", "-d", "0 0")
    return found


def old(place: Place) -> None:
    """Makes all files old enough for their times to be trusted, and has the peer record that."""
    past = time.time() - 3600
    for path in place.root.rglob("*"):
        if ".hg" not in path.relative_to(place.root).parts and path.is_file():
            os.utime(path, (past, past), follow_symlinks=False)
    place.hg("status")


def test_a_tracked_file_becomes_a_directory_and_the_other_way_round(place: Place) -> None:
    (place.root / "a").unlink()
    place.write("a/inside", b"")
    shutil.rmtree(place.root / "dir")
    place.write("dir", b"a file now")
    found = place.check()
    assert b"! a\n" in found
    assert b"? a/inside\n" in found
    assert b"! dir/c\n" in found
    assert b"? dir\n" in found
    place.check("a")
    place.check("dir")


def test_links_in_the_way(place: Place) -> None:
    old(place)
    shutil.move(place.root / "dir", place.root / "moved")
    (place.root / "dir").symlink_to("moved")
    (place.root / "b").unlink()
    (place.root / "b").symlink_to("nowhere")
    (place.root / "dangling").symlink_to("nowhere either")
    found = place.check()
    assert b"M b\n" in found
    assert b"? dangling\n" in found
    assert b"! dir/c\n" in place.status()


def test_other_kinds_of_files(place: Place) -> None:
    os.mkfifo(place.root / "fifo")
    (place.root / "a").unlink()
    os.mkfifo(place.root / "a")
    with socket.socket(socket.AF_UNIX) as unix:
        previous = Path.cwd()
        os.chdir(place.root)
        try:
            unix.bind("sock")
        finally:
            os.chdir(previous)
        found = place.check()
        assert b"! a\n" in found
        assert b"fifo" not in found
        report = place.opened().status(StatusRequest(PatternSet(str(place.root), ["fifo", "sock", "a"])))
        said = place.peer.run(place.root, "status", "fifo", "sock", "a", *place.extra)
        assert [f"{w.text()}\n".encode() for w in report.warnings] == said.err.splitlines(keepends=True)
        assert len(report.warnings) == 3


def test_another_repository_inside(place: Place) -> None:
    old(place)
    place.hg("init", str(place.root / "nested"))
    place.write("nested/file", b"")
    place.hg("init", str(place.root / "other"))
    found = place.check()
    assert b"nested" not in found
    assert b"! other/e\n" in found


def test_missing_files_that_are_named(place: Place) -> None:
    report = place.opened().status(StatusRequest(PatternSet(str(place.root), ["nosuch", "dir/no", "dir"])))
    said = place.peer.run(place.root, "status", "nosuch", "dir/no", "dir", *place.extra)
    assert [f"{w.text()}\n".encode() for w in report.warnings] == said.err.splitlines(keepends=True)
    shutil.rmtree(place.root / "dir")
    report = place.opened().status(StatusRequest(PatternSet(str(place.root), ["dir"])))
    assert list(report.deleted) == ["dir/c", "dir/deep/d"]
    assert not report.warnings


def test_ignored_files_and_directories(place: Place) -> None:
    place.write("ignored/deep/file", b"")
    place.write("x.o", b"")
    place.write("dir/ignored", b"")
    place.write("tracked.o", b"")
    place.hg("add", "tracked.o")
    place.check()
    place.check("ignored")
    place.check("x.o", "dir")
    place.check("ignored/deep")
    place.check("glob:**.o")


def test_a_merge_in_progress(place: Place) -> None:
    place.write("a", b"one\n")
    place.write("new", b"one\n")
    place.hg("commit", "-q", "-A", "-m", "one", "-d", "0 0")
    place.hg("update", "-q", "0")
    place.write("b", b"two\n")
    place.hg("remove", "other/e")
    place.hg("commit", "-q", "-m", "two", "-d", "0 0")
    place.hg("merge", "-q")
    found = place.check()
    assert b"M a\n" in found
    assert b"M new\n" in found


def test_a_write_within_the_same_second_is_seen(place: Place) -> None:
    for number in range(8):
        data = b"%07d\n" % number
        place.write("a", data)
        place.hg("commit", "-q", "-m", "next", "-d", "0 0")
        report = place.opened().status(StatusRequest(PatternSet(str(place.root))))
        assert list(report.modified) == []
        place.write("a", data[::-1])
        report.write_fixes()
        assert place.status() == b"M a\n"
        place.write("a", data)


def test_a_change_that_keeps_size_and_time_to_the_second_is_seen(place: Place) -> None:
    when = time.time() - 5000.75
    place.write("a", b"1\n", when)
    place.hg("commit", "-q", "-m", "times", "-d", "0 0")
    place.opened().status(StatusRequest(PatternSet(str(place.root)))).write_fixes()
    place.write("a", b"2\n", when + 3)
    assert place.status() == b"M a\n"


def test_what_was_learnt_is_recorded_and_the_peer_accepts_it(place: Place) -> None:
    old(place)
    past = time.time() - 1800
    for name in ("a", "dir/c", "dir/deep/d"):
        os.utime(place.root / name, (past, past))
    before = place.entries()
    report = place.opened().status(StatusRequest(PatternSet(str(place.root))))
    assert not list(report.modified)
    assert report.write_fixes() is True
    after = place.entries()
    assert {name for name in before if before[name] != after[name]} == {"a", "dir/c", "dir/deep/d"}
    assert all(after[name][2] == int(past) for name in ("a", "dir/c", "dir/deep/d"))
    listed = place.hg("debugdirstate")
    assert [line.split()[-1].decode() for line in listed.splitlines()] == sorted(before)
    assert place.hg("status") == b""
    assert b"dirstate" not in place.hg("verify", "-q")
    assert not (place.root / ".hg" / "wlock").is_symlink()
    # The recorded time is what both programs go by from now on: this change they cannot see.
    place.write("dir/c", b"DIR/C\n", past)
    assert b"C dir/c\n" in place.check()
    place.write("dir/c", b"DIR/C\n", past + 1)
    assert b"M dir/c\n" in place.check()


def test_many_rounds_of_fixes_keep_the_file_small(place: Place) -> None:
    old(place)
    sizes = []
    for number in range(30):
        past = time.time() - 9000 + number
        os.utime(place.root / "dir/deep/d", (past, past))
        assert place.opened().status(StatusRequest(PatternSet(str(place.root)))).write_fixes()
        sizes.append(sum(path.stat().st_size for path in (place.root / ".hg").glob("dirstate*")))
        assert place.entries()["dir/deep/d"][2] == int(past)
    assert max(sizes) < 4 * sizes[0]
    assert len(list((place.root / ".hg").glob("dirstate*"))) == (1 if place.kind == "default" else 2)
    assert place.hg("status") == b""


def test_nothing_is_written_while_somebody_holds_the_lock(place: Place) -> None:
    old(place)
    os.utime(place.root / "a", (time.time() - 1800,) * 2)
    report = place.opened().status(StatusRequest(PatternSet(str(place.root))))
    before = place.entries()
    lock = place.root / ".hg" / "wlock"
    lock.symlink_to("some-other-host:1")
    assert report.write_fixes() is False
    assert place.entries() == before
    assert lock.is_symlink()
    lock.unlink()


def test_a_write_of_somebody_else_meanwhile_is_not_lost(place: Place) -> None:
    old(place)
    os.utime(place.root / "a", (time.time() - 1800,) * 2)
    report = place.opened().status(StatusRequest(PatternSet(str(place.root))))
    place.write("added meanwhile", b"")
    place.hg("add", "added meanwhile")
    assert report.write_fixes() is False
    assert place.entries()["added meanwhile"][0] == "a"


def test_a_lock_of_a_dead_process_is_broken(place: Place) -> None:
    old(place)
    os.utime(place.root / "a", (time.time() - 1800,) * 2)
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    namespace = f"{os.stat('/proc/self/ns/pid').st_ino:x}"
    lock = place.root / ".hg" / "wlock"
    lock.symlink_to(f"{socket.gethostname()}/{namespace}:{child}")
    assert place.opened().status(StatusRequest(PatternSet(str(place.root)))).write_fixes() is True
    assert not lock.is_symlink()


@pytest.mark.parametrize("name", ["dirstate", "branch"])
def test_a_repository_without_a_commit(engine: Engine, peer: Peer, tmp_path: Path, name: str) -> None:
    root = tmp_path / "empty"
    peer.ok(tmp_path, "init", str(root))
    (root / "file").write_bytes(b"")
    (root / ".hg" / name).unlink(missing_ok=True)
    repo = engine.open(str(root), EngineSettings())
    report = repo.status(StatusRequest(PatternSet(str(root))))
    assert report.render(RenderOptions(groups=ALL)) == b"? file\n"
    assert repo.working_parents() == (bytes(20), bytes(20))
    assert repo.working_branch() == "default"
    assert repo.resolve("tip") == -1
    assert len(repo.changelog()) == 0
    assert dict(repo.tags()) == dict(repo.branch_tips()) == {}


def test_a_share(engine: Engine, peer: Peer, originals: Callable[[str], Path], tmp_path: Path) -> None:
    for kind in ("share-safe", "no-share-safe"):
        source, root = tmp_path / f"{kind}-source", tmp_path / kind
        shutil.copytree(originals(kind), source, symlinks=True)
        repositories.share(kind, source, root)
        repo = engine.open(str(root), EngineSettings())
        assert Path(repo.shared_dot_hg) == source / ".hg"
        assert Path(repo.store) == source / ".hg" / "store"
        report = repo.status(StatusRequest(PatternSet(str(root)), clean=True))
        expected = peer.ok(root, "status", "-mardcu", *repositories.arguments(kind))
        assert report.render(RenderOptions(groups=ALL)) == expected


def test_files_in_doubt_are_compared_only_where_it_matters(place: Place, hg_under_test: Path) -> None:
    old(place)
    os.utime(place.root / "a", (time.time() - 1800,) * 2)
    place.write("new", b"new\n")
    (place.root / ".hg/store/data/a.i").write_bytes(b"no revlog")
    with pytest.raises(errors.EngineError):
        place.status()
    with pytest.raises(errors.EngineError):
        place.status(unknown=False)
    assert place.status(settle=False) == b"? new\n"
    assert place.status(settle=False, ignored=True, unknown=False) == b""
    null = StatusRequest(PatternSet(str(place.root)), base=Rev(-1), settle=False)
    with pytest.raises(errors.EngineError):
        place.opened().status(null)
    for mode in MODES:
        asked = {
            flag: run_ours(hg_under_test, mode, place.root, ("status", flag)) for flag in ("-u", "-ar", "-i")
        }
        assert {flag: answer.out for flag, answer in asked.items()} == {
            "-u": b"? new\n",
            "-ar": b"",
            "-i": b"",
        }
        for flag in ("-m", "-d", "-c", "-A", "-mardu"):
            assert run_ours(hg_under_test, mode, place.root, ("status", flag)).code == 255, flag

"""The dirstate as both engines change it, against the peer: what it does to files, ours says of the same steps."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.engine.protocol import Engine, EngineRepository
from hydrargyrum.engine.select import select_engine
from hydrargyrum.engine.writing import DirstateEditor
from hydrargyrum.plans import CommitHeader, FileStamp
from hydrargyrum.types import EngineSettings, Node, PatternSet, StatusRequest
from peer import Peer
from unit.opened import open_repository

FORMATS = {"v1": "0", "v2": "1"}
NAMES = ["a", "b", "d/a", "d/b", "d/e/a", "d-e", "new", "d/new", "f/g/new", "w\udce9"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """Repositories in both formats, with a merge of two heads left uncommitted."""
    top = tmp_path_factory.mktemp("editing")
    for name, v2 in FORMATS.items():
        root = top / name
        config = ("--config", f"format.use-dirstate-v2={v2}")
        slow = ("--config", "storage.dirstate-v2.slow-path=allow")
        hint = (*slow, "--config", "format.use-dirstate-tracked-hint=1")
        peer.ok(top, "init", *config, *hint, str(root))
        with (root / ".hg/hgrc").open("a") as hgrc:
            hgrc.write("[storage]\ndirstate-v2.slow-path = allow\n")
        for path in ("a", "b", "d/a", "d/b", "d/e/a"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(path)
        peer.ok(root, "commit", "-Aqm0", "-d0 0")
        (root / "a").write_text("left")
        peer.ok(root, "copy", "-q", "d/b", "f")
        peer.ok(root, "commit", "-qm1", "-d1 0")
        peer.ok(root, "update", "-q", "0")
        for path in ("b", "d/a"):
            (root / path).write_text("right")
        (root / "d-e").write_text("right")
        peer.ok(root, "commit", "-Aqm2", "-d2 0")
        peer.ok(root, "update", "-q", "0")
    return top


def listed(peer: Peer, root: Path) -> bytes:
    """What the peer reads from the dirstate, but for times, which depend on when a status of its own ran."""
    lines = peer.ok(root, "debugdirstate", "--no-dates").replace(b" unset ", b" set   ")
    return b"\n".join(sorted(lines.splitlines())) + b"\n"


def opened(engine: Engine, root: Path) -> EngineRepository:
    return engine.open(str(root), EngineSettings())


@pytest.fixture
def pair(shelf: Path, tmp_path: Path) -> Callable[[str], tuple[Path, Path]]:
    """Two copies of a repository: for us and for the peer."""

    def copies(name: str) -> tuple[Path, Path]:
        for who in ("ours", "theirs"):
            shutil.copytree(shelf / name, tmp_path / who, symlinks=True)
        return tmp_path / "ours", tmp_path / "theirs"

    return copies


@pytest.mark.parametrize("name", list(FORMATS))
def test_equal_steps_give_equal_dirstates(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]], name: str
) -> None:
    mine, theirs = pair(name)
    for root in (mine, theirs):
        (root / "d/new").write_text("new")
    repo = opened(engine, mine)
    hint = mine / ".hg/dirstate-tracked-hint"
    before = hint.read_bytes()

    edit = repo.edit_dirstate()
    assert list(edit.track(["d/new"])) == ["d/new"]
    assert list(edit.untrack(["b", "nothing"])) == ["b"]
    edit.copy("d/new", "a")
    edit.write()
    assert hint.read_bytes() != before
    peer.ok(theirs, "add", "d/new")
    peer.ok(theirs, "forget", "b")
    peer.ok(theirs, "copy", "--after", "--force", "a", "d/new")
    assert listed(peer, mine) == listed(peer, theirs)
    assert peer.ok(mine, "status", "-C") == peer.ok(theirs, "status", "-C")

    edit = repo.edit_dirstate()
    edit.untrack(["d/new"])
    edit.track(["b"])
    edit.write()
    peer.ok(theirs, "forget", "d/new")
    peer.ok(theirs, "add", "b")
    assert listed(peer, mine) == listed(peer, theirs)
    before = hint.read_bytes()
    edit = repo.edit_dirstate()
    edit.possibly_dirty(["a"])
    edit.write()
    assert hint.read_bytes() == before


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_second_parent_that_goes_takes_along_what_it_told(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]], name: str
) -> None:
    mine, theirs = pair(name)
    for root in (mine, theirs):
        peer.ok(root, "update", "-q", "2")
        peer.ok(root, "merge", "-q", "1")
        peer.ok(root, "copy", "-q", "a", "z")
    repo = opened(engine, mine)
    edit = repo.edit_dirstate()
    first, second = edit.parents
    assert second != bytes(20)
    assert edit.facts("a") == (True, True, True)
    edit.set_parents(first, Node(bytes(20)))
    assert edit.facts("a") == (True, True, False)
    edit.write()
    peer.ok(theirs, "debugsetparents", "2")
    assert listed(peer, mine) == listed(peer, theirs)
    assert peer.ok(mine, "debugdirstate", "--no-dates").count(b"copy:") == 1


@pytest.mark.parametrize("name", list(FORMATS))
def test_what_the_first_parent_has_is_what_its_manifest_says(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]], name: str
) -> None:
    root, _ = pair(name)
    repo = opened(engine, root)

    def check() -> None:
        first = repo.changelog().rev(repo.working_parents()[0])
        manifest = repo.manifest(first)
        assert {path: repo.in_first_parent(path) for path in NAMES} == {p: p in manifest for p in NAMES}

    check()
    (root / "new").write_text("new")
    peer.ok(root, "add", "-q", "new")
    peer.ok(root, "remove", "-q", "d/a")
    peer.ok(root, "forget", "-q", "d/b")
    check()
    peer.ok(root, "update", "-qC", "2")
    peer.ok(root, "merge", "-q", "1")
    peer.ok(root, "remove", "-qf", "a", "f")
    check()
    assert repo.in_first_parent("d-e")
    assert not repo.in_first_parent("f")
    peer.ok(root, "update", "-qC", "null")
    check()


@pytest.mark.parametrize("name", list(FORMATS))
def test_rebuilding_is_what_the_peer_makes(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]], name: str
) -> None:
    mine, theirs = pair(name)
    for root in (mine, theirs):
        peer.ok(root, "forget", "a", "d/a")
    repo = opened(engine, mine)
    edit = repo.edit_dirstate()
    edit.rebuild(1)
    edit.write()
    peer.ok(theirs, "debugrebuilddirstate", "-r", "1")
    assert listed(peer, mine) == listed(peer, theirs)
    edit = repo.edit_dirstate()
    edit.rebuild(0, ["f", "b"])
    edit.write()
    assert b"  f\n" not in listed(peer, mine)


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_file_placed_as_clean_is_clean_to_the_peer(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]], name: str
) -> None:
    mine, _ = pair(name)
    repo = opened(engine, mine)
    look = (mine / "a").lstat()
    edit = repo.edit_dirstate()
    seconds, nanoseconds = divmod(look.st_mtime_ns, 10**9)
    stamp = FileStamp(look.st_mode, look.st_size, seconds, nanoseconds)
    edit.place("a", tracked=True, in_first=True, clean=stamp)
    edit.write()
    line = next(line for line in peer.ok(mine, "debugdirstate").splitlines() if line.endswith(b" a"))
    assert line.startswith(b"n 644 %10d " % look.st_size), line
    assert b"unset" not in line
    assert peer.ok(mine, "status") == b""


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_commit_leaves_clean_files(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]], name: str
) -> None:
    mine, _ = pair(name)
    (mine / "a").write_text("changed")
    (mine / "new").write_text("new")
    os.utime(mine / "a", (1000, 1000))
    peer.ok(mine, "add", "new")
    peer.ok(mine, "copy", "-q", "b", "copied")
    peer.ok(mine, "remove", "d/b")
    commit_and_take_over(mine, engine)
    assert peer.ok(mine, "status") == b""
    assert peer.ok(mine, "log", "-r", ".", "-T", "{desc}: {files}\n") == b"ours: a copied d/b new\n"
    lines = peer.ok(mine, "debugdirstate").splitlines()
    assert b"n 644          7 1970-01-01 00:16:40 a" in lines, lines
    assert not [line for line in lines if line.startswith(b"copy:") or line.endswith(b"d/b")]


def commit_and_take_over(root: Path, engine: Engine) -> None:
    """Commits the working copy through the engine's own parts, as `ops` will."""
    repo, _ = open_repository(root, engine.name)
    with repo.lock_working_copy(), repo.lock_store(), repo.transaction("commit") as txn:
        report = repo.engine.status(StatusRequest(PatternSet(str(root)), copies=True))
        parent = repo.engine.changelog().rev(repo.engine.working_parents()[0])
        header = CommitHeader((parent, -1), "u", (3, 0), "ours", {})
        result = txn.writer.commit_working_copy(header, report, copies=report.copies)
        edit = repo.engine.edit_dirstate()
        edit.committed(result)
        edit.write()


def test_names_that_clash_are_refused(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]]
) -> None:
    mine, _ = pair("v2")
    edit = opened(engine, mine).edit_dirstate()
    with pytest.raises(errors.PathClash, match="directory 'd' already in dirstate"):
        edit.track(["d"])
    with pytest.raises(errors.PathClash, match="file 'a' in dirstate clashes with 'a/b'"):
        edit.track(["a/b"])
    edit.untrack(["a", "d/a", "d/b", "d/e/a"])
    edit.track(["a/b", "d"])
    edit.write()
    assert [path for path in peer.ok(mine, "files").split(b"\n") if path] == [b"a/b", b"b", b"d"]


def test_sequences_of_paths_go_in_and_come_out(
    engine: Engine, peer: Peer, pair: Callable[[str], tuple[Path, Path]]
) -> None:
    mine, _ = pair("v2")
    for number in range(50):
        (mine / f"n{number:02}").write_text("x")
    repo = opened(engine, mine)
    unknown = repo.status(StatusRequest(PatternSet(str(mine)))).unknown
    edit = repo.edit_dirstate()
    new = edit.track(unknown)
    assert list(new) == list(unknown)
    assert len(new) == 50
    edit.write()
    assert len(peer.ok(mine, "status", "-na").split()) == 50


@pytest.mark.parametrize("name", list(FORMATS))
def test_random_steps_are_the_same_on_both_engines(
    peer: Peer, shelf: Path, tmp_path: Path, name: str
) -> None:
    engines = [select_engine("pure"), select_engine("native")]
    for seed in range(6):
        states = []
        for engine in engines:
            root = tmp_path / f"{engine.name}{seed}"
            shutil.copytree(shelf / name, root)
            repo = opened(engine, root)
            answers = [_wander(repo.edit_dirstate(), random.Random(seed)) for _ in range(2)]
            states.append((answers, sorted(peer.ok(root, "debugdirstate").splitlines())))
        for mine, other in zip(*states, strict=True):
            assert mine == other, seed


def _wander(edit: DirstateEditor, chance: random.Random) -> list[object]:
    """Some random steps, written down; what they answered."""
    said: list[object] = []
    for _ in range(40):
        path = chance.choice(NAMES)
        step = chance.randrange(7)
        try:
            if step == 0:
                said.append(list(edit.track([path])))
            elif step == 1:
                said.append(list(edit.untrack([path])))
            elif step == 2:
                stamp = FileStamp(0o100755, chance.randrange(99), 1000, 5, reliable=chance.random() < 0.5)
                facts = [chance.random() < 0.5 for _ in range(3)]
                if path == "d/e/a":
                    edit.place(path, tracked=facts[0], in_first=facts[1], p2_info=facts[2], clean=stamp)
            elif step == 3:
                edit.copy(path, chance.choice(NAMES))
            elif step == 4:
                edit.possibly_dirty([path])
            elif step == 5:
                first, _ = edit.parents
                edit.set_parents(first, chance.choice([first, Node(bytes(20))]))
            else:
                said.append(edit.facts(path))
        except errors.PathClash as problem:
            said.append(problem.text())
    said.append(list(edit.copies()))
    edit.write()
    return said

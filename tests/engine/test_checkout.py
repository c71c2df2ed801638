"""Files of the working copy as both engines write and remove them, and the peer's status of the result."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.engine.protocol import Engine, EngineRepository
from hydrargyrum.plans import CheckoutPlan
from hydrargyrum.types import NULL_NODE, EngineSettings
from peer import Peer


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """Two changesets that differ in every way files can; the working copy is at the first."""
    root = tmp_path_factory.mktemp("checkout") / "repo"
    peer.ok(root.parent, "init", str(root))

    def write(path: str, text: str, mode: int = 0o644) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        (root / path).chmod(mode)

    write("kept", "kept")
    write("changed", "0")
    write("plain", "#!", 0o755)
    write("d/e/gone", "0")
    write("d/e/f/gone", "0")
    write("file", "0")
    write("dir/inner", "0")
    os.symlink("kept", root / "link")
    peer.ok(root, "commit", "-Aqm0", "-d0 0")
    write("changed", "1")
    write("plain", "#!", 0o644)
    write("new/deep/exec", "#!", 0o755)
    shutil.rmtree(root / "d")
    (root / "file").unlink()
    write("file/inner", "1")
    shutil.rmtree(root / "dir")
    write("dir", "1")
    (root / "link").unlink()
    os.symlink("changed", root / "link")
    for number in range(40):
        write(f"many/{number}", str(number))
    peer.ok(root, "commit", "-qAm1", "-d1 0")
    peer.ok(root, "update", "-q", "0")
    return root


@pytest.fixture
def repo(engine: Engine, shelf: Path, tmp_path: Path) -> EngineRepository:
    """A copy of it."""
    shutil.copytree(shelf, tmp_path / "repo", symlinks=True)
    return engine.open(str(tmp_path / "repo"), EngineSettings())


def plan_between(repo: EngineRepository, first: int, second: int) -> CheckoutPlan:
    write, remove, flags = [], [], []
    for path, old, old_flags, new, new_flags in repo.manifest_diff(first, second):
        if new is None:
            remove.append(path)
        elif old == new and "l" not in old_flags + new_flags:
            flags.append((path, new_flags))
        else:
            write.append((path, new, new_flags))
    return CheckoutPlan(write, remove, flags)


def test_there_and_back_is_clean_to_the_peer(repo: EngineRepository, peer: Peer) -> None:
    root = Path(repo.root)
    for first, second in ((0, 1), (1, 0)):
        plan = plan_between(repo, first, second)
        assert plan.set_flags
        outcome = repo.checkout(plan)
        assert (outcome.written, outcome.removed) == (len(plan.write), len(plan.remove))
        assert not outcome.warnings
        edit = repo.edit_dirstate()
        edit.checked_out(outcome)
        for path, _ in plan.set_flags:
            edit.place(path, tracked=True, in_first=True)
        edit.set_parents(repo.changelog().node(second), NULL_NODE)
        edit.write()
        assert peer.ok(root, "status", "-A") == b"".join(
            b"C %s\n" % os.fsencode(path) for path in repo.manifest(second)
        )
        assert (root / "d").exists() == (second == 0)
    assert peer.ok(root, "id", "-n") == b"0\n"


def test_directories_may_stay_and_data_may_come_from_elsewhere(repo: EngineRepository) -> None:
    root = Path(repo.root)
    plan = CheckoutPlan(
        [("changed", NULL_NODE, "x"), ("to", NULL_NODE, "l")],
        ["d/e/gone", "d/e/f/gone", "missing/file"],
        data={"changed": b"else", "to": b"kept"},
        keep_directories=True,
    )
    outcome = repo.checkout(plan)
    assert (root / "changed").read_bytes() == b"else"
    assert (root / "changed").stat().st_mode & 0o777 == 0o755
    assert os.readlink(root / "to") == "kept"
    assert (root / "d/e/f").is_dir()
    assert (outcome.written, outcome.removed) == (2, 3)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".hg/hgrc", "path contains illegal component: .hg/hgrc"),
        (".HG/hgrc", "path contains illegal component: .HG/hgrc"),
        ("../out", "path contains illegal component: ../out"),
        ("a/.hg/b", "path 'a/.hg/b' is inside nested repo 'a'"),
        ("out/file", "path 'out/file' traverses symbolic link 'out'"),
    ],
)
def test_nothing_leaves_the_working_copy(
    repo: EngineRepository, tmp_path: Path, path: str, text: str
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("precious")
    os.symlink("../outside", Path(repo.root) / "out")
    for plan in (
        CheckoutPlan([(path, NULL_NODE, "")], data={path: b"evil"}),
        CheckoutPlan(remove=[path]),
        CheckoutPlan(set_flags=[(path, "x")]),
    ):
        with pytest.raises(errors.IllegalPath) as caught:
            repo.checkout(plan)
        assert caught.value.text() == text
    assert sorted(os.listdir(tmp_path)) == ["outside", "repo"]
    assert (tmp_path / "outside/file").read_text() == "precious"


@pytest.mark.parametrize("order", [1, -1])
def test_a_link_is_no_directory_of_the_same_plan(repo: EngineRepository, tmp_path: Path, order: int) -> None:
    write = [("way", NULL_NODE, "l"), ("way/out", NULL_NODE, "")][::order]
    with pytest.raises(errors.PathClash):
        repo.checkout(CheckoutPlan(write, data={"way": b"..", "way/out": b"evil"}))
    assert not (tmp_path / "out").exists()


def test_what_is_in_the_way_is_replaced_or_named(repo: EngineRepository) -> None:
    root = Path(repo.root)
    (root / "empty/inside").mkdir(parents=True)
    (root / "target").write_text("kept")
    os.symlink("target", root / "pointer")
    plan = CheckoutPlan(
        [("empty", NULL_NODE, ""), ("pointer", NULL_NODE, "")], data={"empty": b"1", "pointer": b"2"}
    )
    repo.checkout(plan)
    assert (root / "empty").read_bytes() == b"1"
    assert (root / "pointer").read_bytes() == b"2"
    assert (root / "target").read_text() == "kept"
    for path, blamed in (("d", "d"), ("kept/below", "kept/below")):
        with pytest.raises(errors.IoError) as caught:
            repo.checkout(CheckoutPlan([(path, NULL_NODE, "")], data={path: b"x"}))
        assert str(caught.value.facts["path"]).endswith(f"/{blamed}")
    with pytest.raises(errors.UnknownNode):
        repo.checkout(CheckoutPlan([("kept", repo.changelog().node(0), "")]))


def test_progress_is_told(engine: Engine, shelf: Path, tmp_path: Path) -> None:
    shutil.copytree(shelf, tmp_path / "repo", symlinks=True)
    told: list[tuple[str, int, int]] = []

    def tell(topic: str, position: int, total: int) -> None:
        told.append((topic, position, total))

    repo = engine.open(str(tmp_path / "repo"), EngineSettings(), tell)
    plan = plan_between(repo, 0, 1)
    repo.checkout(plan)
    assert told[0] == ("updating", 0, len(plan.write) + len(plan.remove))


def test_a_signal_stops_it(engine: Engine, shelf: Path, tmp_path: Path) -> None:
    shutil.copytree(shelf, tmp_path / "repo", symlinks=True)

    def tell(_topic: str, _position: int, _total: int) -> None:
        raise KeyboardInterrupt

    repo = engine.open(str(tmp_path / "repo"), EngineSettings(), tell)
    plan = plan_between(repo, 0, 1)
    with pytest.raises(KeyboardInterrupt):
        repo.checkout(plan)


def test_a_clean_move_is_planned_by_the_engine(repo: EngineRepository, peer: Peer) -> None:
    root = Path(repo.root)
    for first, second in ((0, -1), (-1, 1), (1, 0)):
        node = repo.changelog().node(second) if second >= 0 else NULL_NODE
        rows = repo.manifest_diff(first, second)
        plan = repo.plan_move(first, second)
        if second == 0:
            # "file" becomes a directory again, "dir" a file
            assert plan is None
            return
        assert plan is not None
        assert len(plan) == len(rows)
        outcome = repo.checkout(plan)
        assert outcome.written + outcome.flagged + outcome.removed == len(rows)
        edit = repo.edit_dirstate()
        edit.checked_out(outcome)
        edit.set_parents(node, NULL_NODE)
        edit.write()
        clean = b"".join(b"C %s\n" % os.fsencode(path) for path in repo.manifest(second))
        assert peer.ok(root, "status", "-A") == clean
        assert os.listdir(root) != [".hg"] or second == -1


def test_flags_of_a_planned_move_are_looked_at_again(repo: EngineRepository, peer: Peer) -> None:
    root = Path(repo.root)
    for name in ("d/e/gone", "d/e/f/gone", "file", "dir/inner", "link", "changed"):
        (root / name).unlink()
    for name in ("d/e/f", "d/e", "d", "dir"):
        (root / name).rmdir()
    plan = repo.plan_move(0, 1)
    assert plan is not None
    inode = (root / "plain").stat().st_ino
    outcome = repo.checkout(plan)
    assert outcome.flagged == 1
    assert (root / "plain").stat().st_ino == inode
    assert (root / "plain").stat().st_mode & 0o777 == 0o644
    edit = repo.edit_dirstate()
    edit.checked_out(outcome)
    edit.set_parents(repo.changelog().node(1), NULL_NODE)
    edit.write()
    assert peer.ok(root, "status") == b""
    assert b"plain" in peer.ok(root, "files")


@pytest.mark.parametrize("way", ["many", "many/3", "new"])
def test_what_is_in_the_way_of_a_move_has_to_be_decided_about(repo: EngineRepository, way: str) -> None:
    root = Path(repo.root)
    for name in ("file", "dir/inner"):
        (root / name).unlink()
    (root / "dir").rmdir()
    assert repo.plan_move(0, 1) is not None
    (root / way).parent.mkdir(exist_ok=True)
    if way == "new":
        (root / way).symlink_to("d")
    else:
        (root / way).write_text("precious")
    assert repo.plan_move(0, 1) is None


def test_plain_files_are_told_from_others(repo: EngineRepository) -> None:
    root = Path(repo.root)
    (root / "big").write_bytes(b"x" * 11)
    (root / "small").write_bytes(b"x" * 10)
    (root / "con.txt").write_text("")
    os.mkfifo(root / "pipe")
    (root / "big-link").symlink_to("x" * 40)
    odd = ["a:b", "big", "con.txt", "d", "gone", "pipe"]
    plain = ["big-link", "d/e/gone", "small"]
    for paths in (sorted(odd + plain), iter(sorted(odd + plain))):
        found = repo.plain_files(paths, 10)
        assert [list(each) for each in found] == [plain, odd]
    assert list(repo.plain_files(plain, None)[0]) == plain

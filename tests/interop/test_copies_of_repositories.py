"""`clone`, `share` and `unshare`: what comes of them is for real Mercurial what its own commands make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

ENGINES = ["pure", "native"]
SHARE = ("--config", "extensions.share=")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("copies") / "source"
    peer.ok(root.parent, "init", str(root))

    def record(message: str) -> None:
        peer.ok(root, "commit", "-Aqm", message, "-u", "t", "-d", "0 0")

    (root / "d").mkdir()
    (root / "d/a").write_bytes(b"a\n")
    (root / "Upper").write_bytes(b"u\n")
    record("zero")
    (root / "d/a").write_bytes(b"a\na\n")
    record("one")
    peer.ok(root, "up", "-q", "0")
    peer.ok(root, "branch", "-q", "side")
    (root / "b").write_bytes(b"b\n")
    record("two")
    peer.ok(root, "bookmark", "-r", "1", "mark")
    peer.ok(root, "phase", "--public", "-r", "0")
    return root


def facts(peer: Peer, root: Path) -> list[bytes]:
    assert peer.run(root, "verify", "-q").code == 0
    return [
        peer.ok(
            root, "log", "-r", "sort(all(), node)", "-T", "{node} {phase} {bookmarks} {branch}\n", *SHARE
        ),
        peer.ok(root, "paths"),
        (root / ".hg/requires").read_bytes(),
    ]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("publish", ["yes", "no"])
@pytest.mark.parametrize(
    "options",
    ["-U", "-U --pull", "-U -r 1", "-U -b side", "-U -r mark -r 0", ""],
    ids=lambda text: text or "plain",
)
def test_clone(peer: Peer, source: Path, tmp_path: Path, options: str, publish: str, engine: str) -> None:
    (source / ".hg/hgrc").write_text(f"[phases]\npublish = {publish}\n")
    args = ["clone", *options.split(), str(source)]
    mine = ours(tmp_path, *args, "mine", env={"HYG_ENGINE": engine})
    theirs = peer.run(tmp_path, *args, "theirs")
    assert mine == theirs
    assert facts(peer, tmp_path / "mine") == facts(peer, tmp_path / "theirs")
    assert peer.ok(tmp_path / "mine", "status", "-A") == peer.ok(tmp_path / "theirs", "status", "-A")


@pytest.mark.parametrize("engine", ENGINES)
def test_clone_of_nothing(peer: Peer, tmp_path: Path, engine: str) -> None:
    """There is something to say even where nothing is there, or nothing that others may see."""
    peer.ok(tmp_path, "init", "source")
    for round_, options in enumerate(
        (["-q"], ["--pull"], ["-U"], ["-u", "tip"], ["-u", "nowhere"], [], ["--pull"])
    ):
        if round_ == 5:
            (tmp_path / "source/a").write_bytes(b"a\n")
            peer.ok(tmp_path / "source", "commit", "-qAm", "hidden", "--secret", "-d", "0 0")
        wanted = peer.run(tmp_path, "clone", *options, "source", f"theirs{round_}")
        found = ours(tmp_path, "clone", *options, "source", f"mine{round_}", env={"HYG_ENGINE": engine})
        assert found == wanted
        if round_ == 0:
            answers = [
                run(tmp_path, "share", "source", f"share{run is ours}", *SHARE) for run in (peer.run, ours)
            ]
            assert answers[0] == answers[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_checked_out(peer: Peer, source: Path, tmp_path: Path, engine: str) -> None:
    """Numbers are those of the source; hidden changesets do not come along."""
    evolution = ["--config", "experimental.evolution=all"]
    peer.ok(tmp_path, "clone", "-q", "-U", str(source), "common")
    peer.ok(tmp_path / "common", "debugobsolete", *evolution, "-d", "0 0", peer_node(peer, source, "1"))
    wishes = (["-u", "2"], ["-u", "mark"], ["-r", "1"], ["-u", "2", "-r", "0"])
    for number, options in enumerate(wishes):
        args = ["clone", *options, *evolution, "common"]
        answers = [
            run(tmp_path, *args, f"{number}{name}", **more)
            for run, name, more in (
                (peer.run, "theirs", {}),
                (ours, "mine", {"env": {"HYG_ENGINE": engine}}),
            )
        ]
        assert answers[0] == answers[1]


def peer_node(peer: Peer, root: Path, rev: str) -> str:
    return peer.ok(root, "log", "-r", rev, "-T", "{node}").decode()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_copy_lives_on_its_own(peer: Peer, source: Path, tmp_path: Path, engine: str) -> None:
    """Files are links until one side writes; the other never notices."""
    assert ours(tmp_path, "clone", "-q", "-U", str(source), "copy", env={"HYG_ENGINE": engine}).code == 0
    copy = tmp_path / "copy"
    assert os.stat(copy / ".hg/store/00manifest.i").st_nlink > 1
    before = peer.ok(source, "log", "-T", "{node}\n")
    peer.ok(copy, "up", "-q", "1")
    (copy / "d/a").write_bytes(b"changed\n")
    peer.ok(copy, "commit", "-qm", "in the copy", "-u", "t")
    assert peer.run(source, "verify", "-q").code == 0
    assert peer.run(copy, "verify", "-q").code == 0
    assert peer.ok(source, "log", "-T", "{node}\n") == before


def test_destinations_in_the_way(peer: Peer, source: Path, tmp_path: Path) -> None:
    (tmp_path / "full/x").mkdir(parents=True)
    (tmp_path / "file").write_bytes(b"")
    for args in (
        [str(source), "full"],
        [str(source), "file"],
        ["nowhere", "x"],
        [str(source), "-U", "-u", "0", "y"],
    ):
        assert ours(tmp_path, "clone", *args) == peer.run(tmp_path, "clone", *args)
    assert sorted(os.listdir(tmp_path)) == ["file", "full"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("options", ["-U", "-U -B", "-U --relative", ""], ids=lambda text: text or "plain")
def test_share_and_unshare(peer: Peer, source: Path, tmp_path: Path, options: str, engine: str) -> None:
    (source / ".hg/hgrc").write_text("[paths]\ndefault = /somewhere/else\n")
    args = ["share", *options.split(), str(source)]
    env = {"HYG_ENGINE": engine}
    assert ours(tmp_path, *args, "mine", *SHARE, env=env) == peer.run(tmp_path, *args, "theirs", *SHARE)
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for name in ("requires", "sharedpath", "shared", "hgrc"):
        left, right = mine / ".hg" / name, theirs / ".hg" / name
        assert left.exists() == right.exists(), name
        assert not left.exists() or left.read_bytes() == right.read_bytes(), name
    assert facts(peer, mine) == facts(peer, theirs)
    nodes = ("log", "-r", "sort(all(), node)", "-T", "{node} {bookmarks} {phase}\n")
    before = peer.ok(mine, *nodes, *SHARE)
    # what somebody left who died while doing the same
    (mine / ".hg/store").mkdir()
    (mine / ".hg/store/fncache").write_text("half of it")
    assert ours(mine, "unshare", *SHARE, env=env) == peer.run(theirs, "unshare", *SHARE)
    assert peer.run(mine, "verify", "-q").code == 0
    # the peer makes everything public here; nobody asked for that
    assert peer.ok(mine, *nodes) == before
    assert not (mine / ".hg/sharedpath").exists()
    assert ours(mine, "unshare", *SHARE, env=env) == peer.run(theirs, "unshare", *SHARE)


@pytest.mark.parametrize("engine", ENGINES)
def test_shared_bookmarks(peer: Peer, source: Path, tmp_path: Path, engine: str) -> None:
    """There is one set of them, whoever moves one, in whichever of the working copies."""
    env = {"HYG_ENGINE": engine}
    peer.ok(tmp_path, "clone", "-q", "-U", str(source), "common")
    common = tmp_path / "common"
    assert ours(tmp_path, "share", "-q", "-B", "common", "mine", *SHARE, env=env).code == 0
    assert ours(tmp_path, "share", "-q", "common", "alone", *SHARE, env=env).code == 0
    mine = tmp_path / "mine"

    def seen() -> set[bytes]:
        question = ("bookmarks", "-q", *SHARE)
        return {
            answer.out
            for root in (common, mine)
            for answer in (peer.run(root, *question), ours(root, *question, env=env))
        }

    assert seen() == {b"mark\n"}
    assert ours(mine, "bookmark", "-r", "0", "ours", *SHARE, env=env).code == 0
    assert seen() == {b"mark\nours\n"}
    peer.ok(common, "bookmark", "-r", "0", "theirs")
    assert seen() == {b"mark\nours\ntheirs\n"}
    (mine / "d/a").write_bytes(b"changed\n")
    assert ours(mine, "update", "-q", "-C", "mark", *SHARE, env=env).code == 0
    (mine / "d/a").write_bytes(b"changed\n")
    assert ours(mine, "commit", "-q", "-m", "moves", *SHARE, env=env).code == 0
    assert peer.ok(common, "log", "-r", "mark", "-T", "{rev} {desc}") == b"3 moves"
    assert ours(tmp_path / "alone", "bookmarks", *SHARE, env=env).out == b"no bookmarks set\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_parent_is_gone(peer: Peer, source: Path, tmp_path: Path, engine: str) -> None:
    """What one working copy strips, another may stand on; it goes on without a parent."""
    warning = b"warning: ignoring unknown working parent "
    answers = []
    for who in ("theirs", "mine"):
        common = tmp_path / who
        peer.ok(tmp_path, "clone", "-q", "-U", str(source), who)
        root = tmp_path / f"{who}-share"
        peer.ok(tmp_path, "share", "-q", who, str(root), *SHARE)
        peer.ok(root, "update", "-q", "1")
        peer.ok(common, "strip", "-q", "--no-backup", "1", "--config", "extensions.strip=")
        (root / "d/a").write_bytes(b"changed\n")
        told = []
        for args in (
            ("status",),
            ("identify",),
            ("revert", "d/a"),
            ("commit", "-m", "goes on", "-d", "0 0", "-u", "t"),
            ("log", "-T", "{rev}:{node} {p1.rev}\n"),
        ):
            run = peer.run(root, *args) if who == "theirs" else ours(root, *args, env={"HYG_ENGINE": engine})
            lines = [line for line in run.err.splitlines() if not line.startswith(warning)]
            told.append((args[0], run.code, run.out, lines, lines == run.err.splitlines()))
        answers.append(told)
    assert answers[0] == answers[1]

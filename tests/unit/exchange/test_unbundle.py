"""`unbundle`: everything a file holds is there afterwards, or nothing; real Mercurial verifies and agrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import ROOT, Peer
from unit.driver import ours
from unit.exchange.test_bundle import log, make

ENGINES = ["pure", "native"]
FLASK = ROOT.parent / "shared/data/flask.hg"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    return make(peer, tmp_path_factory.mktemp("unbundle") / "source")


def both(peer: Peer, tmp_path: Path, *files: str, engine: str) -> tuple[Path, Path]:
    """The same files taken in by both programs into empty repositories, with the same words."""
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for root in (mine, theirs):
        if not root.exists():
            peer.ok(tmp_path, "init", str(root))
    wanted = peer.run(theirs, "unbundle", *files)
    assert ours(mine, "unbundle", *files, env={"HYG_ENGINE": engine}) == wanted
    return mine, theirs


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "kind", ["none-v1", "bzip2-v1", "gzip-v1", "none-v2", "bzip2-v2", "gzip-v2", "zstd-v2"]
)
def test_every_kind(peer: Peer, source: Path, tmp_path: Path, kind: str, engine: str) -> None:
    first, rest = str(tmp_path / "first.hg"), str(tmp_path / "rest.hg")
    peer.ok(source, "bundle", "-q", "-t", kind, "--base", "null", "-r", "2", first)
    peer.ok(source, "bundle", "-q", "-t", kind, "--base", "2", "-r", "all()", rest)
    mine, theirs = both(peer, tmp_path, first, engine=engine)
    both(peer, tmp_path, rest, engine=engine)
    assert both(peer, tmp_path, rest, engine=engine) == (mine, theirs)
    assert peer.run(mine, "verify", "-q").code == 0
    assert log(peer, mine) == log(peer, source)
    phases = ("log", "-r", "sort(all(), node)", "-T", "{phase}\n")
    assert peer.ok(mine, *phases) == peer.ok(theirs, *phases)


@pytest.mark.parametrize("engine", ENGINES)
def test_phases_come_along(peer: Peer, source: Path, tmp_path: Path, engine: str) -> None:
    copy, file = tmp_path / "copy", str(tmp_path / "phases.hg")
    peer.ok(tmp_path, "clone", "-q", str(source), str(copy))
    peer.ok(copy, "phase", "--force", "--draft", "-r", "1:")
    peer.ok(copy, "phase", "--force", "--secret", "-r", "4")
    peer.ok(copy, "bundle", "-q", "-a", "-t", "none-v2;phases=1", file)
    mine, theirs = both(peer, tmp_path, file, engine=engine)
    phases = ("log", "-r", "sort(all(), node)", "-T", "{node|short} {phase}\n")
    assert peer.ok(mine, *phases) == peer.ok(theirs, *phases)
    assert b"secret" in peer.ok(mine, *phases)


@pytest.mark.parametrize("engine", ENGINES)
def test_bad_files_change_nothing(peer: Peer, source: Path, tmp_path: Path, engine: str) -> None:
    whole, rest = tmp_path / "whole.hg", tmp_path / "rest.hg"
    peer.ok(source, "bundle", "-q", "-a", "-t", "none-v2", str(whole))
    peer.ok(source, "bundle", "-q", "--base", "1", "-r", "3", str(rest))
    data = whole.read_bytes()
    cuts = [data[:at] for at in (3, 6, 20, 100, len(data) // 2, len(data) - 3)]
    flips = [
        data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :] for at in range(60, len(data), len(data) // 40)
    ]
    for number, damaged in enumerate([*cuts, *flips, b"junk", b"", rest.read_bytes()]):
        path, target = tmp_path / f"bad-{number}.hg", tmp_path / f"target-{number}"
        peer.ok(tmp_path, "init", str(target))
        path.write_bytes(damaged)
        answer = ours(target, "unbundle", str(path), env={"HYG_ENGINE": engine})
        if answer.code == 0:  # what was flipped is a parameter or a cache that nobody reads
            assert peer.run(target, "verify", "-q").code == 0
            assert log(peer, target) == log(peer, source)
            continue
        assert answer.code == 255, answer
        assert answer.err.startswith((b"abort: ", b"transaction abort!\n")), answer
        assert b"Traceback" not in answer.err
        assert peer.ok(target, "log", "-T", "{rev}\n") == b""
        assert not (target / ".hg/store/journal").exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_real_history(peer: Peer, tmp_path: Path, engine: str) -> None:
    root = tmp_path / "flask"
    peer.ok(tmp_path, "init", str(root))
    answer = ours(root, "unbundle", str(FLASK), env={"HYG_ENGINE": engine})
    assert answer.code == 0, answer
    assert b"added 5534 changesets with 10518 changes to 644 files (+2 heads)" in answer.out
    assert peer.ok(root, "log", "-r", "tip", "-T", "{rev} {node|short} {files}").startswith(
        b"5533 25b112a1c5d6"
    )
    size = sum(path.stat().st_size for path in (root / ".hg/store").rglob("*.[id]"))
    assert size < 1.05 * 8_772_786  # what the peer makes of it

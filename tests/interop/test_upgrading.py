"""`debugupgraderepo` and formats that change by themselves: the same reports and repositories as real Mercurial makes."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours

ENGINES = ["pure", "native"]
#: Lets the peer, which has no Rust here, use all formats.
SLOW = (
    *("--config", "storage.revlog.persistent-nodemap.slow-path=allow"),
    *("--config", "storage.dirstate-v2.slow-path=allow"),
)
OLD = (
    *("--config", "format.usefncache=no"),
    *("--config", "format.generaldelta=no"),
    *("--config", "format.use-share-safe=no"),
    *("--config", "format.revlog-compression=zlib"),
)
NEW = (
    *("--config", "format.use-dirstate-v2=yes"),
    *("--config", "format.use-dirstate-tracked-hint=yes"),
    *("--config", "format.use-persistent-nodemap=yes"),
    *("--config", "format.use-delta-info-flags=yes"),
    *("--config", "format.revlog-compression=none"),
)


def grow(peer: Peer, root: Path) -> None:
    """Files with long histories, copies, a branch, a merge and a changed working copy."""

    def record(message: str) -> None:
        peer.ok(root, "commit", "-Aqm", message, "-u", "t", "-d", "0 0", *SLOW)

    (root / "d").mkdir()
    for number in range(12):
        (root / "a").write_text("".join(f"line {n} of {number if n % 3 else 0}\n" for n in range(400)))
        (root / f"d/Name {number}").write_text(f"{number}\n")
        (root / ".dot").write_text(f"{number}\n")
        record(f"revision {number}")
    # more than stays in one file, so that there is a data file
    (root / "large").write_bytes(os.urandom(140_000))
    peer.ok(root, "copy", "-q", "a", "d/copy", *SLOW)
    record("copied")
    peer.ok(root, "update", "-q", "4", *SLOW)
    (root / "a").write_text("another\n")
    record("side")
    peer.ok(root, "merge", "-q", "-r", "12", "--tool", ":local", *SLOW)
    record("merged")
    peer.ok(root, "phase", "--public", "-r", "3", *SLOW)
    (root / "d/Name 1").write_text("changed\n")
    (root / "a").unlink()


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """A repository of an old format."""
    root = tmp_path_factory.mktemp("upgrading") / "old"
    peer.ok(root.parent, "init", str(root), *OLD)
    grow(peer, root)
    return root


def neutral(answer: Answer, root: Path) -> list[object]:
    """What was said, without what differs from run to run."""

    def plain(text: bytes) -> bytes:
        text = text.replace(os.fsencode(root), b"ROOT")
        text = re.sub(rb"upgrade(backup)?\.\w+", rb"upgrade\1.X", text)
        text = re.sub(rb"inconsistent for \d+\.\ds", b"inconsistent for 0.0s", text)
        text = re.sub(rb"elapsed-time: +\d+ seconds", b"elapsed-time: 0 seconds", text)
        # we do not write requirements of the new store before it is there
        text = text.replace(b"copying requires\n", b"")
        # deltas may be chosen differently
        text = re.sub(rb"(size-change|store-size): +-?[\d.]+ \w+", rb"\1 N", text)
        return re.sub(rb"migrating [\d.]+ \w+ in store", b"migrating N in store", text)

    return [answer.code, *plain(answer.out).splitlines(), *plain(answer.err).splitlines()]


def facts(peer: Peer, root: Path) -> list[object]:
    """What the peer sees in a repository; it finds nothing wrong with it."""
    checked = peer.run(root, "verify", "--full", "-q", *SLOW)
    assert checked == (0, b"", b""), checked
    store = root / ".hg/store"
    found: list[object] = [
        peer.ok(root, "log", "-T", "{rev} {node} {phase}\n", *SLOW),
        peer.ok(root, "manifest", "-r", "tip", "-v", "--debug", *SLOW),
        sorted((root / ".hg/requires").read_text().split()),
        sorted((store / "requires").read_text().split()) if (store / "requires").exists() else None,
        sorted((store / "fncache").read_bytes().split(b"\n")),
        sorted(
            re.sub(r"-[0-9a-f]{8}", "-X", str(path.relative_to(store)))
            for path in store.rglob("*")
            if path.is_file() and not path.name.startswith("undo")  # we leave nothing to roll back to
        ),
        peer.ok(root, "debugformat", *SLOW),
    ]
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_up_and_down_again(peer: Peer, old: Path, tmp_path: Path, engine: str) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    shutil.copytree(old, mine, symlinks=True)
    shutil.copytree(old, theirs, symlinks=True)
    question = ("log", "-T", "{rev} {node} {file_copies}\n")
    before = peer.ok(old, *question)
    # not held against the peer: it loses a copy, and the file seems changed where its time does not vouch for it
    files = peer.ok(old, "status", "-A")
    for options in (NEW, (), (*NEW, "-o", "re-delta-all"), ("-o", "re-delta-parent", "--no-manifest")):
        for run in ((), ("--quiet",), ("--run",)):
            args = ["debugupgraderepo", *run, *options]
            asked = ours(mine, *args, env={"HYG_ENGINE": engine})
            wanted = peer.run(theirs, *args, *SLOW)
            assert neutral(asked, mine) == neutral(wanted, theirs), (engine, args)
        assert facts(peer, mine) == facts(peer, theirs)
        assert peer.ok(mine, "status", "-A", *SLOW) == files
        assert ours(theirs, "verify", "-q", env={"HYG_ENGINE": engine}) == (0, b"", b"")
        # going down, the peer itself loses the copy of a file that the merge changed
        assert peer.ok(mine, *question, *SLOW) == before
        assert ours(mine, *question, env={"HYG_ENGINE": engine}).out == before
        status = ours(mine, "status", env={"HYG_ENGINE": engine})
        assert status.out == b"M d/Name 1\n! a\n"
    # what was replaced is a whole store
    (backup, *_) = (place for place in (mine / ".hg").glob("upgradebackup.*") if (place / "store").exists())
    assert (backup / "store/00changelog.i").exists()
    assert not (backup / "store/lock").is_symlink()
    assert not [*(mine / ".hg").glob("upgrade.*")]
    assert not [*(mine / ".hg/store").glob("**/undo*")]


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_node_map(peer: Peer, tmp_path: Path, engine: str) -> None:
    """It comes and goes without the store being made anew."""
    root = tmp_path / "r"
    peer.ok(tmp_path, "init", str(root))
    grow(peer, root)
    index = (root / ".hg/store/00changelog.i").stat().st_ino
    env = {"HYG_ENGINE": engine}
    item = "format.use-persistent-nodemap"
    assert ours(root, "debugupgraderepo", "--run", "--config", f"{item}=yes", env=env).code == 0
    assert b"persistent-nodemap" in (root / ".hg/store/requires").read_bytes()
    assert (root / ".hg/store/00changelog.n").exists()
    assert b"uid: " in peer.ok(root, "debugnodemap", "--metadata", *SLOW)
    assert peer.run(root, "debugnodemap", "--check", *SLOW).code == 0
    assert ours(root, "debugupgraderepo", "--run", "--config", f"{item}=no", env=env).code == 0
    assert not [*(root / ".hg/store").glob("*.n*")]
    assert (root / ".hg/store/00changelog.i").stat().st_ino == index
    assert peer.run(root, "verify", "-q").code == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_an_upgrade_that_fails_leaves_the_repository(
    peer: Peer, old: Path, tmp_path: Path, engine: str
) -> None:
    root = tmp_path / "r"
    shutil.copytree(old, root, symlinks=True)
    data = root / ".hg/store/data/large.d"
    whole = data.read_bytes()
    data.write_bytes(whole[:1000])
    done = ours(root, "debugupgraderepo", "--run", env={"HYG_ENGINE": engine})
    assert done.code == 255
    assert b"removing temporary repository" in done.out
    data.write_bytes(whole)
    assert (root / ".hg/requires").read_text() == (old / ".hg/requires").read_text()
    assert not [*(root / ".hg").glob("upgrade*")]
    assert peer.run(root, "verify", "-q").code == 0


@pytest.mark.parametrize("args", [("-o", "nonsense"), ("--config", "experimental.treemanifest=yes")])
def test_what_is_refused(peer: Peer, old: Path, args: tuple[str, ...]) -> None:
    mine = ours(old, "debugupgraderepo", *args)
    assert mine == peer.run(old, "debugupgraderepo", *args)
    assert mine.code != 0


AUTOMATIC = ".automatic-upgrade-of-mismatching-repositories=yes"


@pytest.mark.parametrize("engine", ENGINES)
def test_formats_that_change_by_themselves(peer: Peer, tmp_path: Path, engine: str) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    peer.ok(tmp_path, "init", str(theirs), "--config", "format.use-share-safe=no")
    grow(peer, theirs)
    shutil.copytree(theirs, mine, symlinks=True)
    for item in ("use-dirstate-v2", "use-share-safe", "use-dirstate-tracked-hint"):
        for value in ("yes", "no"):
            args = ["status", "--config", f"format.{item}={value}", "--config", f"format.{item}{AUTOMATIC}"]
            asked = ours(mine, *args, env={"HYG_ENGINE": engine})
            assert asked == peer.run(theirs, *args, *SLOW)
            assert asked.err
            assert ours(mine, *args, env={"HYG_ENGINE": engine}).err == b""
            assert facts(peer, mine) == facts(peer, theirs)
            assert (mine / ".hg/dirstate-tracked-hint").exists() == (
                theirs / ".hg/dirstate-tracked-hint"
            ).exists()


SHARE = ("--config", "extensions.share=")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("safe", [True, False], ids=["source-safe", "source-not-safe"])
def test_shares_that_disagree_with_their_source(peer: Peer, tmp_path: Path, safe: bool, engine: str) -> None:
    source = tmp_path / "source"
    peer.ok(tmp_path, "init", str(source), "--config", f"format.use-share-safe={'no' if safe else 'yes'}")
    grow(peer, source)
    for name in ("mine", "theirs"):
        peer.ok(tmp_path, "share", "-qU", str(source), name, *SHARE)
    peer.ok(source, "debugupgraderepo", "-q", "--run", "--config", f"format.use-share-safe={safe}")
    item = "safe-mismatch.source-safe" if safe else "safe-mismatch.source-not-safe"
    word = "upgrade" if safe else "downgrade"
    for value in ("abort", "nonsense", "allow", f"{word}-abort", f"{word}-allow", "abort"):
        args = ["log", "-r", "tip", "-T", "{node}\n", "--config", f"share.{item}={value}"]
        for held in (False, True) if value.startswith(word) else (False,):
            for name in ("mine", "theirs"):
                (tmp_path / name / ".hg/wlock").unlink(missing_ok=True)
                if held:
                    (tmp_path / name / ".hg/wlock").symlink_to("elsewhere:1")
            mine = ours(tmp_path / "mine", *args, env={"HYG_ENGINE": engine})
            assert mine == peer.run(tmp_path / "theirs", *args), (value, held)
            requires = [(tmp_path / name / ".hg/requires").read_text() for name in ("mine", "theirs")]
            assert requires[0] == requires[1]

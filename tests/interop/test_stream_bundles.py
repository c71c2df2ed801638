"""Copies of a whole store in bundles (`streamv2`): written alike, and taken in by either program."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours

FORMATS = {
    "usual": (),
    "trees": ("--config", "experimental.treemanifest=yes"),
    "not-share-safe": ("--config", "format.use-share-safe=no"),
    "not-dotencode": ("--config", "format.dotencode=no"),
    "not-fncache": ("--config", "format.usefncache=no"),
    "zlib": ("--config", "format.revlog-compression=zlib"),
}
LONG = "long/" + "directory.d/" * 12 + "name_with_Capitals and a space"
SPEED = re.compile(rb" in [0-9.]+ seconds \(.*\)")


def build(peer: Peer, root: Path, options: tuple[str, ...] = ()) -> None:
    """History with a split index, names that are encoded, a branch, a bookmark and caches."""
    peer.ok(root.parent, "init", str(root), *options)
    for name in (".dot/x", LONG, "plain", "aux"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for number in range(3):
        content = bytes((at * at * (number + 3) >> 3) & 255 for at in range(90_000))
        (root / "big").write_bytes(content)
        peer.ok(root, "commit", "-qAm", f"change {number}", "-d", "0 0", "-u", "u")
    peer.ok(root, "branch", "-q", "other")
    peer.ok(root, "tag", "-d", "0 0", "-u", "u", "named")
    peer.ok(root, "bookmark", "marked")
    peer.ok(root, "branches")
    peer.ok(root, "tags")


def run(engine: str, peer: Peer, root: Path, *args: str) -> Answer:
    if engine == "peer":
        return peer.run(root, *args)
    return ours(root, *args, env={"HYG_ENGINE": engine})


def neutral(answer: Answer) -> tuple[int, bytes, bytes]:
    return answer.code, SPEED.sub(b"", answer.out), answer.err


def state(peer: Peer, root: Path) -> list[object]:
    """What a repository holds, on disk and by the peer's own words."""
    peer.ok(root, "verify")
    store = root / ".hg/store"
    kept = {
        path.relative_to(store).as_posix(): path.read_bytes()
        for path in store.rglob("*")
        if path.is_file() and not path.name.startswith("undo")
    }
    if "fncache" in kept:
        kept["fncache"] = b"".join(sorted(kept["fncache"].splitlines(True)))
    log = peer.ok(root, "log", "-T", "{rev} {node} {branch} {phase} {tags} {bookmarks}\n")
    return [kept, log, (root / ".hg/requires").read_bytes()]


@pytest.mark.parametrize("name", FORMATS)
def test_written_and_taken_in_by_all(peer: Peer, tmp_path: Path, name: str) -> None:
    root = tmp_path / "repo"
    build(peer, root, FORMATS[name])
    written, states, told = [], [], []
    for engine in ("peer", "native", "pure"):
        bundle = tmp_path / f"{engine}.hg"
        assert run(engine, peer, root, "bundle", "-a", "-t", "streamv2", str(bundle)).code == 0
        written.append(bundle.read_bytes())
        copy = tmp_path / f"copy-{engine}"
        peer.ok(tmp_path, "init", str(copy), "--config", "format.use-dirstate-v2=no")
        told.append(neutral(run(engine, peer, copy, "unbundle", str(tmp_path / "peer.hg"))))
        states.append(state(peer, copy))
        assert sorted(path.name for path in (copy / ".hg").glob("stream.*")) == []
    assert written == written[:1] * 3
    assert states == states[:1] * 3
    assert told == told[:1] * 3


@pytest.mark.parametrize("engine", ["native", "pure"])
def test_goes_on_after_it(peer: Peer, tmp_path: Path, engine: str) -> None:
    root, copy, bundle = tmp_path / "repo", tmp_path / "copy", tmp_path / "all.hg"
    build(peer, root)
    assert run(engine, peer, root, "bundle", "-a", "-t", "streamv2", str(bundle)).code == 0
    assert run(engine, peer, tmp_path, "init", str(copy)).code == 0
    assert run(engine, peer, copy, "unbundle", "-u", str(bundle)).code == 0
    (copy / "plain").write_text("more")
    assert run(engine, peer, copy, "commit", "-m", "more", "-d", "0 0", "-u", "u").code == 0
    peer.ok(copy, "verify")
    expected = b"abort: cannot apply stream clone to non empty repository\n"
    for answer in (run(engine, peer, copy, "unbundle", str(bundle)), peer.run(copy, "unbundle", str(bundle))):
        assert (answer.code, answer.err) == (255, expected)


def part(facts: dict[str, str], payload: bytes) -> bytes:
    """A bundle with one part."""
    from hydrargyrum.exchange.sansio.bundle2 import PartToWrite, stream_header, write_parts

    return stream_header({}) + b"".join(write_parts([PartToWrite("STREAM2", [payload], mandatory=facts)]))


def entry(place: bytes, name: bytes, data: bytes) -> bytes:
    return place + bytes([len(name), len(data)]) + name + data


FACTS = {"filecount": "1", "bytecount": "1", "requirements": "generaldelta%2Crevlogv1"}
HOSTILE = {
    "outside": (FACTS, entry(b"s", b"data/../../../x.i", b"x")),
    "absolute": (FACTS, entry(b"s", b"/tmp/x.i", b"x")),
    "configuration": (FACTS, entry(b"s", b"hgrc", b"x")),
    "requirements": (FACTS, entry(b"s", b"requires", b"x")),
    "unknown-place": (FACTS, entry(b"p", b"data/x.i", b"x")),
    "cache-outside": (FACTS, entry(b"c", b"tags2-/../../hgrc", b"x")),
    "twice": ({**FACTS, "filecount": "2"}, entry(b"s", b"data/x.i", b"x") * 2),
    "cut-short": (FACTS, entry(b"s", b"data/x.i", b"x")[:-1]),
    "endless-size": (FACTS, b"s\x04" + b"\xff" * 12),
    "long-name": (FACTS, b"s\xff\xff\xff\x7f\x01"),
    "other-size": ({**FACTS, "bytecount": "2"}, entry(b"s", b"data/x.i", b"x")),
    "more-files": ({**FACTS, "filecount": "9" * 30}, entry(b"s", b"data/x.i", b"x")),
    "no-facts": ({}, b""),
    "no-number": ({**FACTS, "filecount": "many"}, b""),
    "unsupported": ({**FACTS, "requirements": "revlogv1%2Cfrom-the-future"}, b""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_damage_changes_nothing(peer: Peer, tmp_path: Path, name: str) -> None:
    root, bundle = tmp_path / "repo", tmp_path / "bad.hg"
    peer.ok(tmp_path, "init", str(root))
    bundle.write_bytes(part(*HOSTILE[name]))

    def files() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    before = files()
    for engine in ("native", "pure"):
        answer = run(engine, peer, root, "unbundle", str(bundle))
        assert answer.code == 255
        assert answer.err.startswith(b"abort: ")
        assert b"Traceback" not in answer.err
        assert files() == before


def test_secrets_stay(peer: Peer, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    build(peer, root)
    peer.ok(root, "phase", "-fs", "-r", "tip")
    answers = []
    for engine in ("peer", "native", "pure"):
        answer = run(engine, peer, root, "bundle", "-a", "-t", "streamv2", str(tmp_path / "x.hg"))
        answers.append((answer.code, answer.err, (tmp_path / "x.hg").exists()))
    assert answers == answers[:1] * 3
    shutil.rmtree(root)


def test_packed_stores(peer: Peer, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    build(peer, root)
    peer.ok(root, "phase", "-fs", "-r", "tip")
    made, states = [], []
    for engine in ("peer", "native", "pure"):
        packed, copy = tmp_path / f"{engine}.hg", tmp_path / f"copy-{engine}"
        answer = run(engine, peer, root, "debugcreatestreamclonebundle", str(packed))
        name = run(engine, peer, tmp_path, "debugbundle", "--spec", str(packed))
        peer.ok(tmp_path, "init", str(copy))
        refused = run(engine, peer, copy, "unbundle", str(tmp_path / "peer.hg"))
        taken = run(engine, peer, copy, "debugapplystreamclonebundle", str(tmp_path / "peer.hg"))
        again = run(engine, peer, copy, "debugapplystreamclonebundle", str(tmp_path / "peer.hg"))
        made.append((answer, packed.read_bytes(), name, refused, neutral(taken), again))
        states.append(state(peer, copy))
    assert made == made[:1] * 3
    assert states == states[:1] * 3


@pytest.mark.parametrize(
    "damage",
    [b"", b"HGS1", b"HGS1GZ", b"HGS1UN" + bytes(18), b"HGS1UN" + bytes(15) + b"\1" * 3 + b"revlogv1"],
)
def test_damaged_packed_stores(peer: Peer, tmp_path: Path, damage: bytes) -> None:
    root, packed = tmp_path / "repo", tmp_path / "bad.hg"
    peer.ok(tmp_path, "init", str(root))
    packed.write_bytes(damage)
    for engine in ("native", "pure"):
        answer = run(engine, peer, root, "debugapplystreamclonebundle", str(packed))
        assert answer.code == 255
        assert answer.err.startswith(b"abort: ")
        assert sorted(path.name for path in (root / ".hg").iterdir()) == [
            "00changelog.i",
            "cache",
            "requires",
            "store",
            "wcache",
        ]

"""Kept annotations of the native engine: what fits is used, whatever does not is left alone, with a right sum or without.

The format is in `docs/formats/annotations.md`; `rust/fuzz/fuzz_targets/core_annotation.rs` tries more.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours


class World:
    """A file with three revisions, each a line longer, and a place for what is kept of it."""

    def __init__(self, peer: Peer, root: Path) -> None:
        self.root = root
        peer.ok(root.parent, "init", root.name)
        for number in range(3):
            with open(root / "f", "ab") as file:
                file.write(b"line %d\n" % number)
            peer.ok(root, "commit", "-qAm", str(number), "-d", "0 0")
        manifests = [peer.ok(root, "manifest", "--debug", "-r", str(rev)) for rev in range(3)]
        self.nodes = [bytes.fromhex(manifest[:40].decode()) for manifest in manifests]
        directory = root / ".hg/cache/hydrargyrum-annotate"
        directory.mkdir(parents=True)
        self.place = directory / hashlib.sha1(b"\x01f").hexdigest()

    def asked(self) -> bytes:
        found = ours(self.root, "annotate", "-nl", "f", env={"HYG_ENGINE": "native"})
        assert found.code == 0, found
        return found.out

    def keep(
        self,
        names: list[bytes],
        revisions: list[tuple[int, bytes]],
        runs: list[tuple[int, int, int]],
        cut: int | None = None,
    ) -> None:
        body = b"HYGANNO\1\1" + self.nodes[2] + _number(len(names))
        body += b"".join(_number(len(name)) + name for name in names) + _number(len(revisions))
        body += b"".join(_number(name) + node for name, node in revisions) + _number(len(runs))
        body = (body + b"".join(_number(*run) for run in runs))[:cut]
        self.place.write_bytes(body + hashlib.sha1(body).digest())


def _number(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


@pytest.fixture(scope="module")
def world(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(peer, tmp_path_factory.mktemp("kept") / "repo")


def test_what_is_kept_is_used(world: World) -> None:
    world.place.unlink(missing_ok=True)
    assert world.asked() == b"0:1: line 0\n1:2: line 1\n2:3: line 2\n"
    world.keep([b"f"], [(0, world.nodes[1])], [(0, 7, 3)])
    assert world.asked() == b"1:7: line 0\n1:8: line 1\n1:9: line 2\n"


def test_what_does_not_fit_is_left_alone(world: World) -> None:
    world.place.unlink(missing_ok=True)
    honest = world.asked()
    one = [(0, world.nodes[1])]
    hostile: list[tuple[list[bytes], list[tuple[int, bytes]], list[tuple[int, int, int]], int | None]] = [
        ([b"f", b"a\0b"], [(1, world.nodes[1])], [(0, 1, 3)], None),
        ([b"f", b"x" * 5000], [(1, world.nodes[1])], [(0, 1, 3)], None),
        ([b"g"], one, [(0, 1, 3)], None),
        ([], [], [], None),
        ([b"f"], [(0, bytes(20))], [(0, 1, 3)], None),
        ([b"f"], [(0, b"\1" * 20)], [(0, 1, 3)], None),
        ([b"f"], [(1, world.nodes[1])], [(0, 1, 3)], None),
        ([b"f"], one, [(1, 1, 3)], None),
        ([b"f"], one, [(0, 1, 2)], None),
        ([b"f"], one, [(0, 1, 0xFFFFFFFF), (0, 1, 4)], None),
        ([b"f"], one, [(0, 1, 3)], 40),
        ([b"f"], one, [(0, 1, 3)], 0),
    ]
    for case in hostile:
        world.keep(*case)
        assert world.asked() == honest, case
    world.keep([b"f"], one, [(0, 1, 3)])
    data = bytearray(world.place.read_bytes())
    data[-1] ^= 1
    world.place.write_bytes(data)
    assert world.asked() == honest


def test_a_damaged_ancestor_is_told(world: World, tmp_path: Path) -> None:
    root = tmp_path / "damaged"
    shutil.copytree(world.root, root)
    shutil.rmtree(root / ".hg/cache/hydrargyrum-annotate")
    place = root / ".hg/store/data/f.i"
    whole = place.read_bytes()
    assert whole.count(b"line 1\n") == 1
    place.write_bytes(whole.replace(b"line 1\n", b"LINE 1\n"))
    for engine in ("native", "pure"):
        found = ours(root, "annotate", "f", env={"HYG_ENGINE": engine})
        assert (found.code, found.out) == (255, b""), found
        assert found.err.startswith(b"abort: integrity check failed for revision"), found

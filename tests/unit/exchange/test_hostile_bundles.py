"""Bundles that lie about sizes, paths, bases, parents, links and hashes are refused whole, and nothing is written."""

from __future__ import annotations

import os
import random
import shutil
import struct
from hashlib import sha1
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours
from unit.exchange.test_bundle import make

NULL = bytes(20)
ENGINES = ["pure", "native"]


def digest(text: bytes, first: bytes = NULL, second: bytes = NULL) -> bytes:
    return sha1(min(first, second) + max(first, second) + text, usedforsecurity=False).digest()


def sized(data: bytes) -> bytes:
    return struct.pack(">i", len(data) + 4) + data


def whole(text: bytes) -> bytes:
    return struct.pack(">iii", 0, 0, len(text)) + text


def bundle(payload: bytes) -> bytes:
    """A bundle2 file with one changegroup."""
    header = bytes([11]) + b"CHANGEGROUP" + struct.pack(">i", 0) + bytes([1, 0, 7, 2]) + b"version02"
    part = struct.pack(">i", len(header)) + header + struct.pack(">i", len(payload)) + payload + bytes(4)
    return b"HG20" + bytes(4) + part + bytes(4)


class Story:
    """One changeset of one file; attributes are overwritten to make it a lie."""

    def __init__(self) -> None:
        self.path = b"file"
        self.listed = b"file"
        self.text = b"content\n"
        self.file_node = digest(self.text)
        self.file_parent = self.file_base = NULL
        self.file_link: bytes | None = None
        self.file_delta = whole(self.text)
        self.manifest: bytes | None = None
        self.manifest_node: bytes | None = None
        self.manifest_link: bytes | None = None
        self.manifest_delta: bytes | None = None
        self.changeset: bytes | None = None
        self.changeset_node: bytes | None = None
        self.changeset_parent = NULL
        self.end = bytes(4)

    def payload(self) -> bytes:
        manifest = self.manifest
        if manifest is None:
            manifest = self.path + b"\0" + self.file_node.hex().encode() + b"\n"
        manifest_node = self.manifest_node or digest(manifest)
        changeset = self.changeset
        if changeset is None:
            changeset = manifest_node.hex().encode() + b"\nme\n0 0\n" + self.listed + b"\n\nmessage"
        node = self.changeset_node or digest(changeset, self.changeset_parent)

        def chunk(own: bytes, parent: bytes, base: bytes, link: bytes | None, delta: bytes) -> bytes:
            return sized(own + parent + NULL + base + (link or node) + delta)

        manifest_delta = whole(manifest) if self.manifest_delta is None else self.manifest_delta
        return b"".join(
            (
                chunk(node, self.changeset_parent, NULL, None, whole(changeset)),
                bytes(4),
                chunk(manifest_node, NULL, NULL, self.manifest_link, manifest_delta),
                bytes(4),
                sized(self.path),
                chunk(self.file_node, self.file_parent, self.file_base, self.file_link, self.file_delta),
                bytes(4),
                self.end,
            )
        )


def with_path(story: Story, path: bytes) -> None:
    story.path = story.listed = path


def lie(**changed: object) -> bytes:
    story = Story()
    for name, value in changed.items():
        assert hasattr(story, name)
        setattr(story, name, value)
    return bundle(story.payload())


def hostile() -> dict[str, bytes]:
    """What is refused, by name."""
    honest = Story().payload()
    unknown = bytes(range(20))
    cases = {
        "a changeset that hashes to something else": lie(changeset_node=unknown),
        "a manifest that hashes to something else": lie(manifest_node=unknown),
        "a file that hashes to something else": lie(file_node=unknown),
        "a file whose base is not there": lie(file_base=unknown),
        "a file whose parent is not there": lie(file_parent=unknown),
        "a file of a changeset that is not there": lie(file_link=unknown),
        "a manifest of a changeset that is not there": lie(manifest_link=unknown),
        "a changeset whose parent is not there": lie(changeset_parent=unknown),
        "a delta that replaces what its base does not have": lie(file_delta=struct.pack(">iii", 0, 9, 0)),
        "a delta that goes backwards": lie(file_delta=struct.pack(">iii", 0, -1, 0)),
        "a delta that is cut short": lie(file_delta=struct.pack(">iii", 0, 0, 1 << 30) + b"few"),
        "a delta of half a header": lie(file_delta=b"\0\0\0"),
        "a manifest without its delta's end": lie(manifest_delta=whole(b"x")[:-1]),
        "no end": bundle(honest[:-4]),
        "a chunk that claims two gigabytes": bundle(struct.pack(">i", 0x7FFFFFFF) + honest[4:]),
        "a chunk of negative size": bundle(struct.pack(">i", -5) + honest[4:]),
        "a chunk smaller than its own size": bundle(struct.pack(">i", 3) + honest[4:]),
        "a chunk smaller than its header": bundle(sized(b"short") + honest),
        "a part that claims two gigabytes": b"HG20" + bytes(4) + struct.pack(">i", 0x7FFFFFFF) + b"junk",
        "stream parameters of negative size": b"HG20" + struct.pack(">i", -1) + honest,
    }
    for path in (b"../out", b"/etc/passwd", b".hg/hgrc", b"a/.hg/hgrc", b"a//b", b"a/../b", b"new\nline"):
        story = Story()
        with_path(story, path)
        cases[f"the path {path!r}"] = bundle(story.payload())
    return cases


def files_of(root: Path) -> dict[str, bytes]:
    found = {path: path for path in (root / ".hg").rglob("*") if path.is_file()}
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in found
        if "cache" not in path.parts and path.name not in {"undo.backupfiles", "00changelog.i"}
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_an_honest_one_is_taken(peer: Peer, tmp_path: Path, engine: str) -> None:
    root, file = tmp_path / "root", tmp_path / "honest.hg"
    peer.ok(tmp_path, "init", str(root))
    file.write_bytes(bundle(Story().payload()))
    assert ours(root, "unbundle", "-u", str(file), env={"HYG_ENGINE": engine}).code == 0
    assert (root / "file").read_bytes() == b"content\n"
    assert peer.run(root, "verify", "-q").code == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_lies_are_refused_whole(peer: Peer, tmp_path: Path, engine: str) -> None:
    peer.ok(tmp_path, "init", str(tmp_path / "root"))
    root = tmp_path / "root"
    before = files_of(root)
    for number, (name, data) in enumerate(hostile().items()):
        file = tmp_path / f"{number}.hg"
        file.write_bytes(data)
        answer = ours(root, "unbundle", str(file), env={"HYG_ENGINE": engine})
        assert answer.code == 255, (name, answer)
        assert b"abort: " in answer.err, (name, answer)
        assert b"Traceback" not in answer.err, (name, answer)
        assert files_of(root) == before, name
        assert not (tmp_path / "out").exists()
    assert peer.ok(root, "log", "-T", "{rev}\n") == b""


def mutilated(draw: random.Random, honest: bytes) -> bytes:
    """A bundle with a few places changed: bytes, sizes, parts that are missing or come twice."""
    data = bytearray(honest)
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(data))
        kind = draw.randrange(5)
        if kind == 0:
            data[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            size = draw.choice(
                (0, 1, 3, 4, 5, 79, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, draw.randrange(1 << 12))
            )
            data[at : at + 4] = struct.pack(">I", size)
        elif kind == 2:
            del data[at : at + draw.randint(1, 60)]
        elif kind == 3:
            data[at:at] = data[at : at + draw.randint(1, 60)]
        else:
            data[at : at + 8] = draw.randbytes(8)
    return bytes(data)


def is_incomplete(peer: Peer, tmp_path: Path, file: Path) -> bool:
    """Whether the peer takes a bundle in, and complains about what is there then."""
    root = tmp_path / "theirs"
    peer.ok(tmp_path, "init", str(root))
    taken = peer.run(root, "unbundle", str(file)).code == 0 and peer.run(root, "verify", "-q").code != 0
    shutil.rmtree(root)
    return taken


def test_mutilated_bundles_are_refused_or_whole(peer: Peer, tmp_path: Path) -> None:
    """Whatever comes is taken in such that everything verifies, or leaves no trace; both engines agree on which."""
    draw = random.Random(int(os.environ.get("HYG_FUZZ_SEED", "4")))
    roots = {engine: tmp_path / engine for engine in ENGINES}
    for root in roots.values():
        peer.ok(tmp_path, "init", str(root))
    empty = files_of(roots["pure"])
    kinds = ("none-v1", "none-v2", "none-v2;cg.version=03;phases=1", "none-v2;cg.version=04", "gzip-v2")
    source = make(peer, tmp_path / "source")
    file, honest = tmp_path / "bundle.hg", []
    for kind in kinds:
        peer.ok(source, "bundle", "-qa", "-t", kind, str(file))
        honest.append(file.read_bytes())
    refused = 0
    for _ in range(int(os.environ.get("HYG_FUZZ_EXAMPLES", "60"))):
        data = mutilated(draw, draw.choice(honest))
        file.write_bytes(data)
        codes = set()
        for engine, root in roots.items():
            answer = ours(root, "unbundle", str(file), env={"HYG_ENGINE": engine})
            assert b"Traceback" not in answer.err, (data, answer)
            codes.add(answer.code)
            if answer.code:
                assert b"abort: " in answer.err, (data, answer)
                assert files_of(root) == empty, data
                refused += 1
                continue
            # what is left out without a lie about anything else, the peer takes in as well
            assert peer.run(root, "verify", "-q").code == 0 or is_incomplete(peer, tmp_path, file), data
            shutil.rmtree(root)
            peer.ok(tmp_path, "init", str(root))
        assert len(codes) == 1, data
    assert refused

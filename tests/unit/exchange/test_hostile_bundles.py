"""Bundles that lie about sizes, paths, bases, parents, links and hashes are refused whole, and nothing is written."""

from __future__ import annotations

import struct
from hashlib import sha1
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

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

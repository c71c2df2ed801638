"""Revisions of a changegroup one after the other and as whole chunks: the same, however the stream is divided."""

from __future__ import annotations

import io
import random

import pytest

from hydrargyrum.exchange.sansio import changegroup
from hydrargyrum.exchange.sansio.changegroup import BadChangegroup, ChangegroupReader, Group

HEADERS = {"01": 80, "02": 100, "03": 102}
END = bytes(4)


def sized(data: bytes) -> bytes:
    return (len(data) + 4).to_bytes(4, "big") + data


def stream(rng: random.Random, version: str) -> bytes:
    """Changesets, manifests and two files, the second without revisions."""

    def group(count: int) -> bytes:
        sizes = (0, 1, 40, 3000)
        chunks = (rng.randbytes(HEADERS[version] + rng.choice(sizes)) for _ in range(count))
        return b"".join(map(sized, chunks)) + END

    trees = END if version == "03" else b""
    return group(9) + group(7) + trees + sized(b"file") + group(30) + sized(b"other") + group(0) + END


@pytest.fixture(params=[1, 50, 1000, 1 << 20])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changegroup, "_PIECE", request.param)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("version", list(HEADERS))
def test_chunks_are_the_revisions(version: str) -> None:
    data = stream(random.Random(f"groups {version}"), version)
    singly, nodes = [], []
    for section in ChangegroupReader(io.BytesIO(data).read, version).sections():
        assert isinstance(section.revisions, Group)
        section.revisions.nodes = []
        singly.append((section.kind, section.path, list(section.revisions)))
        nodes.append(section.revisions.nodes)
    assert [(kind, path, len(found)) for kind, path, found in singly] == [
        ("changelog", "", 9),
        ("manifest", "", 7),
        ("file", "file", 30),
        ("file", "other", 0),
    ]
    assert nodes == [[revision.node for revision in found] for _, _, found in singly]
    at_once, later = [], []
    for section in ChangegroupReader(io.BytesIO(data).read, version).sections():
        assert isinstance(section.revisions, Group)
        section.revisions.nodes = []
        chunks = b"".join(section.revisions.chunks())
        again = ChangegroupReader(io.BytesIO(chunks + END).read, version)
        at_once.append((section.kind, section.path, list(Group(again, version))))
        later.append(section.revisions.nodes)
    assert at_once == singly
    assert later == nodes


@pytest.mark.usefixtures("piece")
def test_what_is_wrong_is_told_alike_either_way() -> None:
    whole = sized(bytes(100)) + sized(bytes(150))
    for data, problem in (
        (whole, r"stream ended unexpectedly \(got 0 bytes, expected 4\)"),
        (whole[:-1], r"stream ended unexpectedly \(got 149 bytes, expected 150\)"),
        (whole + b"\0\0", r"stream ended unexpectedly \(got 2 bytes, expected 4\)"),
        (whole + sized(b""), "invalid chunk length 4"),
        (whole + b"\xff" * 4, "invalid chunk length -1"),
        (whole + sized(bytes(99)) + END, "a revision is 99 bytes long, which is too short"),
    ):
        for read in (list, lambda group: list(group.chunks())):
            group = Group(ChangegroupReader(io.BytesIO(data).read, "02"), "02")
            with pytest.raises(BadChangegroup, match=problem):
                read(group)

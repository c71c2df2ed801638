"""Revlogs made byte by byte: every way of storing a text, and every way of being wrong."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.engine.pure.store import chunk as chunks
from hydrargyrum.engine.pure.store.delta import apply_deltas
from hydrargyrum.engine.pure.store.filelog import Filelog
from hydrargyrum.engine.pure.store.revlog import CENSORED, ELLIPSIS, EXTERNAL, Revlog, revision_hash
from hydrargyrum.text.hunks import Unreadable

sys.path.insert(0, str(Path(__file__).parent))
from revlogs import GENERAL, INLINE, Row, hunk, layout_at, write

ONE, TWO = b"first text\n", b"first words\nand more\n"
DELTA = hunk(6, 11, b"words\nand more\n")


def opened(root: Path, rows: list[Row], header: int = 1 | GENERAL) -> Revlog:
    return Revlog(write(root, "log", rows, header), b"log")


@pytest.mark.parametrize("header", [1 | GENERAL, 1 | GENERAL | INLINE, 1, 1 | INLINE])
@pytest.mark.parametrize(
    "pack",
    [
        lambda b: b"u" + b,
        zlib.compress,
        zstandard.compress,
        # what follows counts for nothing
        lambda b: zlib.compress(b) + b"more",
        lambda b: zstandard.compress(b) + b"more",
    ],
    ids=["u", "x", "(", "x+", "(+"],
)
def test_texts_of_every_kind(tmp_path: Path, header: int, pack) -> None:  # type: ignore[no-untyped-def]
    rows = [
        Row(ONE, pack(ONE)),
        Row(TWO, pack(DELTA), base=0, p1=0),
        Row(b"", b"", p1=1),
        Row(TWO, b"" if header & GENERAL else pack(hunk(0, 0, TWO)), base=1 if header & GENERAL else 2, p2=1),
    ]
    if not header & GENERAL:
        rows[3] = Row(TWO, pack(TWO), p2=1)
    log = opened(tmp_path, rows, header)
    assert [log.text(rev) for rev in range(4)] == [ONE, TWO, b"", TWO]
    assert [Revlog(log._layout, b"log").text(rev) for rev in (3, 1, 0)] == [TWO, TWO, ONE]
    assert log.parents(3) == (1, -1)
    assert [log.find(log.node(rev)) for rev in range(4)] == [0, 1, 2, 3]
    assert log.find(b"x" * 20) is None
    with pytest.raises(errors.UnknownNode):
        log.rev(b"x" * 20)
    with pytest.raises(IndexError):
        log.node(4)


def test_a_delta_against_nothing(tmp_path: Path) -> None:
    assert opened(tmp_path, [Row(ONE, b"u" + hunk(0, 0, ONE), base=-1)]).text(0) == ONE


def test_no_file_is_an_empty_revlog(tmp_path: Path) -> None:
    log = Revlog(layout_at(tmp_path), b"nothing")
    assert len(log) == 0
    assert log.text(-1) == b""
    assert log.find(bytes(20)) == -1


WRONG_REVISIONS = {
    "hash": (Row(ONE, node=b"n" * 20), "integrity check failed"),
    "size": (Row(ONE, size=3), "a chunk is longer than it may be"),
    "size after a delta": (
        Row(TWO, b"u" + DELTA, base=0, size=40),
        "the text has another length than the index says",
    ),
    "shrunk delta": (Row(TWO, b"u" + DELTA, base=0, size=4), "the text is longer than it may be"),
    "chunk past the end": (Row(ONE, stored=10**9), "partial read of revlog"),
    "compression": (Row(ONE, b"?what"), "unknown compression type"),
    "zlib": (Row(ONE, b"x\x9cnot zlib"), "a zlib chunk cannot be decompressed"),
    "zlib cut": (Row(ONE, zlib.compress(ONE * 9)[:-6], size=99), "a zlib chunk is cut short"),
    "zlib bomb": (Row(ONE, zlib.compress(bytes(1 << 20)), size=100), "a chunk is longer than it may be"),
    "zstd": (Row(ONE, b"(not zstd"), "a zstd chunk cannot be decompressed"),
    "zstd bomb": (Row(ONE, zstandard.compress(bytes(1 << 24)), size=100), "a chunk is longer than it may be"),
    "delta header": (Row(TWO, b"u" + DELTA[:9], base=0), "a delta ends inside a hunk header"),
    "delta data": (Row(TWO, b"u" + DELTA[:-1], base=0), "a delta ends inside a hunk"),
    "delta outside": (Row(TWO, b"u" + hunk(5, 99, b""), base=0), "a delta reaches outside its text"),
    "delta backwards": (
        Row(TWO, b"u" + hunk(5, 6, b"") + hunk(2, 3, b""), base=0),
        "a delta reaches outside its text",
    ),
    "flags": (Row(ONE, flags=1), "incompatible revision flag"),
}


@pytest.mark.parametrize("inline", [0, INLINE])
@pytest.mark.parametrize("case", WRONG_REVISIONS, ids=str)
def test_wrong_revisions(tmp_path: Path, case: str, inline: int) -> None:
    row, problem = WRONG_REVISIONS[case]
    if case == "chunk past the end" and inline:
        return
    log = opened(tmp_path, [Row(ONE), row], 1 | GENERAL | inline)
    with pytest.raises(errors.CorruptRevision) as caught:
        log.text(1)
    facts = caught.value.facts
    assert (facts["problem"], facts["path"], facts["rev"]) == (problem, "log", 1)
    assert facts["node"] == log.node(1).hex()
    assert log.text(0) == ONE


def test_wrong_references(tmp_path: Path) -> None:
    for row, problem in [
        (Row(ONE, base=7), "the base of a delta is out of range"),
        (Row(ONE, base=-3), "the base of a delta is out of range"),
        (Row(ONE, p1=1), "a parent is out of range"),
        (Row(ONE, p2=-2), "a parent is out of range"),
        (Row(ONE, stored=-5), "the length of a chunk is negative"),
    ]:
        with pytest.raises(errors.CorruptIndex) as caught:
            opened(tmp_path, [Row(ONE), row]).text(1)
        assert (caught.value.facts["problem"], caught.value.facts["offset"]) == (problem, 64)


def test_wrong_files(tmp_path: Path) -> None:
    layout = write(tmp_path, "log", [Row(ONE), Row(TWO)])
    path = tmp_path / ".hg" / "log.i"
    sound = path.read_bytes()
    for data, problem, offset in [
        (sound[:100], "the last entry is cut short", 64),
        (sound[:3], "the header is cut short", 0),
        (struct.pack(">I", 1 | 1 << 25) + sound[4:], "unknown flags", 0),
        (struct.pack(">I", 57) + sound[4:], "unknown version", 0),
        (struct.pack(">I", 1 | INLINE) + sound[4:64], "the last chunk is cut short", 0),
    ]:
        path.write_bytes(data)
        with pytest.raises(errors.CorruptIndex) as caught:
            Revlog(layout, b"log")
        assert (caught.value.facts["problem"], caught.value.facts["offset"]) == (problem, offset)
    path.write_bytes(struct.pack(">I", 0) + sound[4:])
    with pytest.raises(errors.Unsupported):
        Revlog(layout, b"log")
    path.write_bytes(sound)
    (tmp_path / ".hg" / "log.d").unlink()
    with pytest.raises(errors.IoError) as missing:
        Revlog(layout, b"log").text(0)
    assert str(missing.value.facts["path"]).endswith("log.d")


@pytest.mark.parametrize("flag", [ELLIPSIS, EXTERNAL])
def test_content_that_lies_elsewhere(tmp_path: Path, flag: int) -> None:
    with pytest.raises(errors.ExternalRevision) as caught:
        opened(tmp_path, [Row(ONE, flags=flag)]).text(0)
    assert caught.value.text() == f"missing processor for flag '{flag:#x}'!"


def test_file_revisions(tmp_path: Path) -> None:
    copy = b"\x01\ncopy: old name\ncopyrev: " + b"ab" * 20 + b"\n\x01\nbody"
    escaped = b"\x01\n\x01\n\x01\nlooks like metadata"
    tombstone = b"\x01\ncensored: gone\n\x01\n"
    rows = [
        Row(b"plain"),
        Row(copy),
        Row(escaped),
        Row(tombstone, flags=CENSORED, node=b"c" * 20),
        Row(b"\x01\nnever ends"),
        Row(b"\x01\ncopy: x\ncopyrev: nothex\n\x01\n"),
    ]
    (tmp_path / ".hg" / "data").mkdir(parents=True)
    log = Filelog(write(tmp_path, "data/f", rows), b"f")
    assert [log.data(rev) for rev in range(3)] == [b"plain", b"body", b"\x01\nlooks like metadata"]
    assert [log.copied_from(rev) for rev in range(3)] == [None, (b"old name", b"\xab" * 20), None]
    assert [log.is_same(rev, log.data(rev)) for rev in range(3)] == [True] * 3
    assert not any(log.is_same(rev, b"other") for rev in range(3))
    assert log.is_same(3, b"")
    assert not log.is_same(3, b"x")
    with pytest.raises(errors.CensoredRevision) as censored:
        log.data(3)
    assert (censored.value.facts["path"], censored.value.facts["tombstone"]) == ("f", "gone")
    for rev, ask in [(4, log.data), (5, log.copied_from)]:
        with pytest.raises(errors.CorruptRevision):
            ask(rev)


def test_zstd_without_a_module_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = opened(tmp_path, [Row(ONE, zstandard.compress(ONE))])
    for name in ("zstandard", "compression", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(chunks, "_found", None)
    with pytest.raises(errors.Abort) as caught:
        log.text(0)
    assert "hydrargyrum[zstd]" in str(caught.value.hint_text())


def naive(text: bytes, delta: list[tuple[int, int, bytes]]) -> bytes:
    out, done = b"", 0
    for start, end, data in delta:
        out += text[done:start] + data
        done = end
    return out + text[done:]


@given(st.data())
def test_chains_of_deltas(data: st.DataObject) -> None:
    text = base = data.draw(st.binary(max_size=80))
    deltas = []
    for _ in range(data.draw(st.integers(0, 6))):
        places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=24)))
        hunks = [
            (a, b, data.draw(st.binary(max_size=5))) for a, b in zip(places[::2], places[1::2], strict=False)
        ]
        deltas.append(b"".join(hunk(*one) for one in hunks))
        text = naive(text, hunks)
    assert apply_deltas(base, deltas, len(text)) == text
    if text:
        with pytest.raises(Unreadable):
            apply_deltas(base, deltas, len(text) - 1)


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_any_delta_is_answered(base: bytes, delta: bytes) -> None:
    try:
        assert len(apply_deltas(base, [delta], 1000)) <= 1000
    except Unreadable:
        pass


def test_parents_are_hashed_in_order() -> None:
    one, two = b"1" * 20, b"2" * 20
    assert revision_hash(ONE, one, two) == revision_hash(ONE, two, one)
    assert (
        revision_hash(ONE, one, bytes(20))
        == revision_hash(ONE, bytes(20), one)
        != revision_hash(ONE, one, two)
    )

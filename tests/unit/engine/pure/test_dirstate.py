"""Both dirstate formats: round trips, changes to single entries, and every way of being wrong."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.layout import RepoLayout
from hydrargyrum.engine.pure.worktree import entry as e
from hydrargyrum.engine.pure.worktree.dirstate import read_dirstate, read_parents
from hydrargyrum.engine.pure.worktree.dirstate_pack import pack_tree
from hydrargyrum.engine.pure.worktree.dirstate_v1 import ParsedV1, replace_entries
from hydrargyrum.engine.pure.worktree.dirstate_v2 import NODE, Docket, TreeAppender, read_tree

PARENTS = b"1" * 20 + b"2" * 20
NAMES = st.sampled_from([b"a", b"b", b"a.c", b"dir", b"\xff", b"z z"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(b"/".join)
FLAGS = st.sampled_from(
    [e.WC_TRACKED, e.P1_TRACKED, e.MAYBE_CLEAN, e.P2_INFO, e.ANY_TRACKED, e.MAYBE_CLEAN | e.HAS_MODE_AND_SIZE]
)


@st.composite
def entries(draw: st.DrawFn) -> e.Entry:
    flags = draw(FLAGS)
    return flags, e.mode_of(flags), draw(st.integers(0, 99)), draw(st.integers(0, 2**31 - 1)), 5


TREES = st.dictionaries(PATHS, entries(), max_size=20)


def docket(start: int, count: int, size: int) -> Docket:
    found = Docket(b"", b"dirstate")
    found.root_start, found.root_count, found.data_size = start, count, size
    return found


@given(TREES, st.data())
def test_a_tree_is_read_back_and_changed(tree: dict[bytes, e.Entry], data: st.DataObject) -> None:
    copies = {path: b"source of " + path for path in tree if len(path) % 2}
    packed, start, count = pack_tree(tree, copies)
    first = docket(start, count, len(packed))
    assert read_tree(packed, first, b"d") == (tree, copies)
    assert [p for p in tree if tree[p][0] & e.ANY_TRACKED] == list(tree)
    changed = {path: data.draw(entries()) for path in tree if data.draw(st.booleans())}
    appender = TreeAppender(packed, b"d")
    place = appender.rewrite(start, count, changed)
    longer = packed + appender.added
    kept = {path: source for path, source in copies.items() if path not in changed}
    assert read_tree(longer, docket(place, count, len(longer)), b"d") == ({**tree, **changed}, kept)
    assert appender.copies_dropped == len(copies) - len(kept)
    assert appender.unreachable == len(appender.added)


def test_counters_of_directories() -> None:
    tree = {
        b"d/x": (e.WC_TRACKED, 0, 0, 0, 0),
        b"d/e/y": (e.P1_TRACKED, 0, 0, 0, 0),
        b"d/e/z": (e.MAYBE_CLEAN, 0, 0, 0, 0),
        b"d-": (e.MAYBE_CLEAN, 0, 0, 0, 0),
    }
    packed, start, count = pack_tree(tree, {})
    nodes = list(NODE.iter_unpack(packed[start : start + count * NODE.size]))
    assert [(n[7], n[8], n[9] & e.ANY_TRACKED) for n in nodes] == [(3, 2, 0), (0, 0, 3)]


def node(path_at: int, length: int, name_at: int = 0, **fields: int) -> bytes:
    get = fields.get
    numbers = [get("children", 0), get("count", 0), 0, 0, get("flags", 3), 0, get("secs", 0), get("nanos", 0)]
    return NODE.pack(path_at, length, name_at, get("copy", 0), get("copied", 0), *numbers)


@pytest.mark.parametrize(
    ("data", "count", "problem"),
    [
        (b"", 1, "child nodes past the end"),
        (b"", 2**32 - 1, "child nodes past the end"),
        (node(40, 9), 1, "path past the end"),
        (node(0, 1, 3), 1, "node does not belong to its directory"),
        (node(0, 0), 1, "node does not belong to its directory"),
        (node(9, 1, secs=2**31), 1, "impossible time"),
        (node(9, 1, nanos=10**9), 1, "impossible time"),
        (node(9, 1) + node(9, 1), 2, "nodes out of order"),
        (node(9, 1, children=0, count=1), 1, "node does not belong to its directory"),
        (node(9, 1, copy=4, copied=999), 1, "path past the end"),
    ],
)
def test_wrong_trees(data: bytes, count: int, problem: str) -> None:
    with pytest.raises(errors.CorruptFile) as caught:
        read_tree(data, docket(0, count, len(data)), b"the file")
    assert (caught.value.facts["problem"], caught.value.facts["path"]) == (problem, "the file")


@pytest.mark.parametrize("name", [b"..", b".", b"a/b"])
def test_illegal_names(name: bytes) -> None:
    data = node(NODE.size, len(name)) + name
    with pytest.raises(errors.CorruptFile, match="illegal name"):
        read_tree(data, docket(0, 1, len(data)), b"d")


@given(st.binary(max_size=300), st.integers(0, 300), st.integers(0, 7))
def test_any_tree_is_answered(data: bytes, start: int, count: int) -> None:
    try:
        read_tree(data, docket(start, count, len(data)), b"d")
    except errors.CorruptFile:
        pass


# -- the first format -----------------------------------------------------------------------------------------------


def v1(state: bytes, mode: int, size: int, mtime: int, name: bytes) -> bytes:
    return struct.pack(">ciiii", state, mode, size, mtime, len(name)) + name


SAMPLE = [
    (b"n", 0o100644, 12, 34, b"normal"),
    (b"n", 0o100755, 0, -1, b"d/unset time"),
    (b"n", 0, -1, -1, b"d/lookup"),
    (b"n", 0, -2, -1, b"other parent"),
    (b"m", 0, -2, -1, b"merged"),
    (b"a", 0, -1, -1, b"added\0source"),
    (b"r", 0, 0, 0, b"removed"),
    (b"r", 0, -1, 0, b"removed merged"),
    (b"r", 0, -2, 0, b"removed other"),
]


def test_v1_round_trip() -> None:
    data = PARENTS + b"".join(v1(*row) for row in SAMPLE)
    parsed = ParsedV1(data, b"dirstate")
    assert parsed.parents == (b"1" * 20, b"2" * 20)
    assert parsed.copies == {b"added": b"source"}
    for letter, mode, size, mtime, name in SAMPLE:
        found = parsed.entries[name.partition(b"\0")[0]]
        assert (e.state(found).encode(), found[1], e.v1_size(found), e.v1_mtime(found)) == (
            letter,
            mode,
            size,
            mtime,
        )
    clean = e.clean_entry(parsed.entries[b"d/lookup"], 0o100755, 7, (99, 5, False))
    changed = ParsedV1(replace_entries(data, parsed, {b"d/lookup": clean}), b"dirstate")
    assert changed.entries[b"d/lookup"] == (clean[0], 0o100755, 7, 99, 0)
    others = {path: found for path, found in parsed.entries.items() if path != b"d/lookup"}
    assert {path: found for path, found in changed.entries.items() if path != b"d/lookup"} == others
    assert replace_entries(data, parsed, {}) == data


@pytest.mark.parametrize(
    ("data", "problem", "offset"),
    [
        (PARENTS[:30], "truncated parents", 30),
        (PARENTS + v1(*SAMPLE[0])[:10], "truncated entry", 40),
        (PARENTS + v1(*SAMPLE[0])[:-1], "path past the end", 40),
        (PARENTS + struct.pack(">ciiii", b"n", 0, 0, 0, -1), "negative path length", 40),
        (PARENTS + v1(b"x", 0, 0, 0, b"f"), "unknown state", 40),
        (PARENTS + v1(b"n", 0, 0, 0, b"../f"), "illegal path", 40),
        (PARENTS + v1(b"n", 0, 0, 0, b"/f"), "illegal path", 40),
        (PARENTS + v1(b"n", 0, 0, 0, b"a//f"), "illegal path", 40),
        (PARENTS + v1(b"n", 0, 0, 0, b"a/.."), "illegal path", 40),
        (PARENTS + v1(b"n", 0, 0, 0, b"./a"), "illegal path", 40),
        (PARENTS + v1(b"n", 0, 0, 0, b""), "illegal path", 40),
        (PARENTS + v1(b"n", 0, 0, 0, b"f\0"), "empty copy source", 40),
    ],
)
def test_wrong_v1(data: bytes, problem: str, offset: int) -> None:
    with pytest.raises(errors.CorruptFile) as caught:
        ParsedV1(data, b"dirstate")
    assert (caught.value.facts["problem"], caught.value.facts["offset"]) == (problem, offset)


@given(st.binary(max_size=200))
def test_any_v1_is_answered(data: bytes) -> None:
    try:
        ParsedV1(data, b"dirstate")
    except errors.CorruptFile:
        pass


# -- the files ------------------------------------------------------------------------------------------------------


def layout(root: Path, *requirements: bytes) -> RepoLayout:
    (root / ".hg").mkdir(exist_ok=True)
    return RepoLayout(bytes(root), bytes(root / ".hg"), frozenset(requirements))


def test_files_of_the_second_format(tmp_path: Path) -> None:
    found = layout(tmp_path, b"dirstate-v2")
    assert (read_dirstate(found).entries, read_parents(found)) == ({}, (bytes(20), bytes(20)))
    packed, start, count = pack_tree({b"f": (e.MAYBE_CLEAN, 0, 0, 0, 0)}, {})
    head = docket(start, count, len(packed))
    head.uid, head.parents = b"abc", (b"1" * 20, b"2" * 20)
    main, data = tmp_path / ".hg" / "dirstate", tmp_path / ".hg" / "dirstate.abc"
    main.write_bytes(head.to_bytes())
    with pytest.raises(errors.ChangedUnderneath):
        read_dirstate(found)
    data.write_bytes(packed + b"of a writer that is not done")
    assert set(read_dirstate(found).entries) == {b"f"}
    assert read_parents(found) == (b"1" * 20, b"2" * 20)
    data.write_bytes(packed[:-1])
    with pytest.raises(errors.CorruptFile, match="shorter than its docket says"):
        read_dirstate(found)
    for wrong, problem in [
        (head.to_bytes()[:100], "truncated docket"),
        (head.to_bytes()[:-1], "truncated docket"),
        (head.to_bytes()[:-1] + b"/", "illegal data file identifier"),
    ]:
        main.write_bytes(wrong)
        with pytest.raises(errors.CorruptFile, match=problem):
            read_dirstate(found)
    main.write_bytes(PARENTS + v1(*SAMPLE[0]))  # left in the first format
    assert set(read_dirstate(found).entries) == {b"normal"}


# -- times ----------------------------------------------------------------------------------------------------------


def test_when_a_time_may_be_recorded() -> None:
    now = (1000, 500)
    assert e.reliable_time((999, 999), now) == (999, 999, False)
    assert e.reliable_time((1000, 499), now) == (1000, 499, True)
    assert e.reliable_time((1000, 500), now) is None
    assert e.reliable_time((1000, 0), now) is None
    assert e.reliable_time((1001, 0), now) is None
    assert e.reliable_time((1000 + 86400, 0), now) == (87400, 0, False)


def test_when_times_are_the_same() -> None:
    def entry(nanoseconds: int, flags: int = 0) -> e.Entry:
        return e.HAS_MTIME | flags, 0, 0, 5, nanoseconds

    assert e.same_time(entry(7), (5, 7))
    assert not e.same_time(entry(7), (5, 8))
    assert not e.same_time(entry(7), (6, 7))
    assert e.same_time(entry(0), (5, 8))
    assert e.same_time(entry(8), (5, 0))
    assert not e.same_time(entry(8, e.SECOND_AMBIGUOUS), (5, 0))
    assert not e.same_time((0, 0, 0, 5, 7), (5, 7))

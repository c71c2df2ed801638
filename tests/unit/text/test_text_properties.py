"""What holds for any text: deltas rebuild, blocks match, merges keep the only change, attribution adds up."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.delta import apply_deltas
from hydrargyrum.text import annotate, binary, conflict, delta, diff, unified, xdiff
from hydrargyrum.text.compare import Comparison
from hydrargyrum.text.label import Labeller
from hydrargyrum.text.lines import split_lines
from hydrargyrum.text.merge3 import CONFLICT, Merge, binary_input

TEXTS = st.lists(st.sampled_from([b"a", b"b", b"\n", b"\n", b" ", b"\t"]), max_size=60).map(b"".join)


@given(TEXTS)
def test_lines_join_to_the_text(text: bytes) -> None:
    lines = split_lines(text)
    assert b"".join(lines) == text
    assert all(line.find(b"\n") in (-1, len(line) - 1) and line for line in lines)


@given(TEXTS, TEXTS)
def test_patching_the_first_text_gives_the_second(a: bytes, b: bytes) -> None:
    for made in (delta.encode(a, b), delta.encode_stored(a, b)):
        assert apply_deltas(a, [made], len(b)) == b
        assert delta.patched_length(len(a), made) == len(b)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_composed_chain_does_what_its_parts_do(texts: list[bytes]) -> None:
    chain = [delta.encode(one, two) for one, two in pairwise(texts)]
    assert apply_deltas(texts[0], [delta.compose(len(texts[0]), chain)], len(texts[-1])) == texts[-1]


@given(TEXTS, TEXTS)
def test_blocks_ascend_and_match(a: bytes, b: bytes) -> None:
    old, new = split_lines(a), split_lines(b)
    for found in (diff.match_lines(old, new), xdiff.match_lines(old, new)):
        done_a = done_b = 0
        for a1, a2, b1, b2 in found:
            assert a1 >= done_a
            assert b1 >= done_b
            assert old[a1:a2] == new[b1:b2]
            done_a, done_b = a2, b2
        assert (done_a, done_b) == (len(old), len(new))


@given(TEXTS, TEXTS, st.integers(0, 4))
def test_hunk_ranges_count_their_lines(a: bytes, b: bytes, context: int) -> None:
    for hunk in unified.hunks(split_lines(a), split_lines(b), unified.Options(context=context)):
        signs = [line[:1] for line in hunk.lines[1:]]
        assert hunk.range is not None
        assert hunk.range[1] == signs.count(b" ") + signs.count(b"-")
        assert hunk.range[3] == signs.count(b" ") + signs.count(b"+")


@given(TEXTS, TEXTS, st.booleans())
def test_labels_lose_nothing(a: bytes, b: bytes, words: bool) -> None:
    hunks = unified.hunks(split_lines(a), split_lines(b), unified.Options())
    for hunk in hunks:
        chunk = b"".join(hunk.lines)
        joined = b"".join(text for text, _label in Labeller(words=words).label(chunk))
        # Words put removed lines before added ones, nothing else moves.
        assert sorted(joined.split(b"\n")) == sorted(chunk.split(b"\n"))
        assert words or joined == chunk


@given(TEXTS, TEXTS, st.booleans())
def test_the_only_changed_side_wins(base: bytes, a: bytes, relaxed: bool) -> None:
    for left, right in ((a, base), (base, a), (a, a)):
        merge = Merge(base, left, right, relaxed=relaxed)
        assert all(kind != CONFLICT for kind, _lines in merge.regions())
        assert conflict.render(merge, conflict.MINIMIZED) == (a, 0)


@given(st.lists(TEXTS, min_size=1, max_size=6), st.sets(st.integers(0, 5)))
def test_each_line_comes_from_a_line_that_was_the_same(texts: list[bytes], skipped: set[int]) -> None:
    lines, origins = annotate.annotate(
        len(texts) - 1,
        lambda revision: [revision - 1] if revision else [],
        texts.__getitem__,
        Comparison(),
        skipped.__contains__,
    )
    assert len(lines) == len(origins)
    for line, (revision, number, was_skipped) in zip(lines, origins, strict=True):
        source = split_lines(texts[revision])[number - 1]
        assert was_skipped or source == line


@given(st.binary(min_size=1, max_size=200))
def test_binary_lines_survive_the_round_trip(data: bytes) -> None:
    head, size, *lines = binary.literal_patch(7, data).split(b"\n")
    assert (head, size, lines[-2:]) == (b"GIT binary patch", b"literal 7", [b"", b""])
    assert b"".join(map(binary.decode_line, lines[:-2])) == data


@given(st.binary(max_size=9), st.binary(max_size=30))
def test_random_git_deltas_end_well(base: bytes, data: bytes) -> None:
    try:
        assert len(binary.apply_git_delta(base, data, 1000)) <= 1000
    except binary.BadPatch as error:
        assert error.problem


def test_git_deltas() -> None:
    made = bytes([6, 5, 0x91, 4, 2, 3]) + b"xyz"
    assert binary.apply_git_delta(b"abcdef", made, 9) == b"efxyz"
    for base, data, most in [
        (b"abcde", made, 9),
        (b"abcdef", made, 4),
        (b"abcdef", made[:8], 9),
        (b"abcdef", b"\x06\x05\x00", 9),
        (b"abcdef", b"\x06\x01\x91\x06\x01", 9),
        (b"abcdef", b"\x06\x09\x01x", 9),
        (b"abcdef", b"\x86", 9),
    ]:
        with pytest.raises(binary.BadPatch):
            binary.apply_git_delta(base, data, most)


@pytest.mark.parametrize(
    "line", [b"", b"*00000", b"A0000", b'A0000"', b"A~~~~~", b"E00000", b"A0000000000", b"a"]
)
def test_lines_that_are_not_base_85(line: bytes) -> None:
    with pytest.raises(binary.BadPatch):
        binary.decode_line(line)


def test_simple_questions_about_deltas() -> None:
    assert delta.trivial_header(0) == b""
    assert delta.trivial_header(7) == struct.pack(">III", 0, 0, 7)
    whole = delta.replace_header(5, 3) + b"new"
    assert delta.whole_text(whole, 5) == b"new"
    assert delta.whole_text(whole, 6) is None
    assert delta.whole_text(b"", 0) is None
    two = struct.pack(">III", 0, 0, 1) + b"x" + struct.pack(">III", 3, 4, 2) + b"yz"
    assert delta.literals(two) == b"xyz"
    assert delta.patched_length(4, two) == 6


@pytest.mark.parametrize("bad", [b"abc", struct.pack(">III", 0, 0, 9) + b"x", struct.pack(">III", 0, 9, 0)])
def test_deltas_that_do_not_follow_their_format(bad: bytes) -> None:
    with pytest.raises(errors.CorruptRevision):
        delta.patched_length(4, bad)
    with pytest.raises(errors.CorruptRevision):
        delta.compose(4, [b"", bad])


def test_binary_inputs_are_named_in_order() -> None:
    assert binary_input(b"a", b"\0", b"\0") == "base"
    assert binary_input(b"\0", b"\0", b"") == "local"
    assert binary_input(b"a", b"", b"x") is None


def test_labels_are_padded_and_cut() -> None:
    labels = conflict.format_labels(
        [(b"working copy", b"1234 text"), (b"merge rev", b"5678 other"), (b"base", None)],
        lambda label, width: label[: width - 60],
    )
    assert labels == [b"working copy", b"merge rev:  ", b"base"]


def test_markers_end_as_the_text_does() -> None:
    text, count = conflict.render(Merge(b"a\r\n", b"b\r\n", b"c\r\n"), conflict.MINIMIZED, (b"L", b"O", b""))
    assert (text, count) == (b"<<<<<<< L\r\nb\r\n=======\r\nc\r\n>>>>>>> O\r\n", 1)


def test_ten_thousand_single_matches_need_no_deep_stack() -> None:
    old = [line for number in range(10_000) for line in (b"same %d\n" % number, b"old %d\n" % number)]
    new = [line for number in range(10_000) for line in (b"same %d\n" % number, b"new %d\n" % number)]
    assert len(diff.match_lines(old, new)) == 10_001

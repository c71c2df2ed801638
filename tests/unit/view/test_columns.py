"""Measuring, cutting, filling and indenting text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum.view.codec import to_bytes, to_text
from hydrargyrum.view.columns import Columns, indent_lines, split_lines

COLUMNS = Columns()
WORDS = st.text(alphabet="ab é日\u0301-\n ", max_size=60)
#: Without marks of list items, which stand before the first line and are not counted.
PARAGRAPHS = st.text(alphabet="ab é日\u0301\n ", max_size=60)


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("é", 1), ("日本", 4), (to_text(b"\xff\xfe"), 2), ("a\tb", 3)]
)
def test_width(text: str, width: int) -> None:
    assert COLUMNS.width(text) == width


def test_ambiguous_characters_are_wide_where_the_user_says_so() -> None:
    assert (Columns("utf-8", "WF").width("§"), Columns("utf-8", "WFA").width("§")) == (1, 2)


def test_width_depends_on_the_encoding() -> None:
    assert Columns("latin1").width("é") == 2  # two bytes are two characters there


@given(WORDS, st.integers(1, 20), st.booleans())
def test_what_is_trimmed_fits_and_is_a_part(text: str, width: int, left: bool) -> None:
    trimmed = COLUMNS.trim(text, width, left=left)
    assert COLUMNS.width(trimmed) <= width
    assert text.endswith(trimmed) if left else text.startswith(trimmed)
    if COLUMNS.width(text) <= width:
        assert trimmed == text


def test_trimming_bytes_that_are_no_text_counts_bytes() -> None:
    text = to_text(b"\xff\xfe\xfd\xfc")
    assert COLUMNS.trim(text, 2) == to_text(b"\xff\xfe")
    assert COLUMNS.trim(text, 2, left=True) == to_text(b"\xfd\xfc")
    assert COLUMNS.trim("abcdef", 5, ellipsis="...") == "ab..."
    assert COLUMNS.trim("abcdef", 2, ellipsis="...") == ".."


@given(PARAGRAPHS, st.integers(1, 30))
def test_filled_lines_fit_and_no_character_is_lost(text: str, width: int) -> None:
    filled = COLUMNS.fill(text, width)
    for line in filled.split("\n"):
        # a character wider than the line cannot be helped
        assert COLUMNS.width(line.rstrip()) <= max(width, 2)
    assert "".join(filled.split()) == "".join(text.split())


@given(st.text(alphabet="ab \n\r\x0b\x85", max_size=30))
def test_only_newlines_and_carriage_returns_end_lines(text: str) -> None:
    assert [to_bytes(line) for line in split_lines(text)] == to_bytes(text).splitlines()
    assert "".join(split_lines(text, keep_ends=True)) == text


def test_indent() -> None:
    assert indent_lines("a\n\n b\n", "> ") == "a\n\n>  b\n"
    assert indent_lines("a\nb", "> ", "* ") == "* a\n> b"
    assert indent_lines("", "> ") == ""

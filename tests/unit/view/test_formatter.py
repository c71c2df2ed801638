"""The formatter's forms: what plain lines, serialised items and nested rows look like."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum.config import Config
from hydrargyrum.view.codec import to_bytes, to_text
from hydrargyrum.view.encoders import escape_bytes, json_text, to_cbor, to_json, to_literal
from hydrargyrum.view.formatter import Formatter, open_formatter

#: Text as the program holds it: any bytes.
TEXT = st.binary(max_size=20).map(to_text)


class Sink:
    def __init__(self) -> None:
        self.data = b""
        self.labels: list[str] = []

    def __call__(self, text: str | bytes, label: str) -> None:
        self.data += text if isinstance(text, bytes) else to_bytes(text)
        self.labels.append(label)


def opened(wanted: str) -> tuple[Formatter, Sink]:
    sink = Sink()
    return open_formatter("things", wanted, sink, Config({"HGRCPATH": ""})), sink


def fill(formatter: Formatter) -> None:
    with formatter:
        for number in (1, 2):
            formatter.start_item()
            formatter.field("name", f"n{number}", f"n{number} ", "label.name")
            formatter.field_if(number == 2, "more", number, "second", "label.more")
            formatter.data(when=formatter.date((0, -3600), "%H:%M"), hidden=None)
            formatter.plain("\n")


def test_plain_lines_have_labels_and_show_only_what_is_meant_for_them() -> None:
    formatter, sink = opened("")
    fill(formatter)
    assert sink.data == b"n1 \nn2 second\n"
    assert sink.labels == ["label.name", "", "label.name", "label.more", ""]
    assert formatter.is_plain


def test_json_is_json_with_all_fields() -> None:
    formatter, sink = opened("json")
    fill(formatter)
    assert json.loads(sink.data) == [
        {"name": "n1", "more": 1, "when": [0, -3600], "hidden": None},
        {"name": "n2", "more": 2, "when": [0, -3600], "hidden": None},
    ]
    assert sink.data.startswith(b'[\n {\n  "hidden": null,\n  "more": 1,\n')


def test_pickle_has_bytes_for_text() -> None:
    formatter, sink = opened("pickle")
    fill(formatter)
    assert pickle.loads(sink.data)[0] == {b"name": b"n1", b"more": 1, b"when": (0, -3600), b"hidden": None}


def test_templates_see_dates_and_absent_values() -> None:
    formatter, sink = opened("{name}:{when|isodate}:{hidden}:{index};")
    fill(formatter)
    assert sink.data == b"n1:1970-01-01 01:00 +0100::0;n2:1970-01-01 01:00 +0100::1;"


def test_nothing_is_said_of_an_unfinished_item_when_an_error_comes() -> None:
    formatter, sink = opened("{name};")

    def interrupted() -> None:
        with formatter:
            formatter.start_item()
            formatter.data(name="first")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert sink.data == b""


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("", b"a b \n"),
        ("json", b'[\n {\n  "rows": [{"x": "a"}, {"x": "b"}]\n }\n]\n'),
        ("{rows % '<{x}{index}>'}", b"<a0><b1>"),
        ("{rows}", b"-a-,-b-"),
        ("{rows|json}", b'[{"x": "a"}, {"x": "b"}]'),
    ],
)
def test_nested_rows(wanted: str, expected: bytes) -> None:
    formatter, sink = opened(wanted)
    with formatter:
        formatter.start_item()
        rows = formatter.nested("rows", "-{x}-", ",")
        for text in "ab":
            rows.start_item()
            rows.field("x", text, text + " ")
        if rows is not formatter:
            rows.end()
        formatter.plain("\n")
    assert sink.data == expected


def test_lists_and_dicts_show_themselves_as_plain_lines_do() -> None:
    for wanted, expected in (("", b"a,b x=1 y=2"), ("{l} {d}", b"a,b x=1 y=2"), ("{l % '{name}'}", b"ab")):
        formatter, sink = opened(wanted)
        with formatter:
            formatter.start_item()
            items = formatter.items(["a", "b"], "name", ",")
            entries = formatter.entries({"y": 2, "x": 1})
            formatter.data(l=items, d=entries)
            if formatter.is_plain:
                formatter.plain(f"{items} {entries}")
        assert sink.data == expected


@given(TEXT)
def test_json_of_any_bytes_is_one_string(text: str) -> None:
    escaped = to_json(text)
    assert escaped.isascii()
    assert json.loads(escaped) == text
    assert to_bytes(json_text(text, ascii_only=False)).count(b"\n") == 0


@given(TEXT)
def test_literals_read_back(text: str) -> None:
    assert eval(f"b'{escape_bytes(to_bytes(text))}'") == to_bytes(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_cbor_reads_back(value: object) -> None:
    decoded, rest = read_cbor(to_cbor(value))
    assert rest == b""
    assert decoded == as_bytes(value)


@given(VALUES)
def test_literals_of_values_are_one_line_without_indent(value: object) -> None:
    assert "\n" not in to_literal(value)


def as_bytes(value: object) -> object:
    if isinstance(value, str):
        return to_bytes(value)
    if isinstance(value, list):
        return [as_bytes(item) for item in value]
    if isinstance(value, dict):
        return {to_bytes(key): as_bytes(item) for key, item in value.items()}
    return value


def read_cbor(data: bytes) -> tuple[object, bytes]:
    """A naive reader of what `to_cbor` may write."""
    major, number, rest = data[0] >> 5, data[0] & 31, data[1:]
    if major == 7:
        return {20: False, 21: True, 22: None}[number], rest
    if number >= 24:
        width = 1 << (number - 24)
        number, rest = int.from_bytes(rest[:width], "big"), rest[width:]
    if major == 0:
        return number, rest
    if major == 1:
        return -1 - number, rest
    if major == 2:
        return rest[:number], rest[number:]
    items = []
    for _ in range(number * (2 if major == 5 else 1)):
        item, rest = read_cbor(rest)
        items.append(item)
    return (items if major == 4 else dict(zip(items[::2], items[1::2], strict=True))), rest

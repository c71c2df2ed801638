"""The file format and the readings of values, against recorded answers of the peer."""

from __future__ import annotations

from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.config import parse, values

ROOT = Path(__file__).resolve().parents[3]
TABLE = ROOT / "tests/fixtures/config/table.tsv"
LISTS = ROOT / "rust/core/tests/fixtures/lists.txt"


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def test_recorded_texts() -> None:
    count = 0
    for line in TABLE.read_text().splitlines():
        fields = line.split("\t")
        data = bytes.fromhex(fields[0])
        if fields[1] == "error":
            with pytest.raises(errors.ConfigParse) as caught:
                parse.parse("f", data)
            facts = caught.value.facts
            assert (facts["path"], facts["line"]) == ("f", int(fields[2])), data
            assert encode(str(facts["text"])) == bytes.fromhex(fields[3]), data
        else:
            layer = parse.parse("f", data)
            found = [
                (encode(section), encode(name), encode(value.text), encode(value.source.removeprefix("f:")))
                for section in sorted(layer.sections)
                for name, value in layer.sections[section].items()
            ]
            expected = [
                tuple(bytes.fromhex(part) for part in item.split(","))
                for item in fields[2].split(";")
                if item
            ]
            assert found == expected, data
        count += 1
    assert count > 1000


def test_recorded_lists() -> None:
    count = 0
    for line in LISTS.read_text().splitlines():
        if line.startswith("#"):
            continue
        data, words, number = line.split("\t")
        found = values.parse_list(bytes.fromhex(data).decode("utf-8", "surrogateescape"))
        expected = [bytes.fromhex(word) for word in words.split("|")] if int(number) else []
        assert [encode(word) for word in found] == expected, bytes.fromhex(data)
        count += 1
    assert count > 30


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("42", 42),
        ("42.5 kb", 43520),
        ("7 MB", 7340032),
        ("1G", 2**30),
        ("1b", 1),
        (" 3K ", 3072),
        ("-1k", -1024),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert values.parse_size(text) == size


@pytest.mark.parametrize("text", ["", "x", "1.5", "1 x", "k", "infk", "1e400m"])
def test_bad_sizes(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        values.parse_size(text)


def test_booleans() -> None:
    assert [values.parse_boolean(word) for word in ("1", "YES", "True", "on", "always")] == [True] * 5
    assert [values.parse_boolean(word) for word in ("0", "No", "false", "OFF", "never")] == [False] * 5
    assert [values.parse_boolean(word) for word in ("", "2", "y", " yes")] == [None] * 4


def test_includes_are_read_in_place(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/two").write_text("[a]\nx = two\nz = 1\n%unset gone\n%include three\n")
    (tmp_path / "sub/three").write_text("[a]\nt = 3\n")
    main = tmp_path / "one"
    main.write_text("[a]\ngone = 1\nx = one\n%include sub/two\n%include missing\ny = 1\n[b]\n")
    layer = parse.read_file(str(main), main.read_bytes())
    found = [(name, value.text, value.source) for name, value in layer.sections["a"].items()]
    assert found == [
        ("x", "two", f"{tmp_path}/sub/two:2"),
        ("z", "1", f"{tmp_path}/sub/two:3"),
        ("t", "3", f"{tmp_path}/sub/three:2"),
        ("y", "1", f"{main}:6"),
    ]
    assert list(layer.sections) == ["a", "b"]


def test_include_that_cannot_be_read(tmp_path: Path) -> None:
    main = tmp_path / "one"
    main.write_text("[a]\n%include .\n")
    with pytest.raises(errors.ConfigParse) as caught:
        parse.read_file(str(main), main.read_bytes())
    assert caught.value.text() == f"config error at {main}:2: cannot include . (Is a directory)"


def test_include_of_itself_ends(tmp_path: Path) -> None:
    main = tmp_path / "one"
    main.write_text("%include one\n")
    with pytest.raises(errors.ConfigParse, match="too many levels of includes"):
        parse.read_file(str(main), main.read_bytes())

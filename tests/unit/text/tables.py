"""Reads the tables of the peer's answers (`tests/fixtures/text/make_tables.py` writes them) and compares ours."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from hydrargyrum.engine.pure.store.delta import apply_deltas
from hydrargyrum.text import annotate, binary, conflict, delta, diff, unified, xdiff
from hydrargyrum.text.compare import EQUAL, Comparison
from hydrargyrum.text.label import Labeller
from hydrargyrum.text.lines import split_lines
from hydrargyrum.text.merge3 import Merge
from hydrargyrum.text.whitespace import Ignored

TABLES = Path(__file__).resolve().parents[2] / "fixtures" / "text"
DATES = b"Thu Jan 01 00:00:00 1970 +0000", b"Sat Jul 26 10:40:00 1997 -0100"

Record = dict[str, str]


def unquote(text: str) -> bytes:
    return re.sub(rb"%(..)", lambda found: bytes.fromhex(found[1].decode()), text.encode())


def quote(data: bytes) -> str:
    return "".join(chr(c) if 33 <= c < 127 and c not in b"%=" else f"%{c:02x}" for c in data)


def text_of(value: str) -> bytes:
    """An input: as it stands, or a recipe of numbered lines."""
    if not value.startswith("@"):
        return unquote(value)
    out = []
    for part in value[1:].split("+"):
        start, count, step, modulus = map(int, part.split(":"))
        out += [b"%d\n" % ((start + index * step) % modulus) for index in range(count)]
    return b"".join(out)


def answer(data: bytes, expected: str) -> str:
    """An answer in the form of the table: long ones as checksum and length."""
    if not expected.startswith("#"):
        return quote(data)
    return f"#{zlib.crc32(data):08x},{len(data)}"


def check(record: Record, key: str, ours: bytes) -> None:
    assert answer(ours, record[key]) == record[key], (key, ours)


def options(letters: str) -> unified.Options:
    ignored = Ignored(
        all="w" in letters, amount="b" in letters, at_end="Z" in letters, blank_lines="B" in letters
    )
    return unified.Options(
        Comparison(ignored, xdiff="x" in letters),
        context=int("".join(c for c in letters if c.isdigit()) or 3),
        show_function="p" in letters,
        git="g" in letters,
        no_dates="d" in letters,
        no_prefix="n" in letters,
    )


def file_diff(a: bytes | None, b: bytes | None, letters: str, *, binary: bool = False) -> bytes:
    old = unified.Side(a, b"dir/old name", DATES[0])
    new = unified.Side(b, b"dir/new", DATES[1])
    return unified.file_diff(old, new, options(letters), binary=binary).to_bytes()


def show(blocks: list[diff.Block]) -> bytes:
    return b" ".join(b"%d,%d,%d,%d" % block for block in blocks)


def show_tokens(chunk: bytes, *, words: bool) -> bytes:
    return b"\x1e".join(text + b"\x1f" + label.encode() for text, label in Labeller(words=words).label(chunk))


def check_pair(record: Record) -> None:
    one, two = text_of(record["a"]), text_of(record["b"])
    a, b = split_lines(one), split_lines(two)
    check(record, "blocks", show(diff.blocks(one, two)))
    if "xdiff" in record:
        check(record, "xdiff", show(xdiff.match_lines(a, b)))
    for key, made in (("delta", delta.encode(one, two)), ("stored", delta.encode_stored(one, two))):
        check(record, key, made)
        assert apply_deltas(one, [made], len(two)) == two
    for key in record:
        kind, _, letters = key.partition(".")
        if kind == "typed":
            stretches = options(letters).comparison.stretches(a, b)
            assert any(mark == EQUAL for _block, mark in stretches)
            check(record, key, b" ".join(b"%d,%d,%d,%d,%s" % (*x, mark.encode()) for x, mark in stretches))
        elif kind == "unified":
            text = file_diff(one, two, letters)
            check(record, key, text)
            if letters == "U3":
                check(record, "labels", show_tokens(text, words=False))
                check(record, "words", show_tokens(text, words=True))


def check_absent(record: Record) -> None:
    a, b = text_of(record["a"]), text_of(record["b"])
    made = file_diff(None, b, "U3") if record["side"] == "a" else file_diff(a, None, "U3g")
    check(record, "unified", made)


def check_binary(record: Record) -> None:
    check(record, "unified", file_diff(text_of(record["a"]), text_of(record["b"]), "U3", binary=True))


def check_literal(record: Record) -> None:
    check(record, "text", binary.literal_patch(len(text_of(record["b"])), text_of(record["packed"])))


def check_whitespace(record: Record) -> None:
    for key in record:
        if key != "a":
            check(record, key, options(key).comparison.ignored.clean_stretch(text_of(record["a"])))


def check_merge(record: Record) -> None:
    base, a, b = (text_of(record[key]) for key in ("base", "a", "b"))
    given = [(b"local", b"one side"), (b"other", b"x"), (b"base", None)]
    labels = conflict.format_labels(given, lambda label, _width: label)
    for suffix in ("", ".relaxed"):
        merge = Merge(base, a, b, relaxed=bool(suffix))
        regions = [",".join([kind, *map(str, lines)]) for kind, lines in merge.regions()]
        check(record, "regions" + suffix, " ".join(regions).encode())
        for style in ("merge", "merge3", "mergediff", "union", "union-other-first", "local", "other"):
            text, conflicts = conflict.render(merge, style, (labels[0], labels[1], labels[2]))
            expected = record[style + suffix]
            assert ("!" if conflicts else ".") + answer(text, expected[1:]) == expected, style


def check_annotate(record: Record) -> None:
    revisions = [revision.split(":", 1) for revision in record["graph"].split(";")]
    skipped = {int(number) for number in record["skip"].split(",") if number}
    _lines, origins = annotate.annotate(
        len(revisions) - 1,
        lambda revision: [int(number) for number in revisions[revision][0].split(",") if number],
        lambda revision: unquote(revisions[revision][1]),
        options(record["options"]).comparison,
        lambda revision: revision in skipped,
    )
    check(record, "lines", b" ".join(b"%d,%d,%d" % origin for origin in origins))


CHECKS = {
    "pair": check_pair,
    "absent": check_absent,
    "binary": check_binary,
    "literal": check_literal,
    "whitespace": check_whitespace,
    "merge": check_merge,
    "annotate": check_annotate,
}


def check_table(path: Path) -> int:
    """Compares every record of a table; how many there were."""
    rows = path.read_text().splitlines()
    for row in rows:
        op, *fields = row.split("\t")
        record = dict(field.split("=", 1) for field in fields)
        CHECKS[op](record)
    return len(rows)

"""Store names become the names on disk that real Mercurial gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum.engine.storenames import MAX_LENGTH, PathEncoding

ROWS = [
    tuple(field.encode("latin-1").decode("unicode_escape").encode("latin-1") for field in line.split("\t"))
    for line in (Path(__file__).parent / "store-names.txt").read_text().splitlines()[1:]
]


@pytest.mark.parametrize("row", ROWS)
def test_as_the_peer(row: tuple[bytes, ...]) -> None:
    name, *expected = row
    kinds = ("basic", "escaped", "hashed", "dotencode", "plain")
    assert [PathEncoding(kind).encode(name) for kind in kinds] == expected


@given(st.lists(st.binary(min_size=1, max_size=40).filter(lambda b: b"/" not in b), min_size=1, max_size=12))
def test_hashed_names_are_short_and_safe(parts: list[bytes]) -> None:
    encoded = PathEncoding("dotencode").encode(b"data/" + b"/".join(parts) + b".i")
    assert encoded.startswith((b"data/", b"dh/"))
    assert len(encoded) <= MAX_LENGTH
    assert not any(byte < 32 or byte > 126 or byte in b'\\:*?"<>|' for byte in encoded)
    assert not any(part.endswith((b".", b" ")) for part in encoded.split(b"/"))
    assert encoded.lower() == encoded


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_escaped_names_stay_apart(one: bytes, two: bytes) -> None:
    encode = PathEncoding("escaped").encode
    assert (encode(b"data/" + one) == encode(b"data/" + two)) == (one == two)

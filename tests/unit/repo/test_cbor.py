"""State files in CBOR: what is written is read again, the examples of RFC 8949, and damage."""

from __future__ import annotations

from typing import Any

import pytest

from hydrargyrum import errors
from hydrargyrum.repo.cbor import decode, encode

# from appendix A of the RFC
EXAMPLES: list[tuple[Any, str]] = [
    (0, "00"),
    (23, "17"),
    (24, "1818"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (-1, "20"),
    (-1000, "3903e7"),
    (False, "f4"),
    (True, "f5"),
    (None, "f6"),
    (b"\1\2\3\4", "4401020304"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
]


@pytest.mark.parametrize(("item", "digits"), EXAMPLES)
def test_examples(item: Any, digits: str) -> None:
    assert encode(item) == bytes.fromhex(digits)
    assert decode(bytes.fromhex(digits), "state") == item


def test_names_of_a_map_are_sorted() -> None:
    item: Any = {b"b": [b"x" * 30], b"a": True}
    assert encode(item) == b"\xa2\x41a\xf5\x41b\x81\x58\x1e" + b"x" * 30
    assert decode(encode(item), "state") == item


@pytest.mark.parametrize(
    "digits", ["", "18", "4401", "81", "a1", "a10000", "0000", "5f", "ff", "fb", "9bffffffffffffffff"]
)
def test_damage(digits: str) -> None:
    with pytest.raises(errors.CorruptFile):
        decode(bytes.fromhex(digits), "state")

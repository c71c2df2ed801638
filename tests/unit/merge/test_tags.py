"""Merging `.hgtags` by its meaning."""

from __future__ import annotations

import pytest

from hydrargyrum.merge.tags import TagConflict, merge_tags

A, B, C, NULL = (letter * 40 for letter in "abc0")


def lines(*pairs: tuple[str, str]) -> bytes:
    return b"".join(f"{node} {tag}\n".encode() for node, tag in pairs)


def test_tags_of_both_sides() -> None:
    base = lines((A, "one"))
    merged = merge_tags(base + lines((B, "two")), base + lines((C, "three")), base)
    assert merged == lines((A, "one"), (C, "three"), (B, "two")) or merged == lines(
        (C, "three"), (A, "one"), (B, "two")
    )
    assert merged.splitlines().index(f"{A} one".encode()) < merged.splitlines().index(f"{B} two".encode())


def test_a_longer_history_wins() -> None:
    base = lines((A, "t"))
    moved = base + lines((B, "t"))
    assert merge_tags(base, moved, base) == moved
    assert merge_tags(moved, base, base) == moved


def test_a_removed_tag_stays_removed() -> None:
    base = lines((A, "t"))
    assert merge_tags(b"", base, base).endswith(f"{NULL} t\n".encode())


def test_conflict() -> None:
    base = lines((A, "t"))
    with pytest.raises(TagConflict) as problem:
        merge_tags(base + lines((B, "t")), base + lines((C, "t")), base)
    assert problem.value.args == ([b"t"],)

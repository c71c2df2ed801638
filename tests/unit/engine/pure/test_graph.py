"""Ancestors and heads on random histories, against the plain definitions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum.engine.pure.graph import AncestorSet, common_heads, heads, is_ancestor


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, int]]:
    count = draw(st.integers(1, 25))
    return [(draw(st.integers(-1, rev - 1)), draw(st.integers(-1, rev - 1))) for rev in range(count)]


def closure(history: list[tuple[int, int]], rev: int) -> set[int]:
    found = {rev}
    for parent in history[rev]:
        if parent >= 0:
            found |= closure(history, parent)
    return found


@given(histories(), st.data())
def test_against_the_definitions(history: list[tuple[int, int]], data: st.DataObject) -> None:
    parents = history.__getitem__
    all_of = [closure(history, rev) for rev in range(len(history))]
    picked = data.draw(st.lists(st.integers(0, len(history) - 1), max_size=4))
    whole = set().union(*(all_of[rev] for rev in picked))
    strict = set().union(*(closure(history, p) for rev in picked for p in history[rev] if p >= 0))
    asked = data.draw(st.integers(-3, len(history) + 3))
    for inclusive, expected in ((True, whole), (False, strict)):
        lazy = AncestorSet(parents, picked, inclusive=inclusive)
        assert (asked in lazy) == (asked in expected)
        assert bool(lazy) == bool(expected)
        first = iter(lazy)
        taken = [rev for rev, _ in zip(first, range(2), strict=False)]
        assert list(lazy) == sorted(expected, reverse=True)
        assert taken + list(first) == sorted(expected, reverse=True) or len(taken) < len(expected)
        assert lazy == expected
        assert len(lazy) == len(expected)
    one, two = data.draw(st.integers(0, len(history) - 1)), data.draw(st.integers(0, len(history) - 1))
    common = all_of[one] & all_of[two]
    below = {ancestor for rev in common for ancestor in all_of[rev] - {rev}}
    assert common_heads(parents, one, two) == sorted(common - below)
    assert is_ancestor(parents, one, two) == (one in all_of[two])
    assert heads(parents, range(len(history))) == [
        rev for rev in range(len(history)) if not any(rev in ps for ps in history)
    ]


def test_the_null_revision() -> None:
    parents = [(-1, -1), (0, -1)].__getitem__
    assert is_ancestor(parents, -1, 1)
    assert common_heads(parents, -1, 1) == []
    assert list(AncestorSet(parents, [-1], inclusive=True)) == []
    assert -1 not in AncestorSet(parents, [1])
    assert repr(AncestorSet(parents, [1])) == "<AncestorSet: 0 found, more to come>"

"""Summing up files by directory, against a naive statement of the rule."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.ops.status import STATES, check_terse, terse_groups

LETTERS = dict(zip("mardu", "MAR!?", strict=True)) | {"i": "I", "c": "C"}
FILES = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "c-d"]), min_size=1, max_size=4).map("/".join),
    st.sampled_from([letter for letter, _ in STATES]),
    max_size=12,
)


def naive(files: dict[str, str], terse: str) -> dict[str, list[str]]:
    """A file is shown by its topmost directory in which all files have its state, if that state is summed up."""
    wanted = {LETTERS[letter] for letter in terse}
    found: dict[str, set[str]] = {letter: set() for letter, _ in STATES}
    for path, letter in files.items():
        shown = path
        parts = path.split("/")
        for depth in range(1, len(parts)):
            directory = "/".join(parts[:depth]) + "/"
            states = {state for other, state in files.items() if other.startswith(directory)}
            if letter in wanted and states == {letter}:
                shown = directory
                break
        found[letter].add(shown)
    return {letter: sorted(paths, key=os.fsencode) for letter, paths in found.items()}


def without_clashes(files: dict[str, str]) -> dict[str, str]:
    """A path cannot be a file and a directory."""
    return {
        path: state
        for path, state in files.items()
        if not any(other.startswith(path + "/") for other in files)
    }


@given(FILES.map(without_clashes), st.sets(st.sampled_from("marduic")).map("".join))
def test_same_as_the_rule(files: dict[str, str], terse: str) -> None:
    groups = {
        letter: sorted((path for path, state in files.items() if state == letter), key=os.fsencode)
        for letter, _ in STATES
    }
    assert terse_groups(groups, terse) == naive(files, terse)


def test_deep_trees_do_not_exhaust_the_stack() -> None:
    deep = "/".join("d" * 20_000)
    groups = {letter: [deep] if letter == "?" else [] for letter, _ in STATES}
    assert terse_groups(groups, "u")["?"] == ["d/"]
    assert terse_groups(groups, "m")["?"] == [deep]


def test_unknown_letters_are_refused() -> None:
    check_terse("marduic")
    with pytest.raises(errors.InputError, match="'x' not recognized"):
        check_terse("mx")

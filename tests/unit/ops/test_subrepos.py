"""What patterns of an outer repository mean inside, and how the records are read."""

from __future__ import annotations

import pytest

from hydrargyrum import errors
from hydrargyrum.ops.subrepos import SubrepoState, patterns_below, patterns_outside
from hydrargyrum.repo.substates import parse_revisions
from hydrargyrum.types import PatternSet


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ((), ()),
        (("path:sub",), ()),
        (("sub",), ()),
        (("path:.",), ()),
        (("path:sub/a", "path:other"), ("path:a",)),
        (("sub/d/b",), ("path:d/b",)),
        (("glob:sub/*.c",), ("rootglob:*.c",)),
        (("glob:sub/d/**",), ("rootglob:d/**",)),
        (("glob:**/x",), ("rootglob:**/x",)),
        (("glob:other/*",), None),
        (("other",), None),
        (("subx/a",), None),
    ],
)
def test_patterns(patterns: tuple[str, ...], expected: tuple[str, ...] | None) -> None:
    inner = patterns_below(PatternSet("/top", patterns), "/top", "/top/sub")
    assert (None if inner is None else inner.patterns) == expected


def test_relative_patterns_start_from_the_current_directory() -> None:
    inner = patterns_below(PatternSet("/top/sub/d", ["x", "../y"]), "/top", "/top/sub")
    assert inner is not None
    assert inner.patterns == ("path:d/x", "path:y")


@pytest.mark.parametrize("patterns", [PatternSet("/top", ["re:x"]), PatternSet("/top", (), ["s*/x"])])
def test_other_patterns_are_refused(patterns: PatternSet) -> None:
    with pytest.raises(errors.Unsupported):
        patterns_below(patterns, "/top", "/top/sub")


def test_records() -> None:
    node = b"1" * 40
    assert parse_revisions(node + b" a\n" + node + b" with blank\n\n") == {
        "a": "1" * 40,
        "with blank": "1" * 40,
    }
    with pytest.raises(errors.Abort, match="line 1"):
        parse_revisions(b"nonsense\n")


def test_excluding_all_of_it_leaves_nothing() -> None:
    assert patterns_below(PatternSet("/top", (), (), ["sub"]), "/top", "/top/sub") is None
    below = patterns_below(PatternSet("/top", (), ["sub"], ["sub/d"]), "/top", "/top/sub")
    assert below is not None
    assert (below.include, below.exclude) == ((), ("rootglob:d",))


def test_only_names_that_lead_inside_count_where_subrepositories_are_not_wanted() -> None:
    inside = patterns_below(PatternSet("/top", ["sub/a"]), "/top", "/top/sub", wanted=False)
    assert inside is not None
    assert patterns_below(PatternSet("/top"), "/top", "/top/sub", wanted=False) is None
    assert patterns_below(PatternSet("/top", ["re:x"]), "/top", "/top/sub", wanted=False) is None


def test_patterns_outside() -> None:
    states = [SubrepoState("sub", "hg", None, None)]
    outside = patterns_outside(PatternSet("/top", ["sub/a", "o", "glob:sub/*", "re:x"]), "/top", states)
    assert outside is not None
    assert outside.patterns == ("o", "re:x")
    assert patterns_outside(PatternSet("/top", ["sub/a"]), "/top", states) is None
    everything = patterns_outside(PatternSet("/top"), "/top", states)
    assert everything is not None
    assert everything.everything

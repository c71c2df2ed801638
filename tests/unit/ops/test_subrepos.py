"""What patterns of an outer repository mean inside, and how the records are read."""

from __future__ import annotations

import pytest

from hydrargyrum import errors
from hydrargyrum.ops.subrepos import _revisions, _sources, patterns_below
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


@pytest.mark.parametrize("patterns", [PatternSet("/top", ["glob:*"]), PatternSet("/top", (), ["x"])])
def test_other_patterns_are_refused(patterns: PatternSet) -> None:
    with pytest.raises(errors.Unsupported):
        patterns_below(patterns, "/top", "/top/sub")


def test_records() -> None:
    data = b"# comment\na = ../a\nb/c = [git]https://x\n\n[subpaths]\nx = y\n"
    assert _sources(data) == {"a": "../a", "b/c": "[git]https://x"}
    node = b"1" * 40
    assert _revisions(node + b" a\n" + node + b" with blank\n\n") == {"a": "1" * 40, "with blank": "1" * 40}
    with pytest.raises(errors.Abort, match="line 1"):
        _revisions(b"nonsense\n")

"""Searching lines natively gives what `re` gives, for expressions made at random; what it cannot do it leaves alone."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Callable
from pathlib import Path

from hydrargyrum.engine.select import select_engine
from hydrargyrum.ops.grep import matching_lines
from hydrargyrum.types import EngineSettings, PatternSet

#: Expressions that only a backtracking engine can run.
EXOTIC = [rb"(?=a)b", rb"(a)\1", rb"(?<!a)b", rb"(?>a)b", rb"a++", rb"(?-m:a$)", rb"\Bb", rb"(?(1)a|b)()"]
ATOMS = [
    *(
        b"a",
        b"b",
        b"ab",
        b".",
        b"^",
        b"$",
        b"\\n",
        b"\\s",
        b"\\S",
        b"\\w",
        b"\\W",
        b"\\d",
        b"\\b",
        b"\\A",
        b"\\Z",
    ),
    *(
        b"[ab]",
        b"[^a]",
        b"[^\\n]",
        b"[a-c\\s]",
        b"\\x61",
        b"\\101",
        b"B",
        b"(?i:B)",
        b"(?s:.)",
        b"(?:)",
        b"\\xe9",
        b"\xe9",
    ),
]
REPEATS = [b"*", b"+", b"?", b"*?", b"+?", b"??", b"{2}", b"{1,2}", b"{,2}?", b"{1,}"]
TEXTS = [b"a", b"b", b"ab", b"B", b"\n", b"\n\n", b" ", b"\0", b"\xe9", b"c1", b"aa\n"]


def expression(source: random.Random, depth: int = 0) -> bytes:
    """A random expression."""
    parts = []
    for _ in range(source.randint(1, 4)):
        if depth < 3 and source.random() < 0.3:
            part = b"(" + expression(source, depth + 1) + b")"
        else:
            part = source.choice(ATOMS)
        parts.append(part + (source.choice(REPEATS) if source.random() < 0.4 else b""))
    whole = b"".join(parts)
    return whole + b"|" + expression(source, depth + 1) if source.random() < 0.2 else whole


def test_as_python_finds_them(fresh: Callable[[str], Path]) -> None:
    root = fresh("default")
    repo = select_engine("native").open(str(root), EngineSettings())
    (name, *_), _ = repo.files(None, PatternSet(str(root)))
    place, patterns = root / name, PatternSet(str(root), [f"path:{name}"])
    source = random.Random(5)
    asked = 0
    for _ in range(600):
        wanted, ignore_case = expression(source), source.random() < 0.3
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compiled = re.compile(wanted, re.MULTILINE | (re.IGNORECASE if ignore_case else 0))
        except re.error:
            continue
        data = b"".join(source.choice(TEXTS) for _ in range(source.randint(0, 14)))
        place.write_bytes(data)
        found = repo.search_lines(None, patterns, wanted, ignore_case)
        assert found is not None, wanted
        lines = [(line.text, line.number, line.start, line.end) for line in matching_lines(data, compiled)]
        got = [(file.path, file.is_binary, list(file.lines)) for file in found]
        assert got == ([(name, b"\0" in data, lines)] if lines else []), (wanted, ignore_case, data)
        asked += 1
    assert asked > 300


def test_what_is_exotic_is_left_to_python(fresh: Callable[[str], Path]) -> None:
    root = fresh("default")
    repo = select_engine("native").open(str(root), EngineSettings())
    patterns = PatternSet(str(root))
    for wanted in EXOTIC:
        assert repo.search_lines(None, patterns, wanted, False) is None

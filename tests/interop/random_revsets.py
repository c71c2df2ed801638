"""Random revision sets of what the launcher evaluates, for comparisons with the peer; not a test itself."""

from __future__ import annotations

import random
from collections.abc import Iterator

NAMES = ["0", "1", "3", "5", "8", "tip", ".", "v1.0", "one", "act", "other", "closing", "-1", "-3"]
PLAIN = [
    *("all()", "none()", "p1()", "p2()", "parents()", "head()", "tag()", "bookmark()", "draft()", "public()"),
    *("secret()", "merge()", "closed()", "branch(other)", "branch(1)", "author(jane)", "user(b)", "desc(e)"),
    *("keyword(c)", "rev(2)", "rev(99)", "desc('second')"),
]
CALLS = [
    "p1",
    "p2",
    "parents",
    "children",
    "ancestors",
    "descendants",
    "only",
    "heads",
    "roots",
    "max",
    "min",
]
ORDERED = ["first(%s)", "first(%s, 2)", "last(%s, 3)", "limit(%s, 2, 1)", "reverse(%s)", "sort(%s)"]
SORTED = ["sort(%s, -rev)", "sort(%s, 'branch -user')", "sort(%s, desc)", "sort(%s, '-date rev')"]
BETWEEN = ["%s + %s", "%s and %s", "%s - %s", "%s or %s", "%s & %s", "%s : %s", "%s :: %s", "%s %% %s"]
AROUND = ["not %s", "%s^", "%s^1", "%s^2", "%s^0", "%s~1", "%s~2", "::%s", "%s::", ":%s", "%s:", "!%s"]


def expression(source: random.Random, depth: int) -> str:
    """One of at most so many levels."""
    if depth == 0 or source.random() < 0.15:
        return source.choice(NAMES if source.random() < 0.6 else PLAIN)
    inside = expression(source, depth - 1)
    kind = source.randrange(4)
    if kind == 0:
        return f"({source.choice(BETWEEN) % (inside, expression(source, depth - 1))})"
    if kind == 1:
        return f"({source.choice(AROUND) % inside})"
    if kind == 2:
        return f"{source.choice(CALLS)}({inside})"
    return source.choice(ORDERED + SORTED) % inside


def expressions(seed: int, count: int) -> Iterator[str]:
    """Many, always the same ones for a seed."""
    source = random.Random(seed)
    for _ in range(count):
        yield expression(source, source.randint(1, 3))

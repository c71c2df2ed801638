"""Random revision sets for comparisons with the peer, of what the launcher evaluates or of more; not a test itself."""

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

#: What the engine evaluates besides, and what stays in Python (so that trees are split).
WIDE_PLAIN = [
    *(
        "wdir()",
        "null",
        "nope",
        "hidden()",
        "obsolete()",
        "orphan()",
        "extinct()",
        "branchpoint()",
        "stack()",
    ),
    *("follow()", "_followfirst()", "branch('re:a|o')", "author('re:b.b')", "desc('re:^t')", "grep(r'e$')"),
    *("tag('re:v')", "bookmark('re:o')", "named(tags)", "named('branches')", "id(1)", "id('')", "rev(-1)"),
    *(
        "file(a)",
        "file('re:b$')",
        "file('sub/*')",
        "filelog('a')",
        "filelog('sub/b')",
        "adds('*')",
        "modifies(a)",
        "removes('*.txt')",
        "adds('sub')",
        "adds('path:sub')",
        "modifies('re:b$')",
        "contains('sub/*')",
        "contains('glob:sub/*')",
    ),
    *("bisect(good)", "bisect(range)", "bisect('pruned')", "bisect(untested)", "bisect(ignored)"),
    *("bisect(GOODS)", "bisected(bads)", "matching(4)", "matching(1 + 6, 'user branch')"),
    *("matching(2 + null, 'files')", "matching(5, 'parents phase')", "matching(9, 'summary')"),
    *(
        "extra(branch)",
        "extra(branch, 're:a')",
        "extra(source)",
        "date('>2006-06-01')",
        "date('2006 to 2007')",
    ),
    *(
        "date('< 1')",
        "converted()",
        "origin()",
        "destination()",
        "contains(a)",
        "user('literal:Bob')",
        "tag('nope')",
    ),
    *(
        "_notpublic()",
        "unstable()",
        "matching(3, 'user')",
        "0 + 3 + 1",
        "5 + 2 + 5 + 9",
        "follow(a)",
        "branch('nope')",
    ),
]
WIDE_CALLS = [
    *("commonancestors", "_firstancestors", "_firstdescendants", "present", "revset", "successors", "branch"),
    *("ancestor", "origin", "heads", "roots", "stack", "reverse"),
]
WIDE_ORDERED = [
    *("ancestors(%s, depth=2)", "ancestors(%s, 3, 1)", "descendants(%s, depth=1)", "descendants(set=%s)"),
    *(
        "limit(%s, n=3)",
        "limit(%s, 3, offset=1)",
        "first(set=%s)",
        "expectsize(%s, 0:99)",
        "sort(%s, '-node')",
    ),
    *("sort(%s, topo, topo.firstbranch=7)", "sort(%s, '-topo')", "matching(%s, 'author date')"),
    *("destination(%s)", "origin(%s)", "sort(%s, topo, topo.firstbranch=3 + 9)"),
    *("sort(%s, topo)", "sort(%s, 'user -rev')", "sort(%s, '-branch date')", "limit(sort(%s, '-date'), 4)"),
    *(
        "last(reverse(%s), 2)",
        "heads(commonancestors(%s))",
        "%s#g[-1:1]",
        "%s#generations[2]",
        "%s~-1",
        "%s^3",
    ),
    *(
        "first(all() - ::(%s))",
        "not ::(%s)",
        "draft() and ::(%s)",
        "::(%s) and secret()",
        "ancestors(%s) - ::3",
    ),
]


def expression(source: random.Random, depth: int, names: list[str], *, wide: bool) -> str:
    """One of at most so many levels."""
    if depth == 0 or source.random() < 0.15:
        plain = PLAIN + WIDE_PLAIN if wide else PLAIN
        return source.choice(names if source.random() < (0.4 if wide else 0.6) else plain)
    inside = expression(source, depth - 1, names, wide=wide)
    kind = source.randrange(4)
    if kind == 0:
        other = expression(source, depth - 1, names, wide=wide)
        return f"({source.choice(BETWEEN) % (inside, other)})"
    if kind == 1:
        return f"({source.choice(AROUND) % inside})"
    if kind == 2:
        return f"{source.choice(CALLS + WIDE_CALLS if wide else CALLS)}({inside})"
    return source.choice(ORDERED + SORTED + (WIDE_ORDERED if wide else [])) % inside


def expressions(
    seed: int, count: int, names: list[str] = NAMES, *, wide: bool = False, levels: int = 3
) -> Iterator[str]:
    """Many, always the same ones for a seed; `wide`: with what the launcher leaves to Python."""
    source = random.Random(seed)
    for _ in range(count):
        yield expression(source, source.randint(1, levels), names, wide=wide)

"""Expressions for revisions, a file of them, answered as by the peer on both engines: revisions, errors, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours

EXPRESSIONS = (Path(__file__).parent / "expressions.txt").read_text("utf-8").splitlines()

#: Values of `--rev` of `status`.
PAIRS = (
    ("3",),
    ("3", "5"),
    ("5", "3"),
    ("3:5",),
    ("3:3",),
    ("3", "3"),
    (":",),
    ("none()",),
    ("none()", "3"),
    ("3", "none()"),
    ("3 or 7", "1"),
    ("wdir()", "3"),
    ("v1.1-rc", "book"),
    ("nonexistent",),
    ("3", "1 or"),
    ("heads(3:5)",),
    ("a-b-c", "+weird name+"),
    ("null", "0"),
)
#: Values of `-r` of `files`.
SINGLE = (
    "5",
    "3:5",
    "5:3",
    "none()",
    "wdir()",
    "max(all())",
    "feature/x",
    "nonexistent",
    "(",
    "10 and 11",
    "first(:)",
)


@pytest.fixture(scope="module")
def expected(peer: Peer, repository: Path) -> dict[str, Answer]:
    return {text: peer.run(repository, "debugrevspec", "--", text) for text in EXPRESSIONS}


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_expressions(engine: str, repository: Path, expected: dict[str, Answer]) -> None:
    env = {"HYG_ENGINE": engine}
    wrong = []
    for text, answer in expected.items():
        found = ours(repository, "debugrevspec", "--", text, env=env)
        if found != answer:
            wrong.append(f"{text!r}:\n  peer {answer}\n  ours {found}")
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong)


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_options_of_commands(engine: str, repository: Path, peer: Peer) -> None:
    lines = [("status", *(part for rev in revs for part in ("--rev", rev))) for revs in PAIRS]
    lines += [("files", "-r", rev) for rev in SINGLE]
    lines += [("status", "--change", rev) for rev in SINGLE]
    for line in lines:
        assert ours(repository, *line, env={"HYG_ENGINE": engine}) == peer.run(repository, *line), line


#: Aliases and an expression that uses them.
ALIASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("mine=author(alice)",), "mine"),
    (("late($1)=last($1, 2)",), "late(1:5)"),
    (("late(x)=last(x, 2)",), "late(1:5) or 0"),
    (("two(a, b)=a + b",), "two(5, 3)"),
    (("two(a, b)=a + b",), "two(5)"),
    (("two($1, $2)=$2 + $1",), "two(two(1, 2), 3)"),
    (("a1=b1", "b1=a1"), "a1"),
    (("f(x)=f(x)",), "f(1)"),
    (("bad=(",), "bad"),
    (("bad=(",), "3"),
    (("bad(=3",), "bad"),
    (("$x=3",), "3"),
    (("$x(1)=3",), "3"),
    (("f(3::)=3",), "3"),
    (("f(x, x)=x",), "3"),
    (("a::b=3",), "3"),
    (("f(x)=$1",), "f(3)"),
    (("c(x)='v' ## x",), "c('1.0')"),
    (("c(x)=1 ## x",), "c(1:2)"),
    (("x=1 $ 2",), "x"),
    (("tip=3",), "tip"),
)
#: Options of `debugrevspec` and an expression.
STAGES = (
    (("-p", "all"), "author(x) and not 3:5 - draft() or 1 or 2"),
    (("-p", "parsed", "-p", "optimized"), "::5 and not ::2"),
    (("-p", "optimized"), "not public() and ::5"),
    (("-p", "optimized"), "heads(commonancestors(3 + 4))"),
    (("-p", "optimized"), "desc(x) and 3"),
    (("-p", "optimized"), "3 or desc(x) or 1 or 2"),
    (("-p", "parsed"), "x^:y and z^2 ## 3"),
    (("-p", "parsed"), '1#g[2:3] or "a\'\\n"'),
    (("-p", "analyzed", "--no-optimized"), "5 % 2 or 3:: or -1"),
    (("-p", "nope"), "3"),
    (("-p", "optimized", "--no-optimized"), "3"),
    (("--verify-optimized",), "author(alice) and 5:0"),
    (("--verify-optimized", "--no-optimized"), "3"),
    (("--no-show-revs", "-p", "parsed"), "all()"),
    (("--optimize", "-p", "parsed"), "all()"),
)


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_aliases_and_stages(engine: str, repository: Path, peer: Peer) -> None:
    lines = []
    for aliases, text in ALIASES:
        configs = [part for alias in aliases for part in ("--config", f"revsetalias.{alias}")]
        lines.append(("debugrevspec", *configs, "--", text))
    lines += [("debugrevspec", *options, "--", text) for options, text in STAGES]
    wrong = []
    for line in lines:
        expected, found = peer.run(repository, *line), ours(repository, *line, env={"HYG_ENGINE": engine})
        if found != expected:
            wrong.append(f"{line}:\n  peer {expected}\n  ours {found}")
    assert not wrong, "\n".join(wrong)

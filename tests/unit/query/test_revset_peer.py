"""Expressions for revisions, a file of them, answered as by the peer on both engines: revisions, errors, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours
from unit.query.query_history import build

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
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("revsets") / "repo"
    build(peer, root)
    return root


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

"""Expressions for files, answered as by the peer on both engines: in the working copy, in a revision and as patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours
from unit.query.query_history import build, litter

EXPRESSIONS = (Path(__file__).parent / "filesets.txt").read_text("utf-8").splitlines()
#: Commands whose patterns are file sets.
COMMANDS = (
    ("status", "set:unknown() or modified()"),
    ("status", "-A", "set:not clean()"),
    ("status", "set:**.txt", "-X", "set:size('>5')"),
    ("status", "--rev", "3", "--rev", "7", "set:added() or modified()"),
    ("files", "set:**.txt"),
    ("files", "-r", "2", "set:grep('c')"),
    ("files", "-r", "2", "-I", "set:none*"),
    ("cat", "-r", "2", "set:c.txt or a"),
    ("diff", "--nodates", "-r", "1", "set:modified()"),
    ("status", "set:("),
    ("status", "set:binary() and nope()"),
    ("debugwalk", "-v"),
    ("debugwalk", "-v", "."),
    ("debugwalk", "new.o", "glob:a", "glob:b*"),
    ("debugwalk", "-v", "a", "glob:*.txt", "relglob:b*", "relre:x$", "re:.*[0-9]"),
    ("debugwalk", "-v", "-I", "path:sub", "-X", "**/b"),
    ("debugwalk", "-v", "rootfilesin:sub", "-X", "rootfilesin:."),
    ("debugwalk", "-v", "set:added() or a or grep('c')", "path:sub", "-I", "set:not exec()"),
    ("debugwalk", "-v", "set:revs('1:2', modified()) - status(1, 3, size('>1'))"),
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("filesets") / "repo"
    build(peer, root)
    litter(root)
    return root


@pytest.fixture(scope="module")
def expected(peer: Peer, repository: Path) -> dict[tuple[str, ...], Answer]:
    lines: list[tuple[str, ...]] = [("debugfileset", "--", text) for text in EXPRESSIONS]
    lines += [("debugfileset", "-r", "4", "--", text) for text in EXPRESSIONS]
    lines += [("debugfileset", "--all-files", "-p", "all", "--", text) for text in EXPRESSIONS[::5]]
    lines += [("debugfileset", "-s", "--", text) for text in EXPRESSIONS]
    return {line: peer.run(repository, *line) for line in (*lines, *COMMANDS)}


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_expressions(engine: str, repository: Path, expected: dict[tuple[str, ...], Answer]) -> None:
    env = {"HYG_ENGINE": engine}
    wrong = []
    for line, answer in expected.items():
        found = ours(repository, *line, env=env)
        if found != answer:
            wrong.append(f"{line!r}:\n  peer {answer}\n  ours {found}")
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong)

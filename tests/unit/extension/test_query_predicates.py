"""Predicates that an extension declares, used in expressions for revisions and for files."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

EXTENSION = '''
from hydrargyrum.extension import fileset_predicate, revset_predicate
from hydrargyrum.query.arguments import text_of
from hydrargyrum.query.revset.sets import Listed


@revset_predicate("evens()")
def evens(query, subset, argument):
    """Changesets with an even number."""
    return subset.where(lambda revs: [rev for rev in revs if rev % 2 == 0])


@revset_predicate("backwards(set)", ordered=True)
def backwards(query, subset, argument, order):
    """The set in the opposite order."""
    return query.evaluate(argument, subset, order).reversed()


@fileset_predicate("begins(text)", weight=0.5)
def begins(query, paths, argument):
    """Files whose names begin with a text."""
    return frozenset(path for path in paths if path.startswith(text_of(argument, "begins requires a text")))
'''


@pytest.fixture
def repository(tmp_path: Path, peer: Peer) -> Path:
    (tmp_path / "more.py").write_text(EXTENSION)
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", str(root))
    for number in range(4):
        (root / f"file{number}").write_text(f"{number}\n")
        peer.ok(root, "commit", "-qAm", f"number {number}", "-d", "0 0")
    (root / "other").write_text("")
    return root


def test_predicates(repository: Path) -> None:
    enabled = ("--config", f"extensions.more={repository.parent / 'more.py'}")

    def lines(*args: str) -> list[str]:
        answer = ours(repository, *args, *enabled)
        return (answer.out + answer.err).decode().splitlines()

    assert lines("debugrevspec", "evens()") == ["0", "2"]
    assert lines("debugrevspec", "3:0 and evens()") == ["2", "0"]
    assert lines("debugrevspec", "backwards(1:3)") == ["3", "2", "1"]
    assert lines("debugrevspec", "evns()") == [
        "hg: parse error: unknown identifier: evns",
        "(did you mean evens?)",
    ]
    assert lines("files", "set:begins('file') and not file2") == ["file0", "file1", "file3"]
    assert lines("status", "set:begins(o)") == ["? other"]
    assert lines("debugfileset", "begins()") == ["hg: parse error: begins requires a text"]

"""The history index: questions are answered the same without it, with it, and with one that is stale or damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings, PatternSet, TextQuery
from peer import Peer

NAME = "hydrargyrum-history"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("index") / "repo"
    peer.ok(root.parent, "init", str(root))
    peer.ok(root, "debugbuilddag", "-n", "+900 @side /2 +500 @other *400 +660")
    return root


def answers(root: Path, engine: str) -> list[object]:
    repo = select_engine(engine).open(str(root), EngineSettings())
    revs = range(len(repo.changelog()))
    found: list[object] = [repo.dates(revs)]
    for fields in (("user",), ("files",), ("user", "files"), ("user", "description", "files")):
        for text in ("debug", "nf12", "r77", "none of them"):
            query = TextQuery(text, fields, ignore_case=True)
            found.append((fields, text, list(repo.search(revs, query))))
    for patterns in (("path:nf7",), ("glob:nf*3",), ("path:nf1", "path:nf2040"), ("path:none",)):
        found.append((patterns, list(repo.touching(revs, PatternSet(str(root), patterns)))))
    found.append(list(repo.touching(revs, PatternSet(str(root)))))
    return found


def test_answers_do_not_depend_on_it(history: Path, tmp_path: Path, peer: Peer) -> None:
    root = tmp_path / "repo"
    shutil.copytree(history, root)
    cache = root / ".hg/cache" / NAME
    expected = answers(root, "pure")
    assert any(hits for _, _, hits in expected[1:17])  # type: ignore[misc]
    assert not cache.exists()
    assert answers(root, "native") == expected
    whole = cache.read_bytes()
    assert answers(root, "native") == expected
    assert cache.read_bytes() == whole
    for damage in (b"", whole[:5000], whole[:-1], whole[:3000] + b"\xff" + whole[3001:], whole + b"more"):
        cache.write_bytes(damage)
        assert answers(root, "native") == expected
    assert peer.ok(root, "log", "-r", "tip", "-T", "{rev}")


def test_it_follows_what_is_stripped_and_added(history: Path, tmp_path: Path, peer: Peer) -> None:
    root = tmp_path / "repo"
    shutil.copytree(history, root)
    assert answers(root, "native") == answers(root, "pure")
    before = (root / ".hg/cache" / NAME).read_bytes()
    peer.ok(root, "bundle", "-q", "-t", "none-v2", "--base", "1699", "-r", "tip", str(tmp_path / "later.hg"))
    peer.ok(root, "debugstrip", "--no-backup", "-r", "1700")
    assert answers(root, "native") == answers(root, "pure")
    peer.ok(root, "commit", "-q", "-m", "between", "-u", "r77", "--config", "ui.allowemptycommit=1")
    peer.ok(root, "unbundle", "-q", str(tmp_path / "later.hg"))
    assert answers(root, "native") == answers(root, "pure")
    assert (root / ".hg/cache" / NAME).read_bytes() != before


def test_nothing_is_said_where_it_cannot_be_written(history: Path, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    shutil.copytree(history, root)
    shutil.rmtree(root / ".hg/cache", ignore_errors=True)
    (root / ".hg/cache").write_bytes(b"no directory")
    assert answers(root, "native") == answers(root, "pure")
    assert (root / ".hg/cache").read_bytes() == b"no directory"

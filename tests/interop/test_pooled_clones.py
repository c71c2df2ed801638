"""`share.pool` and `share.poolnaming`: clones that share one history say and leave what those of real Mercurial do."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

ENGINES = ["pure", "native"]


def tell(peer: Peer, root: Path, name: str) -> list[bytes]:
    """What a clone is like, and the histories of its pool."""
    template = "{node} {phase} {bookmarks}\n"
    share = ("--config", "extensions.share=")
    pools = sorted((root.parent / "pool").iterdir())
    found = [
        peer.ok(root, "log", "-r", "sort(all(), node)", "-T", template, *share),
        peer.ok(root, "paths"),
        peer.ok(root, "status", "-A"),
        peer.ok(root, "identify", "-B", "-i"),
        (root / ".hg/requires").read_bytes(),
        *(pool.name.encode() for pool in pools),
        *(peer.ok(pool, "log", "-T", template) + peer.ok(pool, "paths") for pool in pools),
    ]
    assert peer.run(root, "verify", "-q").code == 0, name
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_pooled_clones(peer: Peer, tmp_path: Path, engine: str) -> None:
    """A new pool, an old one, one that lacks changesets; parts of a history; sources without an identity."""
    source = tmp_path / "source"
    peer.ok(tmp_path, "init", "source")
    peer.ok(tmp_path, "init", "empty")
    peer.ok(tmp_path, "init", "hidden")
    (tmp_path / "hidden/h").write_bytes(b"h\n")
    peer.ok(tmp_path / "hidden", "commit", "-qAm", "hidden", "--secret", "-u", "t", "-d", "0 0")

    def record(name: str) -> None:
        (source / name).write_bytes(b"x\n")
        peer.ok(source, "commit", "-qAm", name, "-u", "t", "-d", "0 0")

    record("zero")
    peer.ok(source, "bookmark", "-r", "0", "mark")
    peer.ok(source, "branch", "-q", "side")
    record("one")
    for place in ("mine", "theirs"):
        (tmp_path / place).mkdir()
    (source / ".hg/hgrc").write_text("[phases]\npublish = no\n")

    def both(name: str, *args: str, compared: bool = True) -> None:
        known = ("--config", "extensions.share=", "--config", "share.pool=pool", "clone", *args, name)
        theirs = peer.run(tmp_path / "theirs", *known)
        assert ours(tmp_path / "mine", *known, env={"HYG_ENGINE": engine}) == theirs
        if compared:
            mine = tell(peer, tmp_path / "mine" / name, name)
            assert mine == tell(peer, tmp_path / "theirs" / name, name)

    both("first", "../source")
    both("second", "../source")
    both("part", "-r", "0", "../source")
    both("side", "-b", "side", "../source")
    both("named", "--config", "share.poolnaming=remote", "../source")
    both("wrong", "--config", "share.poolnaming=other", "../source", compared=False)
    both("bare", "-U", "../source")
    both("older", "-u", "mark", "../source")
    both("without", "--config", "extensions.share=!", "../source", "-q")
    record("two")
    peer.ok(source, "bookmark", "@")
    both("grown", "../source")
    (source / ".hg/hgrc").write_text("")
    both("published", "../source", "--pull")
    record("three")
    both("grown again", "../source", "--stream")
    both("of nothing", "../empty")
    both("of hidden things", "../hidden")

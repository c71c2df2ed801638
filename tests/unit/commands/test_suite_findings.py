"""What the suite found: updates to hidden changesets, `extdata`, `{envvars}`, preferred ancestors, odd aliases."""

from __future__ import annotations

from pathlib import Path

import pytest

from peer import Peer
from unit.driver import our_process, ours, peer_process

EVOLUTION = ["--config", "experimental.evolution=all"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """Four changesets: the second was rewritten as the third, the fourth was pruned."""
    root = tmp_path_factory.mktemp("hidden") / "repo"
    peer.ok(root.parent, "init", "repo")
    for number, parent in enumerate(["null", "0", "0", "0"]):
        peer.ok(root, "update", "-q", parent)
        (root / f"f{number}").write_text("f\n")
        peer.ok(root, "commit", "-A", "-m", str(number), "-u", "u", "-d", "0 0")
    nodes = [peer.ok(root, "log", "-r", str(rev), "-T", "{node}").decode() for rev in range(4)]
    peer.ok(root, "update", "-q", "0")
    peer.ok(root, "debugobsolete", nodes[1], nodes[2], "-d", "0 0", *EVOLUTION)
    peer.ok(root, "debugobsolete", nodes[3], "-d", "0 0", "--record-parents", *EVOLUTION)
    (root / "names").write_text("0 the first\nnosuch\n0:: the last\n" + nodes[1][:12] + " hidden\n")
    (root / "broken").write_text("+ what\n")
    return root


def test_it_is_told_that_a_changeset_is_hidden(root: Path, peer: Peer) -> None:
    for rev in ("1", "3", "2"):
        answers = []
        for run in (ours, peer_process):
            peer.ok(root, "update", "-q", "-C", "0")
            answers.append(run(root, "update", "--hidden", rev, *EVOLUTION))
        assert answers[0] == answers[1], rev
        assert (b"updated to hidden changeset" in answers[0].err) is (rev != "2")
    peer.ok(root, "update", "-q", "-C", "0")


@pytest.mark.parametrize("source", ["names", "broken", "file:names", "file:nosuch", "shell:cat names"])
def test_extdata(root: Path, source: str) -> None:
    args = ["log", "-r", "extdata(x)", "-T", "{rev} {extdata('x')}\n", "--config", f"extdata.x={source}"]
    answer = ours(root, *args)
    assert answer == peer_process(root, *args)
    assert (answer.code == 0) is (source not in ("broken", "file:nosuch"))


def test_only_what_may_be_shown_of_the_environment_is_shown(root: Path) -> None:
    for allowed in ("", "HGUSER NOSUCH", "HGUSER,HGPLAIN"):
        config = "--config", f"experimental.exportableenviron={allowed}"
        args = ["log", "-r", "0", "-T", "{envvars % '{key}={value};'} {get(envvars, 'HGUSER')}\n", *config]
        env = {"HGUSER": "somebody"}
        answer = ours(root, *args, env=env)
        assert answer == peer_process(root, *args, env=env)
        assert (b"somebody" in answer.out) is bool(allowed)


def test_a_changed_subrepository_is_uncommitted_too(tmp_path: Path, peer: Peer) -> None:
    outer, inner = tmp_path / "outer", tmp_path / "outer/sub"
    peer.ok(tmp_path, "init", "outer")
    peer.ok(tmp_path, "init", "outer/sub")
    (inner / "f").write_text("f\n")
    (outer / ".hgsub").write_text("sub = sub\n")
    for number in range(2):
        (outer / "a").write_text(f"{number}\n")
        peer.ok(outer, "commit", "-A", "-S", "-m", str(number), "-u", "u", "-d", "0 0")
    (inner / "f").write_text("changed\n")
    answer = ours(outer, "update", "--check", "0")
    assert answer == peer_process(outer, "update", "--check", "0")
    assert b'uncommitted changes in subrepository "sub"' in answer.err


def test_the_preferred_ancestor(tmp_path: Path, peer: Peer) -> None:
    root = tmp_path / "repo"
    peer.ok(tmp_path, "init", "repo")
    peer.ok(root, "debugbuilddag", "-n", "+1:r+1:a<r+1:b/a<a/b")  # two merges of the same changesets
    for wanted in ("*", "1", "2", "nosuch 2", "0"):
        args = [
            "log",
            "-r",
            "ancestor(head())",
            "-T",
            "{rev}\n",
            "--config",
            f"merge.preferancestor={wanted}",
        ]
        answer = ours(root, *args)
        assert answer == peer_process(root, *args), wanted
        assert answer == our_process(root, *args, env={"HYG_ENGINE": "native"}), wanted
        assert answer.out in (b"1\n", b"2\n")
        assert wanted not in ("1", "2") or answer.out == f"{wanted}\n".encode()


def test_descriptions_of_aliases_are_ascii(tmp_path: Path) -> None:
    for key in ("doc", "help", "category"):
        config = ["--config", "alias.mine=root", "--config", f"alias.mine:{key}=é"]
        for args in (["mine"], ["help", "mine"]):
            assert ours(tmp_path, *args, *config) == peer_process(tmp_path, *args, *config), (key, args)

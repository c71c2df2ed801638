"""Merges whose copies are guessed from names (`experimental.copytrace=heuristics`), by us and by the peer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours

GUESS = ("--config", "experimental.copytrace=heuristics")
CASES = {
    "guessed": ("public", ()),
    "few-candidates": ("public", ("--config", "experimental.copytrace.movecandidateslimit=1")),
    "traced": ("draft", ()),
    "too-far-to-trace": ("draft", ("--config", "experimental.copytrace.sourcecommitlimit=2")),
    "through-a-merge": ("merged", ()),
}


def build(peer: Peer, root: Path, state: str) -> None:
    """Files that one side moved within a directory, to another, and both; the other side changed them."""

    def commit(message: str) -> None:
        peer.ok(root, "commit", "-qAm", message, "-d", "0 0", "-u", "u")

    peer.ok(root.parent, "init", str(root))
    files = ("a/one", "two", "d/three", "four")
    for name in files:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("".join(f"{name} {line}\n" for line in range(7)))
    commit("base")
    for move in (("a/one", "a/uno"), ("two", "d/two"), ("d/three", "elsewhere")):
        peer.ok(root, "rename", "-q", *move)
    peer.ok(root, "copy", "-q", "four", "a/four")
    (root / "a/new").write_text("new\n")
    commit("moved")
    peer.ok(root, "update", "-q", "0")
    for name in files:
        with (root / name).open("a") as file:
            file.write("end\n")
    peer.ok(root, "rename", "-q", "four", "a/vier")
    commit("changed")
    if state == "merged":
        peer.ok(root, "update", "-q", "0")
        (root / "third").write_text("third\n")
        commit("third")
        peer.ok(root, "merge", "-q", "2")
        commit("merge")
    if state != "draft":
        peer.ok(root, "phase", "--public", "-r", "all()")


def _settled(out: bytes) -> list[bytes]:
    """Lines, with those about files that are passed over first and sorted: Mercurial goes through a set of them."""
    lines = out.splitlines()
    passed_over = [line for line in lines if line.startswith(b"skipping copytracing")]
    return sorted(passed_over) + [line for line in lines if line not in passed_over]


def story(run: Callable[..., Answer], root: Path, options: tuple[str, ...]) -> list[object]:
    """What merging and grafting the change says and leaves."""
    seen: list[object] = []
    for command in (("merge", "-r", "tip", "--debug"), ("graft", "-r", "2", "-d", "0 0")):
        run(root, "update", "-qC", "1")
        answer = run(root, *command, *GUESS, *options, "--tool", ":merge3")
        seen.append((answer.code, _settled(answer.out), answer.err))
        seen += [run(root, "status", "-C"), run(root, "resolve", "-l")]
        seen += [
            (path.relative_to(root).as_posix(), path.read_bytes())
            for path in sorted(root.rglob("*"))
            if path.is_file() and ".hg" not in path.parts
        ]
    return seen


@pytest.mark.parametrize("name", CASES)
def test_merge_like_the_peer(peer: Peer, tmp_path: Path, name: str) -> None:
    state, options = CASES[name]
    found: list[list[object]] = []
    for engine in ("peer", "native", "pure"):
        root = tmp_path / engine / "repo"
        root.parent.mkdir()
        build(peer, root, state)

        def run(root: Path, *args: str, engine: str = engine) -> Answer:
            if engine == "peer":
                return peer.run(root, *args)
            return ours(root, *args, env={"HYG_ENGINE": engine})

        found.append(story(run, root, options))
    assert found[1] == found[0]
    assert found[2] == found[0]

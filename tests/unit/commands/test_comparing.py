"""`outgoing` and `incoming`, byte for byte as real Mercurial's, on both engines."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

#: Asked in the clone; `base` is what it was cloned from, both went on since; `new` is empty, `alien` unrelated.
OUTGOING = [
    "outgoing",
    "out ../base",
    "outgoing -v --stat",
    "outgoing -p -g -l 1",
    "outgoing -n",
    "outgoing -nM",
    "outgoing -M -l 2",
    "outgoing -l x",
    "outgoing -G",
    "outgoing -G -l 2 -p",
    "outgoing -Gn",
    "outgoing -T '{rev} {desc} {phase}\\n'",
    "outgoing -q",
    "outgoing -r 1",
    "outgoing -r 'desc(side)'",
    "outgoing -r nope",
    "outgoing -r 0",
    "outgoing -r 'desc(hush)'",
    "outgoing -b side",
    "outgoing -b .",
    "outgoing -b nope",
    "outgoing ../base#side",
    "outgoing ../new",
    "outgoing ../new ../base -q",
    "outgoing ../alien",
    "outgoing ../alien -f -q",
    "outgoing ../missing",
    "outgoing named",
    "outgoing twice -q",
    "outgoing -B",
    "outgoing -Bv",
    "outgoing -B -q",
    "outgoing -B ../new --debug",
    "outgoing -B .",
    "outgoing .",
    "outgoing --verbose -q ../new",
]


def record(peer: Peer, root: Path, name: str, *options: str) -> None:
    (root / name).write_text(f"{name}\n")
    peer.ok(root, "commit", "-Aqm", name, "-d0 0", "-uu", *options)


@pytest.fixture(scope="module")
def place(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("comparing")
    base, clone = made / "base", made / "clone"
    for name in ("base", "new", "alien"):
        peer.ok(made, "init", name)
    record(peer, made / "alien", "other")
    record(peer, base, "a")
    record(peer, base, "b")
    for name in ("same", "advanced", "diverged", "behind", "moved"):
        peer.ok(base, "bookmark", "-r", "0", name)
    peer.ok(base, "bookmark", "-r", "0", "gone")
    peer.ok(made, "clone", "-q", "base", "clone")
    with (clone / ".hg/hgrc").open("a") as stream:
        stream.write("named = ../base\ntwice = ../base, ../new\ntwice:multi-urls = yes\n")
    peer.ok(clone, "bookmark", "-d", "gone")
    record(peer, clone, "c")
    peer.ok(clone, "update", "-q", "1")
    peer.ok(clone, "branch", "-q", "side")
    record(peer, clone, "side")
    peer.ok(clone, "merge", "-q", "2")
    peer.ok(clone, "commit", "-qm", "merged", "-d0 0", "-uu")
    record(peer, clone, "hush", "--secret")
    peer.ok(clone, "bookmark", "-f", "-r", "4", "advanced")
    peer.ok(clone, "bookmark", "-f", "-r", "1", "diverged")
    peer.ok(clone, "bookmark", "-r", "3", "ours")
    peer.ok(clone, "tag", "-l", "-r", "2", "local")
    record(peer, base, "d")
    peer.ok(base, "branch", "-q", "theirs")
    record(peer, base, "e")
    record(peer, base, "f", "--secret")
    peer.ok(base, "bookmark", "-f", "-r", "1", "behind")
    peer.ok(base, "bookmark", "-f", "-r", "2", "moved")
    peer.ok(base, "bookmark", "-r", "3", "theirs-only")
    peer.ok(base, "tag", "-l", "-r", "2", "far")
    return made


@pytest.mark.parametrize("question", OUTGOING)
def test_same_answer(peer: Peer, place: Path, question: str) -> None:
    words = shlex.split(question)
    expected = peer.run(place / "clone", *words)
    for engine in ("pure", "native"):
        assert ours(place / "clone", *words, env={"HYG_ENGINE": engine}) == expected


def test_an_empty_repository_sends_nothing(peer: Peer, place: Path) -> None:
    assert ours(place / "new", "outgoing", "../base") == peer.run(place / "new", "outgoing", "../base")


def test_json_is_one_list(place: Path) -> None:
    answer = ours(place / "clone", "outgoing", "-q", "-T", "json(rev)")
    assert [item["rev"] for item in json.loads(answer.out)] == [2, 3, 4]

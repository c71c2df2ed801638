"""Bisections step by step, beside the peer's: words, working copy, what is recorded; either goes on for the other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours

#: Two branches from 3 (4 to 7, 8 to 11) that meet in 12, one more (16 to 18) that joins in 19, and another root, 22.
GRAPH = "+4:a +4:b *a +3:c */b +3:d *a +2:e */d +2 $ +1"

#: Command lines of one bisection each; "@" begins one that the other program runs.
STORIES = {
    "bad": (
        "bisect -b 20",
        "bisect -g 0",
        "bisect -g",
        "bisect -b",
        "log -G -T {rev}:{bisect}",
        "bisect -g",
        "bisect -g",
        "bisect -b",
    ),
    "good": (
        "bisect -g 20",
        "bisect -b 0",
        "bisect -b",
        "bisect -g",
        "bisect --good",
        "bisect --bad",
        "bisect -g",
        "bisect",
    ),
    "skip": (
        "bisect --bad 6",
        "bisect --good 2",
        "bisect -s",
        "bisect --skip",
        "bisect -s",
        "bisect -e",
        "bisect",
    ),
    "skip many": (
        "bisect -b 19",
        "bisect -s 5:10",
        "bisect -g 1",
        "bisect -s 3:9",
        "bisect -g 13",
        "bisect -s all()",
    ),
    "stay": (
        "bisect -U -b 20",
        "bisect -U -g 0",
        "id",
        "bisect -U -g 9",
        "bisect -U 12",
        "log -r bisect(current) -T {rev}",
    ),
    "extend": (
        "bisect -b 12",
        "bisect -g 7",
        "bisect -e",
        "bisect -g",
        "bisect -g",
        "bisect -b",
        "bisect -e",
    ),
    "extend for good": ("bisect -g 19", "bisect -b 15", "bisect -e -U", "bisect -b 3", "bisect -g", "bisect"),
    "handed over": (
        "bisect -b 20",
        "@bisect -g 0",
        "bisect -g",
        "@bisect -b",
        "bisect -b",
        "@bisect -s",
        "bisect -g",
        "@bisect -g",
    ),
    "command": (
        "bisect -b 20",
        "bisect -g 1",
        "bisect -c CHECK",
        "id -n",
        "bisect",
        "bisect -r",
        "bisect -r",
    ),
    "command from nothing": ("up -q 19", "bisect -c CHECK", "bisect -g 0", "bisect -c CHECK"),
    "command stays": (
        "bisect -U -c CHECK",
        "bisect -U -b 20",
        "bisect -U -g 1",
        "bisect -U -c CHECK",
        "bisect -U -c true 5",
    ),
    "command names": ("bisect -b 20", "bisect -g 1", "bisect -c CHECK 9", "bisect -c CHECK none()"),
    "command fails": (
        "bisect -b 20",
        "bisect -g 1",
        "bisect -c no-such-command-here-1",
        "bisect -c kill:-9:$$",
        "bisect",
    ),
    "command skips": ("bisect -b 6", "bisect -g 1", "bisect -c exit:125", "bisect"),
    "unrelated": ("bisect -b 8", "bisect -g 22", "bisect -g 20", "bisect -b 1"),
    "contradiction": (
        "bisect -g 5",
        "bisect -b 5",
        "bisect -r",
        "bisect -b 3",
        "bisect -b 7",
        "bisect -g 8",
        "bisect -g 2",
    ),
    "old words": ("bisect bad 20", "bisect good 0", "bisect good", "bisect init", "bisect reset 5"),
    "refused": (
        "bisect",
        "bisect -b",
        "bisect -e",
        "bisect -g -b",
        "bisect -r -c x -s",
        "bisect 1 2",
        "bisect 1 2 3",
        "bisect good -b 2",
    ),
    "unknown": (
        "bisect -b nope",
        "bisect -g none()",
        "bisect -b 1:3",
        "bisect -g 4:5",
        "bisect -g (",
        "bisect",
    ),
    "null": ("up -q null", "bisect -g", "bisect -b 5", "bisect -g", "bisect -b"),
    "changed": (
        "bisect -b 20",
        "CHANGE",
        "bisect -g 0",
        "bisect -g",
        "revert -a -q",
        "bisect -g",
        "status -v",
    ),
    "merging": ("up -q 14", "merge -q 17", "bisect -b 20", "bisect -g 0", "bisect -c true"),
    "templates": (
        "bisect -b 20",
        "bisect -g 1 --config command-templates.oneline-summary.bisect={rev}!",
        "bisect -s -q",
        "bisect -s -v",
    ),
    "broken": ("BREAK", "bisect -g 1", "UNKNOWN", "bisect -g 1"),
}
#: Good is what is not listed in a file.
CHECK = "! grep -q $HG_NODE {bad}"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("bisecting") / "repo"
    peer.ok(root.parent, "init", str(root))
    peer.ok(root, "debugbuilddag", "-n", GRAPH)
    peer.ok(root, "tag", "--local", "-r", "10", "middle")
    peer.ok(root, "update", "-q", "0")
    (root.parent / "bad").write_bytes(peer.ok(root, "log", "-r", "7::", "-T", "{node}\\n"))
    return root


def change_files(root: Path, word: str) -> bool:
    """Does what a word in capitals stands for."""
    state = root / ".hg/bisect.state"
    if word == "CHANGE":
        (root / "nf0").write_text("changed")
    elif word == "BREAK":
        state.write_text("fine " + "0" * 40 + "\n")
    elif word == "UNKNOWN":
        state.write_text("good " + "1" * 40 + "\n")
    return word in ("CHANGE", "BREAK", "UNKNOWN")


def words_of(line: str, bad: Path) -> list[str]:
    """The arguments that a line stands for; in a test command colons are blanks."""
    words = line.removeprefix("@").split(" ")
    if "-c" in words:
        place = words.index("-c") + 1
        words[place] = words[place].replace(":", " ").replace("CHECK", CHECK.format(bad=bad))
    return words


def told(
    root: Path, story: tuple[str, ...], run: Callable[..., Answer], other: Callable[..., Answer], bad: Path
) -> list[object]:
    """What a story prints and leaves after each of its lines."""
    said: list[object] = []
    state = root / ".hg/bisect.state"
    for line in story:
        if change_files(root, line):
            continue
        answer = (other if line.startswith("@") else run)(root, *words_of(line, bad))
        said.append((line, answer, state.read_text() if state.exists() else None))
    return said


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_stories(engine: str, repository: Path, peer: Peer, tmp_path: Path) -> None:
    def our(root: Path, *words: str) -> Answer:
        return ours(root, *words, env={"HYG_ENGINE": engine})

    wrong = []
    for number, (name, story) in enumerate(STORIES.items()):
        roots = [tmp_path / f"{which}{number}" for which in ("theirs", "ours")]
        for root in roots:
            shutil.copytree(repository, root)
        expected = told(roots[0], story, peer.run, peer.run, repository.parent / "bad")
        found = told(roots[1], story, our, peer.run, repository.parent / "bad")
        wrong += [
            f"{name}\n  peer {one}\n  ours {two}"
            for one, two in zip(expected, found, strict=True)
            if one != two
        ]
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong)

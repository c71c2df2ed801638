"""Changes put aside and taken back, beside the peer: words, files, what is recorded; either goes on for the other."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from peer import Answer, Peer
from unit.driver import ours

#: Dates that make nodes the same.
DATE = ("--date", "0 0")
RESOLVED = "resolve -m a"
#: Command lines (those with "@" are run by the other program) and changes of files ("name=text", "-name").
STORIES: dict[str, tuple[str, ...]] = {
    "one": ("a=A", "n=new", "add n", "shelve", "shelve -l", "unshelve", "unshelve"),
    "options": (
        "a=A",
        "b=B",
        "shelve -n mine -m why a",
        "shelve -l",
        "shelve -p mine",
        "shelve --stat",
        "unshelve mine",
    ),
    "names": (
        "a=A",
        "shelve",
        "b=B",
        "shelve",
        "a=C",
        "shelve -n ../x",
        "shelve -n .x",
        "shelve -n default",
        "shelve -l -q",
    ),
    "kept": (
        "a=A",
        "shelve -k",
        "status",
        "update -C -q .",
        "unshelve -k",
        "shelve -l -p -q",
        "shelve -d default",
        "shelve -d x",
    ),
    "unknown": ("u=unknown", "a=A", "shelve -u", "unshelve", "shelve -A", "unshelve"),
    "removed": ("remove b", "copy a c", "move d/e f", "shelve", "unshelve"),
    "nothing": (
        "shelve",
        "-a",
        "shelve",
        "unshelve",
        "unshelve x",
        "unshelve x y",
        "shelve -d",
        "shelve -p",
        "shelve -p x",
    ),
    "missing": ("a=A", "shelve", "-a", "unshelve", "status"),
    "cleanup": ("a=A", "shelve", "a=B", "shelve", "shelve --cleanup x", "shelve --cleanup", "shelve -l"),
    "excluding": (
        "shelve --cleanup -d",
        "shelve -l -k",
        "shelve -d -m x",
        "shelve -p -n x",
        "unshelve -a -c",
        "unshelve -c",
        "unshelve -a x",
    ),
    "elsewhere": ("a=A\n2\n3\n4\n5\n", "shelve", "update -q 2", "unshelve", "diff --nodates"),
    "already there": ("a=other\n", "shelve", "update -q 2", "unshelve", "status"),
    "pending": ("a=A\n2\n3\n4\n5\n", "shelve", "b=B", "x=x", "add x", "unshelve", "status"),
    "pending on it": ("a=A\n2\n3\n4\n5\n", "shelve", "a=1\n2\n3\n4\nE\n", "unshelve", "diff --nodates"),
    "conflict": (
        "a=A",
        "shelve",
        "update -q 2",
        "unshelve",
        "shelve",
        "unshelve",
        "unshelve -c",
        "status -v",
        "a=R",
        RESOLVED,
        "unshelve -c",
        "diff --nodates",
    ),
    "conflict with pending": (
        "a=A",
        "shelve",
        "a=B",
        "b=B",
        "unshelve -k",
        "a=R",
        RESOLVED,
        "unshelve --continue",
        "diff --nodates",
    ),
    "aborted": (
        "a=A",
        "shelve",
        "a=B",
        "b=B",
        "unshelve",
        "abort -n",
        "unshelve -a",
        "diff --nodates",
        "unshelve",
        "abort",
    ),
    "tool": ("a=A", "shelve", "a=B", "unshelve -t :other", "diff --nodates"),
    "nothing left": ("a=A", "shelve", "a=B", "unshelve", "a=B", RESOLVED, "continue", "diff --nodates"),
    "elsewhere in between": (
        "a=A",
        "shelve",
        "a=B",
        "unshelve",
        "update -C -q 0",
        "unshelve -c",
        "unshelve -a",
    ),
    "branch": (
        "branch -q new",
        "a=A",
        "shelve",
        "branch",
        "unshelve",
        "branch",
        "shelve a",
        "branch",
        "unshelve",
    ),
    "bookmark": (
        "bookmark -q f/b",
        "a=A",
        "shelve",
        "bookmarks",
        "a=B",
        "unshelve",
        "bookmarks",
        "unshelve -a",
        "bookmarks",
    ),
    "empty": ("update -q null", "z=z", "add z", "shelve", "unshelve"),
    "handed over": (
        "a=A",
        "shelve",
        "@unshelve",
        "@shelve -k",
        "update -q -C 2",
        "unshelve",
        "a=R",
        RESOLVED,
        "@unshelve -c",
    ),
    "handed back": (
        "a=A",
        "@shelve",
        "a=B",
        "@unshelve",
        "unshelve -a",
        "@unshelve",
        "a=R",
        RESOLVED,
        "unshelve -c",
    ),
    "damaged": ("STATE", "unshelve -c", "unshelve -a", "unshelve -a"),
    "backups": (
        "a=A",
        "shelve",
        "unshelve",
        "OLD",
        "shelve",
        "unshelve --config shelve.maxbackups=1",
        "shelve -q",
        "unshelve -q",
    ),
    "of old programs": ("a=A", "shelve", "FORGET", "shelve -l", "unshelve -k", "update -q -C 0", "unshelve"),
    "edited": (
        "a=A",
        "shelve -e --config ui.editor=true",
        "b=B",
        "a=A",
        "shelve -X a",
        "shelve -I b",
        "status",
        "unshelve",
        "shelve -i -l",
    ),
    "in the way": ("n=new", "add n", "shelve", "n=other", "unshelve", "status"),
    "in a merge": (
        "update -q 0",
        "b=M",
        "commit -q -m branch -d 0,0",
        "merge -q -t :local 2",
        "shelve",
        "unshelve",
        "commit -q -m m -d 0,0",
    ),
    "ignored style": (
        "a=A",
        "shelve --config diff.noprefix=1 --config diff.git=0",
        "shelve -p --config color.mode=ansi --color always",
        "shelve --stat --color always",
        "unshelve --keep -n default",
    ),
    "draft below": (
        "update -q 2",
        "b=B",
        "shelve",
        "unshelve --keep",
        "commit -q -m same -d 0,0",
        "strip 2 -q --config extensions.strip=",
        "unshelve",
    ),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("shelving") / "repo"
    peer.ok(root.parent, "init", str(root))
    (root / "d").mkdir()
    for name, text in (("a", "1\n2\n3\n4\n5\n"), ("b", "b\n"), ("d/e", "e\n")):
        (root / name).write_text(text)
    peer.ok(root, "commit", "-q", "-A", "-m", "first\nmore", "-d", "0 0")
    peer.ok(root, "phase", "-p", ".")
    (root / "b").write_text("b\nb\n")
    peer.ok(root, "commit", "-q", "-m", "second", "-d", "0 0")
    (root / "a").write_text("other\n")
    peer.ok(root, "commit", "-q", "-m", "third", "-d", "0 0")
    peer.ok(root, "update", "-q", "1")
    return root


def change_files(root: Path, line: str) -> bool:
    """Does what a line says that is no command."""
    if line == "STATE":
        (root / ".hg/shelvedstate").write_text("2\nname=x\n")
    elif line == "FORGET":
        (root / ".hg/shelved/default.shelve").unlink()
    elif line == "OLD":
        for path in (root / ".hg/shelve-backup").iterdir():
            os.utime(path, (1000, 1000))
    elif line.startswith("-"):
        (root / line[1:]).unlink()
    elif re.match(r"\w+=", line):
        name, _, text = line.partition("=")
        (root / name).write_text(text if text.endswith("\n") else f"{text}\n")
    else:
        return False
    return True


def left(root: Path, peer: Peer) -> dict[str, object]:
    """What there is in the working copy and under `.hg`."""
    found: dict[str, object] = {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".hg" not in path.relative_to(root).parts[:1]
    }
    for name in ("shelved", "shelve-backup"):
        for path in sorted((root / ".hg" / name).glob("*")):
            found[f"{name}/{path.name}"] = "there" if path.suffix == ".hg" else path.read_bytes()
    state = root / ".hg/shelvedstate"
    found["state"] = state.read_text() if state.exists() else None
    for line in (
        "status -A",
        "log -r all() -T {node}{phase}\n",
        "summary",
        "bookmarks",
        "resolve -l",
        "verify -q",
    ):
        found[line] = peer.run(root, *line.split(" "))
    return found


def told(
    root: Path, story: tuple[str, ...], run: Callable[..., Answer], other: Callable[..., Answer], peer: Peer
) -> list[tuple[str, Answer, dict[str, object]]]:
    """What a story prints and leaves after each of its lines."""
    said: list[tuple[str, Answer, dict[str, object]]] = []
    for line in story:
        if change_files(root, line):
            continue
        words = [word.replace("0,0", "0 0") for word in line.removeprefix("@").split(" ")]
        dated = DATE if words[0] in ("shelve", "unshelve") else ()
        answer = (other if line.startswith("@") else run)(root, *words, *dated)
        shown = re.sub(rb"\(\d+s ago\) +", b"(AGE) ", answer.out)
        said.append((line, answer._replace(out=shown), left(root, peer)))
    return said


@pytest.fixture(scope="module")
def expected(
    repository: Path, peer: Peer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[str, Answer, dict[str, object]]]]:
    """What the peer makes of each story."""
    place = tmp_path_factory.mktemp("theirs")
    found = {}
    for name, story in STORIES.items():
        shutil.copytree(repository, place / name)
        found[name] = told(place / name, story, peer.run, peer.run, peer)
    return found


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_stories(
    engine: str,
    repository: Path,
    peer: Peer,
    expected: dict[str, list[tuple[str, Answer, dict[str, object]]]],
    tmp_path: Path,
) -> None:
    def our(root: Path, *words: str) -> Answer:
        return ours(root, *words, env={"HYG_ENGINE": engine})

    wrong = []
    for name, story in STORIES.items():
        root = tmp_path / name
        shutil.copytree(repository, root)
        found = told(root, story, our, peer.run, peer)
        for (line, answer, there), (_, our_answer, our_there) in zip(expected[name], found, strict=True):
            if answer != our_answer:
                wrong.append(f"{name}: {line}\n  peer {answer}\n  ours {our_answer}")
            for key in {**there, **our_there}:
                if there.get(key) != our_there.get(key):
                    wrong.append(
                        f"{name}: {line}: {key}\n  peer {there.get(key)}\n  ours {our_there.get(key)}"
                    )
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong)

"""Questions that the launcher has to answer without Python, on working copies in several states, as the peer does.

What it declines is tested in Rust (`rust/launcher/tests`); here a decline is a failure, but in odd repositories.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from random_revsets import expressions

from peer import Peer, clean_environment

QUESTIONS = [
    shlex.split(line)
    for line in (Path(__file__).parent / "launcher_questions.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
#: States of the working copy; in those that begin with "odd" questions may be left to Python.
STATES = ("clean", "dirty", "odd-merge", "odd-null", "odd-empty")


def build(peer: Peer, root: Path) -> None:
    """History with two branches, a closed one, a merge, tags, bookmarks, phases, copies and a link."""
    peer.ok(root.parent, "init", str(root))

    def hg(*args: str) -> None:
        peer.ok(root, *args)

    def commit(message: str, date: str, *args: str) -> None:
        hg("commit", "-q", "-A", "-m", message, "-d", date, *args)

    def write(name: str, text: str) -> None:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    write("a", "a\n")
    commit('first\nmore of it <b>"x" & \\y', "1000000 -3600", "-u", "Jane Doe <jane@example.org>")
    write("b", "b\n")
    write("d/x.txt", "x\n")
    commit("second", "1100000 0", "-u", "\u00dcn\u00efc\u00f6de <u@x.de>")
    hg("update", "-q", "0")
    hg("branch", "-q", "other")
    write("c", "c\n")
    commit("  third  ", "1200000 19800", "-u", "bare@host.example.com")
    hg("merge", "-q", "1")
    commit("merge", "1300000 0")
    hg("tag", "-r", "1", "v1.0", "-d", "1400000 0")
    for name in ("one", "another"):
        hg("bookmark", name, "-r", "1")
    hg("tag", "-l", "-r", "0", "mine")
    os.chmod(root / "a", 0o755)
    (root / "lnk").symlink_to("a")
    commit("exec & link", "1500000 0")
    hg("update", "-q", "default")
    hg("branch", "-q", "closing")
    write("q", "q\n")
    commit("to close", "1600000 0")
    hg("commit", "-q", "--close-branch", "-m", "closed", "-d", "1700000 0")
    hg("update", "-q", "5")
    hg("copy", "a", "copied")
    hg("rename", "c", "moved")
    write("b", "b\nz\n")
    commit("copies and renames", "1800000 0")
    hg("update", "-q", "1")
    write("e", "e\n")
    commit("another head", "1900000 0", "--secret")
    hg("phase", "-p", "2")
    hg("update", "-q", "8")
    hg("bookmark", "act")


def build_other(peer: Peer, root: Path, other: Path) -> None:
    """Another repository, which lacks a part of the first one and has a changeset of its own."""
    peer.ok(root.parent, "clone", "-q", "-r", "3", str(root), str(other))
    (other / "own").write_text("own\n")
    peer.ok(other, "commit", "-q", "-A", "-m", "own\n\ntext", "-d", "1950000 0", "-u", "other")


def change(peer: Peer, root: Path, state: str) -> None:
    """Bring the working copy into a state."""

    def hg(*args: str) -> None:
        peer.ok(root, *args)

    if state == "dirty":
        (root / "a").write_text("a\nmore\n")
        (root / "new").write_text("new\n")
        (root / "unknown").write_text("?\n")
        hg("add", "-q", "new")
        hg("remove", "-q", "b")
        hg("rename", "moved", "moved2")
        hg("copy", "a", "acopy")
        hg("branch", "-q", "newbranch")
        (root / "d/x.txt").unlink()
        shutil.rmtree(root / ".hg/cache", ignore_errors=True)
    elif state == "odd-merge":
        hg("merge", "-q", "9")
    elif state == "odd-null":
        hg("update", "-q", "null")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    root = tmp_path_factory.mktemp("launcher") / "repo"
    build(peer, root)
    build_other(peer, root, root.parent / "other")
    return root


@pytest.mark.parametrize("state", STATES)
def test_native_answers(source: Path, tmp_path: Path, peer: Peer, hg_under_test: Path, state: str) -> None:
    root = tmp_path / "repo"
    if state == "odd-empty":
        peer.ok(tmp_path, "init", str(root))
    else:
        shutil.copytree(source, root, symlinks=True)
        (tmp_path / "other").symlink_to(source.parent / "other")
        change(peer, root, state)
    # a hand-over to Python would fail
    environment = clean_environment(HYG_LAUNCHER="require", HYG_ENGINE="native", HG_PYTHON="/bin/false")
    wrong, declined = [], 0
    for question in QUESTIONS:
        ours = subprocess.run(
            [hg_under_test, *question],
            cwd=root,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if state.startswith("odd") and ours.stderr.startswith(b"hg: the launcher declines: "):
            declined += 1
            continue
        theirs = peer.run(root, *question)
        if (ours.returncode, ours.stdout, ours.stderr) != (theirs.code, theirs.out, theirs.err):
            wrong.append(f"hg {shlex.join(question)}\n  peer: {theirs!r}\n  ours: {ours!r}")
    assert not wrong, f"{len(wrong)} of {len(QUESTIONS)} differ:\n" + "\n".join(wrong[:8])
    assert declined < len(QUESTIONS) / 2


def test_random_revision_sets(source: Path, peer: Peer, hg_under_test: Path) -> None:
    environment = clean_environment(HYG_LAUNCHER="require", HYG_ENGINE="native", HG_PYTHON="/bin/false")
    wrong, declined, count = [], 0, 120
    for expression in expressions(5, count):
        question = ["log", "-r", expression, "-T", "{rev} "]
        ours = subprocess.run(
            [hg_under_test, *question], cwd=source, env=environment, capture_output=True, check=False
        )
        if ours.stderr.startswith(b"hg: the launcher declines: "):
            declined += 1
            continue
        theirs = peer.run(source, *question)
        if (ours.returncode, ours.stdout, ours.stderr) != (theirs.code, theirs.out, theirs.err):
            wrong.append(f"{expression}\n  peer: {theirs!r}\n  ours: {ours!r}")
    assert not wrong, f"{len(wrong)} of {count} differ:\n" + "\n".join(wrong[:8])
    assert declined < count / 10

"""Bundle files that are read as repositories (`-R FILE.hg`): both programs answer the same, and nothing is taken in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

ENGINES = ["pure", "native"]
KINDS = {
    "old": ("-t", "bzip2-v1"),
    "phases": ("-t", "zstd-v2;phases=yes"),
    "third": ("-t", "none-v3"),
    "everything": ("-a", "-t", "gzip-v2"),
}


def build(peer: Peer, base: Path, *config: str, kinds: Iterable[str] = KINDS) -> tuple[Path, dict[str, Path]]:
    """A repository, and bundles of what one that went on has more."""
    here, there = base / "here", base / "there"
    peer.ok(base, "init", here, *config)

    def record(root: Path, message: str, number: int, *options: str) -> None:
        peer.ok(root, "commit", "-Aqm", message, "-u", "t", "-d", f"{number} 0", *options)

    for path, text in (("a", "a\n" * 40), ("d/b", "b\n"), ("d/c", "c\n"), ("Upper", "u\n")):
        (here / path).parent.mkdir(exist_ok=True)
        (here / path).write_text(text)
    record(here, "base", 0)
    (here / "a").write_text("a\n" * 40 + "more\n")
    record(here, "second", 1)
    peer.ok(here, "phase", "-p", "0")
    peer.ok(here, "tag", "--local", "mine")
    peer.ok(here, "clone", "-q", ".", there)
    peer.ok(there, "rename", "d/b", "d/renamed")
    (there / "a").write_text("new\n" + "a\n" * 40 + "more\n")
    record(there, "renamed", 2)
    peer.ok(there, "update", "-q", "0")
    peer.ok(there, "branch", "-q", "side")
    (there / "new").write_text("new\n")
    record(there, "another branch", 3, "--secret")
    peer.ok(there, "phase", "-p", "-r", "2")
    (there / "d/c").write_text("c, changed\n")
    record(there, "above", 4)
    bundles = {}
    for name in kinds:
        options = KINDS[name]
        bundles[name] = base / f"{name}.hg"
        where = [] if "-a" in options else ["--base", "1"]
        peer.ok(there, "bundle", "-q", "-r", "2", "-r", "4", *where, *options, bundles[name])
    (here / "d/c").write_text("not committed\n")
    return here, bundles


def snapshot(root: Path) -> dict[str, bytes]:
    """What may not change; caches and what is learnt of files may."""
    passing = ("cache", "wcache", "dirstate")
    found = {}
    for path in sorted((root / ".hg").rglob("*")):
        name = os.fspath(path.relative_to(root / ".hg"))
        if path.is_file() and not name.startswith(passing):
            found[name] = path.read_bytes()
    return found


QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("log", "-T", "{rev} {node} {phase} {branch} {tags} {file_copies} {desc}\n"),
    ("log", "-G", "-p", "-r", "bundle()"),
    ("log", "-r", "bundle() and branch(side)", "--stat"),
    ("log", "-f", "d/renamed", "-r", "2"),
    ("log", "d/c"),
    ("heads", "-q"),
    ("branches",),
    ("tags",),
    ("identify",),
    ("identify", "-r", "tip"),
    ("status", "--rev", "0", "--rev", "tip", "-C"),
    ("status",),
    ("diff", "-r", "1", "-r", "2", "--git"),
    ("diff", "--nodates"),
    ("cat", "-r", "tip", "d/c", "Upper"),
    ("manifest", "-r", "2", "-v"),
    ("files", "-r", "tip"),
    ("annotate", "-r", "2", "-n", "a", "-I", "a"),
    ("grep", "-r", "2", "new"),
    ("export", "-r", "2"),
    ("incoming", "."),
    ("outgoing", "."),
    ("verify",),
    ("root",),
    ("log", "-r", "nothing"),
    ("debugrevspec", "draft() - bundle()"),
)


@pytest.mark.parametrize("engine", ENGINES)
def test_reading(peer: Peer, tmp_path: Path, engine: str) -> None:
    here, bundles = build(peer, tmp_path)
    before = snapshot(here)
    for name, bundle in bundles.items():
        asked = QUESTIONS if name == "phases" else QUESTIONS[:4]
        for question in asked:
            args = ("-R", f"../{bundle.name}", *question)
            wanted = peer.run(here, *args)
            assert ours(here, *args, env={"HYG_ENGINE": engine}) == wanted, args
    for args in (
        ("-R", "bundle:here+phases.hg", "log", "-q"),
        ("-R", "everything.hg", "log", "-q"),
        ("-R", "bundle:nowhere+everything.hg", "manifest", "-r", "2"),
        ("-R", "phases.hg", "log"),
        ("-R", "nothing.hg", "log"),
        ("-R", "bundle:nothing.hg", "log"),
        ("-R", "here/a", "log"),
        ("-R", "here", "log", "-r", "bundle()"),
        ("identify", "everything.hg"),
        ("identify", "bundle:here+phases.hg"),
        ("-R", "here", "incoming", "-q", "phases.hg"),
        ("-R", "here", "incoming", "-q", "bundle:here+old.hg"),
        ("-R", "phases.hg", "--config", "bundle.mainreporoot=here", "incoming", "here"),
    ):
        wanted = peer.run(tmp_path, *args)
        assert ours(tmp_path, *args, env={"HYG_ENGINE": engine}) == wanted, args
    assert snapshot(here) == before
    assert not [*(here / ".hg").glob("hg-bundle*")]


@pytest.mark.parametrize("engine", ENGINES)
def test_trees_and_working_copies(peer: Peer, tmp_path: Path, engine: str) -> None:
    """Tree manifests; a working copy may be on what only the bundle has, nothing else is written."""
    here, _ = build(peer, tmp_path, "--config", "experimental.treemanifest=yes", kinds=["third"])
    env = {"HYG_ENGINE": engine}
    for question in QUESTIONS[:4]:
        args = ("-R", "../third.hg", *question)
        assert ours(here, *args, env=env) == peer.run(here, *args), args
    before = snapshot(here)
    for args, code in (
        (("commit", "-m", "x", "-u", "t"), 255),
        (("tag", "-f", "x", "-u", "t"), 255),
        (("bookmark", "x"), 255),
        (("phase", "-d", "-f", "0"), 255),
    ):
        answer = ours(here, "-R", "../third.hg", *args, env=env)
        assert answer.code == code, (args, answer)
        assert answer.err == b"abort: bundlerepository is read-only\n", args
    left = snapshot(here)
    for told in (before, left):
        told.pop("last-message.txt", None)
    assert left == before
    moved = ours(here, "-R", "../third.hg", "update", "-C", "2", env=env)
    assert b"that only exists in the bundle\n" in moved.err
    assert moved.out == b"3 files updated, 0 files merged, 1 files removed, 0 files unresolved\n"
    args = ("-R", "../third.hg", "parents", "-q")
    assert ours(here, *args, env=env) == peer.run(here, *args)
    found, wanted = ours(here, "status", env=env), peer.run(here, "status")
    assert (found.code, found.out) == (wanted.code, wanted.out)


@pytest.mark.parametrize("engine", ENGINES)
def test_clone(peer: Peer, tmp_path: Path, engine: str) -> None:
    build(peer, tmp_path, kinds=["everything"])
    args = ("clone", "everything.hg")
    wanted = peer.run(tmp_path, *args, "by-peer")
    assert ours(tmp_path, *args, "by-us", env={"HYG_ENGINE": engine}) == wanted
    for question in (("log", "-T", "{node} {phase}\n"), ("status", "-A")):
        assert peer.run(tmp_path / "by-us", *question) == peer.run(tmp_path / "by-peer", *question)

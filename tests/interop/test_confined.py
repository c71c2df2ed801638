"""Repositories on a read-only file system, of somebody else, and with files that may not be read: answers as the peer's.

The same in all our modes, with the same exit code; nothing is written, and what could not be written is not mentioned.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import confined
import pytest
import repositories
from ours import MODES
from repositories import SLOW

from peer import Answer, Peer

#: What editors ask of a repository that they cannot write to; and what must fail, with a reason.
READ_ONLY = (
    "status",
    "files -r 0",
    "cat -r . bin/tool",
    "cat big",
    "diff --stat",
    "branches",
    "log -l 2 -T '{rev} {tags} {phase} {desc}\\n'",
    "identify -nibtB",
    "verify -q",
    "commit -m no",
)


class Programs:
    """The peer and our modes, all confined in the same way."""

    def __init__(self, hg: Path, confine: confined.Confine) -> None:
        self.hg = hg
        self.confine = confine
        self.peer = Peer(confine)

    def close(self) -> None:
        """End the peer."""
        self.peer.close()

    def ours(self, mode: str, root: Path, *args: str, **env: str) -> Answer:
        """What we say in a mode."""
        return confined.run_confined(self.hg, self.confine, root, args, {**MODES[mode], **env})

    def answers(self, root: Path, *args: str, **env: str) -> dict[str, Answer]:
        """What all say."""
        found = {"peer": self.peer.run(root, *args, "--config", SLOW, env=env)}
        return {**found, **{mode: self.ours(mode, root, *args, **env) for mode in MODES}}

    def differing(self, root: Path, *questions: str, **env: str) -> list[str]:
        """The questions that we do not answer as the peer does."""
        wrong = []
        for question in questions:
            found = self.answers(root, *shlex.split(question), **env)
            if any(answer != found["peer"] for answer in found.values()):
                wrong.append("\n  ".join((question, *(f"{who}: {what}" for who, what in found.items()))))
        return wrong


@pytest.fixture(scope="module")
def readers(hg_under_test: Path) -> Iterator[Programs]:
    """Programs to which the file system is read-only."""
    programs = Programs(hg_under_test, confined.read_only())
    yield programs
    programs.close()


@pytest.fixture(scope="module")
def ordinary(hg_under_test: Path) -> Iterator[Programs]:
    """Programs without privileges."""
    programs = Programs(hg_under_test, confined.without_privileges)
    yield programs
    programs.close()


def everything(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """All files with what would tell that one was touched."""
    found = {}
    for path in sorted(root.rglob("*")):
        look = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[os.fsdecode(path)] = look.st_mtime_ns, look.st_ino, data
    return found


def restless(peer: Peer, kind: str, root: Path) -> None:
    """A repository in which every command would like to write something: caches, and what it finds about files."""
    repositories.build(peer, kind, root)
    for cache in ("cache", "wcache"):
        shutil.rmtree(root / ".hg" / cache, ignore_errors=True)
    for path in (root / "src").rglob("*.py"):
        path.touch()
    with (root / "big").open("ab") as stream:
        stream.write(b"more\n")


@pytest.mark.parametrize("kind", ["default", "dirstate-v2"])
def test_on_a_read_only_file_system(kind: str, peer: Peer, tmp_path: Path, readers: Programs) -> None:
    root = tmp_path / "repo"
    restless(peer, kind, root)
    before = everything(root)
    wrong = readers.differing(root, *READ_ONLY)
    assert not wrong, "\n".join(wrong)
    assert everything(root) == before
    status = confined.run_confined(readers.hg, lambda: None, root, ("status",))
    assert status.out == b"M big\n"
    assert everything(root) != before, "there was nothing to write in the first place"


@pytest.fixture
def locked_up(peer: Peer, tmp_path: Path) -> Iterator[Path]:
    """A restless repository whose directories nobody may write to."""
    root = tmp_path / "repo"
    restless(peer, "dirstate-v2", root)
    directories = [root, *(path for path in root.rglob("*") if path.is_dir() and not path.is_symlink())]
    for directory in directories:
        directory.chmod(0o555)
    yield root
    for directory in directories:
        directory.chmod(0o755)


def test_without_the_permission_to_write(locked_up: Path, ordinary: Programs) -> None:
    before = everything(locked_up)
    wrong = ordinary.differing(locked_up, "status", "cat -r 0 bin/tool", "tags -q", "commit -m no")
    assert not wrong, "\n".join(wrong)
    assert everything(locked_up) == before


def test_the_configuration_of_somebody_else(peer: Peer, tmp_path: Path, hg_under_test: Path) -> None:
    root = tmp_path / "repo"
    repositories.build(peer, "default", root)
    (root / ".hg/hgrc").write_text(
        "[paths]\ndefault = /elsewhere\n[alias]\nst = root\n[hooks]\npre-files = echo hooked\n"
        "[ui]\nignore = never\n[extensions]\nnone = /none.py\n"
    )
    (root / "new").write_bytes(b"new\n")
    strangers = Programs(hg_under_test, confined.given_away(root / ".hg/hgrc"))
    trusting = tmp_path / "trusting.rc"
    trusting.write_text("[trusted]\nusers = *\n[extensions]\nnone = !\n")
    trusted = {"HGRCPATH": str(trusting)}
    try:
        wrong = strangers.differing(root, "status", "files", "st", "paths", "config alias")
        wrong += strangers.differing(root, "config paths --untrusted")
        wrong += strangers.differing(root, "paths", "config hooks", **trusted)
        said = strangers.ours("launcher", root, "status")
        told = strangers.ours("launcher", root, "paths", **trusted)
    finally:
        strangers.close()
    assert not wrong, "\n".join(wrong)
    assert said.out == b"? new\n"
    assert b"not trusting file " in said.err
    assert told.out.startswith(b"default = /elsewhere")


@pytest.fixture(scope="module")
def readable(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("readable") / "repo"
    repositories.build(peer, "default", root)
    (root / ".hg/hgrc").write_text("[paths]\ndefault = /elsewhere\n")
    (root / "bin/tool").write_bytes(b"#!/bin/sh\necho loot\n")
    peer.ok(root, "status")
    return root


@pytest.mark.parametrize(
    ("unreadable", "questions"),
    [
        ("bin/tool", ("status", "diff", "files")),
        ("src/mod0", ("status -A",)),
        (".hgignore", ("status",)),
        (".hg/dirstate", ("status", "root", "identify")),
        (".hg/hgrc", ("status",)),
        (".hg/requires", ("status",)),
        (".hg/store", ("status", "cat bin/tool")),
        (".hg/store/00changelog.i", ("status", "cat bin/tool")),
        (".hg/store/00manifest.i", ("cat bin/tool", "status --rev 0")),
        (".hg/store/data/bin/tool.i", ("cat bin/tool",)),
        (".hg/store/phaseroots", ("status", "phase -r 0")),
        (".hg/store/fncache", ("cat bin/tool",)),
        (".hg/bookmarks", ("bookmarks", "log -r stable")),
        (".hg/cache", ("branches", "tags")),
    ],
)
def test_what_may_not_be_read(
    unreadable: str, questions: tuple[str, ...], readable: Path, ordinary: Programs
) -> None:
    path = readable / unreadable
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        wrong = ordinary.differing(readable, *questions)
    finally:
        path.chmod(mode)
    assert not wrong, "\n".join(wrong)


def test_a_file_in_doubt_whose_store_may_not_be_read(readable: Path, ordinary: Programs) -> None:
    """The peer takes the file for a missing one; we say what is the matter."""
    path = readable / ".hg/store/data/bin/tool.i"
    path.chmod(0)
    try:
        found = ordinary.answers(readable, "status")
    finally:
        path.chmod(0o644)
    assert found.pop("peer").out == b"! bin/tool\n"
    expected = Answer(255, b"", f"abort: Permission denied: '{path}'\n".encode())
    assert found == dict.fromkeys(MODES, expected)

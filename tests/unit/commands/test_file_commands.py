"""Commands about files: the same steps by the peer and by us, on either engine, tell and do the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from peer import Peer
from unit.driver import ours

#: Each is a list of steps in one working copy: commands, or changes of files (callables).
WRITE, UNLINK = "write", "unlink"
SCENARIOS: dict[str, list[tuple[str, ...]]] = {
    "add": [
        (WRITE, "new", "n"),
        (WRITE, "d/new", "n"),
        (WRITE, "x.ignored", "n"),
        ("add", "-n"),
        ("add", "new", "-v"),
        ("add", "new"),
        ("add", "a"),
        ("add", "x.ignored", "missing"),
        (UNLINK, "b"),
        ("add", "b"),
        ("add", "--cwd", "d"),
        (WRITE, "aux.txt", "n"),
        (WRITE, "A", "n"),
        ("add", "aux.txt", "A"),
        (WRITE, "q:r", "n"),
        ("add", "q:r", "--config", "ui.portablefilenames=abort"),
        ("add", "-X", "q:r", "path:q:r"),
        (WRITE, "z1", "n"),
        (WRITE, "z2", "n"),
        ("add", "glob:z*", "-X", "z2"),
        ("add", "../outside"),
        ("add", ".hg/hgrc"),
    ],
    "forget": [
        ("forget"),
        ("forget", "-n", "a"),
        ("forget", "d", "-v"),
        ("forget", "a", "missing", "x.ignored"),
        ("forget", "a"),
        ("forget", "b", "--dry-run", "-i"),
        ("add", "a"),
        (UNLINK, "b"),
        ("forget", "b"),
    ],
    "remove": [
        ("remove",),
        (WRITE, "a", "changed"),
        (WRITE, "new", "n"),
        (WRITE, "unknown", "n"),
        ("add", "new"),
        ("remove", "a", "b", "new", "unknown", "missing", "d"),
        ("rm", "-f", "a", "new"),
        (WRITE, "b", "1"),
        (UNLINK, "b"),
        ("remove", "-A", "b", "a"),
        ("remove", "-A"),
        ("remove", "-nv", "d/c"),
        (WRITE, "empty/unknown", "n"),
        ("remove", "empty"),
        ("remove", "-Af", "a"),
    ],
    "purge": [
        ("purge", "--no-confirm"),
        (WRITE, "u/v/unknown", "n"),
        (WRITE, "top", "n"),
        (WRITE, "x.ignored", "n"),
        ("purge", "-p"),
        ("purge",),
        ("purge", "--all", "-i"),
        ("purge", "--all", "-p", "-0"),
        ("purge", "-i", "--print"),
        ("purge", "--no-confirm", "u", "-v"),
        ("purge", "--no-confirm"),
        ("clean", "-i", "--no-confirm", "--files"),
        (WRITE, "u/gone", "n"),
        ("purge", "--files", "--no-confirm"),
        ("purge", "--dirs"),
        ("purge", "--dirs", "--no-confirm", "--verbose"),
    ],
    "debug": [
        ("copy", "a", "copied"),
        ("debugdirstate", "--nodates"),
        ("debugsetparents", "null"),
        ("status", "-C"),
        ("debugsetparents", "0"),
        ("remove", "b"),
        ("debugrebuilddirstate", "--minimal"),
        ("debugrebuilddirstate", "-r", "0"),
        ("debugrename", "a", "b"),
        ("debugrename",),
        ("debugsetparents",),
    ],
    "revert": [
        ("revert",),
        (WRITE, "a", "changed"),
        ("revert",),
        ("revert", "-n", "--all"),
        ("revert", "a", "missing"),
        ("revert", "a", "-v"),
        (WRITE, "a", "changed"),
        (WRITE, "new", "n"),
        (WRITE, "unknown", "n"),
        (WRITE, "x.ignored", "n"),
        ("add", "new"),
        ("rename", "b", "renamed"),
        (UNLINK, "d/c"),
        ("revert", "unknown", "x.ignored", "d", "-n"),
        ("revert", "-v", "--all"),
        ("add", "new"),
        ("remove", "a"),
        (WRITE, "a", "again"),
        ("revert", "a"),
        ("remove", "d/c"),
        ("revert", "d/c", "new"),
        ("copy", "a", "copied"),
        ("revert", "--all", "-r", "null"),
        ("revert", "--all", "-C"),
        (WRITE, "a", "changed"),
        ("revert", "-C", "a", "--config", "ui.origbackuppath=.hg/orig"),
        (WRITE, "a", "changed"),
        ("revert", "a", "-v", "--config", "ui.origbackuppath=.hg/orig"),
        ("revert", "-r", "null"),
        ("revert", "-r", "null", "glob:*", "-X", "a"),
    ],
    "addremove": [
        (UNLINK, "a"),
        (WRITE, "moved", "a\n"),
        (WRITE, "similar", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n"),
        (UNLINK, "b"),
        ("addremove", "-n", "-s", "50"),
        ("addremove", "-s", "x"),
        ("addremove", "-s", "101"),
        ("addremove", "-s", "50"),
        ("forget", "moved"),
        ("remove", "d/c"),
        (WRITE, "d/c", "back"),
        ("addremove", "-v", "moved", "missing"),
        ("addremove", "d"),
        ("addremove",),
    ],
    "copy": [
        ("copy",),
        ("copy", "a"),
        ("copy", "a", "new"),
        ("copy", "a", "new"),
        ("copy", "a", "b"),
        ("copy", "-f", "a", "b"),
        ("copy", "-v", "new", "newer"),
        ("copy", "d", "e"),
        ("copy", "d", "e"),
        ("copy", "a", "b", "missing"),
        ("copy", "a", "b", "d"),
        ("copy", "missing", "x"),
        ("copy", "glob:*", "d"),
        ("copy", "-A", "a", "nothing"),
        (WRITE, "after", "a\n"),
        ("copy", "-A", "a", "after"),
        ("copy", "--forget", "after", "a"),
        ("copy", "a", "x/"),
        ("copy", "-n", "a", "dry"),
        (WRITE, "fresh", "n"),
        ("add", "fresh"),
        ("copy", "fresh", "fresher"),
        ("copy", "new", "a"),
        ("copy", "d/c", "../outside"),
        ("copy", "--cwd", "d", "c", "../from-d"),
    ],
    "rename": [
        ("rename", "a"),
        ("rename", "a", "new"),
        ("mv", "new", "a"),
        ("rename", "d", "e"),
        ("move", "a", "b"),
        ("move", "--force", "a", "b"),
        ("move", "b", "e"),
        (UNLINK, "e/b"),
        (WRITE, "there", "n"),
        ("rename", "-A", "e/b", "there"),
        ("rename", "-A", "a", "there"),
        ("rename", "missing", "x"),
        ("rename", "-v", "e/c", "f/g"),
        ("rename", "glob:f/*", "h"),
        ("rename", "--at-rev", ".", "x", "y"),
    ],
}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Path:
    """A small repository; the peer and we start from copies of it."""
    root = tmp_path_factory.mktemp("files") / "repo"
    peer.ok(root.parent, "init", str(root))
    write(root, "a", "a\n")
    write(root, "b", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    write(root, "d/c", "c\n")
    write(root, ".hgignore", "glob:*.ignored\n")
    peer.ok(root, "commit", "-Aqm0", "-d0 0")
    return root


def write(root: Path, name: str, text: str) -> None:
    """Writes a file that looks old."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (1000, 1000))


#: What we refuse and the peer does not.
NOT_YET = ("--at-rev",)


@pytest.mark.parametrize("engine", ["pure", "native"])
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_steps(peer: Peer, origin: Path, tmp_path: Path, name: str, engine: str) -> None:
    mine, theirs = tmp_path / "ours/repo", tmp_path / "theirs/repo"
    for root in (mine, theirs):
        shutil.copytree(origin, root)
    for step in SCENARIOS[name]:
        if step[0] == WRITE:
            for root in (mine, theirs):
                write(root, step[1], step[2])
        elif step[0] == UNLINK:
            for root in (mine, theirs):
                (root / step[1]).unlink()
        elif any(option in step for option in NOT_YET):
            assert ours(mine, *step).code == 255
        else:
            step = (step,) if isinstance(step, str) else step
            expected = peer.run(theirs, *step)
            found = ours(mine, *step, env={"HYG_ENGINE": engine})
            assert found == expected._replace(
                out=expected.out.replace(b"/theirs/", b"/ours/"),
                err=expected.err.replace(b"/theirs/", b"/ours/"),
            ), step
            assert state(peer, mine) == state(peer, theirs), step


def state(peer: Peer, root: Path) -> tuple[bytes, bytes, list[str]]:
    """What the peer says of the dirstate, and what is on disk."""
    lines = peer.ok(root, "debugdirstate", "--no-dates").splitlines()
    # What was seen of clean files depends on when a status ran.
    lines = [b"n " + line.split()[-1] if line.startswith(b"n ") else line for line in lines]
    files = sorted(str(path.relative_to(root)) for path in root.rglob("*") if ".hg" not in path.parts)
    return b"\n".join(sorted(lines)), peer.ok(root, "status", "-C"), files

"""Files that a merge or a patch writes are new ones, as the peer's are: their modes, other names and links."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hydrargyrum.merge.worktree import put_in_place
from peer import Peer
from unit.driver import ours

LONG = "n" * 250  # ".orig" has to fit behind it
NAMES = ("a", "script", "pointer", LONG)


def make(peer: Peer, root: Path) -> None:
    """Two changesets that differ in every file; the working copy is at the first and has changes."""
    peer.ok(root.parent, "init", str(root))
    for name in NAMES:
        if name != "pointer":
            (root / name).write_text("".join(f"{line}\n" for line in range(9)))
    (root / "pointer").symlink_to("here")
    peer.ok(root, "commit", "-qAm", "one")
    for name in NAMES:
        if name != "pointer":
            (root / name).write_text("".join(f"{line}\n" for line in range(12)))
    (root / "script").chmod(0o755)
    (root / "pointer").unlink()
    (root / "pointer").symlink_to("there")
    peer.ok(root, "commit", "-qm", "two")
    peer.ok(root, "export", "-q", "-g", "tip", "-o", "../x.patch")
    peer.ok(root, "update", "-q", "0")
    for name in NAMES:
        if name != "pointer":
            (root / name).write_text("changed\n" + (root / name).read_text())
            (root / name).chmod(0o600)
    os.link(root / "a", root.parent / f"{root.name}-other-name")


def look(root: Path) -> dict[str, tuple[str, object]]:
    """What lies there, and under the other name."""
    found: dict[str, tuple[str, object]] = {}
    for path in [*root.iterdir(), root.parent / f"{root.name}-other-name"]:
        if path.name != ".hg":
            about = path.lstat()
            held = os.readlink(path) if path.is_symlink() else path.read_text()
            found[path.name.replace(root.name, "")] = held, (stat.S_IMODE(about.st_mode), about.st_nlink)
    return found


@pytest.mark.parametrize(
    "command",
    [("update", "-q", "-m", "1", "--tool", ":merge"), ("import", "-q", "-f", "--no-commit", "../x.patch")],
    ids=lambda command: command[0],
)
def test_as_the_peer_leaves_them(command: tuple[str, ...], peer: Peer, tmp_path: Path) -> None:
    roots = [tmp_path / name for name in ("theirs", "mine")]
    for root in roots:
        make(peer, root)
    before = look(roots[0])
    theirs, mine = peer.run(roots[0], *command), ours(roots[1], *command)
    assert theirs == mine
    assert look(roots[0]) == look(roots[1]) != before


def test_nothing_changes_where_it_cannot_be_done(tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        put_in_place(str(tmp_path / "directory"), b"content", "")
    assert caught.value.filename == str(tmp_path / "directory")
    assert os.listdir(tmp_path) == ["directory"]

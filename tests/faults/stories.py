"""Commands that are to die or fail half-way: the repository before, and what has to be there afterwards in any case."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from peer import Peer

PRECIOUS = "precious, not committed\n"


class Story(NamedTuple):
    """One command.

    Attributes:
        name: of the story; args: the command.
        prepare: brings a copy of the common repository to where it begins.
        steps: it has several transactions; in between is neither the old nor the new state, but nothing is lost.
        precious: the working copy has changes that nobody committed and that must stay, in files or in shelves.
    """

    name: str
    args: tuple[str, ...]
    prepare: Callable[[Peer, Path], None]
    steps: bool = False
    precious: bool = False


def build(peer: Peer, root: Path) -> None:
    """The common repository: two heads, a tag, bookmarks, a file that is no longer inline."""
    peer.ok(root.parent, "init", str(root))
    (root / "dir").mkdir()
    (root / "a").write_text("".join(f"{line}\n" for line in range(30)))
    (root / "dir/b").write_text("b\n")
    (root / "gone").write_text("gone\n")
    (root / "big").write_bytes(os.urandom(90000))
    peer.ok(root, "commit", "-qAm", "base", "-d", "0 0")
    peer.ok(root, "phase", "-p", ".")
    (root / "a").write_text("".join(f"{line}\n" for line in range(5, 30)))
    (root / "side").write_text("side\n")
    peer.ok(root, "commit", "-qAm", "side", "-d", "1 0")
    peer.ok(root, "update", "-q", "0")
    (root / "a").write_text("".join(f"{line}\n" for line in range(35)))
    (root / "big").write_bytes(os.urandom(90000))
    (root / "new").write_text("new\n")
    peer.ok(root, "remove", "gone")
    peer.ok(root, "commit", "-qAm", "tip", "-d", "2 0")
    peer.ok(root, "bookmark", "-r", "1", "other")
    peer.ok(root, "bookmark", "mark")


def _dirty(peer: Peer, root: Path) -> None:
    with open(root / "a", "a") as stream:
        stream.write(PRECIOUS)
    (root / "added").write_text("added\n" + PRECIOUS)
    peer.ok(root, "add", "-q", "added")
    peer.ok(root, "remove", "-q", "dir/b")


def _clean(peer: Peer, root: Path) -> None:
    pass


def _bundled(peer: Peer, root: Path) -> None:
    peer.ok(root, "bundle", "-q", "--base", "0", "-r", "2", "../bundle.hg")
    peer.ok(root, "update", "-q", "1")
    peer.ok(root, "strip", "-q", "--no-backup", "2", "--config", "extensions.strip=")


def _shelved(peer: Peer, root: Path) -> None:
    _dirty(peer, root)
    peer.ok(root, "shelve", "-q", "-n", "shelf")
    peer.ok(root, "update", "-q", "-C", "1")
    (root / "side").write_text("side\n" + PRECIOUS)


def _conflicting(peer: Peer, root: Path) -> None:
    with open(root / "a", "w") as stream:
        stream.write(PRECIOUS)
    peer.ok(root, "shelve", "-q", "-n", "shelf")
    with open(root / "a", "w") as stream:
        stream.write("other\n" + PRECIOUS)


def _merged(peer: Peer, root: Path) -> None:
    peer.ok(root, "merge", "-q", "1", "--tool", ":other")


STORIES = (
    Story("commit", ("commit", "-m", "new", "-d", "9 0"), _dirty, precious=True),
    Story("commit a merge", ("commit", "-m", "new", "-d", "9 0"), _merged),
    Story("amend", ("commit", "--amend", "-m", "new", "-d", "9 0"), _dirty, steps=True, precious=True),
    Story(
        "amend with markers",
        ("commit", "--amend", "-m", "new", "-d", "9 0", "--config", "experimental.evolution=all"),
        _dirty,
        precious=True,
    ),
    Story("update", ("update", "1"), _clean),
    Story("update null", ("update", "null"), _clean),
    Story("merge", ("merge", "1", "--tool", ":merge"), _clean),
    Story("strip", ("strip", "1", "--config", "extensions.strip="), _clean, steps=True),
    Story("unbundle", ("unbundle", "../bundle.hg"), _bundled),
    Story("shelve", ("shelve", "-n", "shelf"), _dirty, precious=True),
    Story("unshelve", ("unshelve", "--date", "7 0"), _shelved, precious=True),
    Story("unshelve with conflicts", ("unshelve", "--date", "7 0"), _conflicting, precious=True),
    Story("rollback", ("rollback", "-f"), _clean),
    Story("tag", ("tag", "-r", "1", "-d", "9 0", "T"), _clean),
    Story("phase", ("phase", "-p", "2"), _clean),
    Story("bookmark", ("bookmark", "-f", "-r", "1", "mark"), _clean),
)

"""Two copies of a repository, one written by the peer and one by us: every step must say and leave the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from peer import Answer, Peer
from unit.driver import ours, peer_process

LOG = (
    "{rev}:{node} {phase} {branch} {user} {date|hgdate} [{bookmarks}] [{tags}] {p1.rev}:{p2.rev} {manifest}"
    " {files % '{file} '}{file_adds % '+{file} '}{file_dels % '-{file} '}{file_copies} {extras % '{key}={value} '}"
    "\\n{desc}\\n--\\n"
)


class Twins:
    """The two copies, and how to run a step in both.

    Attributes:
        theirs, ours: working copies; engine: ours runs on it.
    """

    def __init__(self, peer: Peer, base: Path, engine: str) -> None:
        self.peer = peer
        self.engine = engine
        self.theirs, self.ours = base / "theirs" / "repo", base / "ours" / "repo"
        for root in (self.theirs, self.ours):
            root.parent.mkdir()
        peer.ok(base, "init", self.theirs)
        shutil.copytree(self.theirs, self.ours)

    def write(self, path: str, data: str) -> None:
        """Writes a file in both."""
        for root in (self.theirs, self.ours):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(data)

    def run_ours(self, *args: str, env: dict[str, str] | None = None) -> Answer:
        """One command of ours."""
        return ours(self.ours, *args, env={"HYG_ENGINE": self.engine, **(env or {})})

    def step(self, *args: str, env: dict[str, str] | None = None, alone: bool = False) -> Answer:
        """Runs a command in both (of the peer `alone`: in a process of its own) and compares what they say."""
        run_peer = peer_process if alone else self.peer.run
        wanted = run_peer(self.theirs, *args, env=env)
        found = self.run_ours(*args, env=env)
        assert found == wanted, f"hg {' '.join(args)}\n  peer: {wanted!r}\n  ours: {found!r}"
        return found

    def ours_of(self, directory: str) -> list[str]:
        """Names of the files below our `.hg`."""
        return sorted(path.name for path in (self.ours / ".hg" / directory).iterdir())

    def theirs_of(self, directory: str) -> list[str]:
        """Names of the files below the peer's `.hg`."""
        return sorted(path.name for path in (self.theirs / ".hg" / directory).iterdir())

    def same_by_peer(self, *args: str) -> None:
        """A question that both copies have to be prepared by the peer alone: for what only it can do."""
        for root in (self.theirs, self.ours):
            self.peer.ok(root, *args)

    def compare(self) -> None:
        """Both copies are the same in the eyes of the peer, ours is sound, and small files are the same bytes."""
        for question in (
            ("log", "--hidden", "-T", LOG),
            ("status",),
            ("bookmarks",),
            ("tags", "-v"),
            ("branches", "-c"),
            ("branch",),
            ("phase", "-r", "all()"),
            ("debugobsolete", "-T", "{prednode} {succnodes} {flag} {metadata}\n"),
            ("parents", "-T", "{node}"),
        ):
            wanted, found = self.peer.run(self.theirs, *question), self.peer.run(self.ours, *question)
            assert found == wanted, (
                f"after ours, the peer says to {question}:\n{found}\nafter its own:\n{wanted}"
            )
        for name in (
            "store/phaseroots",
            "bookmarks",
            "bookmarks.current",
            "localtags",
            "branch",
            "last-message.txt",
        ):
            assert _content(self.ours / ".hg" / name) == _content(self.theirs / ".hg" / name), name
        checked = self.peer.run(self.ours, "verify", "-q")
        assert checked.code == 0, checked


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if os.path.exists(path) else None

"""Random histories, and random moves and merges in them, for comparing what the peer and we make of them."""

from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from peer import Answer, Peer

NAMES = ("a", "b", "dir/c", "dir/d", "dir/sub/e", "other/f")
NEW_NAMES = ("g", "new/c", "new/d", "dir/h", "other/dir/i")

Run = Callable[..., Answer]


class History:
    """A repository that grows at random, written by the peer."""

    def __init__(self, peer: Peer, root: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.peer = peer
        self.root = root
        self.count = 0
        peer.ok(root.parent, "init", str(root))

    def build(self, commits: int) -> None:
        """Commits on several heads, with some merges between them."""
        for name in NAMES:
            self._write(name, b"".join(b"%d\n" % line for line in range(8)))
        self._commit()
        for _ in range(commits):
            target = self.random.randrange(self.count)
            self.peer.ok(self.root, "update", "-q", "-C", str(target))
            if self.count > 3 and self.random.random() < 0.25:
                other = str(self.random.randrange(self.count))
                tool = self.random.choice((":local", ":other", ":union"))
                if self.peer.run(self.root, "merge", "-q", other, "--tool", tool).code == 0:
                    self._commit()
                    continue
                self.peer.ok(self.root, "update", "-q", "-C", ".")
            for _ in range(self.random.randint(1, 3)):
                self.change()
            self._commit()

    def _commit(self) -> None:
        self.peer.ok(self.root, "addremove", "-q", "--similarity", "0")
        answer = self.peer.run(self.root, "commit", "-m", f"c{self.count}", "-d", f"{self.count} 0")
        if answer.code == 0:
            self.count = int(self.peer.ok(self.root, "log", "-r", "tip", "-T", "{rev}")) + 1

    def _files(self) -> list[str]:
        return self.peer.ok(self.root, "files").decode().split() if self.count else []

    def _write(self, name: str, data: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        if not path.is_dir():
            path.write_bytes(data)

    def change(self) -> None:
        """One change of the working copy."""
        rng = self.random
        files = [name for name in self._files() if os.path.lexists(self.root / name)]
        kind = rng.choice(
            ("edit", "edit", "edit", "edit", "remove", "move", "copy", "add", "mode", "link", "movedir")
        )
        if not files or kind == "add":
            self._write(rng.choice(NEW_NAMES), b"new %d\n" % rng.randrange(3) * rng.randint(1, 3))
            return
        name = rng.choice(files)
        path = self.root / name
        if kind == "edit" and not path.is_symlink():
            lines = path.read_bytes().splitlines(keepends=True)
            place = rng.randrange(len(lines) + 1)
            lines[place : place + rng.randint(0, 1)] = [b"changed %d\n" % rng.randrange(4)]
            path.write_bytes(b"".join(lines))
        elif kind == "remove":
            self.peer.run(self.root, "remove", "-f", name)
        elif kind in ("move", "copy"):
            target = rng.choice(NEW_NAMES)
            if not os.path.lexists(self.root / target):
                self.peer.run(self.root, kind, name, target)
        elif kind == "movedir" and "/" in name:
            self.peer.run(self.root, "move", name.rpartition("/")[0], rng.choice(("moved", "new")))
        elif kind == "mode" and not path.is_symlink():
            path.chmod(path.stat().st_mode ^ 0o111)
        elif kind == "link":
            path.unlink()
            path.symlink_to(f"to-{rng.randrange(2)}")

    def command(self) -> list[str]:
        """A move or a merge."""
        rng = self.random
        target = str(rng.randrange(self.count))
        name = rng.choice(("update", "update", "merge", "merge", "merge"))
        args = [name, "-r", target]
        if name == "update":
            args += rng.choice(
                ([], [], ["-C"], ["-m"], ["-c"], ["--config", "commands.update.check=noconflict"])
            )
        elif rng.random() < 0.2:
            args.append("--force")
        if rng.random() < 0.5:
            args += [
                "--tool",
                rng.choice((":merge", ":merge3", ":other", ":local", ":union", ":fail", ":mergediff")),
            ]
        elif rng.random() < 0.3:
            args += ["--config", "ui.mergemarkers=detailed"]
        if rng.random() < 0.2:
            args += ["--config", f"merge.checkunknown={rng.choice(('warn', 'ignore'))}"]
        if rng.random() < 0.1:
            args += ["--config", "experimental.copytrace=off"]
        if rng.random() < 0.1:
            args += ["--config", "merge.preferancestor=0"]
        if rng.random() < 0.2:
            args += ["-v"]
        return args


def snapshot(root: Path) -> dict[str, tuple[str, bytes]]:
    """Everything below a working copy: kind and content."""
    found = {}
    for directory, names, files in os.walk(root):
        if ".hg" in names:
            names.remove(".hg")
        for name in [*files, *(each for each in names if os.path.islink(os.path.join(directory, each)))]:
            path = os.path.join(directory, name)
            shown = os.path.relpath(path, root)
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                found[shown] = ("l", os.readlink(path).encode())
            else:
                found[shown] = ("x" if mode & 0o100 else "", Path(path).read_bytes())
    return found


def facts(peer: Peer, root: Path) -> dict[str, object]:
    """What the peer says of a repository after a move."""
    merge = root / ".hg" / "merge"
    return {
        "files": snapshot(root),
        "status": peer.run(root, "status", "-C"),
        "parents": peer.run(root, "log", "-r", "parents()", "-T", "{rev} "),
        "branch": peer.run(root, "branch"),
        "resolve": peer.run(root, "resolve", "-l"),
        # without whether a time is recorded, which depends on when that is
        "dirstate": sorted(
            line.replace(b" unset ", b" ").replace(b" set ", b" ").split()
            for line in peer.ok(root, "debugstate", "--no-dates").splitlines()
        ),
        "merge": {path.name: path.read_bytes() for path in merge.iterdir()} if merge.is_dir() else {},
        "left": (root / ".hg" / "updatestate").exists(),
    }


def compare(history: History, scratch: Path, ours: Run) -> tuple[list[str], list[str]]:
    """Do something at random with both programs; the command, and what differs."""
    rng, peer = history.random, history.peer
    start = str(rng.randrange(history.count))
    peer.ok(history.root, "update", "-q", "-C", start)
    peer.ok(history.root, "purge", "--all", "--config", "extensions.purge=")
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        history.change()
    args = history.command()
    theirs, mine = scratch / "theirs", scratch / "mine"
    for copy in (theirs, mine):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(history.root, copy, symlinks=True)
    expected, found = peer.run(theirs, *args), ours(mine, *args)
    differences = []
    for what in ("code", "out", "err"):
        one, two = getattr(expected, what), getattr(found, what)
        if one != two:
            differences.append(f"{what}: {one!r}\n  ours: {two!r}")
    wanted, got = facts(peer, theirs), facts(peer, mine)
    for key, value in wanted.items():
        if value != got[key]:
            differences.append(f"{key}: {value!r}\n  ours: {got[key]!r}")
    return ["start", start, *args], differences

"""Repositories made by random walks: small, odd, and the same ones every time, because every choice comes from a seed.

The peer makes them. What their questions may name (files, revisions, branches ...) is collected on the way.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

from peer import ROOT, Peer

COUNT = 42
#: The names of all walks.
NAMES = (*(f"walk{number:02}" for number in range(COUNT)), "flask")

_FILES: tuple[bytes, ...] = (
    b"a",
    b"b.txt",
    b"dir/c.py",
    b"dir/d.py",
    b"dir/sub/e.txt",
    b"other/f",
)
_LATER: tuple[bytes, ...] = (
    b"g",
    b"dir/h.py",
    b"new/i.txt",
    b"sp ace/j k",
    "caf\u00e9/\u00fc.txt".encode(),
    b"lat\xe9n",
    b"-dash",
    b"glob[1]*.txt",
    b"quote's",
    b"%percent",
    b"#hash",
    b"back\\slash",
    b"UPPER/Case.TXT",
    b".hidden",
    b"aux.c",
    b"x.orig",
)
_USERS = (
    "Alice Example <alice@example.org>",
    "bob",
    "bob@example.com",
    "J\u00fcrgen M\u00fcller <j.mueller@example.org>",
    '"Quoted, Name" <q@example.net>',
    "Carol <carol@localhost",
)
_MESSAGES = (
    "edit things",
    "fix issue1234: the widget\n\nA longer text\nin several lines.",
    "\u00e4\u00f6\u00fc and \u4e2d\u6587 (wide)",
    "merge-like words",
    "tabs\there  and   spaces",
    "  leading space",
    "* list item\n* another\n\n::\n\n  literal",
    "Backed out changeset 123456789abc",
    "upper CASE Text",
)
_BRANCHES = ("stable", "feature/x", "with space", "na\u00efve", "12-digits", "a-b+c")
_TAGS = ("v1.0", "v1.1-rc", "release 2", "\u00e9tiquette", "tip-ish")
_MARKS = ("@", "book", "feature-y", "m\u00e4rk", "book@elsewhere")
_ZONES = (0, -3600, 18000, -19800, 43200)

#: Changesets become obsolete in walks; dates come from the configuration where an option does not give them.
CONFIG = ("experimental.evolution=all", "devel.default-date=86400 0", "ui.interactive=no")


class Walk:
    """One repository on its way, written by the peer."""

    def __init__(self, peer: Peer, root: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.peer, self.root, self.seed = peer, root, seed
        self.time = self.random.choice((-5000000, 0, 1000000000, 1136073600))
        self.settings = [part for item in CONFIG for part in ("--config", item)]

    def hg(self, *args: str | bytes) -> int:
        """Runs a command that may fail."""
        return self.peer.run(self.root, *args, *self.settings).code

    def shown(self, *args: str) -> bytes:
        return self.peer.ok(self.root, *args, *self.settings)

    def build(self) -> None:
        """The whole walk, the working copy that is left at its end included."""
        formats = (
            [],
            ["format.use-dirstate-v2=yes", "storage.dirstate-v2.slow-path=allow"],
            ["format.sparse-revlog=no"],
        )
        chosen = formats[self.seed % len(formats)] if self.seed % 4 == 3 else []
        self.peer.ok(self.root.parent, "init", str(self.root), *[p for c in chosen for p in ("--config", c)])
        with (self.root / ".hg/hgrc").open("a") as hgrc:
            hgrc.write("[storage]\ndirstate-v2.slow-path = allow\n")
        if self.seed == 41:
            return
        for name in self.random.sample(_FILES, 4 + self.seed % 3):
            self.write(name, self.text(8))
        self.commit()
        for _ in range(10 + self.random.randrange(14)):
            self.step()
        self.finish()

    # -- single steps ---------------------------------------------------------------------------------------------

    def step(self) -> None:
        rng = self.random
        kind = rng.choice(
            ("commit",) * 9 + ("elsewhere",) * 3 + ("merge",) * 3
            + ("branch", "close", "tag", "bookmark", "phase", "amend", "prune", "graft", "root")
        )  # fmt: skip
        getattr(self, f"_{kind}")()

    def _commit(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.change()
        self.commit()

    def _elsewhere(self) -> None:
        self.hg("update", "-q", "-C", str(self.random.randrange(self.count())))
        self._commit()

    def _merge(self) -> None:
        heads = self.shown("heads", "-t", "-T", "{rev}\n").split()
        other = self.random.choice(heads) if heads else b"0"
        tool = self.random.choice((":local", ":other", ":union"))
        if self.hg("merge", "-q", "-r", other, "--tool", tool) == 0:
            if self.random.random() < 0.4:
                self.change()
            self.commit()
        else:
            self.hg("update", "-q", "-C", ".")

    def _branch(self) -> None:
        self.hg("branch", "-q", "-f", self.random.choice(_BRANCHES))
        self._commit()

    def _close(self) -> None:
        self.hg("commit", "-m", "close", "--close-branch", "-d", self.date(), "-u", "bob")

    def _tag(self) -> None:
        where = str(self.random.randrange(self.count()))
        name = self.random.choice(_TAGS)
        if self.random.random() < 0.4:
            self.hg("tag", "-l", "-f", "-r", where, name)
        else:
            self.hg("tag", "-f", "-r", where, "-d", self.date(), "-u", "bob", name)

    def _bookmark(self) -> None:
        name = self.random.choice(_MARKS)
        if self.random.random() < 0.5:
            self.hg("bookmark", "-f", "-r", str(self.random.randrange(self.count())), name)
        else:
            self.hg("bookmark", "-f", name)

    def _phase(self) -> None:
        kind = self.random.choice(("--public", "--public", "--secret", "--draft"))
        self.hg("phase", kind, "-r", str(self.random.randrange(self.count())))

    def _amend(self) -> None:
        self.change()
        self.hg("addremove", "-q")
        self.hg("commit", "--amend", "-m", self.message(), "-d", self.date())

    def _prune(self) -> None:
        node = self.shown("log", "-r", "last(draft() - .)", "-T", "{node}").decode()
        if node:
            self.hg("debugobsolete", node, "--record-parents", "-d", self.date(), "-u", "bob")

    def _graft(self) -> None:
        where = str(self.random.randrange(self.count()))
        if self.hg("graft", "-q", "-r", where, "--tool", ":other", "-u", "bob", "-d", self.date()) != 0:
            self.hg("graft", "--abort")
            self.hg("update", "-q", "-C", ".")

    def _root(self) -> None:
        if self.random.random() < 0.5:
            self.hg("update", "-q", "-C", "null")
        self._commit()

    def finish(self) -> None:
        """Leaves a working copy with something of everything, or in the middle of a merge, or clean."""
        self.hg("bookmark", "-f", "-r", "0", "first")
        self.hg("tag", "-l", "-f", "-r", "0", "base")
        heads = [int(rev) for rev in self.shown("heads", "-t", "-T", "{rev}\n").split()]
        self.hg("update", "-q", "-C", str(self.random.choice(heads)))
        if self.seed % 7 == 2:
            self.hg("merge", "-q", "-r", str(self.random.choice(heads)), "--tool", ":fail")
        if self.seed % 5 != 4:
            for _ in range(4):
                self.change()
            self.write(b"unknown.txt", b"unknown\n")
            self.write(b"dir/unknown2.py", b"print()\n")
            files = [name for name in self.files() if os.path.isfile(self.path(name))]
            if files:
                self.hg("forget", b"path:" + self.random.choice(files))
            if len(files) > 2:
                os.unlink(self.path(self.random.choice(files[1:])))
        self.settle()

    def settle(self) -> None:
        """Gives all files one time: patches of the working copy show it."""
        for directory, names, files in os.walk(os.fsencode(self.root)):
            if b".hg" in names:
                names.remove(b".hg")
            for name in files:
                os.utime(os.path.join(directory, name), (1000000, 1000000), follow_symlinks=False)

    # -- changes of files -----------------------------------------------------------------------------------------

    def change(self) -> None:
        rng = self.random
        files = [name for name in self.files() if os.path.lexists(self.path(name))]
        kind = rng.choice(
            ("edit",) * 8
            + ("add",) * 3
            + ("remove", "move", "move", "copy", "copy", "mode", "link", "binary", "crlf")
        )
        if not files or kind == "add":
            self.write(rng.choice(_LATER + _FILES), self.text(rng.randint(0, 6)))
            return
        name = rng.choice(files)
        path = self.path(name)
        if kind == "edit":
            self.edit(path)
        elif kind == "remove":
            self.hg("remove", "-f", b"path:" + name)
        elif kind in ("move", "copy"):
            self.hg(kind, "-q", b"path:" + name, b"path:" + rng.choice(_LATER))
        elif kind == "mode" and not os.path.islink(path):
            os.chmod(path, os.stat(path).st_mode ^ 0o111)
        elif kind == "link":
            os.unlink(path)
            os.symlink(b"to-%d" % rng.randrange(2), path)
        elif kind == "binary":
            self.write(name, b"\0bin%d\xff" % rng.randrange(9))
        elif kind == "crlf" and not os.path.islink(path):
            data = self.read(path).replace(b"\n", b"\r\n", 2)
            self.write(name, data)

    def edit(self, path: bytes) -> None:
        if os.path.islink(path):
            return
        rng = self.random
        lines = self.read(path).splitlines(keepends=True)
        place = rng.randrange(len(lines) + 1)
        lines[place : place + rng.randint(0, 2)] = [self.line() for _ in range(rng.randint(0, 2))]
        if rng.random() < 0.15:
            lines = [line.replace(b" ", b"  ") for line in lines]
        data = b"".join(lines)
        self.write_path(path, data.rstrip(b"\n") if rng.random() < 0.1 else data)

    def line(self) -> bytes:
        words = (
            b"alpha",
            b"beta",
            b"def f(x):",
            b"    return x",
            b"",
            b"gamma delta",
            b"\tindented",
            b"TODO it",
        )
        return self.random.choice(words) + b" %d\n" % self.random.randrange(30)

    def text(self, count: int) -> bytes:
        return b"".join(self.line() for _ in range(count))

    def read(self, path: bytes) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    def path(self, name: bytes) -> bytes:
        return os.path.join(os.fsencode(self.root), name)

    def write(self, name: bytes, data: bytes) -> None:
        self.write_path(self.path(name), data)

    def write_path(self, path: bytes, data: bytes) -> None:
        if os.path.islink(path):
            os.unlink(path)
        parent = os.path.dirname(path)
        if os.path.isdir(path) or (os.path.lexists(parent) and not os.path.isdir(parent)):
            return
        os.makedirs(parent, exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    # -- facts ----------------------------------------------------------------------------------------------------

    def commit(self) -> None:
        self.hg("addremove", "-q", "--similarity", "100" if self.random.random() < 0.2 else "0")
        user = self.random.choice(_USERS)
        self.hg("commit", "-q", "-m", self.message(), "-d", self.date(), "-u", user)

    def message(self) -> str:
        return self.random.choice(_MESSAGES)

    def date(self) -> str:
        self.time += self.random.choice((60, 3600, 86400, 1000000, -1800))
        return f"{self.time} {self.random.choice(_ZONES)}"

    def count(self) -> int:
        return max(1, len(self.shown("log", "--hidden", "-r", "all()", "-T", ".")))

    def files(self) -> list[bytes]:
        return self.peer.run(self.root, "files", "-0", *self.settings).out.split(b"\0")[:-1]


def facts(peer: Peer, root: Path) -> dict[str, list[str]]:
    """What questions may name, read off a repository; whoever asks draws from these lists."""

    def lines(*args: str) -> list[str]:
        text = os.fsdecode(peer.run(root, *args).out)
        return [line for line in text.split("\0") if line]

    every = ["log", "-r", "all()", "-T"]
    files = [name for value in lines(*every, "{files|json}\\0") for name in json.loads(value)]
    # JSON carries bytes that are no text as lone surrogates
    found = {
        "file": sorted(set(files)) or ["a"],
        "dir": sorted({name.rpartition("/")[0] for name in files if "/" in name}) or ["dir"],
        "rev": lines(*every, "{rev}\\0") or ["0"],
        "node": lines(*every, "{node}\\0") or ["0" * 40],
        "short": lines(*every, "{node|short}\\0") or ["0" * 12],
        "branch": sorted(set(lines(*every, "{branch}\\0"))) or ["default"],
        "tag": lines("tags", "-T", "{tag}\\0") or ["tip"],
        "book": lines("bookmarks", "-T", "{bookmark}\\0") or ["book"],
        "user": sorted(set(lines(*every, "{user|emailuser}\\0"))) or ["bob"],
    }
    return {**found, "rev2": found["rev"], "file2": found["file"], "rev3": found["rev"]}


def build(peer: Peer, shelf: Path, name: str) -> Path:
    """The repository of a name below `shelf`; `NAME-other` beside it lacks some of it and has something more."""
    root = shelf / name
    if name == "flask":
        _flask(peer, root)
        return root
    walk = Walk(peer, root, NAMES.index(name))
    walk.build()
    other = shelf / f"{name}-other"
    at = str(walk.random.randrange(walk.count()))
    if peer.run(shelf, "clone", "-q", "-r", at, str(root), str(other), *walk.settings).code != 0:
        peer.ok(shelf, "init", str(other))
    more = Walk(peer, other, 1000 + walk.seed)
    more.write(b"more", b"more\n")
    more.commit()
    (other / ".hg/hgrc").write_text("[experimental]\nevolution = all\n")
    (root / ".hg/hgrc").write_text(
        f"[paths]\ndefault = ../{name}-other\nelse = https://user:pw@example.org/r\n"
        "else:pushrev = .\n[phases]\npublish = no\n[experimental]\nevolution = all\n"
        "[ui]\nusername = somebody <some@body.example>\n[storage]\ndirstate-v2.slow-path = allow\n",
        encoding="utf-8",
    )
    return root


def _flask(peer: Peer, root: Path) -> None:
    """A real history: the bundle that is shared by all checkouts, and a clone that lacks some of it."""
    peer.ok(root.parent, "init", str(root))
    peer.ok(root, "unbundle", "-q", str(ROOT.parent / "shared/data/flask.hg"))
    peer.ok(root, "update", "-q", "-r", "5000")
    other = root.parent / "flask-other"
    peer.ok(root.parent, "clone", "-q", "-U", "-r", "5500", str(root), str(other))
    (root / ".hg/hgrc").write_text("[paths]\ndefault = ../flask-other\n[phases]\npublish = no\n")
    path = root / "CHANGES.rst"
    path.write_bytes(b"changed\n" + path.read_bytes())
    os.utime(path, (1000000, 1000000))

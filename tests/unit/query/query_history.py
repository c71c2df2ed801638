"""A repository with what revision expressions ask about, written by the peer."""

from __future__ import annotations

import os
from pathlib import Path

from peer import Peer


def build(peer: Peer, root: Path) -> None:
    """Branches, merges, closed heads, names, copies, grafts, phases, hidden changesets, odd texts."""
    peer.ok(root.parent, "init", str(root))
    commits = 0

    def commit(message: str, *options: str, user: str = "test") -> None:
        nonlocal commits
        date = f"{1136073600 + commits * 86400 * 40} 0"
        peer.ok(root, "commit", "-qAm", message, "-d", date, "-u", user, *options)
        commits += 1

    def write(name: str, text: str) -> None:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))

    write("a", "a\n")
    write("sub/b", "b\n")
    commit("first", user="Alice <alice@example.org>")  # 0
    write("a", "a\nmore\n")
    commit("Issue619 second\nlines", user="Bob")  # 1
    write("c.txt", "c\n")
    commit("third with \u00e4\u00d6", user="J\u00fcrgen")  # 2
    peer.ok(root, "update", "-q", "1")
    peer.ok(root, "branch", "-q", "a-b-c")
    write("sub/b", "b\nchanged\n")
    commit("on a branch", user="bob@example.org")  # 3
    peer.ok(root, "copy", "-q", "sub/b", "sub/d")
    commit("a copy")  # 4
    peer.ok(root, "merge", "-q", "2")
    commit("merge")  # 5
    peer.ok(root, "update", "-q", "2")
    peer.ok(root, "remove", "-q", "c.txt")
    commit("removed c.txt", user="Alice <alice@example.org>")  # 6
    peer.ok(root, "branch", "-q", "+weird name+")
    write("a", "a\nother\n")
    commit("weird branch")  # 7
    commit("close it", "--close-branch")  # 8
    peer.ok(root, "update", "-q", "6")
    peer.ok(root, "graft", "-q", "4", "-d", "0 0")  # 9
    write("x/y", "deep\n")
    commit("deep file", "--config", "phases.new-commit=secret")  # 10
    peer.ok(root, "update", "-q", "null")
    write("root2", "another root\n")
    commit("second root", user="\u00c9mile")  # 11
    peer.ok(root, "merge", "-q", "5")
    commit("merge of roots")  # 12
    peer.ok(root, "update", "-q", "7")
    write("doomed", "d\n")
    commit("doomed")  # 13
    write("child", "c\n")
    commit("child of doomed")  # 14
    peer.ok(root, "update", "-q", "12")
    peer.ok(root, "phase", "-q", "--public", "-r", "3")
    peer.ok(root, "tag", "-q", "-l", "-r", "3", "v1.0")
    peer.ok(root, "tag", "-q", "-l", "-r", "4", "v1.1-rc")
    peer.ok(root, "bookmark", "-q", "-i", "-r", "9", "feature/x")
    peer.ok(root, "bookmark", "-q", "-i", "-r", "2", "book")
    markers = ("--config", "experimental.evolution=createmarkers,allowunstable")
    node = peer.ok(root, "log", "-r", "14", "-T", "{node}").decode()
    new = peer.ok(root, "log", "-r", "10", "-T", "{node}").decode()
    peer.ok(root, "debugobsolete", node, new, *markers)
    other = peer.ok(root, "log", "-r", "9", "-T", "{node}").decode()
    peer.ok(root, "debugobsolete", other, *markers)
    write("uncommitted", "u\n")
    peer.ok(root, "add", "-q", "uncommitted")
    write("a", "changed again\n")
    os.makedirs(root / "sub", exist_ok=True)


def litter(root: Path) -> None:
    """Untracked, ignored, executable, binary, linked and oddly named files around the repository's own."""
    (root / ".hgignore").write_text("syntax: glob\n*.o\nroot2\n")
    for name, data in {
        "new.o": b"\0object",
        "unknown.txt": b"one\r\ntwo\n",
        "mac": b"one\rtwo",
        "big": b"x" * 3000,
        "con.txt": b"",
        "trailing.": b"more\n",
        "run": b"#!/bin/sh\n",
        "sub/latin": b"\xe9\n",
    }.items():
        (root / name).write_bytes(data)
    (root / "run").chmod(0o755)
    os.symlink("a", root / "link")
    os.unlink(root / "sub/d")

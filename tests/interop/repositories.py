"""Repositories that the peer writes, one per format combination, with the odd cases that a real history has."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from peer import Peer

SLOW = "storage.dirstate-v2.slow-path=allow"

#: name -> configuration of `init` and of every later command of the peer on that repository
FORMATS: dict[str, list[str]] = {
    "default": [],
    "dirstate-v2": ["format.use-dirstate-v2=yes", SLOW],
    "zlib": ["format.revlog-compression=zlib"],
    "no-compression": ["format.revlog-compression=none"],
    "no-sparse-revlog": ["format.sparse-revlog=no"],
    "no-generaldelta": ["format.sparse-revlog=no", "format.usegeneraldelta=no"],
    "no-dotencode": ["format.dotencode=no"],
    "no-fncache": ["format.usefncache=no"],
    "no-store": ["format.usestore=no"],
    "treemanifest": ["experimental.treemanifest=yes"],
    "treemanifest-dirstate-v2": ["experimental.treemanifest=yes", "format.use-dirstate-v2=yes", SLOW],
    "share-safe": ["format.use-share-safe=yes"],
    "no-share-safe": ["format.use-share-safe=no"],
    "nodemap": ["format.use-persistent-nodemap=yes", "storage.revlog.persistent-nodemap.slow-path=allow"],
}

HGIGNORE = b"""# ignored things
syntax: glob
*.o
build/
deep/**.tmp
syntax: regexp
^generated-\\d+$
rootglob:top-only.*
re:.*\\.(swp|bak)$
include:more-ignores
subinclude:vendor/ignores
"""


def arguments(name: str) -> list[str]:
    """`--config` arguments for the peer on a repository of that format."""
    return [part for item in FORMATS[name] for part in ("--config", item)]


class Builder:
    """Makes one repository with the peer, step by step, with fixed dates."""

    def __init__(self, peer: Peer, name: str, root: Path) -> None:
        self.peer, self.root, self.extra = peer, root, arguments(name)
        self.day = 0

    def hg(self, *args: str | bytes) -> bytes:
        return self.peer.ok(self.root, *args, *self.extra)

    def commit(self, message: str, *args: str) -> None:
        self.day += 1
        self.hg("commit", "-q", "-A", "-m", message, "-d", f"{self.day * 86400} 0", *args)

    def write(self, path: str | bytes, data: bytes, mode: int = 0o644) -> None:
        full = os.path.join(os.fsencode(self.root), os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(data)
        os.chmod(full, mode)


def lines(seed: int, count: int) -> bytes:
    """Text that compresses like source code and differs from seed to seed."""
    return b"".join(
        b"line %d of text number %d %x\n" % (n, seed, (n * 7919 + seed) % 65521) for n in range(count)
    )


def noise(count: int) -> bytes:
    """Lines that hardly compress, so that a filelog grows past the size at which its data get a file of their own."""
    return b"".join(hashlib.sha256(b"%d" % n).hexdigest().encode() + b"\n" for n in range(count))


def build(peer: Peer, name: str, root: Path) -> None:
    """History: 30 revisions, a rename, a copy, two branches, a merge, tags, bookmarks, phases; clean working copy."""
    root.mkdir(parents=True)
    peer.ok(root.parent, "init", str(root), *arguments(name))
    make = Builder(peer, name, root)
    make.write(".hgignore", HGIGNORE)
    make.write("more-ignores", b"syntax: glob\n*.more\n")
    make.write("vendor/ignores", b"glob:sub-*\n")
    make.write("vendor/kept.c", b"int kept;\n")
    for number in range(12):
        make.write(f"src/mod{number % 3}/file{number}.py", lines(number, 20 + number))
    make.write("bin/tool", b"#!/bin/sh\necho tool\n", 0o755)
    os.symlink("src/mod0", root / "link")
    make.write("empty", b"")
    make.write("MixedCase/Upper_and_under.TXT", b"case\n")
    make.write(".dotted/.hidden", b"dot\n")
    make.write("aux/con.txt", b"reserved on some systems\n")
    make.write(b"caf\xe9/latin-1 name", b"not utf-8\n")
    make.write("sp ace/trailing space ", b"spaces\n")
    make.write("/".join(["a-rather-long-directory-name"] * 6) + "/file-with-a-hashed-name.txt", b"long\n")
    make.write("meta", b"\x01\ncopy: not really\n\x01\nbody\n")
    make.write("big", noise(6000))
    make.commit("first")
    if "treemanifest" not in name:  # the peer's own tag cache fails an assertion there
        make.hg("tag", "-d", "0 0", "v1.0")
    make.hg("bookmark", "stable")
    for number in range(12):
        make.write("src/mod0/file0.py", lines(0, 20) + b"revision %d\n" % number)
        make.write("big", noise(6000) + lines(number, 5))
        make.commit(f"edit {number}")
    make.hg("rename", "src/mod1/file1.py", "src/mod1/renamed.py")
    make.hg("copy", "bin/tool", "bin/tool2")
    make.commit("rename and copy")
    make.hg("branch", "-q", "feature/one")
    make.write("feature.txt", b"feature\n")
    make.commit("on a branch")
    make.hg("remove", "empty")
    make.commit("remove a file")
    make.hg("update", "-q", "default")
    os.chmod(root / "src/mod2/file2.py", 0o755)
    make.commit("exec bit")
    make.hg("merge", "-q", "feature/one")
    make.commit("merge the feature")
    make.hg("bookmark", "-r", "3", "old work")
    make.hg("tag", "--local", "-r", "2", "mine")
    make.hg("phase", "--public", "-r", "5")
    make.write("secret.txt", b"secret\n")
    make.commit("a secret", "--secret")


def dirty(peer: Peer, name: str, root: Path) -> None:
    """Makes the working copy show every kind of status."""
    make = Builder(peer, name, root)
    make.write("src/mod0/file0.py", b"changed\n")
    make.write("src/mod0/file3.py", lines(3, 23).replace(b"line 1 ", b"line X "))
    make.write("new.txt", b"new\n")
    make.write("src/unknown.txt", b"unknown\n")
    make.write("object.o", b"ignored\n")
    make.write("build/out/deep.c", b"ignored directory\n")
    make.write("generated-12", b"")
    make.write("x.more", b"")
    make.write("vendor/sub-thing", b"")
    make.write("top-only.x", b"")
    make.write("src/top-only.x", b"")
    make.write(b"unk\xff\xfename", b"?\n")
    make.hg("add", "new.txt")
    make.hg("remove", "src/mod2/file5.py")
    make.hg("copy", "src/mod2/file8.py", "src/copied.py")
    make.hg("rename", "src/mod1/file4.py", "src/moved.py")
    (root / "src/mod1/file7.py").unlink()
    (root / "link").unlink()
    (root / "link").symlink_to("src/mod1")
    os.chmod(root / "bin/tool", 0o644)
    nested = root / "nested"
    peer.ok(root, "init", str(nested))
    (nested / "inside").write_bytes(b"not ours\n")


def share(name: str, source: Path, root: Path) -> None:
    """A share of `source` with a working copy of its own, made by a process that ends: extensions stay loaded."""
    peer = Peer()
    extra = ["--config", "extensions.share=", *arguments(name)]
    peer.ok(source.parent, "share", "-q", str(source), str(root), *extra)
    peer.close()

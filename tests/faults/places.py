"""A directory with repositories as it can be taken, compared and put back: what lies there, without the times of clocks.

It knows which bytes differ from run to run without meaning anything. What is right or wrong is not its business.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import time
from pathlib import Path
from typing import NamedTuple

#: What changed this short a time ago may change again without a new time.
RACY = 50_000_000
#: Names of files that are not finished: what stands in front, and what makes them unlike any other.
TEMPORARY = re.compile(r"^\.?(.*?)([-._][0-9a-zA-Z_]+)*~$")
LOCKS = ("wlock", "lock")
#: What is looked at only where a transaction is to be taken back or somebody asks for a rollback, and by whom it is for.
INERT = ("journal.", "undo", ".undo", "last-message.txt")
ENTRY = struct.Struct(">cllll")
NEWER = b"dirstate-v2\n"


class Entry(NamedTuple):
    """What lies at a path.

    Attributes:
        kind: "d", "f" or "l"; mode: its permissions; digest: of what a file holds, or where a link points.
        mtime: in nanoseconds, of files.
        group: the first of the paths that are links of the same file; empty where there is one only.
    """

    kind: str
    mode: int
    digest: str
    mtime: int
    group: str


State = dict[str, Entry]


class Place:
    """The directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._contents: dict[str, bytes] = {}
        self._seen: dict[tuple[int, int, int, int], str] = {}

    def take(self) -> State:
        """What lies there now."""
        found: State = {}
        groups: dict[int, str] = {}
        now = time.time_ns()
        for directory, names, files in os.walk(self.directory):
            names.sort()
            for name in sorted([*names, *files]):
                path = os.path.join(directory, name)
                about = os.lstat(path)
                short = os.path.relpath(path, self.directory)
                mode = stat.S_IMODE(about.st_mode)
                if stat.S_ISDIR(about.st_mode):
                    found[short] = Entry("d", mode, "", 0, "")
                elif stat.S_ISLNK(about.st_mode):
                    found[short] = Entry("l", mode, os.readlink(path), 0, "")
                elif stat.S_ISREG(about.st_mode):
                    group = groups.setdefault(about.st_ino, short) if about.st_nlink > 1 else ""
                    digest = self._digest(path, about, now)
                    found[short] = Entry("f", mode, digest, about.st_mtime_ns, group)
        return found

    def put(self, state: State) -> None:
        """Makes what lies there what was taken."""
        there = self.take()
        for path in sorted(there, reverse=True):
            # links are made anew, for they share what is written through one of them
            if there[path] != state.get(path) or there[path].group:
                full = self.directory / path
                if there[path].kind != "d":
                    full.unlink()
                    del there[path]
                elif path not in state or state[path].kind != "d":
                    full.rmdir()
                    del there[path]
        for path in sorted(state):
            entry = state[path]
            full = self.directory / path
            if entry.kind == "d":
                if path not in there:
                    full.mkdir()
                os.chmod(full, entry.mode)
            elif path in there:
                continue
            elif entry.kind == "l":
                full.symlink_to(entry.digest)
            elif entry.group and entry.group != path:
                os.link(self.directory / entry.group, full)
            else:
                full.write_bytes(self._contents[entry.digest])
                os.chmod(full, entry.mode)
                os.utime(full, ns=(entry.mtime, entry.mtime))

    def mark(self, state: State) -> str:
        """The same for states between which nobody can see a difference that means something.

        Where no journal is left, what belongs to one means nothing, nor does what has a name that nobody looks for.
        """
        lines = []
        for path, entry in state.items():
            directory, name = os.path.split(path)
            found = TEMPORARY.match(name)
            before, dot_hg, _ = f"{directory}/".partition("/.hg/")
            has_name = found is None and not name.startswith(INERT)
            if dot_hg and entry.kind == "f" and not has_name and f"{before}/.hg/store/journal" not in state:
                continue
            told = entry.digest
            if entry.kind == "l" and name in LOCKS:
                told = "locked"
            elif "dirstate" in name and entry.kind == "f" and os.path.basename(directory) == ".hg":
                told = self._dirstate(entry.digest, os.path.dirname(directory), state)
            shown = os.path.join(directory, f"{found[1]}~") if found else path
            lines.append(f"{shown}\0{entry.kind}{entry.mode:o}\0{told}\0{entry.group}")
        return hashlib.sha1("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()

    def _digest(self, path: str, about: os.stat_result, now: int) -> str:
        key = (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
        known = self._seen.get(key)
        if known is not None:
            return known
        with open(path, "rb") as stream:
            content = stream.read()
        digest = hashlib.sha1(content).hexdigest()
        self._contents[digest] = content
        if about.st_ctime_ns < now - RACY:
            self._seen[key] = digest
        return digest

    def _dirstate(self, digest: str, root: str, state: State) -> str:
        """A dirstate of the first format with what its times say of the files instead of the times."""
        content = self._contents[digest]
        if content.startswith(NEWER) or len(content) < 40:
            return digest
        told = [content[:40]]
        at = 40
        try:
            while at < len(content):
                kind, mode, size, mtime, length = ENTRY.unpack_from(content, at)
                at += ENTRY.size
                path = os.fsdecode(content[at : at + length].split(b"\0")[0])
                there = state.get(os.path.join(root, path))
                same = there is not None and there.mtime // 10**9 & 0x7FFFFFFF == mtime
                told.append(
                    b"%s %o %d %d %s"
                    % (kind, mode, size, mtime if mtime < 0 else same, content[at : at + length])
                )
                at += length
        except struct.error:
            return digest
        return hashlib.sha1(b"\n".join(told)).hexdigest()

"""Makes a history of many changesets as a bundle for Mercurial and, in the same pass, as a stream for `git fast-import`.

history.py CHANGESETS BUNDLE GIT_DIRECTORY        (deterministic: the same number gives the same history)

A main line with up to four side lines at a time that are merged back; each side line owns the files that it changes, so
that no merge conflicts. What is measured on it belongs to `questions.py`.
"""

from __future__ import annotations

import bisect
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from typing import BinaryIO, NamedTuple

NULL = bytes(20)
START = 1_104_537_600  # the first of January 2005
_WORDS = (
    "account adapter archive array basket batch binding border branch bridge buffer bundle cache cursor channel chunk "
    "client codec column commit config context copy core counter crypto daemon data decode delta diff digest driver "
    "edge editor encode engine entry error event export factory field file filter flag format frame function gateway "
    "graph group guard handler hash header heap hook host image import index inode input insert item journal kernel "
    "key label layer layout ledger level library limit line link list loader local lock log loop manager map mask "
    "match memory merge message method meta mirror mode model module monitor mount name network node note number "
    "object offset operator option order output owner packet page parser patch path pattern peer phase pipe plan "
    "plugin pointer policy pool port prefix print process profile proxy query queue range reader record region "
    "registry remote render report request reset result retry revision ring root route rule runner schema scope "
    "script search section segment select sequence server session set shape shard signal size slice slot socket sort "
    "source split stack stage state status store stream string style symbol sync system table tag target task "
    "template test text thread time token trace transfer tree tuple type union unit update user value vector vendor "
    "version view walk watch window worker writer zone "
)
WORDS = _WORDS.split()
SUFFIXES = (".py", ".py", ".c", ".h", ".rs", ".txt", ".md")


class File:
    """What a file contains now, and the node of it."""

    __slots__ = ("chunks", "lines", "node", "path")

    def __init__(self, path: bytes) -> None:
        self.path = path
        self.lines: list[bytes] = []
        self.node = NULL
        self.chunks: list[bytes] = []


class Line:
    """A line of development: its head, its manifest, and the files that it may change."""

    def __init__(self, name: bytes, owned: list[File]) -> None:
        self.name = name
        self.owned = owned
        self.touched: dict[bytes, File] = {}
        self.node = self.manifest = NULL
        self.text = bytearray()
        self.paths: list[bytes] = []
        self.mark = 0

    def fork(self, name: bytes, owned: list[File]) -> Line:
        """Another line that starts here."""
        other = Line(name, owned)
        other.node, other.manifest, other.mark = self.node, self.manifest, self.mark
        other.text, other.paths = self.text[:], self.paths[:]
        return other

    def enter(self, file: File) -> tuple[int, int, bytes]:
        """Notes the file in the manifest: the part that was replaced, and what by."""
        line = file.path + b"\0" + file.node.hex().encode() + b"\n"
        at = bisect.bisect_left(self.paths, file.path)
        if at < len(self.paths) and self.paths[at] == file.path:
            found = 0 if at == 0 else self.text.index(b"\n" + file.path + b"\0") + 1
            end = found + len(line)
        else:
            later = self.paths[at] if at < len(self.paths) else None
            if later is None:
                found = len(self.text)
            else:
                found = 0 if at == 0 else self.text.index(b"\n" + later + b"\0") + 1
            self.paths.insert(at, file.path)
            end = found
        self.text[found:end] = line
        return found, end, line


class Header(NamedTuple):
    """What a changeset says."""

    user: bytes
    time: int
    message: bytes


class History:
    """The generator, with what it has written so far."""

    def __init__(self, git: BinaryIO) -> None:
        self.random = random.Random(200_000)
        self.git = git
        self.changesets: list[bytes] = []
        self.manifests: list[bytes] = []
        self.files: list[File] = []
        self.names: set[bytes] = set()
        self.taken: set[bytes] = set()
        self.time = START
        self.main = Line(b"default", [])
        self.sides: list[Line] = []
        people = self.random.sample(WORDS, 120)
        self.users = [
            f"{people[n % 120].title()} {people[n * 7 % 119].title()} <{people[n % 120]}{n}@example.org>".encode()
            for n in range(420)
        ]

    def make(self, count: int) -> None:
        """Writes that many changesets."""
        pick = self.random.random
        while len(self.changesets) < count:
            if self.sides and (len(self.sides) == 4 or pick() < 0.02):
                self.merge(self.sides.pop(self.random.randrange(len(self.sides))))
            elif len(self.files) > 200 and self.main.mark and pick() < 0.02:
                self.sides.append(self.side())
            elif self.sides and pick() < 0.4:
                self.commit(self.random.choice(self.sides))
            else:
                self.commit(self.main)

    def side(self) -> Line:
        """A new side line; one of ten has a branch of its own."""
        free = [self.chosen() for _ in range(40)]
        owned = list({file.path: file for file in free if file.path not in self.taken}.values())[:25]
        self.taken.update(file.path for file in owned)
        name = f"work-{len(self.changesets)}".encode() if self.random.random() < 0.1 else b"default"
        return self.main.fork(name, owned)

    def chosen(self) -> File:
        """Some file; old ones are changed more often."""
        return self.files[int(len(self.files) * self.random.random() ** 1.6)]

    def commit(self, line: Line) -> None:
        """A changeset of one to six files."""
        wanted = min(6, 1 + int(self.random.expovariate(0.7)))
        changed: dict[bytes, File] = {}
        growing = len(self.files) < 300 or self.random.random() < 0.012
        if growing and len(self.files) < 4000:
            file = File(self.new_path())
            self.files.append(file)
            changed[file.path] = file
        for _ in range(wanted * 3):  # the same may be drawn again
            file = self.random.choice(line.owned) if line.owned else self.chosen()
            if len(changed) < wanted and (line is not self.main or file.path not in self.taken):
                changed[file.path] = file
        if line is not self.main:
            line.touched.update(changed)
        self.record(line, None, [changed[path] for path in sorted(changed)])

    def merge(self, side: Line) -> None:
        """A merge of the side line into the main line, whose own files it leaves alone."""
        self.taken.difference_update(file.path for file in side.owned)
        self.taken.difference_update(side.touched)
        self.record(self.main, side, [side.touched[path] for path in sorted(side.touched)])

    def record(self, line: Line, side: Line | None, files: list[File]) -> None:
        """Writes file revisions, the manifest and the changeset of one commit, and the same for git."""
        header = self.header(side)
        mark = len(self.changesets) + 1
        self.write_git(line, side, header, mark)
        fresh: list[tuple[File, bytes, bytes, bytes]] = []
        for file in files:
            if side is None:
                before = file.node
                fresh.append((file, before, *self.edit(file)))
            self.git.write(b"M 100644 inline %s\n" % file.path)
            text = b"".join(file.lines)
            self.git.write(b"data %d\n%s\n" % (len(text), text))
        parents = (line.manifest, side.manifest if side else NULL)
        base = line.manifest
        hunks = [line.enter(file) for file in files]
        delta = hunk_bytes(hunks)
        line.manifest = digest(line.text, *parents)
        extra = b"" if line.name == b"default" else b" branch:" + line.name
        listed = b"\n".join([file.path for file in files] if side is None else [])
        text = b"%s\n%s\n%d 0%s\n%s\n\n%s" % (
            line.manifest.hex().encode(), header.user, header.time, extra, listed, header.message,
        ) if listed else b"%s\n%s\n%d 0%s\n\n%s" % (
            line.manifest.hex().encode(), header.user, header.time, extra, header.message,
        )  # fmt: skip
        first, second = line.node, side.node if side else NULL
        node = digest(text, first, second)
        self.changesets.append(chunk(node, first, second, NULL, node, hunk(0, 0, text)))
        self.manifests.append(chunk(line.manifest, *parents, base, node, delta))
        for file, before, made, hunks_of_file in fresh:
            file.node = made
            file.chunks.append(chunk(made, before, NULL, before, node, hunks_of_file))
        line.node, line.mark = node, mark

    def write_git(self, line: Line, side: Line | None, header: Header, mark: int) -> None:
        """The head of a commit for git."""
        out = [b"commit refs/heads/%s\nmark :%d\n" % (b"main" if line is self.main else b"side", mark)]
        out.append(
            b"author %s %d +0000\ncommitter %s %d +0000\n"
            % (header.user, header.time, header.user, header.time)
        )
        out.append(b"data %d\n%s\n" % (len(header.message), header.message))
        if line.mark:
            out.append(b"from :%d\n" % line.mark)
        if side is not None:
            out.append(b"merge :%d\n" % side.mark)
        self.git.write(b"".join(out))

    def edit(self, file: File) -> tuple[bytes, bytes]:
        """Changes some lines of the file: its new node, and the delta."""
        lines, number = file.lines, self.random.randrange
        before = file.node
        if not lines:
            lines.extend(self.source_line() for _ in range(20 + number(140)))
            text = b"".join(lines)
            delta = hunk(0, 0, text)
        else:
            start = number(len(lines))
            removed = min(number(4), len(lines) - start) if len(lines) > 30 else 0
            added = [self.source_line() for _ in range(1 + number(4 if len(lines) < 160 else 2))]
            offset = sum(map(len, lines[:start]))
            end = offset + sum(map(len, lines[start : start + removed]))
            lines[start : start + removed] = added
            text = b"".join(lines)
            delta = hunk(offset, end, b"".join(added))
        file.node = digest(text, before, NULL)
        return file.node, delta

    def source_line(self) -> bytes:
        """A line as programs have them."""
        choice, number = self.random.choice, self.random.randrange
        kind = number(10)
        indent = "    " * number(4)
        if kind == 0:
            return b"\n"
        if kind < 3:
            return (
                f"{indent}# {choice(WORDS)} the {choice(WORDS)} of {choice(WORDS)} {number(1000)}\n".encode()
            )
        if kind < 4:
            return f"{indent}return {choice(WORDS)}\n".encode()
        return f"{indent}{choice(WORDS)}_{choice(WORDS)} = {choice(WORDS)}({choice(WORDS)}, {number(100)})\n".encode()

    def new_path(self) -> bytes:
        """A path that is not taken."""
        choice = self.random.choice
        while True:
            depth = self.random.randrange(4)
            folders = "".join(choice(WORDS[:40]) + "/" for _ in range(depth))
            path = f"{folders}{choice(WORDS)}_{choice(WORDS)}{choice(SUFFIXES)}".encode()
            if path not in self.names:
                self.names.add(path)
                return path

    def header(self, side: Line | None) -> Header:
        """Who, when, and why at length."""
        self.time += 60 + self.random.randrange(6000)
        user = self.users[int(len(self.users) * self.random.random() ** 2)]
        choice, number = self.random.choice, self.random.randrange
        if side is not None:
            return Header(user, self.time, f"merge with {side.name.decode()}".encode())
        subject = f"{choice(WORDS)}: {choice(WORDS)} the {choice(WORDS)} before {choice(WORDS)} (issue{number(9000)})"
        paragraphs = [" ".join(choice(WORDS) for _ in range(10)) for _ in range(number(14))]
        message = "\n".join([subject, "", *paragraphs]) if paragraphs else subject
        return Header(user, self.time, message.encode())

    def parts(self) -> Iterator[bytes]:
        """The changegroup: changesets, manifests, then files by path."""
        for group in (self.changesets, self.manifests):
            yield from group
            yield struct.pack(">i", 0)
        for file in sorted(self.files, key=lambda file: file.path):
            yield struct.pack(">i", len(file.path) + 4) + file.path
            yield from file.chunks
            yield struct.pack(">i", 0)
        yield struct.pack(">i", 0)


def digest(text: bytes | bytearray, first: bytes, second: bytes) -> bytes:
    """The node of a text with these parents."""
    low, high = sorted((first, second))
    return sha1(low + high + text, usedforsecurity=False).digest()


def hunk(start: int, end: int, data: bytes) -> bytes:
    """One hunk of a delta."""
    return struct.pack(">iii", start, end, len(data)) + data


def hunk_bytes(hunks: list[tuple[int, int, bytes]]) -> bytes:
    """Hunks whose places were noted one after the other, the later ones after what the former ones inserted."""
    out, shift = [], 0
    for start, end, data in hunks:
        out.append(hunk(start - shift, end - shift, data))
        shift += len(data) - (end - start)
    return b"".join(out)


def chunk(node: bytes, first: bytes, second: bytes, base: bytes, link: bytes, delta: bytes) -> bytes:
    """A revision in a changegroup of version 2."""
    return struct.pack(">i", 104 + len(delta)) + node + first + second + base + link + delta


def write_bundle(parts: Iterator[bytes], count: int, path: Path) -> None:
    """A bundle2 file without compression that holds one changegroup."""
    nb = str(count).encode()
    params = bytes([7, 2, 9, len(nb)]) + b"version02" + b"nbchanges" + nb
    header = bytes([11]) + b"CHANGEGROUP" + struct.pack(">i", 0) + bytes([1, 1]) + params
    with path.open("wb") as out:
        out.write(b"HG20" + struct.pack(">i", 0) + struct.pack(">i", len(header)) + header)
        held: list[bytes] = []
        size = 0
        for part in parts:
            held.append(part)
            size += len(part)
            if size > 1 << 16:
                out.write(struct.pack(">i", size) + b"".join(held))
                held, size = [], 0
        if held:
            out.write(struct.pack(">i", size) + b"".join(held))
        out.write(struct.pack(">ii", 0, 0))


def main() -> int:
    """Writes both twins."""
    count, bundle, git = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(git)], check=True)
    command = ["git", f"--git-dir={git}", "fast-import", "--quiet", "--force", f"--export-marks={git}/marks"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    history = History(process.stdin)  # type: ignore[arg-type]
    history.make(count)
    process.stdin.close()
    write_bundle(history.parts(), count, bundle)
    if process.wait():
        return 1
    subprocess.run(["git", f"--git-dir={git}", "update-ref", "-d", "refs/heads/side"], check=True)
    subprocess.run(["git", f"--git-dir={git}", "gc", "-q"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

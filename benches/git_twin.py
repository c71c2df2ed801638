"""Makes a git repository with the history of one of ours, through `git fast-import`.

Only what a benchmark of clones needs: files, messages, parents; nothing of it goes back.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import prepare
from sizes import open_repository

_MODES = {"": b"100644", "x": b"100755", "l": b"120000"}


def make(source: Path, twin: Path) -> None:
    """Writes the twin of `source` to `twin`, a bare repository with one branch for each head."""
    prepare.call(["git", "init", "-q", "--bare", str(twin)])
    command = ["git", f"--git-dir={twin}", "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for piece in _stream(source):
            process.stdin.write(piece)
        process.stdin.close()
    if process.returncode:
        raise SystemExit("git fast-import failed")
    prepare.call(["git", f"--git-dir={twin}", "symbolic-ref", "HEAD", "refs/heads/tip"])
    prepare.call(["git", f"--git-dir={twin}", "gc", "-q"])


def _stream(source: Path) -> Iterator[bytes]:
    repo = open_repository(source)
    marks: dict[bytes, int] = {}
    length = len(repo.engine.changelog())
    default = repo.resolve("default")
    for rev in range(length):
        changeset = repo[rev]
        lines = []
        before = changeset.parents[0].manifest
        now = changeset.manifest
        for path, entry in now.items():
            if before.get(path) == entry:
                continue
            if entry.node not in marks:
                marks[entry.node] = length + len(marks) + 1
                data = repo.engine.file_data(path, entry.node)
                yield b"blob\nmark :%d\ndata %d\n%s\n" % (marks[entry.node], len(data), data)
            lines.append(b"M %s :%d %s\n" % (_MODES[entry.flags], marks[entry.node], os.fsencode(path)))
        lines[:0] = [b"D %s\n" % os.fsencode(path) for path in before if path not in now]
        text = os.fsencode(changeset.description)
        yield b"commit refs/heads/r%d\nmark :%d\n" % (rev, rev + 1)
        yield b"committer bench <b@b> %d +0000\ndata %d\n%s\n" % (max(changeset.date[0], 0), len(text), text)
        for word, parent in zip((b"from", b"merge"), changeset.parents, strict=True):
            if parent.rev >= 0:
                yield b"%s :%d\n" % (word, parent.rev + 1)
        yield b"".join(lines) + b"\n"
        for parent in changeset.parents:
            if parent.rev >= 0:
                yield b"reset refs/heads/r%d\nfrom 0000000000000000000000000000000000000000\n\n" % parent.rev
    yield b"reset refs/heads/tip\nfrom :%d\n\n" % (default + 1)

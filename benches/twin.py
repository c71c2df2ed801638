"""Writes a repository as a stream for `git fast-import`, read through the product's own engine.

twin.py REPOSITORY GIT_DIRECTORY        (without branches and tags: what is compared are histories and contents)
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings

MODES = {"": b"100644", "x": b"100755", "l": b"120000"}


def person(user: str) -> bytes:
    """The user as git wants to have it."""
    found = re.fullmatch(r"([^<>]*)<([^<>]*)>.*", user.strip())
    name, mail = found.groups() if found else (re.sub("[<>]", "", user), "none")
    return f"{name.strip() or 'nobody'} <{mail.strip()}>".encode(errors="surrogateescape")


def main() -> int:
    """Writes the twin."""
    root, git = str(Path(sys.argv[1]).resolve()), sys.argv[2]
    repository = select_engine("auto").open(root, EngineSettings())
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", git], check=True)
    command = ["git", f"--git-dir={git}", "fast-import", "--quiet", "--force", f"--export-marks={git}/marks"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    out = process.stdin
    assert out is not None
    index = repository.changelog()
    trees: dict[int, dict[str, tuple[bytes, str]]] = {-1: {}}
    for rev in range(len(index)):
        record = repository.changeset(rev)
        first, second = index.parents(rev)
        tree = {path: (entry.node, entry.flags) for path, entry in repository.manifest(rev).items()}
        trees[rev] = tree
        trees.pop(rev - 400, None)
        seconds, offset = record.time, record.offset
        sign = b"-" if offset > 0 else b"+"
        zone = sign + b"%02d%02d" % (abs(offset) // 3600, abs(offset) // 60 % 60)
        message = record.description.encode(errors="surrogateescape")
        who = b"%s %d %s" % (person(record.user), max(seconds, 0), zone)
        out.write(b"commit refs/heads/r%d\nmark :%d\nauthor %s\ncommitter %s\n" % (rev, rev + 1, who, who))
        out.write(b"data %d\n%s\n" % (len(message), message))
        if first >= 0:
            out.write(b"from :%d\n" % (first + 1))
        if second >= 0:
            out.write(b"merge :%d\n" % (second + 1))
        before = trees.get(first)
        if before is None:
            before = {p: (entry.node, entry.flags) for p, entry in repository.manifest(first).items()}
        for path in before.keys() - tree.keys():
            out.write(b"D %s\n" % path.encode(errors="surrogateescape"))
        for path, (node, flags) in tree.items():
            if before.get(path) != (node, flags):
                data = repository.file_data(path, node)
                name = path.encode(errors="surrogateescape")
                out.write(b"M %s inline %s\ndata %d\n%s\n" % (MODES[flags], name, len(data), data))
        for parent in {first, second} - {-1}:
            out.write(b"reset refs/heads/r%d\nfrom %s\n\n" % (parent, b"0" * 40))
    out.write(b"reset refs/heads/main\nfrom :%d\n\n" % len(index))
    out.close()
    if process.wait():
        return 1
    subprocess.run(["git", f"--git-dir={git}", "gc", "-q"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

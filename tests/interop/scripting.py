"""Scripts of `scripts/scripts.txt`: small sequences of commands, each about one thing, and what the peer answered.

`python tests/interop/scripting.py` runs the peer and records its answers in `scripts/answers.json`. A line is a
command, or `> PATH TEXT` (a file), `x PATH` (turns its executable bit), `l PATH TARGET` (a symbolic link), `- PATH`
(removes it).
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
for each in (HERE.parent, HERE.parent / "unit"):
    if str(each) not in sys.path:
        sys.path.insert(0, str(each))

from peer import Answer, Peer  # noqa: E402

SCRIPTS, ANSWERS = HERE / "scripts/scripts.txt", HERE / "scripts/answers.json"
CONFIGURATION = """\
[ui]
interactive = false
merge = :merge
[devel]
default-date = 77 0
[extensions]
amend =
share =
strip =
uncommit =
[commands]
commit.post-status = no
"""
#: Of what stands there, that which is compared.
PARTS = ("changesets", "status", "dirstate", "names", "merge", "files")

Run = Callable[..., Answer]


def scripts() -> dict[str, list[str]]:
    """The lines of each script by its theme."""
    found: dict[str, list[str]] = {}
    for line in SCRIPTS.read_text().splitlines():
        if line.startswith("=== "):
            lines = found.setdefault(line[4:], [])
        elif line:
            lines.append(line)
    return found


def configure(path: Path, lines: list[str]) -> None:
    """Writes the configuration of a script."""
    text = CONFIGURATION
    for line in lines:
        if line.startswith("config: "):
            section, _, item = line[8:].partition(".")
            text += f"[{section}]\n{item}\n"
    path.write_text(text)


def play(base: Path, lines: list[str], run: Run) -> list[list[Any]]:
    """Plays a script in `base`/repo; code, output and errors of each command."""
    root = base / "repo"
    told = []
    for line in [f"init {root}", *lines]:
        words = shlex.split(line.replace("\\", "\\\\"))
        if line.startswith("config: "):
            continue
        if line[:2] in ("> ", "x ", "l ", "- "):
            _change(root, words)
            continue
        answer = run(root if root.exists() else base, *words)
        place = os.fsencode(base)
        told.append(
            [
                line.replace(str(base), "BASE"),
                answer.code,
                answer.out.replace(place, b"BASE").decode("utf-8", "surrogateescape"),
                answer.err.replace(place, b"BASE").decode("utf-8", "surrogateescape"),
            ]
        )
    return told


def _change(root: Path, words: list[str]) -> None:
    kind, name = words[:2]
    path = root / name
    if kind == "x":
        path.chmod(path.stat().st_mode ^ 0o111)
        return
    if kind != ">" or path.is_symlink():
        path.unlink(missing_ok=True)
    if kind == "l":
        path.symlink_to(words[2])
    elif kind == ">":
        path.parent.mkdir(parents=True, exist_ok=True)
        text = " ".join(words[2:])
        path.write_bytes(
            text.encode().decode("unicode_escape").encode("latin-1") if text.isascii() else text.encode()
        )


def standing(peer: Peer, base: Path) -> dict[str, Any]:
    """What is compared of a repository."""
    found = peer.standing(base / "repo")
    return {part: found[part] for part in PARTS}


def ask_peer(lines: list[str]) -> dict[str, Any]:
    """What the peer answers to a script."""
    with tempfile.TemporaryDirectory() as directory:
        base = Path(os.path.realpath(directory))
        configure(base / "hgrc", lines)
        peer = Peer(HGRCPATH=str(base / "hgrc"), HGEDITOR="true")
        try:
            told = play(base, lines, peer.run)
            return {"told": told, "stands": standing(peer, base)}
        finally:
            peer.close()


def main() -> None:
    """Record."""
    answers = {theme: ask_peer(lines) for theme, lines in scripts().items()}
    ANSWERS.write_text(json.dumps(answers, indent=0, sort_keys=True, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()

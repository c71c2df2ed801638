"""Questions with something of a repository put in, and what the peer answered: kept as one compressed file a repository.

Answers hold the path of the directory of all repositories as a word of its own, so that they mean the same everywhere.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import random
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from peer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
ANSWERS = HERE / "answers"
_PLACE = re.compile(r"<(file2?|dir|rev[23]?|node|short|branch|tag|book|user|other)(?:\|(json|revset))?>")
_SHELF = b"$SHELF$"
#: Longer output is kept as a digest.
LONG = 24_000

Line = tuple[str, ...]


def questions(name: str = "questions.txt") -> list[Line]:
    """All questions, split as a shell would, with their places still open."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [tuple(shlex.split(line)) for line in lines if line and not line.startswith("#")]


def filled(line: Line, facts: dict[str, list[str]], seed: str) -> Line:
    """A question for one repository. What it draws depends on nothing but the question and the repository."""
    draw = random.Random(f"{seed} {line}")
    chosen = {kind: draw.choice(values) for kind, values in sorted(facts.items())}

    def put(found: re.Match[str]) -> str:
        value = chosen[found[1]]
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if found[2] else value

    return tuple(_PLACE.sub(put, part) for part in line)


def asked(facts: dict[str, list[str]], name: str) -> list[Line]:
    """All questions for one repository, each once; of a long history, long answers are asked for in part."""
    lines = dict.fromkeys(filled(line, facts, name) for line in questions())
    return [shortened(line) for line in lines] if name == "flask" else list(lines)


def shortened(line: Line) -> Line:
    """A question whose answer does not grow with the history."""
    long = {"-T", "-p", "--stat", "-G", "--color=always", "--color=debug", "--style", "--debug", "-C"} & {
        *line
    }
    if line[0] not in ("log", "export", "outgoing", "incoming", "grep") or "-l" in line or not long:
        return line
    return (*line, "-l", "40") if line[0] == "log" else line


def neutral(answer: Answer, shelf: Path) -> Answer:
    """An answer without the name of the directory of all repositories; of a very long one, its digest."""
    path = os.fsencode(shelf)
    out = answer.out.replace(path, _SHELF)
    if len(out) > LONG:
        out = b"%d bytes, SHA-256 %s" % (len(out), hashlib.sha256(out).hexdigest().encode())
    return Answer(answer.code, out, answer.err.replace(path, _SHELF))


def store(name: str, answers: dict[Line, Answer]) -> None:
    """Write what the peer answered about one repository."""
    rows = [
        [list(line), answer.code, answer.out.decode("latin-1"), answer.err.decode("latin-1")]
        for line, answer in answers.items()
    ]
    ANSWERS.mkdir(exist_ok=True)
    (ANSWERS / f"{name}.xz").write_bytes(lzma.compress(json.dumps(rows).encode(), preset=9))


def stored(name: str) -> dict[Line, Answer]:
    """What the peer answered about one repository."""
    rows = json.loads(lzma.decompress((ANSWERS / f"{name}.xz").read_bytes()))
    return {
        tuple(line): Answer(code, out.encode("latin-1"), err.encode("latin-1"))
        for line, code, out, err in rows
    }


def differing(name: str) -> Callable[[Line], bool]:
    """Whether a question about a repository is one whose answer is known to differ (`differing.txt` says why)."""
    parts, whole = [], set()
    for text in (HERE / "differing.txt").read_text(encoding="utf-8").splitlines():
        where, _, question = text.partition(": ")
        if text.startswith("#"):
            continue
        if where == "all":
            parts.append(question)
        elif where == name:
            whole.add(tuple(shlex.split(question)))
    return lambda line: line in whole or any(part in " ".join(line) for part in parts)

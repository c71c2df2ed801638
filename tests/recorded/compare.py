"""Compares our answers with the recorded ones: on both engines, and by the launcher where it answers itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

from peer import Answer, clean_environment
from recorded import recording
from unit.driver import ours

#: What the launcher says and gives where it would hand over.
_DECLINES = (255, b"hg: the launcher declines: ")


def answers(root: Path, way: str, lines: list[recording.Line], hg: Path) -> dict[recording.Line, Answer]:
    """What we answer, question by question. The launcher leaves out what it does not answer itself."""
    found = {}
    for line in lines:
        if way == "launcher":
            answer = launched(hg, root, line)
            if answer.code == _DECLINES[0] and answer.err.startswith(_DECLINES[1]):
                continue
        else:
            answer = ours(root, *line, env={"HYG_ENGINE": way})
        found[line] = recording.neutral(answer, root.parent)
    return found


def launched(hg: Path, root: Path, line: recording.Line) -> Answer:
    """The launcher's own answer, or its refusal."""
    done = subprocess.run(
        [str(hg), *line],
        cwd=root,
        env=clean_environment(HYG_LAUNCHER="require"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def differences(
    expected: dict[recording.Line, Answer], found: dict[recording.Line, Answer], way: str
) -> list[str]:
    """What differs, one text a question."""
    return [
        f"[{way}] hg {' '.join(line)}\n  peer: {expected[line]!r}\n  ours: {answer!r}"
        for line, answer in found.items()
        if answer != expected[line]
    ]

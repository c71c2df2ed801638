"""Applies a patch by the program that `ui.patch` names, and reads from its output which files it touched.

Our own way of applying patches is `apply`; what is tracked afterwards is settled by `apply.PatchedFiles`.
"""

from __future__ import annotations

import os
import shlex

from hydrargyrum.ops.patching.apply import PatchFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.ops.patching.apply import PatchedFiles
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Reporter

_TOUCHES = b"patching file "


def apply_externally(
    repo: Repository, program: str, data: bytes, target: PatchedFiles, *, strip: int
) -> None:
    """Runs the program at the root of the working copy. Raises PatchFailed where it ends badly."""
    import subprocess
    import tempfile

    reporter = repo.reporter
    with tempfile.NamedTemporaryFile(prefix="hg-patch-") as file:
        file.write(data)
        file.flush()
        command = f"{program} -d {shlex.quote(repo.root)} -p{strip} < {shlex.quote(file.name)}"
        reporter.debug(f"Using external patch tool: {command}\n")
        with subprocess.Popen(command, shell=True, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            target.touched(_tell(process.stdout, reporter))
        code = process.returncode
    if code:
        ended = f"exited with status {code}" if code > 0 else f"killed by signal {-code}"
        raise PatchFailed(f"patch command failed: {ended}")


def _tell(lines: Iterable[bytes], reporter: Reporter) -> set[str]:
    """Tells the user what the program says; the names of files that it touched."""
    touched = set()
    name, told = "", False
    for raw in lines:
        line = raw.rstrip()
        text = os.fsdecode(line)
        reporter.note(f"{text}\n")
        if line.startswith(_TOUCHES):
            name, told = _unquoted(text[len(_TOUCHES) :]), False
            touched.add(name)
        elif b"with fuzz" in line or b"saving rejects to file" in line or b"FAILED" in line:
            if not told and (b"with fuzz" in line or b"saving rejects to file" not in line):
                reporter.warn(f"{name}\n")
                told = True
            reporter.warn(f"{text}\n")
    return touched


def _unquoted(name: str) -> str:
    """GNU patch puts names with spaces between quotes."""
    if name.startswith("'") and name.endswith("'") and " " in name:
        return name[1:-1]
    return name

"""Programs of section `partial-merge-tools`: they settle some conflicts of a file before it is merged.

Each is given all three versions in files and changes them; the merge goes on with what they then hold.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.config import Config
    from hydrargyrum.merge.contents import Contest, Tools

_SECTION = "partial-merge-tools"
_ROLES = ("local", "base", "other")


def run_partial_tools(config: Config, tools: Tools, contest: Contest) -> None:
    """Runs the tools that are meant for the file, until both sides are the same.

    Raises:
        StateError: one of them failed.
    """
    if config.boolean("merge", "disable-partial-tools"):
        return
    chosen = _chosen(config, tools, contest.path)
    if not chosen:
        return
    directory = tempfile.mkdtemp(prefix="hgmerge-")
    try:
        places = {}
        for role, version in zip(_ROLES, (contest.local, contest.base, contest.other), strict=True):
            stem, extension = os.path.splitext(os.path.basename(version.path))
            places[role] = os.path.join(directory, f"{stem}~{role}{extension}")
            write_file(places[role], tools.merge_text(version))
        for name, executable, arguments in chosen:
            filled = re.sub(
                r"\$(local|base|other)", lambda found: shlex.quote(places[found.group(1)]), arguments
            )
            command = f"{shlex.quote(executable)} {filled}"
            code = tools.talk.system(command, {}, tools.files.absolute("").rstrip("/"))
            if code:
                raise errors.StateError(f"partial merge tool {name} exited with code {code}")
            if _read(places["local"]) == _read(places["other"]):
                break
        contest.local.prepared = _read(places["local"])
        contest.base.prepared = _read(places["base"])
        contest.other.prepared = _read(places["other"])
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _chosen(config: Config, tools: Tools, path: str) -> list[tuple[str, str, str]]:
    """Name, executable and arguments of the tools for a file, in the order in which they run."""
    # as often as a tool has settings, because the peer runs it that often, and tools may say something
    names = [key.split(".")[0] for key, _ in config.section(_SECTION)]
    found = []
    for name in names:
        patterns = config.text_list(_SECTION, f"{name}.patterns")
        if patterns and not tools.files.matches(path, patterns):
            continue
        if config.boolean(_SECTION, f"{name}.disable", False):
            continue
        executable = config.text(_SECTION, f"{name}.executable", name) or name
        arguments = config.text(_SECTION, f"{name}.args", "$local $base $other") or ""
        found.append((config.integer(_SECTION, f"{name}.order", 0), name, executable, arguments))
    return [one[1:] for one in sorted(found)]


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()

"""Runs a program that merges one file: temporary files, arguments, environment.

Which program that is, is decided by `choice`; what its exit code means by `filemerge`.
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
    from collections.abc import Sequence
    from typing import Protocol

    from hydrargyrum.merge.choice import ChosenTool, ToolSettings
    from hydrargyrum.merge.contents import Contest, Tools, Version

    class Outside(Protocol):
        """What running tools needs of the invocation."""

        def python_tool(self, name: str, script: tuple[str, str], arguments: Sequence[str]) -> int:
            """Calls a function; its exit code."""
            ...

        def announce(self, contest: Contest, command: str, arguments: str) -> None:
            """Tells the user what is going to be run."""
            ...


def run_program(
    tools: Tools,
    tool: ChosenTool,
    settings: ToolSettings,
    contest: Contest,
    *,
    backup: str | None,
    outside: Outside | None = None,
) -> int:
    """Merge a file with a program or a Python function; its exit code.

    Args:
        tools: files, messages.
        tool, settings: what is run.
        contest: the file.
        backup: path of the untouched local file.
        outside: for what needs more than this layer knows.

    Raises:
        Abort: a Python function is not there, or fails.
    """
    script = python_function(tool.command)
    arguments = settings.text("args", "$local $base $other")
    with_output = "$output" in arguments

    def text(version: Version) -> bytes:
        return tools.files.as_on_disk(version.path, version.text)

    directory = tempfile.mkdtemp(prefix="hgmerge-")
    try:
        place = tools.files.absolute(contest.path)
        words = {
            "local": place,
            "base": _temporary(directory, "base", contest.base.path, text(contest.base)),
            "other": _temporary(directory, "other", contest.other.path, text(contest.other)),
            "output": place if with_output else "",
            "labellocal": contest.local.full_label,
            "labelother": contest.other.full_label,
            "labelbase": contest.base.full_label,
        }
        if with_output and backup is not None:
            name = backup.removesuffix(".orig")
            words["local"] = _temporary(directory, "local", name, _read(backup))
        filled = re.sub(
            r"\$(labellocal|labelother|labelbase|local|base|other|output)",
            lambda found: shlex.quote(words[found.group(1)]),
            arguments,
        )
        if settings.flag("gui"):
            tools.talk.status(f"running merge tool {tool.name} for file {tools.show(contest.path)}\n")
        if script is not None:
            tools.talk.debug(f"launching python merge script: {script[0]}:{script[1]}\n")
            code = 1 if outside is None else outside.python_tool(tool.name, script, shlex.split(filled))
            tools.talk.debug(f"merge tool returned: {code}\n")
            return code
        command = f"{tool.command} {filled}"
        tools.talk.debug(f"launching merge tool: {command}\n")
        if outside is not None:
            outside.announce(contest, tool.command, filled)
        code = tools.talk.system(command, _environment(contest), tools.files.absolute("").rstrip("/"))
        tools.talk.debug(f"merge tool returned: {code}\n")
        return code
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def python_function(command: str) -> tuple[str, str] | None:
    """Path and function of a tool in Python, None for a program. Raises Abort for what names no function."""
    if not command.startswith("python:"):
        return None
    path, colon, name = command[7:].rpartition(":")
    if not colon or not name or "/" in name or "\\" in name:
        raise errors.Abort(f"invalid 'python:' syntax: {command}")
    return path, name


def _temporary(directory: str, prefix: str, path: str, data: bytes) -> str:
    stem, extension = os.path.splitext(path)
    name = os.path.join(directory, f"{os.path.basename(stem)}~{prefix}{extension}")
    write_file(name, data)
    return name


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def _environment(contest: Contest) -> dict[str, object]:
    local, other, base = contest.versions

    def node(version: Version) -> str:
        return "0" * 12 if version.changeset is None else version.changeset.node.hex()[:12]

    return {
        "HG_FILE": contest.path,
        "HG_MY_NODE": contest.my_node.hex()[:12],
        "HG_OTHER_NODE": node(other),
        "HG_BASE_NODE": node(base),
        "HG_MY_ISLINK": "l" in local.flags,
        "HG_OTHER_ISLINK": "l" in other.flags,
        "HG_BASE_ISLINK": "l" in base.flags,
        "HG_MY_LABEL": local.full_label,
        "HG_OTHER_LABEL": other.full_label,
        "HG_BASE_LABEL": base.full_label,
    }

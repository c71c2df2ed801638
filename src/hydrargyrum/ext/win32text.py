"""`win32text`, as the peer's extension of that name has it: filters `cleverencode:` and so on for ends of lines.

Everything else about filters is `repo.contentfilters`; the newer way to say the same is extension `eol`.
"""

from __future__ import annotations

import re

from hydrargyrum.extension import config_item, register

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.extension import HookContext
    from hydrargyrum.repo.contentfilters import Filtering

    Filter = Callable[[bytes, Filtering], bytes]

config_item("win32text", "warn", default=True, kind="boolean")

_NAMES = {b"\r\n": "CRLF", b"\r": "CR"}
_KINDS = {b"\r\n": "clever", b"\r": "mac"}


def _tell(data: bytes, filtering: Filtering, newline: bytes) -> None:
    if newline in data:
        filtering.warn(
            f"WARNING: {filtering.path} already has {_NAMES[newline]} line endings\n"
            "and does not need EOL conversion by the win32text plugin.\n"
            "Before your next commit, please reconsider your encode/decode settings in \n"
            f"Mercurial.ini or {filtering.root}/.hg/hgrc.\n"
        )


def _dumb_decode(data: bytes, filtering: Filtering) -> bytes:
    _tell(data, filtering, b"\r\n")
    return re.sub(rb"(^|[^\r])\n", rb"\1\r\n", data, flags=re.MULTILINE)


def _dumb_encode(data: bytes, _filtering: Filtering) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _mac_dumb_decode(data: bytes, filtering: Filtering) -> bytes:
    _tell(data, filtering, b"\r")
    return data.replace(b"\n", b"\r")


def _mac_dumb_encode(data: bytes, _filtering: Filtering) -> bytes:
    return data.replace(b"\r", b"\n")


def _of_text(function: Filter) -> Filter:
    """The same for text only."""

    def filtered(data: bytes, filtering: Filtering) -> bytes:
        return data if b"\0" in data else function(data, filtering)

    return filtered


register("data-filter", "dumbdecode:", _dumb_decode)
register("data-filter", "dumbencode:", _dumb_encode)
register("data-filter", "cleverdecode:", _of_text(_dumb_decode))
register("data-filter", "cleverencode:", _of_text(_dumb_encode))
register("data-filter", "macdumbdecode:", _mac_dumb_decode)
register("data-filter", "macdumbencode:", _mac_dumb_encode)
register("data-filter", "macdecode:", _of_text(_mac_dumb_decode))
register("data-filter", "macencode:", _of_text(_mac_dumb_encode))


def _forbid(hook: HookContext, newline: bytes) -> bool:
    """Whether new changesets have text files with an end of line; the newest version of each counts."""
    repo, ui = hook.context.repo, hook.context.ui
    halt, seen = False, set()
    tip = repo["tip"]
    for rev in range(len(repo.engine.changelog()) - 1, repo[str(hook.facts["node"])].rev - 1, -1):
        changeset = repo[rev]
        for path in changeset.record.files:
            if path in seen or path not in tip.manifest or path not in changeset.manifest:
                continue
            seen.add(path)
            data = changeset.file(path).data
            if b"\0" in data or newline not in data:
                continue
            if not halt:
                ui.warn(f"attempt to commit or push text file(s) using {_NAMES[newline]} line endings\n")
            ui.warn(f"in {changeset.node.hex()[:12]}: {path}\n")
            halt = True
    if halt and hook.event == "pretxnchangegroup":
        name, kind = _NAMES[newline].lower(), _KINDS[newline]
        ui.warn(
            "\nTo prevent this mistake in your local repository,\nadd to Mercurial.ini or .hg/hgrc:\n\n"
            f"[hooks]\npretxncommit.{name} = python:hgext.win32text.forbid{name}\n\nand also consider adding:\n\n"
            f"[extensions]\nwin32text =\n[encode]\n** = {kind}encode:\n[decode]\n** = {kind}decode:\n"
        )
    return halt


def forbidcrlf(hook: HookContext) -> bool:
    """A hook that refuses text files with CR LF."""
    return _forbid(hook, b"\r\n")


def forbidcr(hook: HookContext) -> bool:
    """A hook that refuses text files with CR."""
    return _forbid(hook, b"\r")

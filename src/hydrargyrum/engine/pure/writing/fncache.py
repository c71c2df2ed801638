"""Keeps the list of store files (`fncache`) complete when revlogs are made, and makes it anew.

Format: `docs/formats/fncache.md`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.files import corrupt, read_optional
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.storenames import decode_directories, encode_directories, is_listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.writing.files import StoreFiles

NAME = b"fncache"


def read(layout: RepoLayout) -> list[bytes]:
    """The names in the list, with marked directories.

    Raises:
        CorruptFile: it has an empty line, or does not end with a newline.
    """
    path = os.path.join(layout.store, NAME)
    data = read_optional(path)
    if not data:
        return []
    lines = data.split(b"\n")
    if lines.pop():
        raise corrupt(path, "fncache does not ends with a newline", len(data))
    if b"" in lines:
        problem, line = "invalid entry in fncache", lines.index(b"") + 1
        raise errors.CorruptFile(path=decode(path), problem=problem, line=line)
    return lines


def names(layout: RepoLayout, *, lenient: bool = False) -> list[bytes]:
    """The names in the list as they are meant, in byte order, each once.

    Raises as `read`; `lenient` answers what whole lines there are.
    """
    if not lenient:
        return sorted({decode_directories(name) for name in read(layout)})
    lines = (read_optional(os.path.join(layout.store, NAME)) or b"").split(b"\n")[:-1]
    return sorted({decode_directories(name) for name in lines if name})


def add_created(layout: RepoLayout, files: StoreFiles) -> None:
    """Appends the files that were created to the list, with a backup of it."""
    if req.FNCACHE not in layout.requirements:
        return
    created = [encode_directories(name) for name in files.created if is_listed(name)]
    if not created:
        return
    known = frozenset(read(layout))
    new = [name for name in created if name not in known]
    if new:
        files.back_up(NAME)
        old = read_optional(os.path.join(layout.store, NAME)) or b""
        files.replace(NAME, old + b"".join(name + b"\n" for name in new))


def rewrite(layout: RepoLayout, files: StoreFiles, names: Iterable[bytes]) -> None:
    """Makes the list anew of names with marked directories. Files that are missing in it have gone for good, so whoever
    takes the rest of a transaction back does not bring their names back.
    """
    if req.FNCACHE in layout.requirements:
        if files.is_noted(NAME):
            files.back_up(NAME)
        files.replace(NAME, b"".join(name + b"\n" for name in sorted(names)))

"""Looks at files that are to be tracked: most are plain, and nothing has to be said about them one by one.

What is said about the others, and tracking, is not done here.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: Characters that one widespread system reserves, and control characters.
_ODD = bytes(range(32)) + b'\\:*?"<>|'
_RESERVED = frozenset([b"con", b"prn", b"aux", b"nul"])
_PORTS = (b"com", b"lpt")


def divide(paths: Iterable[bytes], root: bytes, limit: int | None) -> tuple[list[bytes], list[bytes]]:
    """Paths of plain files, and the others; see `engine.writing.WritingRepository.plain_files`."""
    plain: list[bytes] = []
    odd: list[bytes] = []
    for path in paths:
        is_plain = _is_portable(path) and _is_small(os.path.join(root, path), limit)
        (plain if is_plain else odd).append(path)
    return plain, odd


def _is_small(path: bytes, limit: int | None) -> bool:
    try:
        look = os.lstat(path)
    except OSError:
        return False
    if stat.S_ISLNK(look.st_mode):
        return True
    return stat.S_ISREG(look.st_mode) and (limit is None or look.st_size <= limit)


def _is_portable(path: bytes) -> bool:
    if path.translate(None, _ODD) != path:
        return False
    for part in path.split(b"/"):
        base = part.partition(b".")[0].lower()
        if not part or part[-1:] in b". " or base in _RESERVED or (len(base) == 4 and base[:3] in _PORTS):
            return False
    return True

"""Bookmarks: names that the user moves, and which of them is active.

Moving them belongs to `repo` (format: `docs/formats/bookmarks.md`).
"""

from __future__ import annotations

import os
from binascii import unhexlify

from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.files import read_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.engine.pure.store.changelog import Changelog
    from hydrargyrum.engine.pure.store.layout import RepoLayout


def bookmarks_path(layout: RepoLayout) -> bytes:
    """The file that holds the bookmarks."""
    if req.BOOKMARKS_IN_STORE in layout.requirements:
        return layout.seen(os.path.join(layout.store, b"bookmarks"))
    own = os.path.join(layout.dot_hg, b"bookmarks")
    seen = layout.seen(own)
    return (
        os.path.join(layout.shared_dot_hg, b"bookmarks") if seen == own and layout.shares_bookmarks else seen
    )


def read_bookmarks(layout: RepoLayout, changelog: Changelog) -> tuple[dict[bytes, bytes], list[bytes]]:
    """Nodes by bookmark, those of unknown nodes left out; and the lines that are no bookmark."""
    found: dict[bytes, bytes] = {}
    malformed: list[bytes] = []
    for line, name, node in _lines(layout):
        if node is None:
            malformed.append(line)
        elif changelog.find(node) is not None:
            found[name] = node
    return found, malformed


def _lines(layout: RepoLayout) -> Iterator[tuple[bytes, bytes, bytes | None]]:
    """Lines that are not empty: the whole, the name, and the node where it is a bookmark."""
    for line in (read_optional(bookmarks_path(layout)) or b"").split(b"\n"):
        text = line.strip()
        if not text:
            continue
        digits, space, name = text.partition(b" ")
        try:
            node = unhexlify(digits)
        except ValueError:
            node = b""
        yield text, name, node if space and len(node) == 20 else None


def read_active(layout: RepoLayout, bookmarks: dict[bytes, bytes]) -> bytes | None:
    """The active bookmark, where it exists."""
    data = read_optional(os.path.join(layout.dot_hg, b"bookmarks.current")) or b""
    mark = data.split(b"\n", 1)[0]
    return mark if mark in bookmarks else None

"""One revlog as it is stored, for those who look below the history. What its texts mean is not known here."""

from __future__ import annotations

from hydrargyrum.engine.pure.store.filelog import Filelog
from hydrargyrum.engine.pure.store.manifest import ManifestLog
from hydrargyrum.engine.pure.text import encode
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.revlogs import IndexRow, RevlogKind


class PureStoredRevlog:
    """Implements `engine.revlogs.StoredRevlog`."""

    __slots__ = ("_revlog",)

    def __init__(self, revlog: Revlog) -> None:
        self._revlog = revlog

    def __len__(self) -> int:
        return len(self._revlog)

    def rows(self, start: int, stop: int) -> list[IndexRow]:
        index = self._revlog.index
        found: list[IndexRow] = []
        for rev in range(max(start, 0), min(stop, len(index))):
            p1, p2 = index.parents(rev)
            entry = index.entry(rev)
            lengths = entry.offset, entry.stored_size, entry.size
            found.append((entry.flags, *lengths, entry.base, entry.link_rev, p1, p2, Node(entry.node)))
        return found

    def node(self, rev: int) -> Node:
        return Node(self._revlog.node(rev))

    def raw_text(self, rev: int) -> bytes:
        if rev == -1:
            return b""
        self._revlog.node(rev)  # complains past the end
        return self._revlog.raw_text(rev)

    def header(self) -> int:
        return self._revlog.index.header

    def chunk(self, rev: int) -> bytes:
        if rev == -1:
            return b""
        self._revlog.node(rev)  # complains past the end
        return bytes(self._revlog.chunk(rev))

    def match(self, prefix: str) -> tuple[int, int]:
        count, rev = self._revlog.match_prefix(prefix)
        return (count, rev) if count == 1 else (min(count, 2), -1)


def open_revlog(history: History, kind: RevlogKind, path: str) -> PureStoredRevlog:
    """The revlog of this kind; see `engine.revlogs.RevlogRepository.revlog`."""
    if kind == "changelog":
        return PureStoredRevlog(history.changelog)
    if kind == "manifest":
        return PureStoredRevlog(ManifestLog(history.layout).revlog(encode(path)))
    return PureStoredRevlog(Filelog(history.layout, encode(path)))

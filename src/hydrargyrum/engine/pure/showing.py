"""Answers of the pure engine for `log` and its like; see `engine.showing`.

A base of `PureRepository`: where the history comes from is decided there.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.text import encode
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.showing import FileRow


class ShowingMethods:
    """See `engine.showing.ShowingRepository`."""

    def _history(self) -> History:
        raise TypeError("the repository has the history")

    def manifest_rev(self, node: Node) -> int:
        return -1 if node == bytes(20) else self._history().manifest_log.revlog(b"").rev(node)

    def file_revisions(self, path: str) -> Sequence[FileRow]:
        filelog = self._history().filelog(encode(path))
        rows = []
        for rev in range(len(filelog)):
            first, second = filelog.parents(rev)
            rows.append((Node(filelog.node(rev)), first, second, filelog.index.entry(rev).link_rev))
        return rows

    def shortest_prefix(self, node: Node) -> int:
        changelog, text = self._history().changelog, node.hex()
        changelog.rev(node)
        length = 1
        while length < len(text) and changelog.match_prefix(text[:length])[0] != 1:
            length += 1
        return length

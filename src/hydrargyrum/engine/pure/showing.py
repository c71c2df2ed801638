"""Answers of the pure engine for `log` and its like; see `engine.showing`.

A base of `PureRepository`: where the history comes from is decided there.
"""

from __future__ import annotations

from hydrargyrum.dates import format_date
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.types import DiffRequest, Node, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.showing import FileRow
    from hydrargyrum.types import DiffStyle

    Patches = Callable[[int], Iterator[bytes]]


class PureChangesetLines:
    """See `engine.showing.ChangesetLines`."""

    def __init__(
        self, history: History, *, quiet: bool, verbose: bool, patches: Patches | None = None
    ) -> None:
        self._patches = patches
        self._history = history
        self._quiet = quiet
        self._verbose = verbose
        self._bookmarks = _by_node(history.bookmarks())
        self._tags = _by_node(history.tags())
        self._tags.setdefault(history.changelog.node(history.tip()), []).append(b"tip")

    def render(self, revs: Sequence[int]) -> bytes:
        """The lines of these changesets."""
        pieces: list[bytes] = []
        count = len(self._history.changelog)
        for rev in revs:
            if not -1 <= rev < count:
                raise IndexError(rev)
            self._add(rev, pieces.append)
            if self._patches is not None:
                pieces.extend(self._patches(rev))
                pieces.append(b"\n")
        return b"".join(pieces)

    def _add(self, rev: int, put: Callable[[bytes], object]) -> None:
        changelog = self._history.changelog
        node = changelog.node(rev)
        if self._quiet:
            put(_id(rev, node) + b"\n")
            return
        record = changelog.changeset(rev)
        put(b"changeset:   " + _id(rev, node) + b"\n")
        branch = record.extra.get(b"branch", b"default")
        if branch != b"default":
            put(b"branch:      " + branch + b"\n")
        for name in sorted(self._bookmarks.get(node, ())):
            put(b"bookmark:    " + name + b"\n")
        for name in sorted(self._tags.get(node, ())):
            put(b"tag:         " + name + b"\n")
        first, second = changelog.parents(rev)
        for parent in [first, second] if second >= 0 else [first] if first < rev - 1 else []:
            put(b"parent:      " + _id(parent, changelog.node(parent)) + b"\n")
        put(b"user:        " + record.user + b"\n")
        put(b"date:        " + encode(format_date((record.time, record.offset))) + b"\n")
        if self._verbose and record.files:
            put(b"files:       " + b" ".join(record.files) + b"\n")
        description = record.description.strip()
        if description and self._verbose:
            put(b"description:\n" + description + b"\n\n")
        elif description:
            put(b"summary:     " + description.splitlines()[0] + b"\n")
        put(b"\n")


def _id(rev: int, node: bytes) -> bytes:
    return b"%d:%s" % (rev, node[:6].hex().encode("ascii"))


def _by_node(names: dict[bytes, bytes]) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, node in names.items():
        found.setdefault(node, []).append(name)
    return found


class ShowingMethods:
    """See `engine.showing.ShowingRepository`."""

    def _history(self) -> History:
        raise TypeError("the repository has the history")

    def diff(self, request: DiffRequest) -> Iterator[bytes]:  # noqa: ARG002
        raise TypeError("the repository makes patches")

    def changeset_lines(
        self, *, quiet: bool = False, verbose: bool = False, patch: DiffStyle | None = None
    ) -> PureChangesetLines:
        patches = None if patch is None else self._patches(patch)
        return PureChangesetLines(self._history(), quiet=quiet, verbose=verbose, patches=patches)

    def _patches(self, style: DiffStyle) -> Patches:
        changelog = self._history().changelog
        everything = PatternSet(decode(self._history().layout.root), warn_missing=False)

        def patches(rev: int) -> Iterator[bytes]:
            sides = changelog.parents(rev)[0], rev
            records = [changelog.changeset(side) for side in sides]
            names = [changelog.node(side).hex()[:12] for side in sides]
            first, second = (format_date((record.time, record.offset)) for record in records)
            request = DiffRequest(sides[0], rev, everything, style, names=names, dates=(first, second))
            return self.diff(request)

        return patches

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

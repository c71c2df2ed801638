"""Changesets and all that belongs to them as the bytes of a changegroup (`docs/formats/changegroup.md`).

Which changesets are sent is the caller's choice; reading changegroups is `exchange.sansio`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.engine.pure.graph import AncestorSet
from hydrargyrum.engine.pure.store.filelog import MARKER
from hydrargyrum.engine.pure.store.revlog import HAS_META
from hydrargyrum.engine.requirements import TREEMANIFEST
from hydrargyrum.text.delta import encode, trivial_header
from hydrargyrum.types import NULL_NODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.revlog import Revlog

    #: Nodes of a revlog with the changeset that each belongs to.
    Owners = dict[bytes, int]

_END = bytes(4)
_EXTERNAL_OR_CENSORED = 0xA000
#: Flags that are sent: what is about the content, and not about how it is stored here.
_SENT_FLAGS = 0xF000
#: Flags of a revision whose delta against the second parent is known to be the smaller one.
_SMALL_AGAINST_SECOND = 1 << 9 | 1 << 6
#: How a revision is stored is not told, nor is its delta compressed (version "04").
_UNKNOWN_SNAPSHOT, _UNKNOWN_BASE = b"\xfe", b"\xff" * 20


def changegroup(history: History, revs: Sequence[int], have: Sequence[int], version: str) -> Iterator[bytes]:
    """The pieces of a changegroup."""
    return _Outgoing(history, revs, have, version).pieces()


class _Outgoing:
    def __init__(self, history: History, revs: Sequence[int], have: Sequence[int], version: str) -> None:
        self._history = history
        self._revs = sorted(revs)
        self._sent = frozenset(revs)
        self._known = AncestorSet(history.changelog.parents, have, inclusive=True)
        self._version = version

    def pieces(self) -> Iterator[bytes]:
        changelog, history = self._history.changelog, self._history
        trees = TREEMANIFEST in history.layout.requirements
        if trees and self._version < "03":
            raise errors.Unsupported(
                feature=f"tree manifests in a changegroup of version {self._version} are"
            )
        yield from self._group(changelog, {changelog.node(rev): rev for rev in self._revs})
        manifests: Owners = {}
        directories: dict[bytes, Owners] = {}
        files: dict[bytes, Owners] = {}
        for rev in self._revs:
            self._collect(rev, manifests, directories if trees else None, files)
        yield from self._group(history.manifest_log.revlog(b""), manifests)
        if self._version >= "03":
            for path in sorted(directories):
                if directories[path]:
                    yield _chunk(path + b"/")
                    yield from self._group(history.manifest_log.revlog(path), directories[path])
            yield _END
        for path in sorted(files):
            if files[path]:
                yield _chunk(path)
                yield from self._group(history.filelog(path), files[path], is_file=True)
        yield _END

    def _collect(
        self, rev: int, manifests: Owners, directories: dict[bytes, Owners] | None, files: dict[bytes, Owners]
    ) -> None:
        history = self._history
        record = history.changelog.changeset(rev)
        log = history.manifest_log
        if not self._note(log.revlog(b""), record.manifest, rev, manifests):
            return
        manifest = history.manifest_of(record.manifest)
        for path in record.files:
            entry = manifest.get(path)
            if entry is not None:
                self._note(history.filelog(path), entry[0], rev, files.setdefault(path, {}))
        if directories is not None:
            from hydrargyrum.engine.pure.store.treemanifest import directory_node

            for directory in {parent for path in record.files for parent in _directories(path)}:
                node = directory_node(manifest, directory)
                if node is not None:
                    self._note(log.revlog(directory), node, rev, directories.setdefault(directory, {}))

    def _note(self, log: Revlog, node: bytes, rev: int, owners: Owners) -> bool:
        """Notes a revision that has to be sent; False for one that the receiver has."""
        if node in owners:
            return True
        if node == NULL_NODE:
            return False
        link = log.index.entry(log.rev(node)).link_rev
        if link in self._sent:
            owners[node] = link
        elif link in self._known:
            return False
        else:
            owners[node] = rev
        return True

    def _group(self, log: Revlog, owners: Owners, *, is_file: bool = False) -> Iterator[bytes]:
        bases = _Bases(log, sorted(log.rev(node) for node in owners), self._version)
        text_of_previous: tuple[int, bytes] | None = None
        for rev in bases.sent:
            flags = log.index.entry(rev).flags
            if flags & _EXTERNAL_OR_CENSORED and self._version < "03":
                raise errors.Unsupported(
                    feature=f"revision flags in a changegroup of version {self._version} are"
                )
            base, delta = bases.choose(rev, flags)
            if delta is None:
                text = log.raw_text(rev)
                if base == -1:
                    delta = trivial_header(len(text)) + text
                else:
                    held = text_of_previous is not None and text_of_previous[0] == base
                    old = text_of_previous[1] if held and text_of_previous else log.raw_text(base)
                    delta = encode(old, text)
                text_of_previous = rev, text
            header = self._header(log, rev, base, owners[log.node(rev)])
            yield _chunk(header + self._more(log, rev, flags, is_file=is_file) + delta)
        yield _END

    def _header(self, log: Revlog, rev: int, base: int, owner: int) -> bytes:
        """The nodes that come before the delta of a revision."""
        parts = [log.node(rev), *(_node(log, parent) for parent in log.parents(rev))]
        if self._version != "01":
            parts.append(_node(log, base))
        parts.append(self._history.changelog.node(owner))
        return b"".join(parts)

    def _more(self, log: Revlog, rev: int, flags: int, *, is_file: bool) -> bytes:
        """What follows these nodes."""
        if self._version < "03":
            return b""
        flags &= _SENT_FLAGS
        if self._version == "03":
            return flags.to_bytes(2, "big")
        text = log.raw_text(rev)
        if is_file and text.startswith(MARKER):
            flags |= HAS_META
        size = len(text).to_bytes(4, "big")
        return b"".join((flags.to_bytes(2, "big"), _UNKNOWN_SNAPSHOT, size, bytes(2), _UNKNOWN_BASE, b"\xff"))


class _Bases:
    """Against what the revisions of a revlog are sent.

    Attributes:
        sent: the revisions, ascending.
    """

    def __init__(self, log: Revlog, sent: Sequence[int], version: str) -> None:
        self.sent = sent
        self._log = log
        self._version = version
        self._before: set[int] = set()
        self._previous: int | None = None
        self._available: AncestorSet | None = None

    def choose(self, rev: int, flags: int) -> tuple[int, bytes | None]:
        """The base, and the delta where it is stored as it is sent; to be asked for each revision in turn.

        A text that is stored whole is sent whole, and a delta as it is stored where the receiver has its base by then.
        """
        previous, self._previous = self._previous, rev
        parents, stored = self._log.parents(rev), self._log.stored_delta(rev)
        if self._version == "01":
            base = parents[0] if previous is None else previous
            return (base, stored[1]) if stored is not None and stored[0] == base else (base, None)
        if stored is None:
            base, delta = -1, None
        elif stored[0] in parents or stored[0] in self._before or self._is_available(stored[0]):
            base, delta = stored
        else:
            by_second = flags & _SMALL_AGAINST_SECOND == _SMALL_AGAINST_SECOND
            choice = parents[::-1] if by_second else parents
            base = next((parent for parent in choice if parent != -1), -1 if previous is None else previous)
            delta = None
        self._before.add(rev)
        if base != -1 and (flags | self._log.index.entry(base).flags) & _EXTERNAL_OR_CENSORED:
            return -1, None
        return base, delta

    def _is_available(self, rev: int) -> bool:
        """Whether the receiver has a revision because it has parents of what is sent."""
        if self._available is None:
            inside = set(self.sent)
            parents = {parent for rev in self.sent for parent in self._log.parents(rev)} - inside - {-1}
            self._available = AncestorSet(self._log.parents, sorted(parents), inclusive=True)
        return rev in self._available


def _node(log: Revlog, rev: int) -> bytes:
    return NULL_NODE if rev < 0 else log.node(rev)


def _chunk(data: bytes) -> bytes:
    return (len(data) + 4).to_bytes(4, "big") + data


def _directories(path: bytes) -> Iterable[bytes]:
    """The directories above a file."""
    at = path.rfind(b"/")
    while at > 0:
        yield path[:at]
        at = path.rfind(b"/", 0, at)

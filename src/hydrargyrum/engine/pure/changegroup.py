"""Changesets and all that belongs to them as the bytes of a changegroup (`docs/formats/changegroup.md`).

Which changesets are sent is the caller's choice; reading changegroups is `exchange.sansio`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.engine.pure.graph import AncestorSet
from hydrargyrum.engine.pure.store.requirements import TREEMANIFEST
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
        if trees and self._version != "03":
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
        if self._version == "03":
            for path in sorted(directories):
                if directories[path]:
                    yield _chunk(path + b"/")
                    yield from self._group(history.manifest_log.revlog(path), directories[path])
            yield _END
        for path in sorted(files):
            if files[path]:
                yield _chunk(path)
                yield from self._group(history.filelog(path), files[path])
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

    def _group(self, log: Revlog, owners: Owners) -> Iterator[bytes]:
        changelog = self._history.changelog
        sent: set[int] = set()
        previous: int | None = None
        text_of_previous: tuple[int, bytes] | None = None
        for rev, node in sorted((log.rev(node), node) for node in owners):
            parents = log.parents(rev)
            flags = log.index.entry(rev).flags
            if flags & _EXTERNAL_OR_CENSORED and self._version != "03":
                raise errors.Unsupported(
                    feature=f"revision flags in a changegroup of version {self._version} are"
                )
            base, delta = parents[0], None
            if self._version == "01" and previous is not None:
                base = previous
            stored = log.stored_delta(rev)
            if stored is not None:
                known = stored[0] == base
                if self._version != "01":
                    known = stored[0] in parents or stored[0] in sent
                if known:
                    base, delta = stored
            if delta is None:
                text = log.raw_text(rev)
                if base == -1:
                    delta = trivial_header(len(text)) + text
                else:
                    held = text_of_previous is not None and text_of_previous[0] == base
                    old = text_of_previous[1] if held and text_of_previous else log.raw_text(base)
                    delta = encode(old, text)
                text_of_previous = rev, text
            header = [node, *(_node(log, parent) for parent in parents)]
            if self._version != "01":
                header.append(_node(log, base))
            header.append(changelog.node(owners[node]))
            if self._version == "03":
                header.append(flags.to_bytes(2, "big"))
            yield _chunk(b"".join(header) + delta)
            previous = rev
            sent.add(rev)
        yield _END


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

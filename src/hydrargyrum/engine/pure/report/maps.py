"""The revision index, the dirstate and a manifest as Python's own kinds of collection.

They read from what the store and the working copy hand in; files are not opened here.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.engine.pure.worktree.entry import state, v1_mtime, v1_size
from hydrargyrum.types import DirstateEntry, ManifestEntry, Node, RevisionEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import overload

    from hydrargyrum.engine.protocol import ArrowTable
    from hydrargyrum.engine.pure.store.changelog import Changelog
    from hydrargyrum.engine.pure.store.manifest import Manifest
    from hydrargyrum.engine.pure.worktree.dirstate import Dirstate
    from hydrargyrum.engine.pure.worktree.entry import Entry


class PureRevisionIndex(Sequence[RevisionEntry]):
    """The changelog's index as it was when it was asked for."""

    __slots__ = ("__weakref__", "_changelog")

    def __init__(self, changelog: Changelog) -> None:
        self._changelog = changelog

    def __len__(self) -> int:
        return len(self._changelog)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> RevisionEntry: ...
        @overload
        def __getitem__(self, index: slice) -> list[RevisionEntry]: ...

    def __getitem__(self, index: int | slice) -> RevisionEntry | list[RevisionEntry]:
        if isinstance(index, slice):
            return [self._row(rev) for rev in range(*index.indices(len(self)))]
        return self._row(range(len(self))[index])

    def _row(self, rev: int) -> RevisionEntry:
        e = self._changelog.index.entry(rev)
        numbers = e.p1, e.p2, e.link_rev, e.base, e.stored_size, e.size, e.flags
        return RevisionEntry(rev, Node(e.node), *numbers)

    def __contains__(self, item: object) -> bool:
        if not isinstance(item, RevisionEntry) or not 0 <= item.rev < len(self):
            return False
        return self._row(item.rev) == item

    def index(self, value: object, start: int = 0, stop: int | None = None) -> int:
        wanted = range(*slice(start, stop).indices(len(self)))
        if isinstance(value, RevisionEntry) and value.rev in wanted and value in self:
            return value.rev
        raise ValueError(f"{value!r} is not in the index")

    def count(self, value: object) -> int:
        return int(value in self)

    def node(self, rev: int) -> Node:
        return Node(self._changelog.node(rev))

    def rev(self, node: Node) -> int:
        return self._changelog.rev(node)

    def parents(self, rev: int) -> tuple[int, int]:
        if not -1 <= rev < len(self):
            raise IndexError(rev)
        return self._changelog.parents(rev)

    def table(self) -> ArrowTable:
        from hydrargyrum.engine.pure.report.arrow import Table

        rows = [self._changelog.index.entry(rev) for rev in range(len(self))]
        return Table(
            [
                ("rev", "int32", range(len(rows))),
                ("node", "node", [row.node for row in rows]),
                ("p1", "int32", [row.p1 for row in rows]),
                ("p2", "int32", [row.p2 for row in rows]),
                ("link_rev", "int32", [row.link_rev for row in rows]),
                ("flags", "int32", [row.flags for row in rows]),
                ("size", "int32", [row.size for row in rows]),
            ]
        )


class PureDirstateMap(MutableMapping[str, DirstateEntry]):
    """Tracked files by path, in byte order; changes stay in memory.

    Inserting or deleting while iterating raises RuntimeError at the next step, as `dict` does.
    """

    __slots__ = ("__weakref__", "_copies", "_entries", "_generation", "_order", "parents")

    def __init__(self, dirstate: Dirstate) -> None:
        self.parents = Node(dirstate.parents[0]), Node(dirstate.parents[1])
        self._entries: dict[bytes, Entry | DirstateEntry] = dict(dirstate.entries)
        self._copies = dirstate.copies
        self._order: list[bytes] | None = None
        self._generation = 0

    def _sorted(self) -> list[bytes]:
        if self._order is None:
            self._order = sorted(self._entries)
        return self._order

    def _changed_size(self) -> None:
        self._order = None
        self._generation += 1

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        generation = self._generation
        for path in self._sorted():
            if generation != self._generation:
                raise RuntimeError("dirstate changed size during iteration")
            yield decode(path)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and encode(key) in self._entries

    def __getitem__(self, key: str) -> DirstateEntry:
        if not isinstance(key, str):
            raise KeyError(key)
        path = encode(key)
        entry = self._entries.get(path)
        if entry is None:
            raise KeyError(key)
        return self._public(path, entry)

    def _public(self, path: bytes, entry: Entry | DirstateEntry) -> DirstateEntry:
        if isinstance(entry, DirstateEntry):
            return entry
        source = self._copies.get(path)
        copied_from = None if source is None else decode(source)
        return DirstateEntry(state(entry), entry[1], v1_size(entry), v1_mtime(entry), copied_from)

    def __setitem__(self, key: str, value: DirstateEntry) -> None:
        path = encode(key)
        if path not in self._entries:
            self._changed_size()
        self._entries[path] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        del self._entries[encode(key)]
        self._changed_size()

    def clear(self) -> None:
        self._entries.clear()
        self._changed_size()

    def table(self) -> ArrowTable:
        from hydrargyrum.engine.pure.report.arrow import Table

        paths = self._sorted()
        rows = [self._public(path, self._entries[path]) for path in paths]
        return Table(
            [
                ("path", "binary", paths),
                ("state", "utf8", [row.state for row in rows]),
                ("mode", "int32", [row.mode for row in rows]),
                ("size", "int32", [row.size for row in rows]),
                ("mtime", "int64", [row.mtime for row in rows]),
            ]
        )


class PureManifestMap(Mapping[str, ManifestEntry]):
    """Files of one revision by path, in byte order; single ones are looked up without reading all."""

    __slots__ = ("__weakref__", "_files", "_manifest")

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._files: dict[bytes, tuple[bytes, bytes]] | None = None

    def _all(self) -> dict[bytes, tuple[bytes, bytes]]:
        if self._files is None:
            self._files = {path: (node, flags) for path, node, flags in self._manifest.files()}
        return self._files

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[str]:
        return map(decode, self._all())

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def _find(self, key: str) -> tuple[bytes, bytes] | None:
        path = encode(key)
        return self._manifest.get(path) if self._files is None else self._files.get(path)

    def __getitem__(self, key: str) -> ManifestEntry:
        found = self._find(key) if isinstance(key, str) else None
        if found is None:
            raise KeyError(key)
        return ManifestEntry(Node(found[0]), found[1].decode("ascii"))

    def table(self) -> ArrowTable:
        from hydrargyrum.engine.pure.report.arrow import Table

        files = self._all()
        return Table(
            [
                ("path", "binary", list(files)),
                ("node", "node", [node for node, _ in files.values()]),
                ("flags", "utf8", [flags.decode("ascii") for _, flags in files.values()]),
            ]
        )

"""Tree manifests: one manifest per directory, read when something below it is asked for.

Flat manifests and what both have in common are in `manifest` (format: `docs/formats/manifest.md`).
"""

from __future__ import annotations

from hydrargyrum.engine.pure.store.revlog import NULL_NODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from hydrargyrum.engine.pure.store.manifest import File, Found, Manifest

    Lines: TypeAlias = Callable[[bytes, bytes], list[File]]
    Side: TypeAlias = dict[bytes, tuple[bytes, bytes]]

DIRECTORY = b"t"


class TreeManifest:
    """A manifest whose directories are manifests of their own."""

    __slots__ = ("_known", "_lines", "_node")

    def __init__(self, lines: Lines, node: bytes) -> None:
        self._lines = lines
        self._node = node
        self._known: dict[bytes, Side] = {}
        self._entries(b"", node)

    def _entries(self, directory: bytes, node: bytes) -> Side:
        """The entries of one directory by name."""
        if node == NULL_NODE:
            return {}
        known = self._known.get(directory)
        if known is None:
            known = {name: (node, flags) for name, node, flags in self._lines(directory, node)}
            self._known[directory] = known
        return known

    def _find(self, path: bytes) -> Found:
        directory, node = b"", self._node
        *above, last = path.split(b"/")
        for name in above:
            found = self._entries(directory, node).get(name)
            if found is None or found[1] != DIRECTORY:
                return None
            directory, node = _join(directory, name), found[0]
        return self._entries(directory, node).get(last)

    def get(self, path: bytes) -> Found:
        found = self._find(path)
        return None if found is None or found[1] == DIRECTORY else found

    def has_directory(self, path: bytes) -> bool:
        if not path:
            return bool(self._entries(b"", self._node))
        found = self._find(path)
        return found is not None and found[1] == DIRECTORY

    def files(self) -> Iterator[File]:
        stack = [iter(_in_order(b"", self._entries(b"", self._node)))]
        while stack:
            for path, node, flags in stack[-1]:
                if flags == DIRECTORY:
                    stack.append(iter(_in_order(path, self._entries(path, node))))
                    break
                yield path, node, flags
            else:
                stack.pop()

    def paths(self) -> list[bytes]:
        return [file[0] for file in self.files()]

    def differing_directories(self, other: Manifest) -> set[bytes]:
        return {directory for directory, _, _ in self._differing(other)}

    def diff(self, other: Manifest) -> Iterator[tuple[bytes, Found, Found]]:
        found: list[tuple[bytes, Found, Found]] = []
        for directory, ours, theirs in self._differing(other):
            for name in ours.keys() | theirs.keys():
                before, after = _file(ours.get(name)), _file(theirs.get(name))
                if before != after:
                    found.append((_join(directory, name), before, after))
        yield from sorted(found, key=lambda item: item[0])

    def _differing(self, other: Manifest) -> Iterator[tuple[bytes, Side, Side]]:
        """The directories whose manifests differ, with both sides' entries."""
        if not isinstance(other, TreeManifest):
            raise TypeError("manifests of different kinds")
        stack = [(b"", self._node, other._node)]
        while stack:
            directory, our_node, their_node = stack.pop()
            if our_node == their_node:
                continue
            ours, theirs = self._entries(directory, our_node), other._entries(directory, their_node)
            yield directory, ours, theirs
            for name in ours.keys() | theirs.keys():
                nodes = _directory(ours.get(name)), _directory(theirs.get(name))
                stack.append((_join(directory, name), *nodes))


def directory_node(manifest: Manifest, path: bytes) -> bytes | None:
    """The node of a directory's own manifest; None where there is no such directory."""
    if not isinstance(manifest, TreeManifest):
        return None
    found = manifest._find(path)
    return None if found is None or found[1] != DIRECTORY else found[0]


def _file(entry: Found) -> Found:
    """The entry of a file; None for a directory."""
    return None if entry is None or entry[1] == DIRECTORY else entry


def _directory(entry: Found) -> bytes:
    """The node of a directory; the null node for a file or nothing."""
    return entry[0] if entry is not None and entry[1] == DIRECTORY else NULL_NODE


def _join(directory: bytes, name: bytes) -> bytes:
    return directory + b"/" + name if directory else name


def _in_order(directory: bytes, entries: Side) -> list[File]:
    """Entries so that whole paths come in byte order: a directory sorts as its name and a slash."""
    keyed = sorted(
        (name + b"/" if flags == DIRECTORY else name, name) for name, (_, flags) in entries.items()
    )
    return [(_join(directory, name), *entries[name]) for _, name in keyed]

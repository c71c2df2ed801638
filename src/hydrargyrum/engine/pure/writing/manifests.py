"""New manifests: the text of a parent's with some lines changed, flat or directory by directory.

Which files change is decided in `commit` (format: `docs/formats/manifest.md`).
"""

from __future__ import annotations

from struct import Struct

from hydrargyrum.engine.pure.store.manifest import split_lines
from hydrargyrum.engine.pure.store.revlog import NULL_NODE
from hydrargyrum.engine.pure.store.treemanifest import DIRECTORY
from hydrargyrum.engine.pure.writing.appender import parents_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from hydrargyrum.engine.pure.store.manifest import Found, ManifestLog
    from hydrargyrum.engine.pure.writing.appender import Appender

    #: What becomes of paths: node and flags, or None where they go.
    Edits: TypeAlias = dict[bytes, Found]
    Entries: TypeAlias = dict[bytes, tuple[bytes, bytes]]

_HUNK = Struct(">III")
#: From so many edits on (or where there are few lines) all lines are taken apart.
MANY = 2000


def edited_text(text: bytes, edits: Edits) -> tuple[bytes, bytes | None]:
    """The text of a flat manifest after some edits, and the delta that makes it, where that is known for nothing."""
    if not text or len(edits) > MANY:
        entries = {path: (node, flags) for path, node, flags in split_lines(text)}
        for path, entry in edits.items():
            if entry is None:
                entries.pop(path, None)
            else:
                entries[path] = entry
        return joined(entries), None
    parts: list[bytes] = []
    hunks: list[bytes] = []
    done = 0
    for path in sorted(edits):
        start, end = _find(text, path, done)
        entry = edits[path]
        new = b"" if entry is None else line(path, *entry)
        parts += (text[done:start], new)
        if new != text[start:end]:
            hunks += (_HUNK.pack(start, end, len(new)), new)
        done = end
    parts.append(text[done:])
    return b"".join(parts), b"".join(hunks)


def _find(text: bytes, path: bytes, low: int) -> tuple[int, int]:
    """Where the line of a path is from `low` on, or the place (twice) where it belongs."""
    high = len(text)
    while low < high:
        start = text.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = text.index(b"\n", start) + 1
        found = text[start : text.index(b"\0", start)]
        if found == path:
            return start, end
        if found < path:
            low = end
        else:
            high = start
    return low, low


def line(path: bytes, node: bytes, flags: bytes) -> bytes:
    """A line of a manifest."""
    return b"%s\0%s%s\n" % (path, node.hex().encode(), flags)


def joined(entries: Entries) -> bytes:
    """The text of entries in byte order of their names."""
    return b"".join([line(path, *entries[path]) for path in sorted(entries)])


class TreeWriter:
    """Writes the manifests of directories that change, the deepest first."""

    __slots__ = ("_appender", "_link", "_log")

    def __init__(self, log: ManifestLog, appender: Callable[[bytes], Appender], link: int) -> None:
        self._log = log
        self._appender = appender
        self._link = link

    def write(self, directory: bytes, first: bytes, second: bytes, edits: Edits) -> bytes:
        """The node of a directory's manifest after edits of files below it; the null node where nothing is left.

        Args:
            directory: the directory; the root has the empty name.
            first, second: its manifests in both parents.
            edits: by path below the directory.
        """
        before = self._entries(directory, first)
        other = self._entries(directory, second)
        after = dict(before)
        below: dict[bytes, Edits] = {}
        for path, entry in edits.items():
            name, slash, rest = path.partition(b"/")
            if slash:
                below.setdefault(name, {})[rest] = entry
            elif entry is not None:
                after[name] = entry
            elif name in after and after[name][1] != DIRECTORY:
                del after[name]
        for name in sorted(below):
            inner = directory + b"/" + name if directory else name
            p1, p2 = _directory(before.get(name)), _directory(other.get(name))
            node = self.write(inner, p1, p2, below[name])
            if node != NULL_NODE:
                after[name] = node, DIRECTORY
            elif name in after and after[name][1] == DIRECTORY:
                del after[name]
        if directory:
            if not after:
                return NULL_NODE
            for node, entries in ((first, before), (second, other)):
                if node != NULL_NODE and after == entries:
                    return node
            if first == NULL_NODE:
                first, second = second, first
        appender = self._appender(directory)
        revlog = appender.revlog
        return appender.add_text(joined(after), parents_of(revlog, (first, second)), self._link)[1]

    def _entries(self, directory: bytes, node: bytes) -> Entries:
        if node == NULL_NODE:
            return {}
        return {name: (node, flags) for name, node, flags in self._log.lines(directory, node)}


def _directory(entry: Found) -> bytes:
    return entry[0] if entry is not None and entry[1] == DIRECTORY else NULL_NODE

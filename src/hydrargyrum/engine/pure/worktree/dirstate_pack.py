"""Writes entries as a whole tree of the second dirstate format: children before their directory, paths before nodes.

Changing single entries of an existing tree is in `dirstate_v2`; files and locks are `fixes`' business.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.worktree.dirstate_v2 import NODE
from hydrargyrum.engine.pure.worktree.entry import ANY_TRACKED, DIRECTORY, WC_TRACKED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.worktree.entry import Entry

#: What is kept of a directory's flags: no directory time survives, as nobody looked at the directory.
_DIRECTORY_TIMES = 0b111 << 13


class _Directory:
    """A directory whose children are being collected: packed nodes, and counters of all below it."""

    __slots__ = ("count", "entries", "nodes", "path", "tracked")

    def __init__(self, path: bytes) -> None:
        self.path = path
        self.nodes = bytearray()
        self.count = self.entries = self.tracked = 0


def pack_tree(entries: dict[bytes, Entry], copies: dict[bytes, bytes]) -> tuple[bytes, int, int]:
    """The bytes of a data file, and place and number of its root nodes."""
    data = bytearray()
    todo: list[tuple[bytes, Entry | None]] = [*entries.items()]
    todo += [(directory, None) for directory in _directories(entries) if directory not in entries]
    todo.sort(key=lambda item: item[0].split(b"/"))
    stack = [_Directory(b"")]
    waiting: list[tuple[bytes, Entry | None]] = []  # the nodes of `stack[1:]`, whose children come first
    for path, entry in todo:
        while stack[-1].path and not path.startswith(stack[-1].path + b"/"):
            _close(data, stack, waiting, copies)
        stack.append(_Directory(path))
        waiting.append((path, entry))
    while len(stack) > 1:
        _close(data, stack, waiting, copies)
    root = stack[0]
    start = len(data)
    data += root.nodes
    return bytes(data), start, root.count


def _directories(entries: dict[bytes, Entry]) -> set[bytes]:
    found: set[bytes] = set()
    for path in entries:
        directory = path.rpartition(b"/")[0]
        while directory and directory not in found:
            found.add(directory)
            directory = directory.rpartition(b"/")[0]
    return found


def _close(
    data: bytearray,
    stack: list[_Directory],
    waiting: list[tuple[bytes, Entry | None]],
    copies: dict[bytes, bytes],
) -> None:
    """Writes the children of the innermost node and adds the node itself to the directory around it."""
    inner = stack.pop()
    path, entry = waiting.pop()
    children = len(data) if inner.count else 0
    data += inner.nodes
    path_start = len(data)
    data += path
    source = copies.get(path, b"")
    copy_start = len(data) if source else 0
    data += source
    flags, size, seconds, nanoseconds = DIRECTORY, 0, 0, 0
    if entry is not None:
        flags, _, size, seconds, nanoseconds = entry
        flags &= ~_DIRECTORY_TIMES
    outer = stack[-1]
    outer.nodes += NODE.pack(
        *(path_start, len(path), len(outer.path) + 1 if outer.path else 0),
        *(copy_start, len(source), children, inner.count),
        *(inner.entries, inner.tracked, flags, size, seconds, nanoseconds),
    )
    outer.count += 1
    outer.entries += inner.entries + bool(flags & ANY_TRACKED)
    outer.tracked += inner.tracked + bool(flags & WC_TRACKED)

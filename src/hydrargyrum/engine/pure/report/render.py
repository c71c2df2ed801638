"""Finished bytes of status and file lists, as the user sees them.

Which lines there are was decided before; templates and JSON are the view's.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.text import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.types import RenderOptions

#: The groups in the order in which they are shown.
LETTERS = "MAR!?IC"


class PathDisplay:
    """How repository paths look: from the root, or relative to a directory."""

    __slots__ = ("_here", "_outside")

    def __init__(self, root: bytes, directory: bytes | None) -> None:
        self._here: list[bytes] = []
        self._outside = b""
        if directory is None or directory == root:
            return
        inside = root if root.endswith(b"/") else root + b"/"
        if directory.startswith(inside):
            self._here = directory[len(inside) :].split(b"/")
        else:
            self._outside = _prefix(directory, root)

    @classmethod
    def of(cls, root: bytes, options: RenderOptions) -> PathDisplay:
        """The display that the options ask for."""
        directory = None if options.relative_to is None else encode(options.relative_to)
        return cls(root, directory)

    def show(self, paths: Iterable[bytes]) -> Iterable[bytes]:
        """Each path as it is shown."""
        if self._here:
            return map(self._relative, paths)
        if self._outside:
            return (self._outside + path for path in paths)
        return paths

    def one(self, path: bytes) -> bytes:
        """One path as it is shown."""
        return next(iter(self.show((path,))))

    def _relative(self, path: bytes) -> bytes:
        here, parts = self._here, path.split(b"/")
        shared = 0
        while shared < min(len(here), len(parts)) and here[shared] == parts[shared]:
            shared += 1
        return b"/".join([b".."] * (len(here) - shared) + parts[shared:]) or b"."


def _prefix(source: bytes, target: bytes) -> bytes:
    """What leads from the directory `source` to everything below `target`."""
    here, there = source.split(b"/"), target.split(b"/")
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    return b"".join(part + b"/" for part in [b".."] * (len(here) - shared) + there[shared:])


def render_status(
    groups: dict[str, list[bytes]], copies: dict[bytes, bytes], display: PathDisplay, options: RenderOptions
) -> bytes:
    """Status lines, group by group."""
    out: list[bytes] = []
    end = options.end
    for letter in LETTERS:
        if letter not in options.groups:
            continue
        head = letter.encode() + b" " if options.letters else b""
        paths = groups[letter]
        if not (options.copies and copies):
            out += [head + path + end for path in display.show(paths)]
            continue
        for path, shown in zip(paths, display.show(paths), strict=True):
            out.append(head + shown + end)
            source = copies.get(path)
            if source is not None:
                out.append(b"  " + display.one(source) + end)
    return b"".join(out)

"""Patches for people: pieces with labels, or a histogram of the lines that each file gained and lost.

Making patches is the engine's work; nothing here knows a repository.
"""

from __future__ import annotations

from hydrargyrum.view.codec import to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hydrargyrum.view.columns import Columns

    #: Writes a piece under a label.
    Write = Callable[[bytes | str, str], object]


def write_patches(patches: Iterable[bytes], write: Write, *, labels: bool, words: bool = False) -> None:
    """Writes patches, cut into labelled pieces where somebody looks at the labels."""
    if not labels and not words:
        for patch in patches:
            write(patch, "")
        return
    from hydrargyrum.text.label import Labeller

    labeller = Labeller(words=words)
    for patch in patches:
        for piece, label in labeller.label(patch):
            write(piece, label)


class FileStat:
    """What a patch does to one file: lines added and removed, or binary."""

    __slots__ = ("added", "binary", "name", "removed")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.added = self.removed = 0
        self.binary = False


def file_stats(patches: Iterable[bytes]) -> Iterator[FileStat]:
    """The counts of each file, read off its patch."""
    for patch in patches:
        found = _file_stat(patch)
        if found is not None:
            yield found


def _file_stat(patch: bytes) -> FileStat | None:
    if not patch.startswith(b"diff"):
        return None  # more of the file before
    found: FileStat | None = None
    in_header = True
    for line in patch.split(b"\n"):
        if not in_header and line[:1] in (b"+", b"-"):
            assert found is not None
            if line[:1] == b"+":
                found.added += 1
            else:
                found.removed += 1
        elif line.startswith(b"diff"):
            found = FileStat(_name_in(line))
        elif line.startswith(b"@@"):
            in_header = False
        elif found is None:
            continue
        elif line.startswith((b"GIT binary patch", b"Binary file")):
            found.binary = True
        elif line.startswith(b"rename from "):
            found.name = line[12:]
        elif line.startswith(b"rename to "):
            found.name += b" => " + line[10:]
    return found


def _name_in(line: bytes) -> bytes:
    """The file that a `diff` line is about."""
    if line.startswith(b"diff --git a/"):
        return line[13:].rpartition(b" b/")[2]
    words = line.split(b" ")
    at = 1
    while at + 1 < len(words) and words[at] == b"-r":
        at += 2
    return b" ".join(words[at:])


class Histogram:
    """Counts of files as lines of text; `width` is that of the screen, which `columns` measures."""

    __slots__ = ("_columns", "_stats", "_width")

    def __init__(self, stats: Iterable[FileStat], width: int, columns: Columns) -> None:
        self._columns = columns
        self._stats = list(stats)
        self._width = width

    def write(self, write: Write) -> None:
        """Writes the lines, bars with their labels."""
        stats = self._stats
        names = [to_text(stat.name) for stat in stats]
        widths = [self._columns.width(name) for name in names]
        longest = max(widths, default=0)
        most = max((stat.added + stat.removed for stat in stats), default=0)
        digits = len(str(most))
        if any(stat.binary for stat in stats):
            digits = max(digits, 3)
        room = max(self._width - digits - longest - 6, 10)
        for stat, name, width in zip(stats, names, widths, strict=True):
            count = "Bin" if stat.binary else str(stat.added + stat.removed)
            write(f" {name}{' ' * (longest - width)} |  {count:>{digits}} ", "")
            for number, sign, label in ((stat.added, "+", "inserted"), (stat.removed, "-", "deleted")):
                bar = sign * _scaled(number, most, room)
                if bar:
                    write(bar, f"diffstat.{label}")
            write("\n", "")
        if stats:
            added, removed = sum(s.added for s in stats), sum(s.removed for s in stats)
            write(f" {len(stats)} files changed, {added} insertions(+), {removed} deletions(-)\n", "")


def _scaled(number: int, most: int, room: int) -> int:
    """The length of a bar; something is never nothing."""
    if most <= room:
        return number
    return max(number * room // most, int(number > 0))

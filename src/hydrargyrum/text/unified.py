"""Unified diffs: stretches of two texts as hunks with context, and the two lines that name the files.

Which files are compared, and the lines of git's extended headers, belong to the caller (`docs/formats/diff.md`).
"""

from __future__ import annotations

from hydrargyrum.text.compare import CHANGED, IGNORABLE, Comparison
from hydrargyrum.text.lines import split_lines
from hydrargyrum.types import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    #: First line and number of lines on the old and on the new side; an empty side names the line before.
    HunkRange = tuple[int, int, int, int]

#: What stands after the last line of a text that lacks its newline.
MISSING_NEWLINE = b"\\ No newline at end of file\n"
#: The date of a file that does not exist.
_EPOCH = b"Thu Jan 01 00:00:00 1970 +0000"
#: Function names are cut to so many bytes, the space before them included, where they are ASCII.
_FUNCTION_WIDTH = 41


class Options(Value):
    """How a diff is made and written.

    Attributes:
        comparison: how lines are compared.
        context: lines of context around each change.
        show_function: name the function that a hunk is in.
        git: git's format, which has no dates.
        no_dates: no dates in any format.
        no_prefix: no `a/` and `b/` before names.
    """

    __slots__ = ("comparison", "context", "git", "no_dates", "no_prefix", "show_function")

    def __init__(
        self,
        comparison: Comparison | None = None,
        *,
        context: int = 3,
        show_function: bool = False,
        git: bool = False,
        no_dates: bool = False,
        no_prefix: bool = False,
    ) -> None:
        self.comparison = Comparison() if comparison is None else comparison
        self.context = context
        self.show_function = show_function
        self.git = git
        self.no_dates = no_dates
        self.no_prefix = no_prefix


class Side(Value):
    """One side of a file's diff.

    Attributes:
        text: the content; None where the file does not exist.
        name: the name, with slashes, in the bytes to be written.
        date: the date as written in the header.
    """

    __slots__ = ("date", "name", "text")

    def __init__(self, text: bytes | None, name: bytes, date: bytes) -> None:
        self.text = text
        self.name = name
        self.date = date


class Hunk(Value):
    """One hunk.

    Attributes:
        range: the lines it covers; None for the sentence about a binary file.
        lines: the `@@` line and all others, each with its newline.
    """

    __slots__ = ("lines", "range")

    def __init__(self, range: HunkRange | None, lines: list[bytes]) -> None:
        self.range = range
        self.lines = lines


class FileDiff(Value):
    """The diff of one file.

    Attributes:
        headers: the `---` and `+++` lines without newlines; none for a binary file.
        hunks: none where nothing differs.
    """

    __slots__ = ("headers", "hunks")

    def __init__(self, headers: list[bytes], hunks: list[Hunk]) -> None:
        self.headers = headers
        self.hunks = hunks

    def to_bytes(self) -> bytes:
        """Headers and hunks as they are written."""
        parts = [header + b"\n" for header in self.headers]
        for hunk in self.hunks:
            parts += hunk.lines
        return b"".join(parts)


def file_diff(old: Side, new: Side, options: Options, *, binary: bool = False) -> FileDiff:
    """The unified diff of one file; `binary` says that either side is not text."""
    a, b = old.text or b"", new.text or b""
    if not (a or b) or (binary and a == b):
        return FileDiff([], [])
    if binary:
        return FileDiff([], [Hunk(None, [b"Binary file %s has changed\n" % old.name])])
    if not a:
        found = [_whole(b, b"+")]
    elif not b:
        found = [_whole(a, b"-")]
    else:
        found = hunks(split_lines(a), split_lines(b), options)
    if not found:
        return FileDiff([], [])
    return FileDiff([_header(b"--- ", b"a/", old, options), _header(b"+++ ", b"b/", new, options)], found)


def hunks(a: Sequence[bytes], b: Sequence[bytes], options: Options) -> list[Hunk]:
    """The hunks of a headerless diff of two texts, given as lines."""
    writer = _Writer(a, b, options)
    context = options.context
    open_hunk: _Open | None = None
    # Context comes from the first text, so ignorable stretches count as if they had its size on both sides.
    shift = 0
    for (a1, a2, b1, b2), kind in options.comparison.stretches(a, b):
        if kind == IGNORABLE:
            shift += (b2 - b1) - (a2 - a1)
        if kind != CHANGED:
            continue
        start = max(a1 - context, 0)
        if open_hunk is not None and start >= open_hunk.a_end + context + 1:
            writer.finish(open_hunk)
            open_hunk = None
        if open_hunk is None:
            open_hunk = _Open(start, max(b1 - shift - context, 0))
        body = open_hunk.body
        body += [b" " + line for line in a[open_hunk.a_end : a1]]
        body += [b"-" + line for line in a[a1:a2]]
        body += [b"+" + line for line in b[b1:b2]]
        open_hunk.a_end, open_hunk.b_end = a2, b2 - shift
    if open_hunk is not None:
        writer.finish(open_hunk)
    return writer.out


def _header(mark: bytes, prefix: bytes, side: Side, options: Options) -> bytes:
    name, date = side.name, side.date
    if side.text is None:
        name, date, prefix = b"/dev/null", _EPOCH, b""
    line = mark + (b"" if options.no_prefix else prefix) + name
    if not options.git and not options.no_dates:
        return line + b"\t" + date
    return line + b"\t" if b" " in name else line


def _whole(text: bytes, sign: bytes) -> Hunk:
    """The one hunk of a text that is all new (`+`) or all gone (`-`)."""
    lines = split_lines(text)
    size = len(lines)
    if sign == b"+":
        lines_range, head = (0, 0, 1, size), b"@@ -0,0 +1,%d @@\n" % size
    else:
        lines_range, head = (1, size, 0, 0), b"@@ -1,%d +0,0 @@\n" % size
    body = [head, *(sign + line for line in lines)]
    if not text.endswith(b"\n"):
        body[-1] += b"\n"
        body.append(MISSING_NEWLINE)
    return Hunk(lines_range, body)


class _Open:
    """A hunk that later changes may still join."""

    __slots__ = ("a_end", "a_start", "b_end", "b_start", "body")

    def __init__(self, a_start: int, b_start: int) -> None:
        self.a_start = self.a_end = a_start
        self.b_start = self.b_end = b_start
        self.body: list[bytes] = []


class _Writer:
    """Finished hunks, and what is known about the function that the next one is in."""

    __slots__ = ("a", "b", "function", "options", "out", "searched")

    def __init__(self, a: Sequence[bytes], b: Sequence[bytes], options: Options) -> None:
        self.a = a
        self.b = b
        self.options = options
        self.function = b""
        self.searched = 0
        self.out: list[Hunk] = []

    def finish(self, hunk: _Open) -> None:
        if self.options.show_function:
            self._find_function(hunk.a_start)
        a_end = min(hunk.a_end + self.options.context, len(self.a))
        a_length = a_end - hunk.a_start
        b_length = hunk.b_end - hunk.b_start + a_end - hunk.a_end
        # An empty range names the line before it.
        a_start = hunk.a_start + 1 if a_length else hunk.a_start
        b_start = hunk.b_start + 1 if b_length else hunk.b_start
        lines_range = (a_start, a_length, b_start, b_length)
        body = hunk.body
        body += [b" " + line for line in self.a[hunk.a_end : a_end]]
        self._mark_missing_newlines(lines_range, body)
        head = b"@@ -%d,%d +%d,%d @@%s\n" % (*lines_range, self.function)
        self.out.append(Hunk(lines_range, [head, *body]))

    def _mark_missing_newlines(self, lines_range: HunkRange, body: list[bytes]) -> None:
        """Marks the lines of the hunk that end a text without a newline; one that both end with only once."""
        a_start, a_length, b_start, b_length = lines_range
        if _lacks_newline(self.a) and a_start + a_length == len(self.a) + 1:
            sign = _mark_last(body, (b"-", b" "))
            if sign == b" ":
                return
        if _lacks_newline(self.b) and b_start + b_length == len(self.b) + 1:
            _mark_last(body, (b"+",))

    def _find_function(self, start: int) -> None:
        """Looks upwards for a line that starts with a letter, `_` or `$`, no further than the search before did."""
        for index in range(start - 1, self.searched - 1, -1):
            line = self.a[index]
            if line[:1].isalpha() or line[:1] in (b"_", b"$"):
                function = b" " + line.rstrip()
                self.function = function[:_FUNCTION_WIDTH] if function.isascii() else function
                break
        self.searched = start


def _lacks_newline(lines: Sequence[bytes]) -> bool:
    return bool(lines) and not lines[-1].endswith(b"\n")


def _mark_last(body: list[bytes], signs: tuple[bytes, ...]) -> bytes:
    """Marks the last line with one of these signs; its sign."""
    for index in range(len(body) - 1, -1, -1):
        if body[index].startswith(signs):
            body[index] += b"\n"
            body.insert(index + 1, MISSING_NEWLINE)
            return body[index][:1]
    return b""

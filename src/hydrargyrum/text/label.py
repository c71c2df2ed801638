"""Cuts a diff into pieces with labels, for colours, and on demand marks the words that changed inside lines.

Which colour a label has belongs elsewhere (`docs/formats/diff.md`).
"""

from __future__ import annotations

from hydrargyrum.text.compare import CHANGED, Comparison
from hydrargyrum.text.lines import split_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    #: A piece of a diff and its label; an empty label means plain text.
    Token = tuple[bytes, str]

#: What header lines start with, and their labels; the first that fits counts.
_HEADERS = (
    (b"diff", "diff.diffline"),
    (b"copy", "diff.extended"),
    (b"rename", "diff.extended"),
    (b"old", "diff.extended"),
    (b"new", "diff.extended"),
    (b"deleted", "diff.extended"),
    (b"index", "diff.extended"),
    (b"similarity", "diff.extended"),
    (b"---", "diff.file_a"),
    (b"+++", "diff.file_b"),
)
_HUNK = ((b"@", "diff.hunk"),)
_TRAILING = "diff.trailingwhitespace"


class Labeller:
    """The state between chunks of one diff: whether the lines are those of a header."""

    __slots__ = ("_in_header", "_words")

    def __init__(self, *, words: bool) -> None:
        self._in_header = False
        self._words = words

    def label(self, chunk: bytes) -> Iterator[Token]:
        """The pieces of one chunk: a header or a hunk, with any number of lines."""
        # Changed lines are held back until the change ends, because words need both sides.
        change: list[bytes] = []
        *lines, last = chunk.split(b"\n")
        for line in lines:
            if self._is_change(line):
                change.append(line + b"\n")
                continue
            yield from self._flush(change)
            yield from self._plain_line(line)
            yield b"\n", ""
        if self._is_change(last):
            change.append(last)
            yield from self._flush(change)
        else:
            yield from self._flush(change)
            yield from self._plain_line(last)

    def _is_change(self, line: bytes) -> bool:
        if self._in_header:
            if line.startswith(b"@"):
                self._in_header = False
        elif line and not line.startswith((b" ", b"+", b"-", b"@", b"\\")):
            self._in_header = True
        return not self._in_header and line.startswith((b"+", b"-"))

    def _plain_line(self, line: bytes) -> Iterator[Token]:
        text = line.rstrip()
        for start, label in _HEADERS if self._in_header else _HUNK:
            if text.startswith(start):
                yield text, label
                if text != line:
                    yield line[len(text) :], _TRAILING
                return
        yield line, ""

    def _flush(self, change: list[bytes]) -> Iterator[Token]:
        if change:
            yield from _label_words(change) if self._words else _label_lines(change)
            change.clear()


def _runs(text: bytes, label: str) -> Iterator[Token]:
    """Runs of tabs and runs of anything else."""
    import re

    for run in re.findall(rb"\t+|[^\t]+", text):
        yield run, "diff.tab" if run.startswith(b"\t") else label


def _label_lines(change: list[bytes]) -> Iterator[Token]:
    """Changed lines, each with one label."""
    for line in change:
        content = line.rstrip(b"\r\n")
        text = content.rstrip()
        yield from _runs(text, "diff.deleted" if line.startswith(b"-") else "diff.inserted")
        if content != text:
            yield content[len(text) :], _TRAILING
        if line != content:
            yield line[len(content) :], ""


def _label_words(change: list[bytes]) -> Iterator[Token]:
    """Changed lines with their changed words: first all removed lines, then all added ones."""
    old = b"".join(line[1:] for line in change if line.startswith(b"-"))
    new = b"".join(line[1:] for line in change if line.startswith(b"+"))
    if not old or not new:
        yield from _label_lines(change)
        return
    old_words, new_words = _words(old), _words(new)
    stretches = Comparison().stretches(_as_lines(old_words), _as_lines(new_words))
    old_parts: list[tuple[bool, bytes]] = []
    new_parts: list[tuple[bool, bytes]] = []
    for (a1, a2, b1, b2), kind in stretches:
        changed = kind == CHANGED
        old_parts += [(changed, part) for part in split_lines(b"".join(old_words[a1:a2]))]
        new_parts += [(changed, part) for part in split_lines(b"".join(new_words[b1:b2]))]
    yield from _label_parts(old_parts, b"-", "diff.deleted")
    yield from _label_parts(new_parts, b"+", "diff.inserted")


def _label_parts(parts: list[tuple[bool, bytes]], sign: bytes, label: str) -> Iterator[Token]:
    at_start = True
    for changed, part in parts:
        if at_start:
            yield sign, label
        at_start = part.endswith(b"\n")
        full_label = label + (".changed" if changed else ".unchanged")
        if not at_start:
            yield from _runs(part, full_label)
            continue
        content = part[:-2] if part.endswith(b"\r\n") else part[:-1]
        text = content.rstrip()
        yield from _runs(text, full_label)
        if text != content:
            yield content[len(text) :], _TRAILING
        yield part[len(content) :], ""


def _words(text: bytes) -> list[bytes]:
    """Runs of tabs, of spaces and of word bytes (anything above ASCII is one); other bytes alone."""
    import re

    return re.findall(rb"\t+| +|[a-zA-Z0-9_\x80-\xff]+|[^ \ta-zA-Z0-9_\x80-\xff]", text)


def _as_lines(words: list[bytes]) -> list[bytes]:
    """One word a line, so that words can be matched as lines are."""
    return [word if word == b"\n" else word + b"\n" for word in words]

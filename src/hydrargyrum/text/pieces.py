"""A patch cut into the pieces that somebody chooses from: files with their headers, and in them single changes of lines.

Nothing is applied here and nobody is asked; a change that context divides becomes several pieces.
"""

from __future__ import annotations

import re

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NO_END = b"\\ No newline at end of file\n"
_RANGE = rb"@@ -(\d+),(\d+) \+(\d+),(\d+) @@\s*(.*)"
#: What may follow what.
_FOLLOWS = {
    "file": frozenset(("context", "file", "change", "range")),
    "context": frozenset(("file", "change", "range", "other")),
    "change": frozenset(("context", "file", "range")),
    "range": frozenset(("context", "change")),
    "other": frozenset(("other",)),
}
#: What the steps are called in messages.
_SHOWN = {"change": "hunk"}


class Piece:
    """A change of successive lines, with the context around it.

    Attributes:
        file: where it belongs.
        start, new_start: the first line in the old and in the new file.
        function: what stands behind the ranges.
        before, change, after: lines with their sign.
    """

    __slots__ = ("after", "before", "change", "file", "function", "new_start", "start")

    def __init__(
        self,
        file: PatchFile,
        place: tuple[int, int, bytes],
        lines: tuple[Sequence[bytes], Sequence[bytes], Sequence[bytes]],
    ) -> None:
        self.file = file
        self.start, self.new_start, self.function = place
        self.before, self.change, self.after = lines

    @property
    def added(self) -> int:
        """How many lines it adds."""
        return sum(line.startswith(b"+") for line in self.change)

    @property
    def removed(self) -> int:
        """How many lines it removes."""
        return sum(line.startswith(b"-") for line in self.change)

    def shifted(self, lines: int) -> Piece:
        """The same where earlier pieces are left out."""
        place = (self.start, self.new_start + lines, self.function)
        return Piece(self.file, place, (self.before, self.change, self.after))

    def reversed(self) -> Piece:
        """The piece that undoes this one."""
        signs = {b"+": b"-", b"-": b"+"}
        change = [signs.get(line[:1], line[:1]) + line[1:] for line in self.change]
        place = (self.new_start, self.start, self.function)
        return Piece(self.file, place, (self.before, change, self.after))

    def as_bytes(self) -> bytes:
        """As it stands in a patch."""
        context = len(self.before) + len(self.after)
        if self.after and self.after[-1] == _NO_END:
            context -= 1
        ranges = (self.start, context + self.removed, self.new_start, context + self.added)
        function = b" " + self.function if self.function else b""
        first = b"@@ -%d,%d +%d,%d @@" % ranges
        return b"".join([first, function, b"\n", *self.before, *self.change, *self.after])


class PatchFile:
    """What a patch does to one file.

    Attributes:
        header: lines before the first piece; pieces: in order.
    """

    __slots__ = ("header", "pieces")

    def __init__(self, header: list[bytes]) -> None:
        self.header = header
        self.pieces: list[Piece] = []

    def _says(self, *starts: bytes) -> bool:
        return any(line.startswith(starts) for line in self.header)

    @property
    def is_binary(self) -> bool:
        """Whether its content cannot be shown."""
        return self._says(b"index ")

    @property
    def is_whole(self) -> bool:
        """Whether all of its pieces go together."""
        return self._says(b"index ", b"deleted file ")

    @property
    def is_new(self) -> bool:
        """Whether the file is not there before, under this name."""
        return self._says(b"new file", b"copy to", b"rename to")

    @property
    def matters_without_pieces(self) -> bool:
        """Whether the header alone changes something."""
        return (self.is_new and len(self.header) == 2) or self._says(
            b"index ", b"deleted ", b"copy ", b"rename ", b"new mode "
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the file, the old one first."""
        first = self.header[0]
        found = re.match(rb"diff --git a/(.*) b/(.*)$", first)
        if found is not None:
            old, new = (_text(name) for name in found.groups())
            return (old,) if old == new else (old, new)
        found = re.match(rb"diff -r .* (.*)$", first)
        return (_text(found[1]),) if found is not None else ("",)

    @property
    def name(self) -> str:
        """The name after the change."""
        return self.names[-1]

    def as_bytes(self) -> bytes:
        """The header as it stands in a patch."""
        return b"".join(self.header)

    def introduction(self) -> bytes:
        """What is shown before the file is asked about."""
        shown = []
        for line in self.header:
            if line.startswith(b"index "):
                shown.append(b"this modifies a binary file (all or nothing)\n")
                break
            if line.startswith((b"new file ", b"deleted file ")):
                shown.append(line)
                if self.is_binary:
                    shown.append(b"this is a binary file\n")
                break
            if line.startswith(b"---"):
                lines = sum(max(piece.added, piece.removed) for piece in self.pieces)
                shown.append(b"%d hunks, %d lines changed\n" % (len(self.pieces), lines))
                break
            shown.append(line)
        return b"".join(shown)


class Chosen:
    """A file that was chosen, with the pieces of it that were."""

    __slots__ = ("file", "pieces")

    def __init__(self, file: PatchFile, pieces: Sequence[Piece] = ()) -> None:
        self.file = file
        self.pieces = list(pieces)

    @property
    def has_effect(self) -> bool:
        """Whether it changes something."""
        return bool(self.pieces) or self.file.matters_without_pieces

    def as_bytes(self) -> bytes:
        """As a patch."""
        return b"".join([self.file.as_bytes(), *(piece.as_bytes() for piece in self.pieces)])


def cut(patch: bytes) -> list[PatchFile]:
    """The files of a patch. Raises InputError for what is none."""
    return _Cutter().run(patch)


class _Cutter:
    """Collects context and changes until a piece is complete."""

    def __init__(self) -> None:
        self._files: list[PatchFile] = []
        self._start = self._new_start = 0
        self._function = b""
        self._context: list[bytes] = []
        self._before: list[bytes] = []
        self._change: list[bytes] = []

    def run(self, patch: bytes) -> list[PatchFile]:
        last = "context"
        for kind, lines in _steps(patch):
            if kind not in _FOLLOWS[last]:
                shown = (_SHOWN.get(step, step) for step in (last, kind))
                raise errors.InputError(f"error parsing patch: unhandled transition: {' -> '.join(shown)}")
            last = kind
            if kind == "change":
                if self._context:
                    self._before, self._context = self._context, []
                self._change = lines
            elif kind != "other":
                self._complete(lines if kind == "context" else [])
                if kind == "file":
                    self._files.append(PatchFile(lines))
                elif kind == "range":
                    self._place(lines[0])
        self._complete([])
        return self._files

    def _place(self, line: bytes) -> None:
        found = re.match(_RANGE, line)
        assert found is not None
        self._start, self._new_start, self._function = int(found[1]), int(found[3]), found[5]

    def _complete(self, after: list[bytes]) -> None:
        if self._change and self._files:
            file = self._files[-1]
            place = (self._start, self._new_start, self._function)
            piece = Piece(file, place, (self._before, self._change, after))
            file.pieces.append(piece)
            self._start += len(self._before) + piece.removed
            self._new_start += len(self._before) + piece.added
            self._before, self._change = [], []
        self._context = after


def _steps(patch: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Kinds of lines, with those that belong together."""
    lines = [line + b"\n" for line in patch.split(b"\n")]
    last = lines.pop()[:-1]
    if last:
        lines.append(last)
    at = 0
    while at < len(lines):
        first, begin = lines[at], at
        at += 1
        if first.startswith((b"diff --git a/", b"diff -r ")):
            while at < len(lines) and lines[at].split(None, 1)[:1] not in ([b"---"], [b"diff"]):
                at += 1
            if at < len(lines) and lines[at].startswith(b"---"):
                at = min(at + 2, len(lines))
            yield "file", lines[begin:at]
        elif first.startswith((b" ", b"-", b"+")):
            is_context = first.startswith(b" ")
            signs = (b" ", b"\\") if is_context else (b"-", b"+", b"\\")
            while at < len(lines) and lines[at].startswith(signs):
                at += 1
            yield "context" if is_context else "change", lines[begin:at]
        else:
            yield "range" if re.match(_RANGE, first) else "other", [first]


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")

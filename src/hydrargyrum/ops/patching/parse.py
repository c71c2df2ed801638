"""Files and hunks of a patch: unified diffs, git's extended headers, git's binary hunks.

Where they go is the business of `apply`. Format: docs/formats/diff.md.
"""

from __future__ import annotations

import re
import zlib

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

_RANGE = rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@"
_GIT = rb"diff --git a/(.*) b/(.*)"
#: What stands before each hunk in the old form, and before each of its sides.
_STARS = b"*" * 15
_CONTEXT_RANGE = rb"(?:---|\*\*\*) (\d+)(?:,(\d+))? (?:---|\*\*\*)"
_NO_END = b"\\ No newline at end of file"
#: Hint of patches that cannot be read.
MANGLED = "check that whitespace in the patch has not been mangled"


class Hunk:
    """A change of lines.

    Attributes:
        number: within its file, from 1.
        start, length: lines of the old file (from 1) and how many; new_start, new_length likewise.
        lines: the hunk as it was, with its first line.
        old, new: what is to be there, and what takes its place; lines with their ends.
    """

    __slots__ = ("length", "lines", "new", "new_length", "new_start", "number", "old", "start")

    def __init__(self, number: int, first: bytes) -> None:
        found = re.match(_RANGE, first)
        if found is None:
            raise errors.InputError(f"bad hunk #{number}", hint=MANGLED)
        start, length, new_start, new_length = found.groups()
        self.number = number
        self.start, self.new_start = int(start), int(new_start)
        self.length = 1 if length is None else int(length)
        self.new_length = 1 if new_length is None else int(new_length)
        self.lines = [first]
        self.old: list[bytes] = []
        self.new: list[bytes] = []

    @property
    def is_complete(self) -> bool:
        """Whether it has as many lines as it claims."""
        return len(self.old) == self.length and len(self.new) == self.new_length

    def take(self, line: bytes) -> None:
        """Adds a line."""
        if line in (b"\n", b"\r\n"):
            line = b" " + line  # some mailers cut white space at the ends of lines
        kind, text = line[:1], line[1:]  # what is no letter of hunks counts as one of context
        self.lines.append(line)
        if kind != b"+":
            self.old.append(text)
        if kind != b"-":
            self.new.append(text)

    def drop_last_end(self) -> None:
        """The last line has no end of line."""
        kind = self.lines[-1][:1]
        self.lines[-1] = self.lines[-1].rstrip(b"\r\n")
        if kind != b"+" and self.old:
            self.old[-1] = self.old[-1].rstrip(b"\r\n")
        if kind != b"-" and self.new:
            self.new[-1] = self.new[-1].rstrip(b"\r\n")

    def with_plain_ends(self) -> Hunk:
        """The same with lines that end in LF alone."""
        one = Hunk(self.number, self.lines[0])
        one.lines, one.old, one.new = (
            [line[:-2] + b"\n" if line.endswith(b"\r\n") else line for line in lines]
            for lines in (self.lines, self.old, self.new)
        )
        return one

    def with_fuzz(self, fuzz: int, *, only_top: bool) -> tuple[list[bytes], int, list[bytes]]:
        """Old lines, where they start (from 0), and new lines, without `fuzz` lines of context at the ends."""
        top = bottom = 0
        fuzz = min(fuzz, len(self.old))
        if fuzz:
            body = self.lines[1:]
            top = min(fuzz, _context(body))
            bottom = 0 if only_top else min(fuzz, _context(body[::-1]))
        start = self.start + top
        if self.length and start > 0:
            start -= 1
        return self.old[top : len(self.old) - bottom], start, self.new[top : len(self.new) - bottom]


def _context(lines: list[bytes]) -> int:
    count = 0
    for line in lines:
        if not line.startswith(b" "):
            break
        count += 1
    return count


class BinaryHunk:
    """A change of a whole binary file: its new content, or a delta in git's format."""

    __slots__ = ("data", "is_delta")

    def __init__(self, data: bytes, *, is_delta: bool) -> None:
        self.data = data
        self.is_delta = is_delta

    def content(self, old: bytes) -> bytes:
        """The new content."""
        return apply_git_delta(self.data, old) if self.is_delta else self.data


if TYPE_CHECKING:
    AnyHunk: TypeAlias = Hunk | BinaryHunk


class FilePatch:
    """What a patch does to one file.

    Attributes:
        old_name, new_name: as in the patch, with `a/` and `b/`; "/dev/null" for none.
        git: whether there are git's headers; the following only count then.
        kind: "modify", "add", "delete", "copy" or "rename"; source: name without `a/` of what is copied.
        flags: of the new file, None where nothing is said.
        hunks: in order.
    """

    __slots__ = ("flags", "git", "hunks", "kind", "new_name", "old_name", "source")

    def __init__(self, old_name: str, new_name: str, *, git: bool) -> None:
        self.old_name = old_name
        self.new_name = new_name
        self.git = git
        self.kind = "modify"
        self.source = ""
        self.flags: str | None = None
        self.hunks: list[AnyHunk] = []


def parse_patch(data: bytes) -> list[FilePatch]:
    """The files of a patch, in order. Raises InputError for what cannot be read."""
    return _Parser(data).files()


class _Parser:
    def __init__(self, data: bytes) -> None:
        self._lines = data.splitlines(keepends=True) if b"\r" not in data else _split_lines(data)
        self._at = 0
        self._found: list[FilePatch] = []
        #: the file that was found last has hunks in the old form, with both sides one after the other
        self._is_context = False

    def files(self) -> list[FilePatch]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.startswith(b"diff --git a/"):
                self._git_header(line)
            elif line.startswith(b"--- ") and self._next().startswith(b"+++"):
                self._names(line)
            elif line.startswith(b"*** ") and self._next().startswith(b"--- "):
                self._context_names(line)
            elif line.startswith(_STARS) and self._found and self._is_context:
                self._context_hunk()
            elif line.startswith(b"@@ ") and self._found and not self._is_context:
                self._hunk(line)
            elif line.startswith(b"GIT binary patch") and self._found:
                self._binary()
        return self._found

    def _next(self) -> bytes:
        return self._lines[self._at] if self._at < len(self._lines) else b""

    def _git_header(self, line: bytes) -> None:
        match = re.match(_GIT, line.rstrip(b"\r\n"))
        if match is None:
            return
        new = _text(match.group(2))
        one = FilePatch(f"a/{_text(match.group(1))}", f"b/{new}", git=True)
        self._is_context = False
        self._found.append(one)
        while not self._next().startswith((b"--- ", b"diff --git a/", b"GIT binary patch", b"@@ ")):
            if self._at >= len(self._lines):
                return
            self._git_fact(one, self._lines[self._at].rstrip(b"\r\n"))
            self._at += 1
        if self._next().startswith(b"--- "):
            names = self._lines[self._at : self._at + 2]
            self._at += 2
            if one.kind == "modify" and len(names) == 2:
                old, new = map(_name, names)
                if "/dev/null" in (old, new):
                    # made or removed, although the headers of git do not say so
                    self._found[-1] = FilePatch(old, new, git=False)

    def _git_fact(self, one: FilePatch, line: bytes) -> None:
        for kind in ("rename", "copy"):
            if line.startswith(f"{kind} from ".encode("ascii")):
                one.kind, one.source = kind, _text(line[len(kind) + 6 :])
            elif line.startswith(f"{kind} to ".encode("ascii")):
                one.new_name = "b/" + _text(line[len(kind) + 4 :])
        if line.startswith(b"deleted file"):
            one.kind = "delete"
        elif line.startswith((b"new file mode ", b"new mode ")):
            if line.startswith(b"new file"):
                one.kind = "add"
            mode = int(line[-6:], 8)
            one.flags = "l" if mode & 0o170000 == 0o120000 else "x" if mode & 0o100 else ""

    def _names(self, line: bytes) -> None:
        one = FilePatch(_name(line), _name(self._next()), git=False)
        self._at += 1
        if self._next().startswith(b"@@ "):
            self._is_context = False
            self._found.append(one)

    def _context_names(self, line: bytes) -> None:
        one = FilePatch(_name(line), _name(self._next()), git=False)
        self._at += 1
        if self._next().startswith(_STARS):
            self._is_context = True
            self._found.append(one)

    def _context_hunk(self) -> None:
        one = self._found[-1]
        number = len(one.hunks) + 1
        start, length = self._context_range(number)
        old = self._context_block(number, b"- ", length)
        new_start, new_length = self._context_range(number)
        new = self._context_block(number, b"+ ", new_length)
        hunk = Hunk(number, b"@@ -%d,%d +%d,%d @@\n" % (start, length, new_start, new_length))
        for line in _unified(old, new):
            hunk.take(line)
        if not hunk.is_complete:
            raise errors.InputError(f"bad hunk #{number}: incomplete hunk", hint=MANGLED)
        one.hunks.append(hunk)

    def _context_range(self, number: int) -> tuple[int, int]:
        """Where one side of a hunk begins, and how many lines it has."""
        found = re.match(_CONTEXT_RANGE, self._next())
        if found is None:
            raise errors.InputError(f"bad hunk #{number}", hint=MANGLED)
        self._at += 1
        start = int(found.group(1))
        end = start if found.group(2) is None else int(found.group(2))
        return start, end - start + (1 if start else 0)

    def _context_block(self, number: int, mark: bytes, length: int) -> list[bytes]:
        """The lines of one side, each with one letter in front; none where the side is left out."""
        found: list[bytes] = []
        while len(found) < length:
            line = self._next()
            if line.startswith((mark, b"! ")):
                found.append(mark[:1] + line[2:])
            elif line.startswith(b"  "):
                found.append(b" " + line[2:])
            elif not found:
                break
            else:
                raise errors.InputError(f"bad hunk #{number} old text line {len(found)}", hint=MANGLED)
            self._at += 1
        if found and self._next().startswith(_NO_END[:2]):
            found[-1] = found[-1].rstrip(b"\r\n")
            self._at += 1
        return found

    def _hunk(self, first: bytes) -> None:
        one = self._found[-1]
        hunk = Hunk(len(one.hunks) + 1, first)
        while len(hunk.old) < hunk.length or len(hunk.new) < hunk.new_length:
            if self._at >= len(self._lines):
                break
            line = self._lines[self._at]
            self._at += 1
            if line.startswith(_NO_END[:2]):
                hunk.drop_last_end()
            else:
                hunk.take(line)
        if self._next().startswith(_NO_END[:2]):
            self._at += 1
            hunk.drop_last_end()
        if not hunk.is_complete:
            raise errors.InputError(f"bad hunk #{hunk.number}: incomplete hunk", hint=MANGLED)
        one.hunks.append(hunk)

    def _binary(self) -> None:
        one = self._found[-1]
        name = one.new_name[2:]
        while True:
            line = self._line()
            if not line:
                raise errors.InputError(f'could not extract "{name}" binary data', hint=MANGLED)
            if line.startswith((b"literal ", b"delta ")):
                break
        size = int(line.split()[1])
        packed = b""
        while len(row := self._line()) > 1:
            packed += _decode_85(row, name)
        data = zlib.decompress(packed)
        if len(data) != size:
            raise errors.InputError(f'"{name}" length is {len(data)} bytes, should be {size}', hint=MANGLED)
        one.hunks.append(BinaryHunk(data, is_delta=line.startswith(b"delta ")))

    def _line(self) -> bytes:
        line = self._next()
        self._at += 1
        return line.rstrip(b"\r\n")


def _unified(old: list[bytes], new: list[bytes]) -> list[bytes]:
    """Both sides of a hunk in one list; a side that was left out has the other's context."""
    old = old or [line for line in new if line.startswith(b" ")]
    new = new or [line for line in old if line.startswith(b" ")]
    found: list[bytes] = []
    at = 0
    for line in old:
        if line.startswith(b" "):
            while at < len(new) and new[at].startswith(b"+"):
                found.append(new[at])
                at += 1
            at += 1
        found.append(line)
    return found + new[at:]


def _split_lines(data: bytes) -> list[bytes]:
    """Lines that end at line feeds only."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _decode_85(row: bytes, name: str) -> bytes:
    import base64

    length = row[0] - 64 if 65 <= row[0] <= 90 else row[0] - 96 + 26
    try:
        return base64.b85decode(row[1:])[:length]
    except ValueError as problem:
        raise errors.InputError(f'could not decode "{name}" binary patch: {problem}', hint=MANGLED) from None


def _name(line: bytes) -> str:
    text = line[4:].rstrip(b"\r\n")
    for end in (b"\t", b" "):
        if end in text:
            return _text(text.split(end, 1)[0])
    return _text(text)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def apply_git_delta(delta: bytes, old: bytes) -> bytes:
    """The result of a delta in git's format: copies of the old text, and new bytes. Raises StateError."""
    at = 0
    for _ in range(2):  # both sizes
        while delta[at] & 0x80:
            at += 1
        at += 1
    out = []
    while at < len(delta):
        command = delta[at]
        at += 1
        if command & 0x80:
            numbers = [0, 0]
            for bit in range(7):
                if command & (1 << bit):
                    numbers[bit >= 4] |= delta[at] << 8 * (bit if bit < 4 else bit - 4)
                    at += 1
            offset, size = numbers[0], numbers[1] or 0x10000
            out.append(old[offset : offset + size])
        elif command:
            out.append(delta[at : at + command])
            at += command
        else:
            raise errors.StateError("unexpected delta opcode 0")
    return b"".join(out)

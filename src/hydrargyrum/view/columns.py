"""How many columns text takes on a terminal, and cutting, filling and indenting it by columns.

Knows neither templates nor terminals. Text that is not valid in the user's encoding is measured byte by byte.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.codec import from_local, recode_local, to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Columns:
    """Measures in one encoding.

    Attributes:
        encoding: of the user, a name that Python knows.
        wide: East Asian width classes that take two columns ("WF", with "A" where ambiguous ones are wide).
    """

    __slots__ = ("encoding", "wide")

    def __init__(self, encoding: str = "utf-8", wide: str = "WF") -> None:
        self.encoding = encoding
        self.wide = wide

    def of_characters(self, characters: str) -> int:
        """Columns of real characters (decoded ones)."""
        if characters.isascii():
            return len(characters)
        from unicodedata import east_asian_width

        return sum(2 if east_asian_width(character) in self.wide else 1 for character in characters)

    def width(self, text: str) -> int:
        """Columns of text as the program holds it."""
        if text.isascii():
            return len(text)
        return self.of_characters(to_bytes(text).decode(self.encoding, "replace"))

    def trim(self, text: str, width: int, *, ellipsis: str = "", left: bool = False) -> str:
        """Cut to at most `width` columns, `ellipsis` included, from the end or (`left`) from the start."""
        try:
            characters = recode_local(text, self.encoding)
        except UnicodeDecodeError:
            return self._trim_bytes(to_bytes(text), width, ellipsis, left)
        if self.of_characters(characters) <= width:
            return text
        room = width - len(ellipsis)
        if room <= 0:
            return ellipsis[:width]
        kept, used = 0, 0
        for character in reversed(characters) if left else characters:
            used += self.of_characters(character)
            if used > room:
                break
            kept += 1
        if left:
            return ellipsis + from_local(characters[len(characters) - kept :], self.encoding)
        return from_local(characters[:kept], self.encoding) + ellipsis

    def _trim_bytes(self, data: bytes, width: int, ellipsis: str, left: bool) -> str:
        if len(data) <= width:
            return to_text(data)
        room = width - len(ellipsis)
        if room <= 0:
            return ellipsis[:width]
        return ellipsis + to_text(data[-room:]) if left else to_text(data[:room]) + ellipsis

    def wrap(self, text: str, width: int, first_indent: str = "", hanging_indent: str = "") -> str:
        """One paragraph broken into lines of at most `width` columns.

        Raises:
            UnicodeError: the text is not valid in the user's encoding.
        """
        longest = max(len(to_bytes(first_indent)), len(to_bytes(hanging_indent)))
        if width <= longest:
            width = max(78, longest + 1)
        words = self._words(recode_local(text, self.encoding))
        indents = [recode_local(indent, self.encoding) for indent in (first_indent, hanging_indent)]
        return from_local("\n".join(self._lines(words, width, *indents)), self.encoding)

    @staticmethod
    def _words(text: str) -> list[str]:
        import textwrap

        # the standard splitting of words, hyphens and dashes; only measuring and filling are ours
        wrapper = textwrap.TextWrapper()
        return wrapper._split(wrapper._munge_whitespace(text))

    def _lines(self, words: list[str], width: int, first_indent: str, hanging_indent: str) -> Iterator[str]:
        waiting = words[::-1]
        indent, first = first_indent, True
        while waiting:
            room = width - len(indent)
            if not first and not waiting[-1].strip():
                waiting.pop()
            line, used = [], 0
            while waiting and used + self.of_characters(waiting[-1]) <= room:
                used += self.of_characters(waiting[-1])
                line.append(waiting.pop())
            if waiting and self.of_characters(waiting[-1]) > room:
                head, tail = self._cut(waiting[-1], max(room - used, 1))
                if not (head or line):  # one character wider than the line: still go forward
                    head, tail = tail[:1], tail[1:]
                line.append(head)
                waiting[-1] = tail
            if line and not line[-1].strip():
                line.pop()
            if line:
                yield indent + "".join(line)
                indent, first = hanging_indent, False

    def _cut(self, word: str, room: int) -> tuple[str, str]:
        used = 0
        for position, character in enumerate(word):
            used += self.of_characters(character)
            if used > room:
                return word[:position], word[position:]
        return word, ""

    def fill(self, text: str, width: int, first_indent: str = "", hanging_indent: str = "") -> str:
        """Every paragraph and list item of `text` wrapped; what separates them is kept."""
        import re

        filled, position = [], 0
        for gap in re.finditer(r"\n\n|\n[ \t\n\r\f\v]*[-*][ \t\n\r\f\v]*", text):
            filled.append(self._fill_one(text[position : gap.start()], width, first_indent, hanging_indent))
            filled.append(gap.group())
            position = gap.end()
        rest = self._decoded(text[position:])
        body = rest.rstrip()
        filled.append(
            self._fill_one(from_local(body, self.encoding), width, first_indent, hanging_indent)
            + from_local(rest[len(body) :], self.encoding)
        )
        return "".join(filled)

    def _decoded(self, text: str) -> str:
        """Characters instead of bytes. Raises Abort where they are none."""
        try:
            return recode_local(text, self.encoding)
        except UnicodeDecodeError as problem:
            near = to_text(problem.object[max(0, problem.start - 10) : problem.start + 10])
            raise errors.Abort(f"decoding near '{near}': {problem}!") from None

    def _fill_one(self, paragraph: str, width: int, first_indent: str, hanging_indent: str) -> str:
        import re

        once = re.sub("  +", " ", self.wrap(paragraph, width))
        return self.wrap(once, width, first_indent, hanging_indent)


def split_lines(text: str, *, keep_ends: bool = False) -> list[str]:
    """Lines as bytes have them: only carriage return and newline end one."""
    return [to_text(line) for line in to_bytes(text).splitlines(keep_ends)]


def indent_lines(text: str, prefix: str, first_prefix: str = "") -> str:
    """Put `prefix` before every line that is not blank, `first_prefix` before the first."""
    lines = split_lines(text)
    indented = [
        (prefix if number else first_prefix) + line if to_bytes(line).strip() else line
        for number, line in enumerate(lines)
    ]
    return "\n".join(indented) + ("\n" if lines and text.endswith("\n") else "")

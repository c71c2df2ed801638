"""Blocks of reStructuredText as plain text or HTML, for template function `rstdoc`.

Reading the text is `restructured`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.codec import to_bytes, to_text
from hydrargyrum.view.restructured import ADMONITIONS, BULLET, Block, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.view.columns import Columns

#: Columns of the names of fields.
_FIELD_COLUMNS = 14
#: What is shown of containers.
_KEPT = frozenset((b"verbose",))
_LIST_KINDS = frozenset(("bullet", "definition", "field", "option"))


def render(text: str, style: str, columns: Columns, width: int = 80) -> str:
    """Text in style "html", or plain for any other style.

    Raises:
        Abort: the text is not valid in the user's encoding.
    """
    blocks = parse(to_bytes(text), lambda piece: columns.width(to_text(piece)), _KEPT)
    if style == "html":
        return to_text(b"".join(_Html(blocks).pieces()))
    plain = _Plain(columns, width)
    try:
        return to_text(b"".join(plain.block(block) for block in blocks))
    except UnicodeDecodeError as problem:
        near = to_text(problem.object[max(0, problem.start - 10) : problem.start + 10])
        raise errors.Abort(f"decoding near '{near}': {problem}!") from None


def _joined(lines: Sequence[bytes]) -> bytes:
    return b" ".join(line.strip() for line in lines)


def _indent_of(line: bytes) -> int:
    return len(line) - len(line.lstrip())


class _Plain:
    """Writes blocks for a terminal of so many columns."""

    def __init__(self, columns: Columns, width: int) -> None:
        self._columns = columns
        self._width = width

    def _wrap(self, text: bytes, first: bytes, other: bytes, width: int = 0) -> bytes:
        wrapped = self._columns.wrap(to_text(text), width or self._width, to_text(first), to_text(other))
        return to_bytes(wrapped)

    def _measure(self, text: bytes) -> int:
        return self._columns.width(to_text(text))

    def block(self, block: Block) -> bytes:
        """The lines of a block, each with its end."""
        indent = b" " * block.indent
        if block.kind == "margin":
            return b"\n"
        if block.kind == "literal":
            return b"".join(indent + b"  " + line + b"\n" for line in block.lines)
        if block.kind == "section":
            title = block.lines[0]
            return indent + title + b"\n" + indent + block.name * self._measure(title) + b"\n"
        if block.kind == "table":
            return self._table(block, indent)
        if block.kind == "admonition":
            return self._under(indent + ADMONITIONS[block.name], block.lines, indent, block.lines)
        if block.kind == "definition":
            return self._under(indent + block.lines[0], block.lines, indent, block.lines[1:])
        if block.kind == "option":
            return self._option(block)
        return self._paragraph(block, indent)

    def _under(self, title: bytes, lines: Sequence[bytes], indent: bytes, body: Sequence[bytes]) -> bytes:
        """A title, and below it a paragraph that stands as deep as the last line did."""
        if not lines:
            return title + b"\n"
        deeper = indent + b" " * _indent_of(lines[-1])
        return title + b"\n" + self._wrap(_joined(body), deeper, deeper) + b"\n"

    def _paragraph(self, block: Block, indent: bytes) -> bytes:
        import re

        lines, hanging = list(block.lines), indent
        if block.kind == "bullet":
            bullet = re.match(BULLET, lines[0])
            if lines[0].startswith(b"| "):
                lines[0] = lines[0][2:]
            elif bullet:
                hanging = indent + b" " * bullet.end()
        elif block.kind == "field":
            hanging = indent + b" " * _FIELD_COLUMNS
            fits = len(block.name) + 2 <= _FIELD_COLUMNS
            lines[0] = block.name.ljust(_FIELD_COLUMNS if fits else self._width) + lines[0]
        return self._wrap(_joined(lines), indent, hanging) + b"\n"

    def _option(self, block: Block) -> bytes:
        first = block.name + b" " * (block.width - self._measure(block.name) + 2)
        hanging = b" " * (self._measure(first) + 1)
        return b" " + self._wrap(_joined(block.lines), first, hanging, self._width - 1) + b"\n"

    def _table(self, block: Block, indent: bytes) -> bytes:
        widths = [max(map(self._measure, column)) for column in zip(*block.rows, strict=True)]
        span = sum(widths) + len(widths) - 1
        hanging = indent + b" " * (span - widths[-1]) if widths else indent
        out = []
        for row in block.rows:
            cells = [
                cell + b" " * (width - self._measure(cell)) for cell, width in zip(row, widths, strict=True)
            ]
            out.append(self._wrap(b" ".join(cells), indent, hanging) + b"\n")
            if len(out) == 1 and block.has_header:
                out.append(indent + b"-" * min(self._width, span) + b"\n")
        return b"".join(out)


def _escape(text: bytes) -> bytes:
    for mark, entity in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;")):
        text = text.replace(mark, entity)
    return text


class _Html:
    """Writes blocks as HTML."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = [block for block in blocks if block.kind != "margin"]
        self._underlines = b""
        #: Lists that are open, the innermost last: element and indent.
        self._open: list[tuple[bytes, int]] = []

    def pieces(self) -> Iterator[bytes]:
        """The document in pieces."""
        following: list[Block | None] = [*self._blocks[1:], None]
        for block, after in zip(self._blocks, following, strict=False):
            yield from self._opening(block)
            yield self._one(block)
            if self._open and self._ends(after):
                yield b"</%s>\n" % self._open.pop()[0]

    def _opening(self, block: Block) -> Iterator[bytes]:
        if block.kind not in _LIST_KINDS:
            return
        element = b"dl"
        if block.kind == "bullet":
            element = b"ul" if block.lines[0].startswith((b"* ", b"- ")) else b"ol"
        if not self._open or self._open[-1][0] != element:
            self._open.append((element, block.indent))
            yield b"<%s>\n" % element

    def _ends(self, after: Block | None) -> bool:
        """Whether the innermost list ends before the next block."""
        level = self._open[-1][1]
        if after is None or after.indent < level:
            return True
        return after.indent == level and after.kind not in _LIST_KINDS

    def _one(self, block: Block) -> bytes:
        lines = block.lines
        if block.kind == "admonition":
            return b"<p>\n<b>%s</b> %s\n</p>\n" % (_escape(ADMONITIONS[block.name]), _escape(_joined(lines)))
        if block.kind == "literal":
            return b"<pre>\n%s\n</pre>\n" % _escape(b"\n".join(lines))
        if block.kind == "section":
            if block.name not in self._underlines:
                self._underlines += block.name
            level = self._underlines.index(block.name) + 1
            return b"<h%d>%s</h%d>\n" % (level, _escape(lines[0]), level)
        if block.kind == "table":
            rows = (b"\n".join(b"<td>%s</td>" % _escape(cell) for cell in row) for row in block.rows)
            return b"<table>\n%s</table>\n" % b"".join(b"<tr>%s</tr>\n" % row for row in rows)
        if block.kind == "bullet":
            head = lines[0].partition(b" ")[2]
            return b" <li> %s\n" % _escape(b" ".join([head, *lines[1:]]))
        if block.kind == "definition":
            return b" <dt>%s\n <dd>%s\n" % (_escape(lines[0]), _escape(_joined(lines[1:])))
        if block.kind in ("field", "option"):
            return b" <dt>%s\n <dd>%s\n" % (_escape(block.name), _escape(_joined(lines)))
        return b"<p>\n%s\n</p>\n" % _escape(b"\n".join(lines))

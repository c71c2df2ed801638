"""The small part of reStructuredText that template function `rstdoc` reads: text as a flat list of indented blocks.

How blocks look as plain text or HTML is `restructured_output`; our own help texts are in another notation (`prose`).
"""

from __future__ import annotations

import re
from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    #: Columns of text in the user's encoding.
    Measure = Callable[[bytes], int]

#: First words of admonitions, as they are shown.
ADMONITIONS = {
    b"attention": b"Attention:",
    b"caution": b"Caution:",
    b"danger": b"!Danger!",
    b"error": b"Error:",
    b"hint": b"Hint:",
    b"important": b"Important:",
    b"note": b"Note:",
    b"tip": b"Tip:",
    b"warning": b"Warning!",
}
#: What begins an item of a bulleted or numbered list, or a line of a line block.
BULLET = rb"(\*|-|[0-9A-Za-z]+\.|\(?[0-9A-Za-z]+\)|\|) "
_OPTION = rb"(?:-([a-zA-Z0-9]), )?--([a-z0-9-]+)(?:(.*)  +)(.*)$"
_FIELD = rb":(?![: ])((?:\:|[^:])*)(?<! ):[ ]+(.*)"
_UNDERLINE = rb"""([-=`:.'"~^_*+#])\1+$"""
_RULER = rb"(?:=+\s+)*=+"
_CONTAINER = b".. container::"
#: Kinds of items, the least specific last, with what begins one and whether it may be a line alone.
_ITEMS = (
    ("bullet", BULLET, True),
    ("option", _OPTION, True),
    ("field", _FIELD, True),
    ("definition", rb"[^ ]", False),
)
#: Kinds between which no space is put.
_CLOSE = ("bullet", "option", "field")


class Block:
    """Lines that belong together.

    Attributes:
        kind: "paragraph", "literal", "section", "table", "bullet", "option", "field", "definition", "admonition" or
            "margin" (space).
        indent: columns to the left of all lines.
        lines: without that indent.
        name: of a section its underline, of a field its key, of an option how it is given, of an admonition its title.
        width: of options, columns of the widest name in their list.
        rows: cells of a table; has_header: whether the first row is one.
    """

    __slots__ = ("has_header", "indent", "kind", "lines", "name", "rows", "width")

    def __init__(self, kind: str, indent: int, lines: list[bytes], name: bytes = b"") -> None:
        self.kind = kind
        self.indent = indent
        self.lines = lines
        self.name = name
        self.width = 0
        self.rows: list[list[bytes]] = []
        self.has_header = False


def parse(text: bytes, measure: Measure, keep: Container[bytes] = ()) -> list[Block]:
    """The blocks of a text, with space between them; containers stay where a word of their type is in `keep`."""
    blocks = list(_with_literals(list(_paragraphs(text))))
    for block in blocks:
        _look_for_table(block, measure)
    blocks = _without_containers(blocks, keep)
    for block in blocks:
        _look_for_section(block, measure)
        if block.kind in ("paragraph", "section"):
            block.lines = [_plain_roles(line) for line in block.lines]
    blocks = [item for block in blocks for item in _items(block)]
    _measure_options(blocks, measure)
    for block in blocks:
        _look_for_admonition(block)
    return list(_without_comments(list(_with_space(blocks))))


def _paragraphs(text: bytes) -> Iterator[Block]:
    for piece in re.split(rb"\n(?:\s*\n)+", text.lstrip(b"\n").rstrip()):
        lines = piece.splitlines()
        if lines:
            indent = min(len(line) - len(line.lstrip()) for line in lines)
            yield Block("paragraph", indent, [line[indent:] for line in lines])


def _with_literals(blocks: Sequence[Block]) -> Iterator[Block]:
    """Marks what stands deeper than a paragraph that ends with two colons; `::` alone goes away."""
    at, last = 0, blocks[-1] if blocks else None
    while at < len(blocks):
        block = blocks[at]
        at += 1
        follows = at < len(blocks) and block.lines[-1].endswith(b"::")
        if not follows or _is_directive(block):
            last = block
            yield block
            continue
        if block.lines != [b"::"]:
            left = 3 if block.lines[-1].endswith(b" ::") else 1
            block.lines[-1] = block.lines[-1][:-left]
            last = block
            yield block
        indent, shift = block.indent, blocks[at].indent - block.indent
        bullet = re.match(BULLET, last.lines[0]) if last is not None else None
        if bullet:
            indent, shift = indent + bullet.end(), shift - bullet.end()
        while at < len(blocks) and blocks[at].indent > indent:
            last = blocks[at]
            last.kind = "literal"
            last.indent -= shift
            at += 1
            yield last


def _is_directive(block: Block) -> bool:
    line = block.lines[0]
    if len(block.lines) > 1 or line.endswith(b" ::"):
        return False
    return line.lstrip(b" ").startswith(b".. ") and line.find(b" ", 3) == -1


def _look_for_table(block: Block, measure: Measure) -> None:
    """Turns a paragraph between rulers of `=` into a table; rows are one line each."""
    lines = block.lines
    if block.kind != "paragraph" or len(lines) < 3 or lines[0] != lines[-1]:
        return
    ruler = lines[0]
    if not re.match(_RULER, ruler):
        return
    block.kind = "table"
    starts = [found.start() for found in re.finditer(rb"(?:^|(?<= ))=", ruler)]
    for line in lines[1:-1]:
        if line == ruler:
            block.has_header = True
        else:
            block.rows.append(_cells(line, starts, measure))


def _cells(line: bytes, starts: Sequence[int], measure: Measure) -> list[bytes]:
    """The cells of a row; how far a column reaches is counted in columns of the terminal, not in bytes."""
    cells = []
    at = starts[0]
    for start, following in pairwise(starts):
        end = min(at + following - start, len(line))
        while end < len(line) and measure(line[at:end]) < following - start:
            end += 1
        cells.append(line[at:end].strip())
        at = end
    cells.append(line[at:].strip())
    return cells


def _without_containers(blocks: list[Block], keep: Container[bytes]) -> list[Block]:
    """Without the marks of containers, and without what is in those that nobody wants to keep."""
    out: list[Block] = []
    waiting = blocks[::-1]
    while waiting:
        block = waiting.pop()
        is_container = block.kind == "paragraph" and block.lines[0].startswith(_CONTAINER)
        if not is_container or not waiting:
            out.append(block)
            continue
        words = block.lines[0][len(_CONTAINER) + 1 :].split(b".")
        kept = any(word in keep for word in words)
        shift = waiting[-1].indent - block.indent
        inside = []
        while waiting and waiting[-1].indent > block.indent:
            inside.append(waiting.pop())
        if kept:
            for each in inside:
                each.indent -= shift
            waiting += inside[::-1]
    return out


def _look_for_section(block: Block, measure: Measure) -> None:
    lines = block.lines
    if block.kind != "paragraph" or len(lines) != 2 or measure(lines[0]) != len(lines[1]):
        return
    if re.match(_UNDERLINE, lines[1]):
        block.kind, block.name = "section", lines[1][:1]
        del lines[1]


def _plain_roles(line: bytes) -> bytes:
    """Literals in double quotes, commands and everything else in single ones."""
    line = line.replace(b"``", b'"').replace(b":hg:`", b"'hg ")
    return line.replace(b"`", b"'")


def _items(block: Block) -> Iterator[Block]:
    """The items that a paragraph consists of, or the paragraph."""
    if block.kind != "paragraph":
        yield block
        return
    lines = block.lines
    for kind, pattern, alone in _ITEMS:
        begins = [_begins_item(lines, at, pattern, alone) for at in range(len(lines))]
        if begins[0]:
            starts = [at for at, begin in enumerate(begins) if begin]
            for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
                yield _item(kind, block.indent, lines[start:end])
            return
    yield block


def _begins_item(lines: Sequence[bytes], at: int, pattern: bytes, alone: bool) -> bool:
    if not re.match(pattern, lines[at]):
        return False
    following = lines[at + 1] if at + 1 < len(lines) else b""
    if following.startswith(b" "):
        return True
    return alone and (not following or re.match(pattern, following) is not None)


def _item(kind: str, indent: int, lines: list[bytes]) -> Block:
    item = Block(kind, indent, lines)
    if kind == "field" and (field := re.match(_FIELD, lines[0])):
        item.name = field.group(1).replace(rb"\:", b":")
        lines[0] = field.group(2)
    elif kind == "option" and (option := re.match(_OPTION, lines[0])):
        short, long, argument, lines[0] = option.groups()
        place = b"-" + short + b" " if short else b"   "
        item.name = (place + b"--" + long + b" " + argument.strip()).rstrip()
        lines[0] = lines[0].strip()
    return item


def _measure_options(blocks: Iterable[Block], measure: Measure) -> None:
    """Gives the options of each list the width of the widest one."""
    group: list[Block] = []
    for block in (*blocks, Block("margin", 0, [])):
        if block.kind == "option":
            group.append(block)
        elif group:
            widest = max(measure(each.name) for each in group)
            for each in group:
                each.width = widest
            group = []


def _look_for_admonition(block: Block) -> None:
    titles = b"|".join(sorted(ADMONITIONS))
    found = re.match(rb"\.\. (" + titles + rb")::", block.lines[0], re.IGNORECASE)
    if found:
        block.kind, block.name = "admonition", found.group(1).lower()
        rest = block.lines[0][found.end() + 1 :]
        block.lines[:1] = [b"   " + rest] if rest else []


def _with_space(blocks: Sequence[Block]) -> Iterator[Block]:
    before: Block | None = None
    for block in blocks:
        if before is not None and before.lines and not (before.kind == block.kind in _CLOSE):
            yield Block("margin", 0, [b""])
        before = block
        yield block


def _without_comments(blocks: Sequence[Block]) -> Iterator[Block]:
    """Without comments, and the space behind each."""
    after_comment = False
    for block in blocks:
        if block.kind == "paragraph" and (block.lines[0].startswith(b".. ") or block.lines == [b".."]):
            after_comment = True
            continue
        if not (after_comment and block.kind == "margin"):
            yield block
        after_comment = False

"""Help texts: paragraphs, lists, literal blocks and headings of a small part of Markdown, as lines for a terminal.

Where texts come from, and what lists are put into them, is decided by the commands that show help.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    #: Wraps a paragraph: text, indent of the first line, indent of the others.
    Wrap = Callable[[str, str, str], str]

#: What underlines headings by their level.
_UNDERLINES = {1: '"', 2: "=", 3: "-"}


class Block:
    """A piece of a text.

    Attributes:
        kind: "heading", "paragraph", "item" or "literal".
        text: without marks; of a literal with its line ends.
        level: of a heading from 1, of an item how deep it lies from 0.
    """

    __slots__ = ("kind", "level", "text")

    def __init__(self, kind: str, text: str, level: int = 0) -> None:
        self.kind = kind
        self.text = text
        self.level = level

    @property
    def term(self) -> str:
        """What an item is about: what stands before its first colon, without marks; "" where there is none."""
        if self.kind != "item" or not self.text.startswith("`"):
            return ""
        return self.text[1:].partition("`")[0]


def parse(text: str) -> list[Block]:
    """The blocks of a text."""
    blocks: list[Block] = []
    lines = text.strip("\n").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        stripped = line.strip()
        at += 1
        if not stripped:
            continue
        if stripped.startswith("```"):
            start = at
            while at < len(lines) and not lines[at].strip().startswith("```"):
                at += 1
            blocks.append(Block("literal", "\n".join(lines[start:at])))
            at += 1
        elif line.startswith("#"):
            marks = len(line) - len(line.lstrip("#"))
            blocks.append(Block("heading", line[marks:].strip(), marks))
        elif stripped.startswith("- "):
            start, indent = at - 1, len(line) - len(line.lstrip())
            at = _end(lines, at, lambda each: not each.strip() or each.strip().startswith("- "))
            words = " ".join(each.strip() for each in lines[start:at])
            blocks.append(Block("item", words[2:], indent // 2))
        elif line.startswith(" ") and (at < 2 or not lines[at - 2].strip()):
            start = at - 1
            at = _end(lines, at, lambda each: bool(each.strip()) and not each.startswith(" "))
            blocks.append(Block("literal", _dedented(lines[start:at])))
        else:
            start = at - 1
            at = _end(lines, at, lambda each: not each.strip() or each.strip().startswith(("- ", "```")))
            blocks.append(Block("paragraph", " ".join(each.strip() for each in lines[start:at])))
    return blocks


def _end(lines: Sequence[str], at: int, stops: Callable[[str], bool]) -> int:
    while at < len(lines) and not stops(lines[at]):
        at += 1
    return at


def _dedented(lines: Sequence[str]) -> str:
    least = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[least:] for line in lines).rstrip()


def render(blocks: Iterable[Block], wrap: Wrap, indent: str = "") -> str:
    """The text for a terminal, ending with a newline; blocks are divided by empty lines, items of a list are not."""
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None and not (block.kind == before.kind == "item"):
            parts.append("\n")
        parts.append("".join(f"{line}\n".rstrip(" ") for line in _lines(block, wrap, indent)))
        before = block
    return "".join(parts)


def _lines(block: Block, wrap: Wrap, indent: str) -> Iterator[str]:
    text = _plain(block.text) if block.kind != "literal" else block.text
    if block.kind == "heading":
        place = "" if block.level == 1 else indent
        yield place + text
        yield place + _UNDERLINES.get(block.level, "'") * len(text)
    elif block.kind == "literal":
        for line in text.split("\n"):
            yield f"{indent}  {line}" if line else ""
    elif block.kind == "item":
        start = indent + "  " * block.level
        if block.term:
            text = block.term + _plain(block.text[len(block.term) + 2 :])
        yield wrap(text, f"{start}- ", f"{start}  ")
    else:
        yield wrap(text.removesuffix("::") + ":" * text.endswith("::"), indent, indent)


def _plain(text: str) -> str:
    """Text with code in quotes: commands in single ones, anything else in double ones."""
    pieces = text.replace("``", "`").split("`")
    if len(pieces) % 2 == 0:
        return text
    for place in range(1, len(pieces), 2):
        code = pieces[place]
        quote = "'" if code.startswith("hg ") or '"' in code else '"'
        pieces[place] = f"{quote}{code}{quote}"
    return "".join(pieces)


def section(blocks: Sequence[Block], wanted: str) -> list[Block]:
    """The part of a text that a name means: below a heading, or the items about it; empty where there is none.

    A heading fits by its whole text (spaces may be hyphens, or left out), an item by what it is about, up to a
    parenthesis or a dot; where none does, headings that contain the name.
    """
    name = _folded(wanted)
    found: list[Block] = []
    for place, block in enumerate(blocks):
        if block.kind == "heading" and _folded(block.text) == name:
            return _below(blocks, place)
        term = _folded(block.term)
        if term and (name in (term, term.partition("(")[0]) or term.startswith(f"{name}.")):
            found.append(block)
    if found:
        return found
    for place, block in enumerate(blocks):
        if block.kind == "heading" and block.level > 1 and name in _folded(block.text):
            found += _below(blocks, place)
    return found


def _below(blocks: Sequence[Block], place: int) -> list[Block]:
    end = place + 1
    while end < len(blocks) and not (
        blocks[end].kind == "heading" and blocks[end].level <= blocks[place].level
    ):
        end += 1
    return list(blocks[place:end])


def _folded(text: str) -> str:
    return "".join(text.lower().replace("`", "").replace("-", " ").split())


def to_markdown(blocks: Iterable[Block], *, deeper: int = 0) -> str:
    """The same text for the documentation site; headings are `deeper` by that many levels."""
    parts: list[str] = []
    before = ""
    for block in blocks:
        if block.kind == "heading":
            text = f"{'#' * (block.level + deeper)} {block.text}"
        elif block.kind == "literal":
            text = f"```text\n{block.text}\n```"
        elif block.kind == "item":
            text = f"{'    ' * block.level}- {block.text.replace('``', '`')}"
        else:
            text = block.text.replace("``", "`")
        parts.append(("" if not parts else "\n" if before == block.kind == "item" else "\n\n") + text)
        before = block.kind
    return "".join(parts) + "\n"

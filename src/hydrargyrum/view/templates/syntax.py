"""Template text to a tree: scanner, tokens and an operator-precedence parser.

Trees are tuples `(operator, ...)`; what they mean is decided by `compiler`. Grammar and messages are compatible with
Mercurial's template language; see `docs/formats/templates.md`.
"""

from __future__ import annotations

import re

from hydrargyrum import errors
from hydrargyrum.view.codec import to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    #: ("symbol", name), ("|", left, right) ... ; None stands for an absent argument list.
    Tree = tuple[Any, ...]
    #: kind, value, position.
    Token = tuple[str, Any, int]

#: How tightly an infix operator binds, and its node.
_INFIX = {
    "(": (20, "func"),
    ".": (18, "."),
    "%": (15, "%"),
    "|": (15, "|"),
    "*": (5, "*"),
    "/": (5, "/"),
    "+": (4, "+"),
    "-": (4, "-"),
    "=": (3, "keyvalue"),
    ",": (2, "list"),
}
_OPERANDS = frozenset(("integer", "symbol", "string", "template"))
_NEGATE_BINDING = 19
_OPERATORS = frozenset("(=,).%|+-*/")
_SPACE = frozenset(" \t\n\r\f\v")
#: Deeper nesting than this is refused instead of exhausting the stack.
_DEEPEST = 150

_INTEGER = re.compile("[0-9]+")
_SYMBOL = re.compile("[A-Za-z0-9_]+")
_ESCAPE = re.compile(
    rb"\\(?:(?P<newline>\n)|(?P<simple>[abfnrtv\\'\"])|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{2})|(?P<bad>x)|"
    rb"(?P<end>\Z)|(?P<other>.))",
    re.DOTALL,
)
_SIMPLE_ESCAPES = dict(zip(b"abfnrtv\\'\"", b"\a\b\f\n\r\t\v\\'\"", strict=True))


def unescape(text: str) -> str:
    """Replace backslash escapes as in a Python bytes literal; unknown ones stay."""
    if "\\" not in text:
        return text
    return to_text(_ESCAPE.sub(_unescape_one, to_bytes(text)))


def _unescape_one(found: re.Match[bytes]) -> bytes:
    kind = found.lastgroup
    if kind == "newline":
        return b""
    if kind == "simple":
        return bytes([_SIMPLE_ESCAPES[found["simple"][0]]])
    if kind == "octal":
        return bytes([int(found["octal"], 8) & 0xFF])
    if kind == "hex":
        return bytes([int(found["hex"], 16)])
    if kind == "bad":
        raise errors.ParseError(f"invalid \\x escape at position {found.start()}")
    if kind == "end":
        raise errors.ParseError("trailing \\ in string")
    return found.group()


class _Parser:
    """Parses one token stream; `depth` is shared by the parsers of nested text."""

    __slots__ = ("current", "depth", "tokens")

    def __init__(self, tokens: Iterator[Token], depth: int) -> None:
        self.tokens = tokens
        self.depth = depth
        self.current: Token = ("end", None, 0)

    def parse(self) -> tuple[Tree, int]:
        self._advance()
        tree = self._expression(0)
        return tree, self.current[2]

    def _advance(self) -> Token:
        token = self.current
        # after "end" the stream is exhausted
        self.current = next(self.tokens, ("end", None, token[2]))
        return token

    def _operand(self, binding: int, closing: str | None = None) -> Tree | None:
        tree = None
        if closing is None or self.current[0] != closing:
            tree = self._expression(binding)
        if closing is not None:
            if self.current[0] != closing:
                raise errors.ParseError(f"unexpected token: {self.current[0]}", self.current[2])
            self._advance()
        return tree

    def _expression(self, binding: int) -> Tree:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise errors.ParseError("expression is nested too deeply", self.current[2])
        kind, value, position = self._advance()
        tree: Tree
        if kind in _OPERANDS:
            tree = (kind, value)
        elif kind == "(":
            tree = ("group", self._operand(1, ")"))
        elif kind == "-":
            tree = ("negate", self._operand(_NEGATE_BINDING))
        else:
            raise errors.ParseError(f"not a prefix: {kind}", position)
        while (infix := _INFIX.get(self.current[0])) is not None and binding < infix[0]:
            kind = self._advance()[0]
            right = self._operand(1, ")") if kind == "(" else self._operand(infix[0])
            tree = (infix[1], tree, right)
        self.depth -= 1
        return tree


def _tokens(text: str, start: int, end: int, closing: str | None, depth: int) -> Iterator[Token]:
    position = start
    while position < end:
        character = text[position]
        if character in _SPACE:
            position += 1
        elif character in _OPERATORS:
            yield character, None, position
            position += 1
        elif character in "\"'":
            parts, after = _nested(text, position + 1, end, character, depth)
            yield "template", parts, position + 1
            position = after
        elif text.startswith(('r"', "r'"), position):
            token, position = _raw_string(text, position, end)
            yield token
        elif found := _INTEGER.match(text, position, end):
            yield "integer", found.group(), position
            position = found.end()
        elif text.startswith(("\\'", '\\"', "r\\'", 'r\\"'), position):
            token, position = _escaped_string(text, position, end, depth)
            yield token
        elif found := _SYMBOL.match(text, position, end):
            yield "symbol", found.group(), position
            position = found.end()
        elif character == closing:
            yield "end", None, position
            return
        else:
            raise errors.ParseError("syntax error", position)
    if closing is not None:
        raise errors.ParseError("unterminated template expansion", start)
    yield "end", None, position


def _raw_string(text: str, position: int, end: int) -> tuple[Token, int]:
    quote, start = text[position + 1], position + 2
    position = start
    while position < end:
        if text[position] == "\\":
            position += 2
        elif text[position] == quote:
            return ("string", text[start:position], start), position + 1
        else:
            position += 1
    raise errors.ParseError("unterminated string", start)


def _escaped_string(text: str, position: int, end: int, depth: int) -> tuple[Token, int]:
    """A string whose quotes are escaped themselves, as templates inside quoted config values have them."""
    raw = text[position] == "r"
    position += raw
    quote, start = text[position : position + 2], position + 2
    position = start
    while position < end:
        if text.startswith("\\\\\\", position, end):
            position += 4
        elif text.startswith(quote, position, end):
            inside = unescape(text[start:position])
            if raw:
                return ("string", inside, start), position + 2
            return ("template", _nested(inside, 0, len(inside), "", depth)[0], start), position + 2
        else:
            position += 1
    raise errors.ParseError("unterminated string", start)


def _nested(text: str, start: int, end: int, quote: str, depth: int) -> tuple[list[Tree], int]:
    """Pieces of template text up to `quote` (or the end), and the position behind it."""
    if depth > _DEEPEST:
        raise errors.ParseError("expression is nested too deeply", start)
    stops = re.compile("[{" + quote + "]")
    pieces: list[Tree] = []
    position = start
    while position < end:
        found = stops.search(text, position, end)
        if found is None:
            pieces.append(("string", unescape(text[position:end])))
            position = end
            break
        stop = found.start()
        before = text[position:stop]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            pieces.append(("string", unescape(before[:-1]) + found.group()))
            position = stop + 1
            continue
        if before:
            pieces.append(("string", unescape(before)))
        if found.group() == quote:
            return pieces, stop + 1
        tree, position = _Parser(_tokens(text, stop + 1, end, "}", depth + 1), depth).parse()
        if not text.startswith("}", position):
            raise errors.ParseError("invalid token", position)
        pieces.append(tree)
        position += 1
    if quote:
        raise errors.ParseError("unterminated string", start)
    return pieces, position


def expression_spans(text: str) -> list[tuple[bool, str]]:
    """Text cut into (is an expression with its braces, piece); a backslash escapes nothing outside of expressions.

    Raises:
        ParseError: an expression that cannot be parsed.
    """
    spans: list[tuple[bool, str]] = []
    position = 0
    try:
        while (start := text.find("{", position)) >= 0:
            if start > position:
                spans.append((False, text[position:start]))
            _, end = _Parser(_tokens(text, start + 1, len(text), "}", 1), 0).parse()
            if not text.startswith("}", end):
                raise errors.ParseError("invalid token", end)
            position = end + 1
            spans.append((True, text[start:position]))
    except errors.ParseError as error:
        raise _show_place(error, text) from None
    if position < len(text):
        spans.append((False, text[position:]))
    return spans


def _simplify(tree: Any) -> Any:
    """Template pieces become arguments of their node; text without expressions becomes a string."""
    if not isinstance(tree, tuple):
        return tree
    if tree[0] != "template":
        return (tree[0], *map(_simplify, tree[1:]))
    pieces = tuple(map(_simplify, tree[1]))
    if not pieces:
        return "string", ""
    if len(pieces) == 1 and pieces[0][0] == "string":
        return pieces[0]
    return ("template", *pieces)


def _show_place(error: errors.ParseError, text: str) -> errors.ParseError:
    """The error with its place in bytes and a hint that points at it."""
    if error.location is None:
        return error
    before = text[: error.location]
    place = len(to_bytes(before))
    shown = text.replace("\n", "\\n")
    column = place + 1 + before.count("\n")
    return errors.ParseError(error.problem, place, hint=f"{shown}\n{' ' * column}^ here")


def parse_template(text: str) -> Tree:
    """The tree of template text.

    Raises:
        ParseError: with the place, and a hint that shows it.
    """
    try:
        pieces, _ = _nested(text, 0, len(text), "", 0)
        tree: Tree = _simplify(("template", pieces))
        return tree
    except errors.ParseError as error:
        raise _show_place(error, text) from None


def parse_expression(text: str) -> Tree:
    """The tree of one expression, as between braces. Raises ParseError like `parse_template`."""
    try:
        return parse_bare_expression(text)
    except errors.ParseError as error:
        raise _show_place(error, text) from None


def parse_bare_expression(text: str) -> Tree:
    """Like `parse_expression`, with errors that do not show the text (aliases quote them)."""
    tree, position = _Parser(_tokens(text, 0, len(text), None, 0), 0).parse()
    if position != len(text):
        raise errors.ParseError("invalid token", position)
    simplified: Tree = _simplify(tree)
    return simplified


def list_items(tree: Tree | None) -> list[Tree]:
    """The items of a comma list; one tree is a list of itself, None an empty one."""
    items: list[Tree] = []
    while tree and tree[0] == "list":
        items.append(tree[2])
        tree = tree[1]
    if tree:
        items.append(tree)
    return items[::-1]


def symbol_name(tree: Tree) -> str:
    """The name that a symbol node has. Raises ParseError for another node."""
    if tree[0] != "symbol":
        raise errors.ParseError(f"expected a symbol, got '{tree[0]}'")
    name: str = tree[1]
    return name

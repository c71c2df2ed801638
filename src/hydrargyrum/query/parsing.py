"""Operator-precedence parsing for the query languages: tokens and a table of operators give a neutral tree of tuples.

Which tokens and operators a language has is said by the language; what a tree means is decided by its evaluation.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, TypeAlias

    #: (kind, text, position in characters)
    Token: TypeAlias = tuple[str, str, int]
    #: (node, child or text, ...); a missing child is None
    Tree: TypeAlias = tuple[Any, ...]


class Operator:
    """What a token can be in an expression.

    Attributes:
        strength: how strongly it holds what stands on its left.
        alone: node of the token where nothing follows that it could take.
        before: (node, strength, closing token or "") where it stands in front of an operand.
        between: the same where it stands between two.
        after: node where it follows an operand and nothing follows.
    """

    __slots__ = ("after", "alone", "before", "between", "strength")

    def __init__(
        self,
        strength: int,
        *,
        alone: str = "",
        before: tuple[str, int, str] | None = None,
        between: tuple[str, int, str] | None = None,
        after: str = "",
    ) -> None:
        self.strength = strength
        self.alone = alone
        self.before = before
        self.between = between
        self.after = after


class Parser:
    """One pass over the tokens of one expression; the last token is of kind "end"."""

    __slots__ = ("_current", "_operators", "_tokens")

    def __init__(self, operators: Mapping[str, Operator], tokens: Iterator[Token]) -> None:
        self._operators = operators
        self._tokens = tokens
        self._current: Token = next(tokens)

    def parse(self) -> tuple[Tree, int]:
        """The tree, and the position of the first token that does not belong to it. Raises ParseError."""
        tree = self._expression(0)
        return tree, self._current[2]

    def _step(self) -> Token:
        token = self._current
        self._current = next(self._tokens, ("end", "", token[2]))
        return token

    def _operand_may_follow(self) -> bool:
        following = self._operators[self._current[0]]
        return bool(following.alone or following.before)

    def _expression(self, strength: int) -> Tree:
        left = self._first()
        while strength < self._operators[self._current[0]].strength:
            kind, _, position = self._step()
            operator = self._operators[kind]
            if operator.after and not (operator.between and self._operand_may_follow()):
                left = (operator.after, left)
            elif operator.between:
                node, inner, closing = operator.between
                left = (node, left, self._operand(inner, closing))
            else:
                raise errors.ParseError(f"not an infix: {kind}", position)
        return left

    def _first(self) -> Tree:
        kind, text, position = self._step()
        operator = self._operators[kind]
        if operator.alone and not (operator.before and self._operand_may_follow()):
            return (operator.alone, text if operator.alone in ("symbol", "string") else None)
        if operator.before is None:
            raise errors.ParseError(f"not a prefix: {kind}", position)
        node, inner, closing = operator.before
        return (node, self._operand(inner, closing))

    def _operand(self, strength: int, closing: str) -> Tree | None:
        if not closing:
            return self._expression(strength)
        found = None if self._current[0] == closing else self._expression(strength)
        if self._current[0] != closing:
            raise errors.ParseError(f"unexpected token: {self._current[0]}", self._current[2])
        self._step()
        return found


def flatten(tree: Tree, nodes: tuple[str, ...]) -> Tree:
    """The tree with chains of the same infix node made into one node with many children."""
    if tree[0] not in nodes:
        return (tree[0], *(flatten(x, nodes) if isinstance(x, tuple) else x for x in tree[1:]))
    node, rest = tree[0], tree
    children: list[object] = []
    while isinstance(rest, tuple) and rest[0] == node:
        rest, right = rest[1], rest[2]
        children.append(flatten(right, nodes) if isinstance(right, tuple) else right)
    children.append(flatten(rest, nodes) if isinstance(rest, tuple) else rest)
    return (node, *reversed(children))


def list_items(tree: Tree | None) -> list[Tree]:
    """The items of a list node; a single expression is a list of one, nothing is an empty list."""
    if not tree:
        return []
    return list(tree[1:]) if tree[0] == "list" else [tree]


def show_tree(tree: Tree) -> str:
    """The tree as lines, a child below its parent and two spaces further in."""
    lines: list[str] = []
    _show(tree, 0, lines)
    return "\n".join(lines)


def _show(tree: object, level: int, lines: list[str]) -> None:
    indent = "  " * level
    if not isinstance(tree, tuple):
        lines.append(indent + (quoted(tree) if isinstance(tree, str) else str(tree)))
    elif tree[0] == "missing":
        lines.append(f"{indent}None")
    elif tree[0] in ("string", "symbol"):
        lines.append(f"{indent}({tree[0]} {' '.join(quoted(text) for text in tree[1:])})")
    else:
        lines.append(f"{indent}({tree[0]}")
        for child in tree[1:]:
            _show(child, level + 1, lines)
        lines[-1] += ")"


def quoted(text: str) -> str:
    """A text in quotes, with everything escaped that is not printable ASCII."""
    return f"'{escaped(text)}'"


def escaped(text: str) -> str:
    """A text with everything escaped that is not printable ASCII."""
    out = []
    for byte in text.encode("utf-8", "surrogateescape"):
        letter = chr(byte)
        if letter in "\\'":
            out.append("\\" + letter)
        elif letter in "\n\r\t":
            out.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[letter])
        else:
            out.append(letter if 32 <= byte < 127 else f"\\x{byte:02x}")
    return "".join(out)


def unescaped(text: str) -> str:
    """A quoted string's content with Python's escapes for bytes undone. Raises ParseError for one that is cut short."""
    if "\\" not in text:
        return text
    import codecs
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # unknown escapes stand for themselves
            data = codecs.escape_decode(text.encode("utf-8", "surrogateescape"))[0]
    except ValueError as problem:
        raise errors.ParseError(str(problem).lower()) from None
    assert isinstance(data, bytes)
    return data.decode("utf-8", "surrogateescape")


def string_token(program: str, start: int) -> tuple[Token, int]:
    """The string token that begins at `start` (a quote, or `r` and a quote), and where it ends. Raises ParseError."""
    raw = program[start] == "r"
    first = start + 1 + raw
    quote = program[first - 1]
    at = first
    while at < len(program):
        if program[at] == "\\":
            at += 2
        elif program[at] == quote:
            content = program[first:at]
            return ("string", content if raw else unescaped(content), first), at + 1
        else:
            at += 1
    raise errors.ParseError("unterminated string", first)


def located(error: errors.ParseError, program: str, *, hint: bool) -> errors.ParseError:
    """The error with its place counted in bytes and, with `hint`, the place shown below the expression."""
    if error.location is None:
        return error
    place = len(program[: error.location].encode("utf-8", "surrogateescape"))
    place += max(0, error.location - len(program))
    shown = program.replace("\n", " ")
    below = f"{shown}\n{' ' * (place + 1)}^ here" if hint else error.hint_text()
    return errors.ParseError(error.problem, place, hint=below)


def mapped(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The tree with every child that is a tree changed."""
    return (tree[0], *(change(x) if isinstance(x, tuple) else x for x in tree[1:]))

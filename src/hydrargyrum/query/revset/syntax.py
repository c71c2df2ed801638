"""The grammar of revision sets: from an expression to a neutral tree, aliases and `##` resolved.

What a tree means is decided in `evaluation`; rewriting it is the business of `analysis`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.parsing import Operator, Parser, flatten, located, mapped, string_token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.query.parsing import Token, Tree

    #: Whether a name is that of a revision.
    Known = Callable[[str], bool]

_DAG_RANGE = Operator(
    17,
    alone="dagrangeall",
    before=("dagrangepre", 17, ""),
    between=("dagrange", 17, ""),
    after="dagrangepost",
)
_AND = Operator(5, between=("and", 5, ""))
_OR = Operator(4, between=("or", 4, ""))
_NOT = Operator(10, before=("not", 10, ""))

OPERATORS = {
    "(": Operator(21, before=("group", 1, ")"), between=("func", 1, ")")),
    "[": Operator(21, between=("subscript", 1, "]")),
    "#": Operator(21, between=("relation", 21, "")),
    "##": Operator(20, between=("_concat", 20, "")),
    "~": Operator(18, between=("ancestor", 18, "")),
    "^": Operator(18, between=("parent", 18, ""), after="parentpost"),
    "-": Operator(5, before=("negate", 19, ""), between=("minus", 5, "")),
    "::": _DAG_RANGE,
    "..": _DAG_RANGE,
    ":": Operator(
        15, alone="rangeall", before=("rangepre", 15, ""), between=("range", 15, ""), after="rangepost"
    ),
    "not": _NOT,
    "!": _NOT,
    "and": _AND,
    "&": _AND,
    "%": Operator(5, between=("only", 5, ""), after="onlypost"),
    "or": _OR,
    "|": _OR,
    "+": _OR,
    "=": Operator(3, between=("keyvalue", 3, "")),
    ",": Operator(2, between=("list", 2, "")),
    ")": Operator(0),
    "]": Operator(0),
    "symbol": Operator(0, alone="symbol"),
    "string": Operator(0, alone="string"),
    "end": Operator(0),
}

_WORDS = frozenset(("and", "or", "not"))
_DOUBLE = frozenset(("::", "..", "##"))
_SINGLE = frozenset("()[]#:=,-|&+!~^%")
_SPACE = frozenset(" \t\n\r\f\v")


def _begins_symbol(letter: str) -> bool:
    return (letter.isalnum() and letter.isascii()) or letter in "._@" or letter > "\x7f"


def _continues_symbol(letter: str) -> bool:
    return _begins_symbol(letter) or letter in "-/"


def tokens(program: str, known: Known | None = None, *, dollars: bool = False) -> Iterator[Token]:
    """The tokens of an expression.

    Args:
        program: the expression.
        known: tells names of revisions, which may contain what else is an operator.
        dollars: names may begin with a dollar sign (in aliases).

    Raises:
        ParseError: something that is no token.
    """
    whole = None if known is None or not program else _old_style(program, known)
    if whole is not None:
        yield from whole
        return
    at, end = 0, len(program)
    while at < end:
        letter = program[at]
        if letter in _SPACE:
            at += 1
        elif program[at : at + 2] in _DOUBLE:
            yield program[at : at + 2], "", at
            at += 2
        elif letter in _SINGLE:
            yield letter, "", at
            at += 1
        elif letter in "\"'" or (letter == "r" and program[at + 1 : at + 2] in ('"', "'")):
            token, at = string_token(program, at)
            yield token
        elif _begins_symbol(letter) or (dollars and letter == "$"):
            stop = _symbol_end(program, at)
            yield from _symbol(program[at:stop], at, known)
            at = stop
        else:
            raise errors.ParseError(f"syntax error in revset '{program}'", at)
    yield "end", "", at


def _old_style(program: str, known: Known) -> list[Token] | None:
    """A name, or two of them around a colon, where names contain anything."""
    first, colon, last = program.partition(":")
    if not all(known(name) for name in (first, last) if name):
        return None
    found: list[Token] = [("symbol", first, 0)] if first else []
    if colon:
        found.append((":", "", len(first)))
        if last:
            found.append(("symbol", last, len(first) + 1))
    return [*found, ("end", "", len(program))]


def _symbol_end(program: str, start: int) -> int:
    at = start + 1
    while at < len(program) and _continues_symbol(program[at]):
        if program[at] == "." and program[at - 1] == ".":
            return at - 1
        at += 1
    return at


def _symbol(text: str, at: int, known: Known | None) -> Iterator[Token]:
    if text in _WORDS:
        yield text, "", at
    elif "-" not in text or (known is not None and known(text)):
        yield "symbol", text, at
    else:
        for number, part in enumerate(text.split("-")):
            if number:
                yield "-", "", at
                at += 1
            if part:
                yield "symbol", part, at
            at += len(part)


def parse_bare(program: str, known: Known | None = None, *, dollars: bool = False) -> Tree:
    """The tree of an expression. Raises ParseError without showing the place."""
    if known is not None and program.startswith("revset(") and program.endswith(")"):
        known = None
    tree, position = Parser(OPERATORS, tokens(program, known, dollars=dollars)).parse()
    if position != len(program):
        raise errors.ParseError("invalid token", position)
    return _settled(flatten(tree, ("list", "or")))


def parse(program: str, known: Known | None = None) -> Tree:
    """The tree of an expression. Raises ParseError that shows the place."""
    try:
        return parse_bare(program, known)
    except errors.ParseError as error:
        raise located(error, program, hint=True) from None


def parse_alias(program: str) -> Tree:
    """The tree of a declaration or a definition of an alias. Raises ParseError, the place counted in bytes."""
    try:
        return parse_bare(program, dollars=True)
    except errors.ParseError as error:
        raise located(error, program, hint=False) from None


#: What `x^` becomes in front of a range that was read as the operand of `^`.
_AFTER_CARET = {
    "dagrangepre": "dagrange",
    "dagrangeall": "dagrangepost",
    "rangepre": "range",
    "rangeall": "rangepost",
}


def _settled(tree: Tree) -> Tree:
    """The tree with what the parser cannot tell apart told apart."""
    node = tree[0]
    if node == "parent" and tree[2][0] in _AFTER_CARET:
        inside = tree[2]
        lower: Tree = ("parentpost", tree[1])
        operands = (lower,) if inside[1] is None else (lower, inside[1])
        return _settled((_AFTER_CARET[inside[0]], *operands))
    if node == "or":
        return ("or", _settled(("list", *tree[1:])))
    if node == "subscript" and tree[1][0] == "relation":
        return _settled(("relsubscript", tree[1][1], tree[1][2], tree[2]))
    return mapped(tree, _settled)


def join_strings(tree: Tree) -> Tree:
    """The tree with what `##` joins joined. Raises ParseError where it joins more than strings."""
    if tree[0] in ("string", "symbol"):
        return tree
    if tree[0] != "_concat":
        return mapped(tree, join_strings)
    pending, texts = [tree], []
    while pending:
        found = pending.pop()
        if found[0] == "_concat":
            pending += reversed(found[1:])
        elif found[0] in ("string", "symbol"):
            texts.append(found[1])
        else:
            raise errors.ParseError(f'"##" can\'t concatenate "{found[0]}" element')
    return ("string", "".join(texts))

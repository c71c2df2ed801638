"""The grammar of file sets: from an expression to a neutral tree, and cheaper equivalents of it.

What a tree means is decided in `evaluation`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import symbol_of
from hydrargyrum.query.parsing import Operator, Parser, flatten, located, mapped, string_token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.query.parsing import Token, Tree

    #: Weight of a function by its name, and whether it asks for the status.
    Facts = Callable[[str], tuple[float, bool]]

_AND = Operator(5, between=("and", 5, ""))
_OR = Operator(4, between=("or", 4, ""))
_NOT = Operator(10, before=("not", 10, ""))

OPERATORS = {
    "(": Operator(20, before=("group", 1, ")"), between=("func", 1, ")")),
    ":": Operator(15, between=("kindpat", 15, "")),
    "-": Operator(5, before=("negate", 19, ""), between=("minus", 5, "")),
    "not": _NOT,
    "!": _NOT,
    "and": _AND,
    "&": _AND,
    "or": _OR,
    "|": _OR,
    "+": _OR,
    ",": Operator(2, between=("list", 2, "")),
    ")": Operator(0),
    "symbol": Operator(0, alone="symbol"),
    "string": Operator(0, alone="string"),
    "end": Operator(0),
}

#: How expensive it is to look at names only.
NAME_WEIGHT = 0.5

_WORDS = frozenset(("and", "or", "not"))
_SINGLE = frozenset("(),-:|&+!")
_SPACE = frozenset(" \t\n\r\f\v")
_LEAVES = frozenset(("string", "symbol"))


def _in_symbol(letter: str) -> bool:
    return (letter.isalnum() and letter.isascii()) or letter in ".*{}[]?/\\_" or letter > "\x7f"


def tokens(program: str) -> Iterator[Token]:
    """The tokens of an expression. Raises ParseError for what is none."""
    at, end = 0, len(program)
    while at < end:
        letter = program[at]
        if letter in _SPACE:
            at += 1
        elif letter in _SINGLE:
            yield letter, "", at
            at += 1
        elif letter in "\"'" or (letter == "r" and program[at + 1 : at + 2] in ('"', "'")):
            token, at = string_token(program, at)
            yield token
        elif _in_symbol(letter):
            stop = at + 1
            while stop < end and _in_symbol(program[stop]):
                stop += 1
            text = program[at:stop]
            yield (text, "", at) if text in _WORDS else ("symbol", text, at)
            at = stop
        else:
            raise errors.ParseError("syntax error", at)
    yield "end", "", at


def parse(program: str) -> Tree:
    """The tree of an expression. Raises ParseError, the place counted in bytes."""
    try:
        tree, position = Parser(OPERATORS, tokens(program)).parse()
        if position != len(program):
            raise errors.ParseError("invalid token", position)
    except errors.ParseError as error:
        raise located(error, program, hint=False) from None
    return flatten(tree, ("list", "or"))


def analyze(tree: Tree, facts: Facts) -> Tree:
    """The tree with only operators that can be evaluated, and notes which status is needed where."""
    return _outermost(_noted(_plain(tree), facts)[1], inside=False)


def _plain(tree: Tree) -> Tree:
    node = tree[0]
    if node in _LEAVES:
        return tree
    if node == "kindpat":
        symbol_of(tree[1])
        return mapped(tree, _plain)
    if node == "group":
        return ("missing",) if tree[1] is None else _plain(tree[1])
    if node == "negate":
        raise errors.ParseError("can't use negate operator in this context")
    if node == "minus":
        return ("and", _plain(tree[1]), ("not", _plain(tree[2])))
    if node == "func":
        symbol_of(tree[1])
        inner = tree[2]
        while inner is not None and inner[0] == "group":
            inner = inner[1]
        return ("func", tree[1], None if inner is None else _plain(inner))
    return mapped(tree, _plain)


def _noted(tree: Tree, facts: Facts) -> tuple[tuple[str, ...], Tree]:
    """Names of status functions below, and the tree with notes of them."""
    node = tree[0]
    if node in _LEAVES or node in ("kindpat", "missing"):
        return (), tree
    if node == "func":
        name = symbol_of(tree[1])
        inner = None if tree[2] is None else _noted(tree[2], facts)[1]
        found = ("func", tree[1], inner)
        if facts(name)[1]:
            return (name,), ("withstatus", found, ("string", name))
        return (), found
    below = [_noted(child, facts) for child in tree[1:]]
    names = sum((names for names, _ in below), ())
    changed = (node, *(child for _, child in below))
    if node in ("and", "or") and sum(bool(names) for names, _ in below) > 1:
        return names, ("withstatus", changed, ("string", " ".join(names)))
    return names, changed


def _outermost(tree: Tree, *, inside: bool) -> Tree:
    """The tree without notes below other notes; arguments of functions count by themselves."""
    node = tree[0]
    if node == "withstatus":
        inner = _outermost(tree[1], inside=True)
        return inner if inside else ("withstatus", inner, tree[2])
    if node in _LEAVES or node in ("kindpat", "missing"):
        return tree
    if node == "func":
        return ("func", tree[1], None if tree[2] is None else _outermost(tree[2], inside=False))
    return mapped(tree, lambda child: _outermost(child, inside=inside))


def optimize(tree: Tree, facts: Facts) -> Tree:
    """An equivalent tree that is cheaper to evaluate."""
    return _cheaper(tree, facts)[1]


def _cheaper(tree: Tree, facts: Facts) -> tuple[float, Tree]:
    node = tree[0]
    if node in _LEAVES or node == "missing":
        return NAME_WEIGHT, tree
    if node == "kindpat":
        weight, inner = _cheaper(tree[2], facts)
        return weight, (node, tree[1], inner)
    if node in ("withstatus", "not"):
        weight, inner = _cheaper(tree[1], facts)
        return weight, (node, inner, *tree[2:])
    if node == "and":
        (first, left), (second, right) = _cheaper(tree[1], facts), _cheaper(tree[2], facts)
        if first > second:
            first, left, right = second, right, left
        return first, ("minus", left, right[1]) if right[0] == "not" else ("and", left, right)
    if node == "or":
        return _cheaper_union(tree, facts)
    if node == "func":
        weight, inner_tree = (0.0, None) if tree[2] is None else _cheaper(tree[2], facts)
        return facts(symbol_of(tree[1]))[0] + weight, (node, tree[1], inner_tree)
    below = [_cheaper(child, facts) for child in tree[1:]]
    return sum(weight for weight, _ in below), (node, *(child for _, child in below))


def _cheaper_union(tree: Tree, facts: Facts) -> tuple[float, Tree]:
    """Patterns together, cheap operands first."""
    found: list[tuple[float, Tree]] = []
    patterns: list[Tree] = []
    for child in tree[1:]:
        weight, better = _cheaper(child, facts)
        if better[0] in _LEAVES or better[0] == "kindpat":
            patterns.append(better)
        else:
            found.append((weight, better))
    if patterns:
        found.append((NAME_WEIGHT, ("patterns", *patterns)))
    if len(found) == 1:
        return found[0]
    found.sort(key=lambda item: item[0])
    return max(weight for weight, _ in found), ("or", *(child for _, child in found))

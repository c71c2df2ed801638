"""Template aliases: declarations such as `shout(x) = upper(x)` and their expansion in trees.

Where aliases are configured is not known here.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.templates.syntax import list_items, parse_bare_expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from hydrargyrum.view.templates.syntax import Tree

_SECTION = "template alias"
#: Node of a parameter inside a definition.
_PARAMETER = "_parameter"


class Alias:
    """One alias: parameters are None where it is used without parentheses; `problem` where it cannot be used."""

    __slots__ = ("definition", "name", "parameters", "problem")

    def __init__(
        self,
        name: str,
        parameters: list[str] | None = None,
        definition: Tree | None = None,
        problem: str | None = None,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.definition = definition
        self.problem = problem


def parse_aliases(pairs: Iterable[tuple[str, str]]) -> dict[str, Alias]:
    """Aliases by name, from pairs of declaration and definition. Bad ones are kept and fail when they are used."""
    found: dict[str, Alias] = {}
    for declaration, definition in pairs:
        alias = _parse_alias(declaration, definition)
        found[alias.name] = alias
    return found


def _parse_alias(declaration: str, definition: str) -> Alias:
    name, parameters, problem = _parse_declaration(declaration)
    if problem:
        return Alias(name, problem=f'bad declaration of {_SECTION} "{name}": {problem}')
    try:
        tree = _mark_parameters(parse_bare_expression(definition), frozenset(parameters or ()))
    except errors.ParseError as error:
        return Alias(name, problem=f'bad definition of {_SECTION} "{name}": {error.detail()}')
    return Alias(name, parameters, tree)


def _parse_declaration(text: str) -> tuple[str, list[str] | None, str | None]:
    """Name, parameters and what is wrong."""
    try:
        tree = parse_bare_expression(text)
    except errors.ParseError as error:
        return text, None, error.detail()
    if tree[0] == "symbol":
        return tree[1], None, None
    called = _call_of(tree)
    if called is None:
        return text, None, "invalid format"
    name, arguments = called
    if any(argument[0] != "symbol" for argument in arguments):
        return text, None, "invalid argument list"
    if len(set(arguments)) != len(arguments):
        return name, None, "argument names collide with each other"
    return name, [argument[1] for argument in arguments], None


def _call_of(tree: Any) -> tuple[str, list[Tree]] | None:
    """Name and arguments where the tree is `f(...)` or `x|f`."""
    if not isinstance(tree, tuple):
        return None
    if tree[0] == "func" and tree[1][0] == "symbol":
        return tree[1][1], list_items(tree[2])
    if tree[0] == "|" and tree[2][0] == "symbol":
        return tree[2][1], [tree[1]]
    return None


def _mark_parameters(tree: Any, parameters: frozenset[str]) -> Any:
    if not isinstance(tree, tuple):
        return tree
    if tree[0] != "symbol":
        return (tree[0], *(_mark_parameters(part, parameters) for part in tree[1:]))
    return (_PARAMETER, tree[1]) if tree[1] in parameters else tree


def expand_aliases(tree: Tree, aliases: dict[str, Alias]) -> Tree:
    """The tree with every alias replaced.

    Raises:
        Abort: a bad alias is used.
        ParseError: an alias uses itself, or gets the wrong number of arguments.
    """
    expanded: Tree = _Expansion(aliases).expand(tree, ())
    return expanded


class _Expansion:
    """One expansion; definitions are expanded once each."""

    __slots__ = ("aliases", "done")

    def __init__(self, aliases: dict[str, Alias]) -> None:
        self.aliases = aliases
        self.done: dict[str, Any] = {}

    def expand(self, tree: Any, running: tuple[str, ...]) -> Any:
        if not isinstance(tree, tuple):
            return tree
        used = self._used_by(tree)
        if used is None:
            return tuple(self.expand(part, running) for part in tree)
        alias, arguments = used
        if alias.problem:
            raise errors.Abort(alias.problem)
        if alias.name in running:
            raise errors.ParseError(f'infinite expansion of {_SECTION} "{alias.name}" detected')
        if alias.name not in self.done:
            self.done[alias.name] = self.expand(alias.definition, (*running, alias.name))
        if alias.parameters is None:
            return self.done[alias.name]
        if len(arguments) != len(alias.parameters):
            raise errors.ParseError(f"invalid number of arguments: {len(arguments)}")
        given = [self.expand(argument, ()) for argument in arguments]
        return _fill_parameters(self.done[alias.name], dict(zip(alias.parameters, given, strict=True)))

    def _used_by(self, tree: Tree) -> tuple[Alias, list[Tree]] | None:
        if tree and tree[0] == "symbol":
            alias = self.aliases.get(tree[1])
            if alias is not None and alias.parameters is None:
                return alias, []
        called = _call_of(tree) if tree else None
        if called is not None:
            alias = self.aliases.get(called[0])
            if alias is not None and alias.parameters is not None:
                return alias, called[1]
        return None


def _fill_parameters(tree: Any, given: dict[str, Tree]) -> Any:
    if not isinstance(tree, tuple):
        return tree
    if tree[0] == _PARAMETER:
        return given[tree[1]]
    return tuple(_fill_parameters(part, given) for part in tree)

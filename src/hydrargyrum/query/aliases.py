"""Aliases of the revision language: declarations such as `late($1) = last($1, 3)` and their expansion in trees.

Where aliases are configured is not known here.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.query.parsing import Tree

#: Node of a parameter inside a definition.
_PARAMETER = "_parameter"


class Alias:
    """One alias; `parameters` is None where it is used without parentheses, `problem` says why it cannot be used."""

    __slots__ = ("definition", "name", "parameters", "problem")

    def __init__(self, name: str, parameters: list[str] | None = None, problem: str | None = None) -> None:
        self.name = name
        self.parameters = parameters
        self.problem = problem
        self.definition: Tree | None = None


class AliasTable:
    """The aliases of one language.

    Args:
        section: what messages call an alias of it.
        parse: parses a declaration or a definition, `$` allowed in names.
    """

    def __init__(
        self, section: str, parse: Callable[[str], Tree], pairs: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._section = section
        self._parse = parse
        self._aliases: dict[str, Alias] = {}
        self._expanded: dict[str, Tree] = {}
        for declaration, definition in pairs:
            alias = self._read(declaration, definition)
            self._aliases[alias.name] = alias

    def problems(self) -> list[str]:
        """What is wrong with aliases, by their names."""
        aliases = sorted(self._aliases.items())
        return [alias.problem for _, alias in aliases if alias.problem]

    # -- reading ------------------------------------------------------------------------------------------------

    def _read(self, declaration: str, definition: str) -> Alias:
        alias = self._declared(declaration)
        if alias.problem:
            alias.problem = f'bad declaration of {self._section} "{alias.name}": {alias.problem}'
            return alias
        try:
            alias.definition = self._marked(self._parse(definition), frozenset(alias.parameters or ()))
        except errors.ParseError as error:
            alias.problem = f'bad definition of {self._section} "{alias.name}": {error.detail()}'
        return alias

    def _declared(self, declaration: str) -> Alias:
        try:
            tree = self._parse(declaration)
        except errors.ParseError as error:
            return Alias(declaration, problem=error.detail())
        if tree[0] == "symbol":
            if tree[1].startswith("$"):
                return Alias(declaration, problem=f"invalid symbol '{tree[1]}'")
            return Alias(tree[1])
        call = _call(tree)
        if call is None:
            return Alias(declaration, problem="invalid format")
        name, arguments = call
        if name.startswith("$"):
            return Alias(declaration, problem=f"invalid function '{name}'")
        if any(argument[0] != "symbol" for argument in arguments):
            return Alias(declaration, problem="invalid argument list")
        parameters = [argument[1] for argument in arguments]
        if len(set(parameters)) < len(parameters):
            return Alias(name, problem="argument names collide with each other")
        return Alias(name, parameters)

    def _marked(self, tree: Tree, parameters: frozenset[str]) -> Tree:
        if tree[0] != "symbol":
            return (
                tree[0],
                *(self._marked(x, parameters) if isinstance(x, tuple) else x for x in tree[1:]),
            )
        if tree[1] in parameters:
            return (_PARAMETER, tree[1])
        if tree[1].startswith("$"):
            raise errors.ParseError(f"invalid symbol '{tree[1]}'")
        return tree

    # -- expanding ----------------------------------------------------------------------------------------------

    def expand(self, tree: Tree) -> Tree:
        """The tree with all aliases replaced.

        Raises:
            Abort: an alias that is used has a problem.
            ParseError: an alias uses itself, or gets the wrong number of arguments.
        """
        return self._expand(tree, ())

    def _expand(self, tree: Tree, within: tuple[Alias, ...]) -> Tree:
        found = self._used(tree)
        if found is None:
            return (tree[0], *(self._expand(x, within) if isinstance(x, tuple) else x for x in tree[1:]))
        alias, arguments = found
        if alias.problem:
            raise errors.Abort(alias.problem)
        if alias in within:
            raise errors.ParseError(f'infinite expansion of {self._section} "{alias.name}" detected')
        if alias.name not in self._expanded:
            assert alias.definition is not None
            self._expanded[alias.name] = self._expand(alias.definition, (*within, alias))
        result = self._expanded[alias.name]
        if alias.parameters is None:
            return result
        if len(arguments) != len(alias.parameters):
            raise errors.ParseError(f"invalid number of arguments: {len(arguments)}")
        values = [self._expand(argument, ()) for argument in arguments]
        return _filled(result, dict(zip(alias.parameters, values, strict=True)))

    def _used(self, tree: Tree) -> tuple[Alias, list[Tree]] | None:
        if tree[0] == "symbol":
            alias = self._aliases.get(tree[1])
            if alias is not None and alias.parameters is None:
                return alias, []
        call = _call(tree)
        if call is not None:
            alias = self._aliases.get(call[0])
            if alias is not None and alias.parameters is not None:
                return alias, call[1]
        return None


def _call(tree: Tree) -> tuple[str, list[Tree]] | None:
    from hydrargyrum.query.parsing import list_items

    if tree[0] == "func" and tree[1][0] == "symbol":
        return tree[1][1], list_items(tree[2])
    return None


def _filled(tree: Tree, values: dict[str, Tree]) -> Tree:
    if tree[0] == _PARAMETER:
        return values[tree[1]]
    return (tree[0], *(_filled(x, values) if isinstance(x, tuple) else x for x in tree[1:]))

"""Trees become expressions: closures over a scope, bound once to the vocabulary they use.

Evaluation rules live here and in `values`; parsing does not.
"""

# ruff: noqa: ARG001, ARG005 (builders and evaluators have one signature)
from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.templates.containers import Rendered
from hydrargyrum.view.templates.syntax import list_items, symbol_name
from hydrargyrum.view.templates.values import (
    Single,
    Value,
    coerce,
    lift,
    stringify,
    to_date,
    to_integer,
    unwrap,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.view.templates.declare import Filter
    from hydrargyrum.view.templates.environment import Environment
    from hydrargyrum.view.templates.scope import Scope
    from hydrargyrum.view.templates.syntax import Tree

    Evaluate = Callable[[Scope], object]
    #: What a function gets: positional expressions, or named ones.
    Arguments = list["Expression"] | dict[str, object]

_TRUE_WORDS = {
    **dict.fromkeys(("1", "yes", "true", "on", "always"), True),
    **dict.fromkeys(("0", "no", "false", "off", "never"), False),
}


class Expression:
    """A compiled expression.

    Attributes:
        raw: evaluates in a scope.
        symbol: the name it takes its value from, as dict keys and messages use it, or None.
        is_symbol: it is that name and nothing else.
    """

    __slots__ = ("is_symbol", "raw", "symbol")

    def __init__(self, raw: Evaluate, symbol: str | None = None, *, is_symbol: bool = False) -> None:
        self.raw = raw
        self.symbol = symbol
        self.is_symbol = is_symbol

    def value(self, scope: Scope) -> Value:
        """Its value with behaviour."""
        return lift(self.raw(scope))

    def plain(self, scope: Scope) -> object:
        """Its plain value."""
        return unwrap(scope, self.raw(scope))

    def text(self, scope: Scope) -> str:
        """Its value as text."""
        return stringify(scope, self.raw(scope))

    def literal_text(self, scope: Scope) -> str:
        """Its value as text, an unknown name standing for itself."""
        if self.is_symbol and self.symbol is not None:
            return stringify(scope, scope.symbol(self.symbol, self.symbol))
        return self.text(scope)

    def truth(self, scope: Scope) -> bool:
        """Its value as a condition; unknown names that mean a boolean stand for it."""
        if not self.is_symbol or self.symbol is None:
            return lift(self.raw(scope)).truth(scope)
        thing = scope.symbol(self.symbol, None)
        return lift(_TRUE_WORDS.get(self.symbol.lower()) if thing is None else thing).truth(scope)

    def integer(self, scope: Scope, problem: str | None = None) -> int:
        """Its value as a number. Raises ParseError with `problem`."""
        return to_integer(scope, self.raw(scope), problem)

    def date(self, scope: Scope, problem: str | None = None) -> tuple[int, int]:
        """Its value as a date. Raises ParseError with `problem`."""
        return to_date(scope, self.raw(scope), problem)


def compile_tree(tree: Tree | None, environment: Environment, *, top: bool = True) -> Expression:
    """The expression of a tree.

    Args:
        tree: as `syntax` makes it; None is a missing argument.
        environment: whose vocabulary the names belong to.
        top: it stands directly in template text, where a number is a name.

    Raises:
        ParseError: an unknown function, or wrong arguments.
    """
    if not tree:
        raise errors.ParseError("missing argument")
    operator = tree[0]
    if operator == "integer" and not top:
        number = int(tree[1])
        return Expression(lambda scope: number)
    if operator in ("symbol", "integer"):
        name: str = tree[1]
        return Expression(lambda scope: scope.symbol(name), name, is_symbol=True)
    if operator == "string":
        text: str = tree[1]
        return Expression(lambda scope: text)
    builder = _BUILDERS.get(operator)
    if builder is None:
        return _compile_arithmetic(tree, environment)
    return builder(tree, environment)


def _compile_template(tree: Tree, environment: Environment) -> Expression:
    parts = [compile_tree(part, environment) for part in tree[1:]]
    if len(parts) == 1:
        return Expression(parts[0].text)
    texts = [part.text for part in parts]
    return Expression(lambda scope: "".join([text(scope) for text in texts]))


def _compile_group(tree: Tree, environment: Environment) -> Expression:
    return compile_tree(tree[1], environment, top=False)


def _compile_filter(tree: Tree, environment: Environment) -> Expression:
    name = symbol_name(tree[2])
    found = environment.vocabulary.filters.get(name)
    if found is not None:
        return _apply_filter(compile_tree(tree[1], environment), found)
    return _compile_call(name, tree[1], environment, top=True)


def _apply_filter(argument: Expression, chosen: Filter) -> Expression:
    function, takes, scoped = chosen.function, chosen.takes, chosen.scoped

    def evaluate(scope: Scope) -> object:
        thing = argument.raw(scope)
        try:
            if takes == "text" and type(thing) is str:
                value: object = thing
            else:
                value = coerce(scope, thing, takes)
            return function(scope, value) if scoped else function(value)
        except errors.ParseError as error:
            hint = f"incompatible use of template filter '{chosen.name}'"
            if argument.symbol:
                hint = f"template filter '{chosen.name}' is not compatible with keyword '{argument.symbol}'"
            raise error.with_hint(hint) from None

    return Expression(evaluate, argument.symbol)


def _compile_function(tree: Tree, environment: Environment) -> Expression:
    name = symbol_name(tree[1])
    vocabulary = environment.vocabulary
    if name in vocabulary.functions or name not in vocabulary.filters:
        return _compile_call(name, tree[2], environment, top=False)
    arguments = [compile_tree(item, environment, top=False) for item in list_items(tree[2])]
    if len(arguments) != 1:
        raise errors.ParseError(f"filter {name} expects one argument")
    return _apply_filter(arguments[0], vocabulary.filters[name])


def _compile_call(name: str, tree: Tree | None, environment: Environment, *, top: bool) -> Expression:
    function = environment.vocabulary.functions.get(name)
    if function is None:
        raise errors.ParseError(f"unknown function '{name}'")
    items = list_items(tree)
    body = function.function
    arguments: Arguments
    if function.parameters:
        arguments = _named_arguments(name, function.parameters, items, environment, top=top)
    else:
        arguments = [compile_tree(item, environment, top=top) for item in items]
    return Expression(lambda scope: body(scope, arguments))


def _named_arguments(
    name: str, parameters: str, items: list[Tree], environment: Environment, *, top: bool
) -> dict[str, object]:
    """Expressions by parameter: `rest` a list where there is `*rest`, `named` a dict where there is `**named`."""
    before, rest, keys, named = split_parameters(parameters)
    count = next((at for at, item in enumerate(items) if item[0] == "keyvalue"), len(items))
    if count < len(before):
        raise errors.ParseError(f"{name} takes at least {len(before)} positional arguments")
    if rest is None and count > len(before) + len(keys):
        raise errors.ParseError(f"{name} takes at most {len(before) + len(keys)} positional arguments")
    positional = items[:count]
    trees: dict[str, Tree] = dict(zip(before, positional, strict=False))
    others = positional[len(before) :]
    if rest is None:
        trees.update(zip(keys, others, strict=False))
    extra: dict[str, Tree] = {}
    for item in items[count:]:
        if item[0] != "keyvalue" or item[1][0] != "symbol":
            raise errors.ParseError(f"{name} got an invalid argument")
        key = item[1][1]
        target = trees if key in keys else extra
        if target is extra and named is None:
            raise errors.ParseError(f"{name} got an unexpected keyword argument '{key}'")
        if key in target:
            raise errors.ParseError(f"{name} got multiple values for keyword argument '{key}'")
        target[key] = item[2]
    found: dict[str, object] = {}
    if rest is not None:
        found[rest] = [compile_tree(item, environment, top=top) for item in others]
    if named is not None:
        found[named] = {key: compile_tree(item, environment, top=top) for key, item in extra.items()}
    for key, item in trees.items():
        found[key] = compile_tree(item, environment, top=top)
    return found


def split_parameters(parameters: str) -> tuple[list[str], str | None, list[str], str | None]:
    """Parameters before `*rest`, the name of `rest`, those after it (all, where there is none), name of `**named`."""
    text, _, named = parameters.partition("**")
    before, star, after = text.partition("*")
    if not star:
        return [], None, before.split(), named.strip() or None
    rest, *keys = after.split()
    return before.split(), rest, keys, named.strip() or None


def _compile_map(tree: Tree, environment: Environment) -> Expression:
    items = compile_tree(tree[1], environment)
    template = environment.template_of(tree[2])

    def evaluate(scope: Scope) -> object:
        value = items.value(scope)

        def produce() -> Iterator[str]:
            try:
                overlays = value.overlays(scope)
            except errors.ParseError as error:
                if items.symbol is None:
                    raise
                hint = f"keyword '{items.symbol}' does not support map operation"
                raise error.with_hint(hint) from None
            for inner in scope.overlaid_by_each(overlays):
                yield template.text(inner)

        return Rendered(produce)

    return Expression(evaluate)


def _compile_member(tree: Tree, environment: Environment) -> Expression:
    owner = compile_tree(tree[1], environment)
    name = symbol_name(tree[2])

    def evaluate(scope: Scope) -> object:
        value = owner.value(scope)
        if isinstance(value, Single):
            return scope.overlaid(value.overlay(scope)).symbol(name)
        try:
            return value.member(scope, name)
        except errors.ParseError as error:
            if owner.symbol is None:
                raise
            hint = f"keyword '{owner.symbol}' does not support member operation"
            raise error.with_hint(hint) from None

    return Expression(evaluate)


def _compile_negation(tree: Tree, environment: Environment) -> Expression:
    operand = compile_tree(tree[1], environment, top=False)
    return Expression(lambda scope: -operand.integer(scope, "negation needs an integer argument"))


def _compile_arithmetic(tree: Tree, environment: Environment) -> Expression:
    left, right = (compile_tree(side, environment, top=False) for side in tree[1:])
    calculate = ARITHMETIC[tree[0]]
    return Expression(lambda scope: arithmetic(scope, calculate, left, right))


#: Infix operators and the function `mod`.
ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right,
    "mod": lambda left, right: left % right,
}


def arithmetic(
    scope: Scope, calculate: Callable[[int, int], int], left: Expression, right: Expression
) -> int:
    """The result of an operator on two numbers. Raises ParseError for other values, Abort for a zero divisor."""
    problem = "arithmetic only defined on integers"
    numbers = left.integer(scope, problem), right.integer(scope, problem)
    try:
        return calculate(*numbers)
    except ZeroDivisionError:
        raise errors.Abort("division by zero is not defined") from None


def _reject_pair(tree: Tree, environment: Environment) -> Expression:
    raise errors.ParseError("can't use a key-value pair in this context")


def _reject_list(tree: Tree, environment: Environment) -> Expression:
    raise errors.ParseError("can't use a list in this context", hint="check place of comma and parens")


_BUILDERS: dict[str, Callable[[Tree, Environment], Expression]] = {
    "template": _compile_template,
    "group": _compile_group,
    "|": _compile_filter,
    "func": _compile_function,
    "%": _compile_map,
    ".": _compile_member,
    "negate": _compile_negation,
    "keyvalue": _reject_pair,
    "list": _reject_list,
}

"""What predicates of both languages ask of their arguments: texts, numbers, ranges, lists, keywords.

Every function raises ParseError with the sentence that the caller gives.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.parsing import list_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.parsing import Tree


def symbol_of(tree: Tree | None) -> str:
    """The text of a symbol."""
    if tree and tree[0] == "symbol":
        return str(tree[1])
    raise errors.ParseError("not a symbol")


def text_of(tree: Tree | None, problem: str) -> str:
    """The text of a string or a symbol."""
    if tree and tree[0] in ("string", "symbol"):
        return str(tree[1])
    raise errors.ParseError(problem)


def number_of(tree: Tree | None, problem: str, default: int | None = None) -> int:
    """A whole number."""
    if not tree and default is not None:
        return default
    text = text_of(tree, problem)
    try:
        return int(text)
    except ValueError:
        raise errors.ParseError(problem) from None


def truth_of(tree: Tree | None, problem: str) -> bool:
    """A boolean as it is written in configuration."""
    text = symbol_of(tree).lower()
    if text in ("1", "yes", "true", "on", "always"):
        return True
    if text in ("0", "no", "false", "off", "never"):
        return False
    raise errors.ParseError(problem)


def span_of(
    tree: Tree | None, problem: str, bound_problem: str, default: tuple[int | None, int | None] = (None, None)
) -> tuple[int, int]:
    """First and last number of a range; a single number is both."""
    if not tree:
        raise errors.ParseError(problem)
    if tree[0] in ("string", "symbol"):
        number = number_of(tree, problem)
        return number, number
    first = last = None
    if tree[0] == "range":
        first, last = tree[1:]
    elif tree[0] == "rangepre":
        last = tree[1]
    elif tree[0] == "rangepost":
        first = tree[1]
    elif tree[0] != "rangeall":
        raise errors.ParseError(problem)
    return number_of(first, bound_problem, default[0]), number_of(last, bound_problem, default[1])


def items_of(tree: Tree | None, least: int, most: int | None, problem: str) -> list[Tree]:
    """The arguments, as many as are allowed."""
    items = list_items(tree)
    if len(items) < least or (most is not None and len(items) > most):
        raise errors.ParseError(problem)
    return items


def no_arguments(tree: Tree | None, name: str) -> None:
    """Complain about any argument."""
    items_of(tree, 0, 0, f"{name} takes no arguments")


class Signature:
    """Names of parameters: `positional` must be given by place, `rest` takes more of these, `keys` either way."""

    __slots__ = ("keys", "positional", "rest")

    def __init__(self, spec: str) -> None:
        before, star, after = spec.partition("*")
        words = after.split()
        self.positional = before.split() if star else []
        self.rest = words[0] if star else None
        self.keys = words[1:] if star else before.split()


def named_arguments(tree: Tree | None, function: str, spec: str) -> dict[str, Tree]:
    """Arguments by the names in `spec`; what is not given is absent. Those of `*rest` are a list node."""
    signature = Signature(spec)
    items = list_items(tree)
    by_place = next(
        (number for number, item in enumerate(items) if item and item[0] == "keyvalue"), len(items)
    )
    required = len(signature.positional)
    if by_place < required:
        raise errors.ParseError(f"{function} takes at least {required} positional arguments")
    if signature.rest is None and by_place > required + len(signature.keys):
        raise errors.ParseError(
            f"{function} takes at most {required + len(signature.keys)} positional arguments"
        )
    found: dict[str, Tree] = dict(zip(signature.positional, items[:by_place], strict=False))
    more = items[required:by_place]
    if signature.rest is not None:
        found[signature.rest] = ("list", *more)
    else:
        found.update(zip(signature.keys, more, strict=False))
    for item in items[by_place:]:
        if not item or item[0] != "keyvalue" or item[1][0] != "symbol":
            raise errors.ParseError(f"{function} got an invalid argument")
        key = item[1][1]
        if key not in signature.keys:
            raise errors.ParseError(f"{function} got an unexpected keyword argument '{key}'")
        if key in found:
            raise errors.ParseError(f"{function} got multiple values for keyword argument '{key}'")
        found[key] = item[2]
    return found

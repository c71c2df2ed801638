"""Rewriting of revision trees: pseudo operators into real ones, then cheaper equivalents and the order of evaluation.

Evaluating is the business of `evaluation`; everything here only looks at the shape of a tree.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import symbol_of, text_of
from hydrargyrum.query.parsing import list_items, mapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.query.parsing import Tree

    #: How expensive a function is, by its name.
    Weight = Callable[[str], float]

#: Nodes that are no expression by themselves.
_PARTS = frozenset(("keyvalue", "list", "missing"))


def call(name: str, *arguments: Tree) -> Tree:
    """The tree of a function call."""
    inside = None if not arguments else arguments[0] if len(arguments) == 1 else ("list", *arguments)
    return ("func", ("symbol", name), inside)


def called(tree: Tree | None, name: str, count: int) -> list[Tree] | None:
    """The arguments, where a tree is a call of `name` with `count` of them that are expressions."""
    if tree is None or tree[0] != "func" or tree[1] != ("symbol", name):
        return None
    arguments = list_items(tree[2])
    if len(arguments) != count or any(item[0] in _PARTS for item in arguments):
        return None
    return arguments


def analyze(tree: Tree) -> Tree:
    """The tree with only operators that can be evaluated. Raises ParseError for what has no meaning."""
    node = tree[0]
    if node in ("string", "symbol", "revisions"):
        return tree
    if node == "minus":
        return ("and", analyze(tree[1]), ("not", analyze(tree[2])))
    if node == "only":
        return call("only", analyze(tree[1]), analyze(tree[2]))
    if node in ("onlypost", "dagrangepre", "dagrangepost"):
        name = {"onlypost": "only", "dagrangepre": "ancestors", "dagrangepost": "descendants"}[node]
        return ("func", ("symbol", name), analyze(tree[1]))
    if node == "dagrangeall":
        raise errors.ParseError("can't use '::' in this context")
    if node == "negate":
        return ("string", "-" + text_of(tree[1], "can't negate that"))
    if node == "group":
        return analyze(tree[1]) if tree[1] is not None else _nothing()
    if node in ("func", "keyvalue"):
        inner = tree[2]
        while inner is not None and inner[0] == "group":
            inner = inner[1]
        return (node, tree[1], None if inner is None else analyze(inner))
    return mapped(tree, analyze)


def _nothing() -> Tree:
    """An empty group; evaluating it says that an argument is missing."""
    return ("missing",)


def optimize(tree: Tree, weight: Weight) -> Tree:
    """An equivalent tree that is cheaper to evaluate."""
    return _Optimizer(weight).visit(tree)[1]


class _Optimizer:
    __slots__ = ("_weight",)

    def __init__(self, weight: Weight) -> None:
        self._weight = weight

    def visit(self, tree: Tree) -> tuple[float, Tree]:
        """Weight and better tree."""
        node = tree[0]
        if node in ("string", "symbol", "revisions"):
            return 0.5, tree
        if node == "and":
            return self._and(tree)
        if node == "or":
            return self._or(tree)
        if node == "not":
            if called(tree[1], "public", 0) is not None:
                return self.visit(call("_notpublic"))
            cost, inner = self.visit(tree[1])
            return cost, ("not", inner)
        if node == "func":
            return self._call(tree)
        if node == "rangeall":
            return 1, tree
        if node == "missing":
            # asked for first where anything else is beside it, so that it is told first, too
            return 0, tree
        if node in ("rangepre", "rangepost", "parentpost", "parent", "ancestor", "relation", "subscript"):
            cost, inner = self.visit(tree[1])
            return cost, (node, inner, *tree[2:])
        if node == "relsubscript":
            cost, inner = self.visit(tree[1])
            return cost, (node, inner, *tree[2:])
        if node == "keyvalue":
            cost, value = self._optional(tree[2])
            return cost, (node, tree[1], value)
        visited = [self.visit(child) for child in tree[1:]]
        return sum(cost for cost, _ in visited), (node, *(child for _, child in visited))

    def _optional(self, tree: Tree | None) -> tuple[float, Tree | None]:
        return (0, None) if tree is None else self.visit(tree)

    def _call(self, tree: Tree) -> tuple[float, Tree]:
        name = symbol_of(tree[1])
        inner_cost, arguments = self._optional(tree[2])
        cost = self._weight(name) + inner_cost
        common = called(arguments, "commonancestors", 1)
        if name == "heads" and common is not None:
            return cost, call("_commonancestorheads", *common)
        return cost, ("func", tree[1], arguments)

    def _and(self, tree: Tree) -> tuple[float, Tree]:
        left_cost, left = self.visit(tree[1])
        right_cost, right = self.visit(tree[2])
        cost = min(left_cost, right_cost)
        ancestors = called(right, "ancestors", 1)
        if ancestors is not None:
            for phase in ("draft", "secret", "_notpublic"):
                if called(left, phase, 0) is not None:
                    return cost, call("_phaseandancestors", ("symbol", phase), *ancestors)
        for wanted, unwanted in ((left, right), (right, left)):
            heads = called(wanted, "ancestors", 1)
            bases = called(unwanted[1], "ancestors", 1) if unwanted[0] == "not" else None
            if heads is not None and bases is not None:
                return cost, call("only", *heads, *bases)
        if right[0] == "not" and right[1][0] not in _PARTS:
            return left_cost, ("difference", left, right[1])
        return cost, ("andsmally" if left_cost > right_cost else "and", left, right)

    def _or(self, tree: Tree) -> tuple[float, Tree]:
        costs: list[float] = []
        found: list[Tree] = []
        names: list[tuple[float, Tree]] = []

        def flush() -> None:
            if not names:
                return
            if len(names) == 1:
                cost, item = names[0]
            else:
                text = "\0".join(item[1] for _, item in names)
                cost, item = self.visit(call("_list", ("string", text)))
            costs.append(cost)
            found.append(item)
            names.clear()

        for child in list_items(tree[1]):
            cost, item = self.visit(child)
            if item[0] in ("string", "symbol"):
                names.append((cost, item))
                continue
            flush()
            costs.append(cost)
            found.append(item)
        flush()
        if len(found) == 1:
            return costs[0], found[0]
        return max(costs), ("or", ("list", *found))

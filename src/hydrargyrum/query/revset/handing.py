"""Trees in the form in which the engine takes them, for those that it may evaluate by itself.

What it understands is its own business: it answers None for the rest. What extensions added is never handed over.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import span_of
from hydrargyrum.query.parsing import list_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set

    from hydrargyrum.query.parsing import Tree

#: Predicates whose arguments are texts, not expressions.
_TEXTS = frozenset(
    (
        *("_intlist", "_phase", "_rev", "adds", "author", "bisect", "bisected", "bookmark", "contains"),
        *("desc", "extra", "file", "filelog", "grep", "keyword", "modifies", "named", "removes", "rev"),
        *("tag", "tagged", "user"),
    )
)
#: Lists of names.
_LISTS = frozenset(("_list", "_hexlist"))
#: Which arguments of others are texts.
_TEXT_PLACES = {
    "_phaseandancestors": (0,),
    **dict.fromkeys(("ancestors", "descendants", "expectsize", "first", "last", "limit"), range(1, 4)),
    "matching": (1,),
    "sort": (1,),
}
#: Keys of arguments that are expressions.
_SETS = frozenset(("set", "topo.firstbranch"))
_MOST = 0x80000000 - 1


def portable(tree: Tree, added: Set[str], names: set[str]) -> Tree | None:
    """The tree for the engine, None where a part of it is not for it.

    Args:
        tree: an optimised expression.
        added: predicates that the engine cannot know.
        names: takes the names of revisions in it.
    """
    try:
        return _Carrier(added, names).expression(tree)
    except _Left:
        return None


class _Left(Exception):
    """Something stays in Python."""


class _Carrier:
    __slots__ = ("_added", "_names")

    def __init__(self, added: Set[str], names: set[str]) -> None:
        self._added = added
        self._names = names

    def expression(self, tree: Tree | None) -> Tree:
        if not tree:
            raise _Left
        node = tree[0]
        if node in ("string", "symbol"):
            self._names.add(_text(tree[1]))
            return tree
        if node == "revisions":
            return _given(tree)
        if node == "func":
            return self._call(tree)
        if node in ("relation", "relsubscript"):
            return self._generations(tree)
        if node == "or":
            return ("or", ("list", *map(self.expression, list_items(tree[1]))))
        if node in ("parent", "ancestor"):
            return (node, self.expression(tree[1]), tree[2])
        if node == "rangeall":
            return ("rangeall",)
        if node in ("list", "keyvalue", "subscript", "missing"):
            raise _Left
        return (node, *map(self.expression, tree[1:]))

    def _call(self, tree: Tree) -> Tree:
        name = tree[1][1] if tree[1][0] == "symbol" else ""
        if not name or name in self._added:
            raise _Left
        items = list_items(tree[2])
        if name == "date":
            return _dates(items)
        if name in _LISTS and len(items) == 1 and items[0][0] == "string":
            self._names.update(_text(items[0][1]).split("\0"))
            return tree
        found = [
            self._argument(item, is_text=name in _TEXTS or place in _TEXT_PLACES.get(name, ()))
            for place, item in enumerate(items)
        ]
        return ("func", tree[1], ("list", *found))

    def _argument(self, item: Tree | None, *, is_text: bool) -> Tree:
        if not item:
            raise _Left
        if item[0] == "keyvalue":
            key = item[1][1]
            return ("keyvalue", item[1], self._argument(item[2], is_text=is_text or key not in _SETS))
        if is_text:
            return _argument_text(item)
        return self.expression(item)

    def _generations(self, tree: Tree) -> Tree:
        if tree[2] not in (("symbol", "g"), ("symbol", "generations")):
            raise _Left
        span = tree[3] if tree[0] == "relsubscript" else ("rangeall", None)
        try:
            first, last = span_of(span, "", "", (-_MOST, _MOST))
        except errors.ParseError:
            raise _Left from None
        return ("generations", self.expression(tree[1]), first, last)


def _text(text: str) -> str:
    """A text that means the same in the engine, which has UTF-8."""
    from hydrargyrum.text.local import is_usual

    if not text.isascii() and not is_usual():
        raise _Left
    return text


def _argument_text(tree: Tree) -> Tree:
    """An argument that is a text, or a range of numbers."""
    if tree[0] in ("string", "symbol"):
        _text(tree[1])
        return tree
    if tree[0] in ("range", "rangepre", "rangepost", "rangeall"):
        return tree if tree[0] != "rangeall" else ("rangeall",)
    raise _Left


def _given(tree: Tree) -> Tree:
    from hydrargyrum.query.revset.sets import Computed, Listed

    revs = tree[1]
    if isinstance(revs, Computed):
        return ("revisions", revs.members)
    if isinstance(revs, Listed):
        return ("revisions", list(revs))
    raise _Left


def _dates(items: list[Tree]) -> Tree:
    from hydrargyrum.query.dateranges import date_span

    if len(items) != 1 or items[0][0] not in ("string", "symbol"):
        raise _Left
    first, last = date_span(items[0][1])
    return ("dates", first, last)

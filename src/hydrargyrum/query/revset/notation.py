"""What set the peer would make of an expression, for `debugrevspec -s`: the same steps with shapes instead of sets.

Members are those of the real evaluation, `evaluation`'s; shapes are `shapes`'.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.matching.notation import pretty, quoted
from hydrargyrum.query.arguments import named_arguments, number_of, span_of, symbol_of
from hydrargyrum.query.parsing import list_items
from hydrargyrum.query.revset.shapes import Added, Base, Filtered, Full, Plain, Shape, Span, Walked
from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.query.revset.evaluation import Order, Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Rev

#: Conditions by predicate: how they are shown, with the text of the argument.
_CONDITIONS = {
    "adds": "<status.added {}>",
    "author": "<user {}>",
    "contains": "<contains {}>",
    "date": "<date {}>",
    "desc": "<desc {}>",
    "diffcontains": "<diffcontains {}>",
    "file": "<matchfiles patterns=[{}], include=[] exclude=[], default='glob', rev=None>",
    "grep": "<grep {}>",
    "keyword": "<keyword {}>",
    "modifies": "<status.modified {}>",
    "removes": "<status.removed {}>",
    "subrepo": "<subrepo {}>",
    "user": "<user {}>",
}
#: Those without an argument.
_BARE_CONDITIONS = {"closed": "<branch closed>", "merge": "<merge>", "public": ""}
_PLAIN = frozenset(("bisect", "bisected", "bookmark", "filelog", "named", "only", "origin", "tag", "tagged"))
_FROZEN = frozenset(
    ("contentdivergent", "extinct", "obsolete", "orphan", "phasedivergent", "unstable", "hidden")
)
_DOWNWARDS = frozenset(("_firstancestors", "_followfirst", "ancestors", "follow"))
_UPWARDS = frozenset(("_firstdescendants", "descendants"))


def notation(query: Query, tree: Tree) -> str:
    """The set that an analysed expression becomes, with its parts on lines of their own."""
    return pretty(_Shaper(query).shape(tree, _full(query), "define").text)


def _full(query: Query) -> Full:
    return Full(0, query.count, query.left_out)


class _Shaper:
    __slots__ = ("_query",)

    def __init__(self, query: Query) -> None:
        self._query = query

    def _members(self, tree: Tree) -> list[Rev]:
        """What an expression means among all, in its order."""
        return list(self._query.revisions(tree))

    def _argument(self, tree: Tree, order: Order = "define") -> Shape:
        return self.shape(tree, _full(self._query), order)

    def _only(self, tree: Tree, condition: str, subset: Shape) -> Shape:
        """Those of a set that fulfil a condition."""
        inside = set(self._members(tree))
        return Filtered(subset, condition, [rev for rev in subset.values if rev in inside])

    # -- operators ------------------------------------------------------------------------------------------------

    def shape(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        """The shape of what an expression means among `subset`."""
        node = tree[0]
        if node in ("string", "symbol"):
            return Base([rev for rev in self._members(tree) if _belongs(rev, subset)])
        if node in ("range", "rangeall", "rangepre", "rangepost"):
            return self._range(tree, subset, order)
        if node == "dagrange":
            return subset & Base(self._members(tree), ascending=True)
        if node in ("and", "andsmally"):
            following: Order = "any" if order == "any" else "follow"
            if node == "and":
                return self.shape(tree[2], self.shape(tree[1], subset, order), following)
            return self.shape(tree[1], self.shape(tree[2], subset, following), order)
        if node == "difference":
            return self.shape(tree[1], subset, order) - self.shape(tree[2], subset, "any")
        if node == "not":
            return subset - self.shape(tree[1], subset, "any")
        if node == "or":
            operands = list_items(tree[1])
            if order == "follow":
                return subset & self._union(operands, _full(self._query), "any")
            return self._union(operands, subset, order)
        if node in ("relation", "relsubscript"):
            return self._related(tree, subset)
        if node == "func":
            return self._call(tree, subset, order)
        # parents and ancestors by number
        return subset & Plain(self._members(tree))

    def _union(self, operands: Sequence[Tree], subset: Shape, order: Order) -> Shape:
        if not operands:
            return Base()
        if len(operands) == 1:
            return self.shape(operands[0], subset, order)
        half = len(operands) // 2
        return Added(self._union(operands[:half], subset, order), self._union(operands[half:], subset, order))

    def _range(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        node, query = tree[0], self._query
        low, high = [0], [query.tip()]
        if node in ("range", "rangepost"):
            low = self._members(tree[1])
        if node in ("range", "rangepre"):
            high = self._members(tree[2 if node == "range" else 1])
        if not low or not high:
            return Base()
        first, last, hidden = low[0], high[-1], query.left_out
        found: Shape
        if first == last:
            found = Base([first])
        elif last == WDIR_REV:
            found = Added(Span(first, query.count, hidden), Base([last]))
        elif first == WDIR_REV:
            found = Added(Base([first]), Span(last, query.tip() + 1, hidden, ascending=False))
        elif first < last:
            found = Span(first, last + 1, hidden)
        else:
            found = Span(last, first + 1, hidden, ascending=False)
        return found & subset if order == "define" else subset & found

    def _related(self, tree: Tree, subset: Shape) -> Shape:
        found = self._members(tree)
        span = tree[3] if tree[0] == "relsubscript" else ("rangeall", None)
        first, last = span_of(span, "", "", (-1, 1))
        below, above = first < 0 or first == last == 0, last > 0
        start = set(self._members(tree[1]))
        if not start or not (below or above):
            return Base()
        middle = (min(start), max(start))
        down = Walked([rev for rev in found if rev <= middle[1]] if above else found, upwards=False)
        up = Walked([rev for rev in found if rev >= middle[0]] if below else found, upwards=True)
        if below and above:
            return subset & Added(down, up)
        return subset & (down if below else up)

    # -- predicates -----------------------------------------------------------------------------------------------

    def _call(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        name, items = symbol_of(tree[1]), list_items(tree[2])
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self, tree, subset, order)
        if name in _CONDITIONS and len(items) == 1:
            text = str(items[0][1])
            shown = _quoted(text.lower() if name == "keyword" else text)
            return self._only(tree, _CONDITIONS[name].format(shown), subset)
        if name in _BARE_CONDITIONS:
            return self._only(tree, _BARE_CONDITIONS[name], subset)
        found = self._members(tree)
        if name in _PLAIN or (name in ("p1", "p2", "parents") and items):
            return subset & Plain(found)
        if name in _FROZEN:
            return subset & Plain(found, frozen=True)
        if name in _DOWNWARDS or name in _UPWARDS:
            empty = name in ("_firstancestors", "ancestors", *_UPWARDS) and not found
            return Base() if empty else subset & Walked(found, upwards=name in _UPWARDS)
        if name == "id":
            return Base(found) & subset
        if name in ("wdir", "ancestor"):
            return Base([rev for rev in found if _belongs(rev, subset)])
        if name in ("rev", "_rev", "p1", "p2"):
            return subset & Base(found) if found else Base()
        return subset & Base(found, ascending=True, whole=True)

    def _all(self, _tree: Tree, subset: Shape, _order: Order) -> Shape:
        return subset & Span(0, self._query.count, self._query.left_out)

    def _none(self, _tree: Tree, _subset: Shape, _order: Order) -> Shape:
        return Base()

    def _branch(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        from hydrargyrum.query.revset.predicates.names import branches_of

        argument = tree[2]
        if argument[0] in ("string", "symbol"):
            name = str(argument[1])
            if name.startswith(("re:", "literal:")) or name in self._query.engine.branch_tips():
                return self._only(tree, f"<branch {_text(argument)}>", subset)
        names = set(branches_of(self._query, self._members(argument)))
        shown = ", ".join(sorted(quoted(os.fsencode(name)) for name in names))
        return self._only(tree, f"<branch [{shown}]>", subset)

    def _branchpoint(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        return self._only(tree, "<branchpoint>", subset) if subset.values else Base()

    def _common(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        starts = self._members(tree[2])
        for rev in starts:
            subset = subset & Walked(self._query.ancestors(_listed(rev)), upwards=False)
        return subset if starts else Base()

    def _extra(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        found = named_arguments(tree[2], "extra", "label value")
        value = "None"
        if "value" in found:
            value = _quoted(str(found["value"][1]).removeprefix("re:").removeprefix("literal:"))
        return self._only(tree, f"<extra[{_text(found['label'])}] {value}>", subset)

    def _destination(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        inside = set(self._members(tree))
        return self._only(tree, f"<destination {sorted(inside.intersection(subset.values))}>", subset)

    def _matching(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        from hydrargyrum.query.revset.fields import names_of

        items = list_items(tree[2])
        fields = names_of((str(items[1][1]) if len(items) > 1 else "metadata").split())
        shown = ", ".join(quoted(os.fsencode(field)) for field in fields)
        return self._only(tree, f"<matching[{shown}] {self._argument(items[0]).text}>", subset)

    def _roots(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        inside = self._argument(tree[2])
        roots = set(self._members(tree))
        return subset & Filtered(inside, "<roots>", [rev for rev in inside.values if rev in roots])

    def _extreme(self, tree: Tree, subset: Shape, _order: Order) -> Shape:
        found = [rev for rev in self._members(tree) if rev in subset.values]
        shown = f"<{symbol_of(tree[1])} {subset.text}, {self._argument(tree[2]).text}>"
        return Base(found, shown=shown)

    def _limited(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        is_last = symbol_of(tree[1]) == "last"
        found = named_arguments(tree[2], "limit", "set n" if is_last else "set n offset")
        count = number_of(found.get("n"), "", default=1)
        start = number_of(found.get("offset"), "", default=0)
        inside = self._argument(found["set"])
        if is_last:
            inside = inside.reversed()
        chosen = inside.between(start, start + count)
        if order == "follow" and count > 1:
            return subset & chosen
        return (chosen.reversed() if is_last else chosen) & subset

    def _reverse(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        found = self.shape(tree[2], subset, order)
        return found.reversed() if order == "define" else found

    def _same(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        return self.shape(tree[2], subset, order)

    def _present(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        try:
            return self.shape(tree[2], subset, order)
        except (errors.UnknownRevision, errors.FilteredRevision, errors.RevisionsMissing):
            return Base()

    def _sized(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        self._members(tree)
        found = self._argument(named_arguments(tree[2], "expectsize", "set size")["set"], order)
        return subset & found if order == "follow" else found & subset

    def _sort(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        found = named_arguments(tree[2], "sort", "set keys topo.firstbranch random.seed")
        inside = self.shape(found["set"], subset, order)
        keys = str(found["keys"][1]).split() if "keys" in found else ["rev"]
        if order != "define" or not keys:
            return inside
        if keys in (["rev"], ["-rev"]):
            return inside.sorted(descending=keys == ["-rev"])
        members = set(inside.values)
        return Base([rev for rev in self._members(tree) if rev in members])

    def _list(self, tree: Tree, subset: Shape, order: Order) -> Shape:
        found = self._members(tree)
        if order == "follow":
            return subset & Base(found)
        return Base([rev for rev in found if _belongs(rev, subset)])


def _belongs(rev: Rev, subset: Shape) -> bool:
    return (rev in (NULL_REV, WDIR_REV) and isinstance(subset, Full)) or rev in subset.values


def _text(tree: Tree) -> str:
    return _quoted(str(tree[1]))


def _quoted(text: str) -> str:
    return quoted(os.fsencode(text))


def _listed(rev: Rev) -> RevisionSet:
    from hydrargyrum.query.revset.sets import Listed

    return Listed([rev], 1)


_SPECIAL: dict[str, Callable[[_Shaper, Tree, Shape, Order], Shape]] = {
    "_hexlist": _Shaper._list,
    "_intlist": _Shaper._list,
    "_list": _Shaper._list,
    "all": _Shaper._all,
    "branch": _Shaper._branch,
    "branchpoint": _Shaper._branchpoint,
    "commonancestors": _Shaper._common,
    "destination": _Shaper._destination,
    "expectsize": _Shaper._sized,
    "extra": _Shaper._extra,
    "first": _Shaper._limited,
    "last": _Shaper._limited,
    "limit": _Shaper._limited,
    "matching": _Shaper._matching,
    "max": _Shaper._extreme,
    "min": _Shaper._extreme,
    "none": _Shaper._none,
    "present": _Shaper._present,
    "reverse": _Shaper._reverse,
    "revset": _Shaper._same,
    "roots": _Shaper._roots,
    "sort": _Shaper._sort,
}

"""Predicates about order and number: sort, reverse, limits, least and greatest, what may be absent.

Sorting for graphs is in `topology`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, named_arguments, number_of, span_of, text_of
from hydrargyrum.query.parsing import quoted
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.sets import Listed
from hydrargyrum.types import WDIR_NODE, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.evaluation import Order
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Rev


@builtin("first(set, [n])", weight=0, ordered=True)
def first(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """The same as `limit(set, n)`."""
    return limit(query, subset, argument, order)


@builtin("limit(set[, n[, offset]])", weight=0, ordered=True)
def limit(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """The first n members (1 unless given) after leaving out as many as `offset` says."""
    arguments = named_arguments(argument, "limit", "set n offset")
    if "set" not in arguments:
        raise errors.ParseError("limit requires one to three arguments")
    count = number_of(arguments.get("n"), "limit expects a number", 1)
    if count < 0:
        raise errors.ParseError("negative number to select")
    start = number_of(arguments.get("offset"), "limit expects a number", 0)
    if start < 0:
        raise errors.ParseError("negative offset")
    chosen = query.revisions(arguments["set"]).between(start, start + count)
    return subset & chosen if order == "follow" and count > 1 else chosen & subset


@builtin("last(set, [n])", ordered=True)
def last(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """The last n members, 1 unless given."""
    arguments = items_of(argument, 1, 2, "last requires one or two arguments")
    count = number_of(arguments[1], "last expects a number") if len(arguments) == 2 else 1
    if count < 0:
        raise errors.ParseError("negative number to select")
    chosen = query.revisions(arguments[0]).reversed().between(0, count)
    return subset & chosen if order == "follow" and count > 1 else chosen.reversed() & subset


@builtin("max(set)")
def greatest(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The member with the greatest number."""
    found = query.revisions(argument).highest()
    return Listed([found], 1) if found is not None and found in subset else Listed()


@builtin("min(set)")
def least(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The member with the least number."""
    found = query.revisions(argument).lowest()
    return Listed([found], 1) if found is not None and found in subset else Listed()


@builtin("present(set)", ordered=True)
def present(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """The set, or nothing where it names a revision that is not there."""
    try:
        return query.evaluate(argument, subset, order)
    except (errors.UnknownRevision, errors.FilteredRevision, errors.RevisionsMissing):
        return Listed()


@builtin("revset(set)", ordered=True)
def strictly(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """Reads what is inside as an expression even where names of that form exist."""
    return query.evaluate(argument, subset, order)


@builtin("expectsize(set[, size])", ordered=True)
def expectsize(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """The set where it has as many members as said (a number, or a range such as 0:2), else an error."""
    arguments = named_arguments(argument, "expectsize", "set size")
    if "size" not in arguments or "set" not in arguments:
        raise errors.ParseError("invalid set of arguments")
    low, high = span_of(
        arguments["size"],
        "expectsize requires a size range or a positive integer",
        "size range bounds must be integers",
        (0, query.count + 1),
    )
    if low < 0 or high < 0:
        raise errors.ParseError("negative size")
    found = query.revisions(arguments["set"], order)
    size = len(found)
    if low != high and not low <= size <= high:
        raise errors.RevisionsMissing(f"revset size mismatch. expected between {low} and {high}, got {size}")
    if low == high != size:
        raise errors.RevisionsMissing(f"revset size mismatch. expected {low}, got {size}")
    return subset & found if order == "follow" else found & subset


@builtin("reverse(set)", weight=0, ordered=True)
def reverse(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """The set in the opposite order."""
    found = query.evaluate(argument, subset, order)
    return found.reversed() if order == "define" else found


# -- sort ---------------------------------------------------------------------------------------------------------


def _column(name: str) -> Callable[[Query, Sequence[Rev]], list[object]]:
    """Values of a field in the order of revisions, texts as the bytes that they are compared by."""

    def values(query: Query, revs: Sequence[Rev]) -> list[object]:
        committed, with_working_copy = query.without_working_copy(revs)
        found: dict[Rev, object] = {record.rev: getattr(record, name) for record in query.records(committed)}
        if with_working_copy:
            working = query.repo.working_copy
            found[WDIR_REV] = working.date[0] if name == "time" else getattr(working, name)
        texts = (found[rev] for rev in revs)
        return [text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text for text in texts]

    return values


def _branches(query: Query, revs: Sequence[Rev]) -> list[object]:
    from hydrargyrum.query.revset.predicates.names import branches_of

    return [name.encode("utf-8", "surrogateescape") for name in branches_of(query, revs)]


def _nodes(query: Query, revs: Sequence[Rev]) -> list[object]:
    index = query.engine.changelog()
    return [WDIR_NODE if rev == WDIR_REV else index.node(rev) for rev in revs]


def _randoms(seed: str | None, revs: Sequence[Rev]) -> list[object]:
    import random

    numbers = random.Random(None if seed is None else seed.encode("utf-8", "surrogateescape"))
    return [numbers.randint(-(1 << 31), (1 << 31) - 1) for _ in revs]


_KEYS: dict[str, Callable[[Query, Sequence[Rev]], list[object]]] = {
    "rev": lambda _query, revs: list(revs),
    "branch": _branches,
    "desc": _column("description"),
    "user": _column("user"),
    "author": _column("user"),
    "date": _column("time"),
    "node": _nodes,
}


class _Sorting:
    """The arguments of `sort`, checked.

    Attributes:
        revs: what to sort; keys: (name, descending) in the order of their importance.
        first_branch: what a sort for graphs begins with; seed: of random numbers.
    """

    __slots__ = ("first_branch", "keys", "revs", "seed")

    def __init__(self, argument: Argument) -> None:
        arguments = named_arguments(argument, "sort", "set keys topo.firstbranch random.seed")
        if "set" not in arguments:
            raise errors.ParseError("sort requires one or two arguments")
        self.revs: Tree = arguments["set"]
        keys = text_of(arguments["keys"], "sort spec must be a string") if "keys" in arguments else "rev"
        self.keys: list[tuple[str, bool]] = []
        for key in keys.split():
            name = key.removeprefix("-")
            if name not in _KEYS and name not in ("topo", "random"):
                raise errors.ParseError(f"unknown sort key {quoted(key)}")
            self.keys.append((name, key != name))
        names = [name for name, _ in self.keys]
        if len(names) > 1 and "topo" in names:
            raise errors.ParseError("topo sort order cannot be combined with other sort keys")
        self.first_branch = arguments.get("topo.firstbranch")
        if self.first_branch is not None and "topo" not in names:
            raise errors.ParseError("topo.firstbranch can only be used when using the topo sort key")
        self.seed: str | None = None
        if "random.seed" in arguments:
            if "random" not in names:
                raise errors.ParseError("random.seed can only be used when using the random sort key")
            self.seed = text_of(arguments["random.seed"], "random.seed must be a string")


@builtin("sort(set[, [-]key... [, ...]])", weight=10, ordered=True)
def sort(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """The set in the order of keys, each of which may be turned round by a minus sign: `rev`, `branch`,
    `desc`, `user`, `author`, `date`, `node`; `topo` alone puts branches of the graph one after the other,
    that of `topo.firstbranch` first.
    """
    wanted = _Sorting(argument)
    revs = query.evaluate(wanted.revs, subset, order)
    if not wanted.keys or order != "define":
        return revs
    name, descending = wanted.keys[0]
    if wanted.keys == [("rev", descending)]:
        return revs.sorted(descending=descending)
    if name == "topo":
        return _sorted_for_graph(query, subset, revs, wanted)
    ordered = list(revs)
    for name, descending in reversed(wanted.keys):
        values = _randoms(wanted.seed, ordered) if name == "random" else _KEYS[name](query, ordered)
        by_rev: dict[Rev, object] = dict(zip(ordered, values, strict=True))
        ordered.sort(key=by_rev.__getitem__, reverse=descending)  # type: ignore[arg-type]
    return Listed(ordered)


def _sorted_for_graph(query: Query, subset: RevisionSet, revs: RevisionSet, wanted: _Sorting) -> RevisionSet:
    from hydrargyrum.query.revset.topology import branch_by_branch

    first = () if wanted.first_branch is None else list(query.evaluate(wanted.first_branch, subset))
    descending = list(revs.sorted(descending=True))
    found = Listed(list(branch_by_branch(query, descending, first)), 0)
    return found.reversed() if wanted.keys[0][1] else found

"""Evaluation of revision trees: what every operator means, and what predicates are given to work with.

Predicates are in `predicates`; the order of a result is decided by "define", "follow" and "any": an expression that is
asked to define the order may change it, one that follows keeps the order of the revisions it is asked about.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import number_of, span_of, symbol_of
from hydrargyrum.query.parsing import list_items
from hydrargyrum.query.revset.sets import Computed, Joined, Listed, RevisionSet, Span, Whole
from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Literal

    from hydrargyrum.engine.protocol import EngineRepository
    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.query.revset.declare import Predicate
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import ChangesetRecord, Rev

    Order = Literal["define", "follow", "any"]

#: Revisions that no range has, but that may be named.
VIRTUAL = (NULL_REV, WDIR_REV)
#: Nodes that are looked at faster than handed over, and those that are no expression.
_SMALL = frozenset(("string", "symbol", "revisions", "list", "keyvalue"))
#: So many operands are halved before parts of them are handed over.
MOST_OPERANDS = 64
#: More generations than any history has.
MOST_GENERATIONS = 0x80000000 - 1


class Query:
    """One evaluation in one repository.

    Attributes:
        repo: the repository; engine: of it.
        cwd: where patterns start from.
        count: how many revisions there are, hidden ones included.
        left_out: hidden revisions.
        whole: all visible revisions.
        predicates: by name; added: names of those that extensions brought.
    """

    __slots__ = (
        "_hands_over",
        "_records",
        "_told",
        "_working_parents",
        "added",
        "count",
        "cwd",
        "engine",
        "left_out",
        "predicates",
        "repo",
        "whole",
    )

    def __init__(
        self, repo: Repository, predicates: Mapping[str, Predicate], added: Iterable[str] = ()
    ) -> None:
        self.repo = repo
        self.added = frozenset(added)
        self.engine: EngineRepository = repo.engine
        self.cwd = repo.cwd
        self.predicates = predicates
        self.count = len(self.engine.changelog())
        repo.look_at_parents()
        repo.tell_oddities("tip")
        self.left_out = frozenset(self.engine.hidden())
        self.whole = Whole(0, self.count, self.left_out)
        self._working_parents: tuple[Rev, ...] | None = None
        self._records: dict[Rev, ChangesetRecord] = {}
        self._hands_over = self.engine.evaluates_sets
        self._told: set[str] = set()

    # -- evaluating ---------------------------------------------------------------------------------------------

    def evaluate(self, tree: Tree | None, subset: RevisionSet, order: Order = "define") -> RevisionSet:
        """The revisions of `subset` that an expression means.

        Raises:
            ParseError: the expression has no meaning.
            UnknownRevision, AmbiguousPrefix, FilteredRevision: a name stands for nothing visible.
        """
        if not tree or tree[0] == "missing":
            raise errors.ParseError("missing argument")
        found = self.handed_over(tree, subset, order)
        if found is not None:
            return found
        return _OPERATORS[tree[0]](self, subset, tree, order)

    def handed_over(self, tree: Tree, subset: RevisionSet, order: Order) -> RevisionSet | None:
        """The same by the engine, where it understands all of the expression."""
        if not self._hands_over or tree[0] in _SMALL:
            return None
        everything = isinstance(subset, Whole)
        if subset.direction < 0 if everything else WDIR_REV in subset:
            return None
        from hydrargyrum.query.revset.handing import portable

        names: set[str] = set()
        added = self.added
        if self.repo.config.text_list("merge", "preferancestor") != ["*"]:
            added |= {"ancestor"}  # of which the engine knows nothing
        carried = portable(tree, added, names)
        if carried is None:
            return None
        for name in names - self._told:
            self.repo.tell_oddities(name)
        self._told |= names
        members = self.engine.revision_set(carried, order, self.cwd)
        if members is None:
            return None
        found = Computed(members)
        if everything:
            return found
        return found & subset if order == "define" else subset & found

    def revisions(self, tree: Tree | None, order: Order = "define") -> RevisionSet:
        """What an expression means among all revisions, for arguments of predicates."""
        return self.evaluate(tree, self.whole, order)

    # -- facts --------------------------------------------------------------------------------------------------

    def tip(self) -> Rev:
        """The last visible revision."""
        last = self.whole.last()
        return NULL_REV if last is None else last

    def working_parents(self) -> tuple[Rev, ...]:
        """The revisions that the working copy is based on: one, or two in a merge."""
        if self._working_parents is None:
            first, second = (parent.rev for parent in self.repo.working_copy.parents)
            self._working_parents = (first,) if second == NULL_REV else (first, second)
        return self._working_parents

    def records(self, revs: Sequence[Rev]) -> list[ChangesetRecord]:
        """What the changelog says of revisions (not of the working copy), read together and kept."""
        known = self._records
        unread = [rev for rev in revs if rev not in known]
        if unread:
            if len(known) > 20000:
                known.clear()
                unread = list(revs)
            known.update(zip(unread, self.engine.changesets(unread), strict=True))
        return [known[rev] for rev in revs]

    def without_working_copy(self, revs: Iterable[Rev]) -> tuple[list[Rev], bool]:
        """Revisions for the engine, and whether the working copy was among them."""
        committed = list(revs)
        if WDIR_REV not in committed:
            return committed, False
        return [rev for rev in committed if rev != WDIR_REV], True

    def parents_of(self, revs: Iterable[Rev], which: int) -> set[Rev]:
        """First (0) or second (1) parents, the null revision not among them."""
        committed, with_working_copy = self.without_working_copy(revs)
        found = set(self.engine.parent_columns(committed)[which])
        if with_working_copy:
            found.update(self.working_parents()[which : which + 1])
        found.discard(NULL_REV)
        return found

    def ancestors(self, revs: RevisionSet) -> RevisionSet:
        """Revisions and their ancestors, as far as somebody reads."""
        from hydrargyrum.query.revset.sets import Lazy

        committed, with_working_copy = self.without_working_copy(revs)
        if with_working_copy:
            committed += [rev for rev in self.working_parents() if rev != NULL_REV]
        found: RevisionSet = Lazy(self.engine.ancestors(committed, inclusive=True))
        extra = [rev for rev in VIRTUAL if (with_working_copy if rev == WDIR_REV else rev in committed)]
        return Joined(found, Listed(extra), -1) if extra else found

    def descendants(self, revs: RevisionSet, *, first_parent: bool = False) -> RevisionSet:
        """Revisions and what descends from them."""
        committed, _ = self.without_working_copy(revs)
        found = self.engine.descendants(committed, first_parent=first_parent)
        if NULL_REV in committed:
            found = [NULL_REV, *found]
        return Listed(found, 1)

    def generations(
        self,
        revs: RevisionSet,
        towards: Literal["ancestors", "descendants"],
        start: int | None,
        stop: int | None,
        *,
        first_parent: bool = False,
    ) -> RevisionSet:
        """Ancestors or descendants within a span of generations; without limits all of them."""
        start = start or 0
        if stop is not None and stop > MOST_GENERATIONS:
            stop = None
        if not start and stop is None and not (first_parent and towards == "ancestors"):
            if towards == "ancestors":
                return self.ancestors(revs)
            return self.descendants(revs, first_parent=first_parent)
        committed, with_working_copy = self.without_working_copy(revs)
        found = self.engine.generations(committed, start, stop, towards=towards, first_parent=first_parent)
        if with_working_copy and towards == "ancestors":
            parents = self.working_parents()[: 1 if first_parent else 2]
            below = [rev for rev in parents if rev != NULL_REV]
            if stop is None or stop > 1:
                nearer = self.engine.generations(
                    below,
                    max(start - 1, 0),
                    None if stop is None else stop - 1,
                    towards=towards,
                    first_parent=first_parent,
                )
                found = sorted({*found, *nearer})
        if with_working_copy and towards == "ancestors" and not start and (stop is None or stop > 0):
            found = [*found, WDIR_REV]
        if NULL_REV in committed and not start and (stop is None or stop > 0):
            found = [NULL_REV, *found]
        return Listed(found, 1)


# -- names --------------------------------------------------------------------------------------------------------


def _name(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    return named_revision(query, subset, tree[1])


def named_revision(query: Query, subset: RevisionSet, name: str) -> RevisionSet:
    """The revision of a plain name, where it is asked about."""
    if not name:
        raise errors.ParseError("empty string is not a valid revision")
    rev = query.repo.resolve(name)
    if rev in subset or (rev in VIRTUAL and isinstance(subset, Whole)):
        return Listed([rev], 1)
    return Listed()


def _given(_query: Query, subset: RevisionSet, tree: Tree, order: Order) -> RevisionSet:
    revs: RevisionSet = tree[1]
    return subset & revs if order == "follow" else revs & subset


# -- ranges -------------------------------------------------------------------------------------------------------


def _range(query: Query, subset: RevisionSet, tree: Tree, order: Order) -> RevisionSet:
    node = tree[0]
    first: Rev | None = 0
    last: Rev | None = query.tip()
    if node in ("range", "rangepost"):
        first = query.revisions(tree[1]).first()
    if node in ("range", "rangepre"):
        end = query.revisions(tree[2 if node == "range" else 1])
        last = end.last()
    if first is None or last is None:
        return Listed()
    found = _between(query, first, last)
    return found & subset if order == "define" else subset & found


def _between(query: Query, first: Rev, last: Rev) -> RevisionSet:
    if first == last:
        return Listed([first], 1)
    left_out = query.left_out
    if last == WDIR_REV:
        return Joined(Span(first, query.count, left_out), Listed([last], 1))
    if first == WDIR_REV:
        return Joined(Listed([first], 1), Span(last, query.tip() + 1, left_out, -1))
    if first < last:
        return Span(first, last + 1, left_out)
    return Span(last, first + 1, left_out, -1)


def _dag_range(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    roots, _ = query.without_working_copy(query.revisions(tree[1]))
    heads, to_working_copy = query.without_working_copy(query.revisions(tree[2]))
    if to_working_copy:
        heads += [rev for rev in query.working_parents() if rev != NULL_REV]
    found = query.engine.paths_between(roots, heads)
    if NULL_REV in roots and heads:
        found = [NULL_REV, *found]
    if to_working_copy:
        reached = set(found)
        if any(parent in reached for parent in query.working_parents()) or WDIR_REV in query.revisions(
            tree[1]
        ):
            found = [*found, WDIR_REV]
    return subset & Listed(found, 1)


# -- set algebra --------------------------------------------------------------------------------------------------


def _and(query: Query, subset: RevisionSet, tree: Tree, order: Order) -> RevisionSet:
    following: Order = "any" if order == "any" else "follow"
    return query.evaluate(tree[2], query.evaluate(tree[1], subset, order), following)


def _and_small(query: Query, subset: RevisionSet, tree: Tree, order: Order) -> RevisionSet:
    """The second operand first, because it is cheaper; the first one still decides about the order."""
    following: Order = "any" if order == "any" else "follow"
    return query.evaluate(tree[1], query.evaluate(tree[2], subset, following), order)


def _difference(query: Query, subset: RevisionSet, tree: Tree, order: Order) -> RevisionSet:
    return query.evaluate(tree[1], subset, order) - query.evaluate(tree[2], subset, "any")


def _or(query: Query, subset: RevisionSet, tree: Tree, order: Order) -> RevisionSet:
    operands = list_items(tree[1])
    if order == "follow":
        return subset & union(query, query.whole, operands, "any")
    return union(query, subset, operands, order)


def union(query: Query, subset: RevisionSet, operands: Sequence[Tree], order: Order) -> RevisionSet:
    """The revisions of all operands, one after the other."""
    if not operands:
        return Listed()
    if len(operands) == 1:
        return query.evaluate(operands[0], subset, order)
    if len(operands) < MOST_OPERANDS:
        found = query.handed_over(("or", ("list", *operands)), subset, order)
        if found is not None:
            return found
    half = len(operands) // 2
    return union(query, subset, operands[:half], order) + union(query, subset, operands[half:], order)


def _not(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    return subset - query.evaluate(tree[1], subset, "any")


# -- generations --------------------------------------------------------------------------------------------------


def _first_parents(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    return subset & Listed.of_set(query.parents_of(query.revisions(tree[1]), 0))


def _parents(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    try:
        which = int(tree[2][1])
        if which not in (0, 1, 2):
            raise ValueError
    except (TypeError, ValueError):
        raise errors.ParseError("^ expects a number 0, 1, or 2") from None
    revs = query.revisions(tree[1])
    if which == 0:
        return subset & Listed.of_set(revs)
    found = query.parents_of(revs, which - 1)
    if which == 1 and _reaches_null(query, revs):
        found.add(NULL_REV)
    return subset & Listed.of_set(found)


def _reaches_null(query: Query, revs: RevisionSet) -> bool:
    """Whether one of the revisions has the null revision as its first parent."""
    committed, with_working_copy = query.without_working_copy(revs)
    if with_working_copy and query.working_parents()[0] == NULL_REV:
        return True
    return NULL_REV in query.engine.parent_columns(committed)[0]


def _ancestor(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    steps = number_of(tree[2], "~ expects a number")
    revs = query.revisions(tree[1])
    if steps < 0:
        return subset & Listed.of_set(_only_children(query, revs, -steps))
    found = set(revs)
    for _ in range(steps):
        if not found - {NULL_REV}:
            break
        committed, with_working_copy = query.without_working_copy(found)
        found = set(query.engine.parent_columns(committed)[0])
        if with_working_copy:
            found.update(query.working_parents()[:1])
    return subset & Listed.of_set(found)


def _only_children(query: Query, revs: Iterable[Rev], steps: int) -> set[Rev]:
    """The children after some steps. Raises Abort for a revision with several."""
    found = set()
    for start in revs:
        rev = start
        for _ in range(steps):
            children = [
                child
                for child in (() if rev == WDIR_REV else query.engine.children_of([rev]))
                if child not in query.left_out
            ]
            if len(children) > 1:
                raise errors.RevisionsMissing("revision in set has more than one child")
            if not children:
                break
            rev = children[0]
        else:
            found.add(rev)
    return found


def _relation(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    _check_relation(tree[2])
    return _related(query, subset, tree[1], ("rangeall", None))


def _subscripted_relation(query: Query, subset: RevisionSet, tree: Tree, _order: Order) -> RevisionSet:
    _check_relation(tree[2])
    return _related(query, subset, tree[1], tree[3])


def _check_relation(tree: Tree) -> None:
    name = symbol_of(tree)
    if name not in ("g", "generations"):
        raise unknown_identifier(name, ["generations"])


def _related(query: Query, subset: RevisionSet, revs_tree: Tree, span: Tree) -> RevisionSet:
    first, last = span_of(
        span,
        "relation subscript must be an integer or a range",
        "relation subscript bounds must be integers",
        (-MOST_GENERATIONS, MOST_GENERATIONS),
    )
    upwards = (max(first, 0), last + 1) if last > 0 else None
    downwards = (-min(last, 0), 1 - first) if first < 0 else (0, 1) if first == last == 0 else None
    if upwards is None and downwards is None:
        return Listed()
    revs = query.revisions(revs_tree)
    if not revs:
        return Listed()
    below = query.generations(revs, "ancestors", *downwards) if downwards else None
    above = query.generations(revs, "descendants", *upwards) if upwards else None
    if below is None or above is None:
        return subset & (below or above or Listed())
    return subset & (below + above)


# -- functions, and what is no expression -------------------------------------------------------------------------


def _call(query: Query, subset: RevisionSet, tree: Tree, order: Order) -> RevisionSet:
    name = symbol_of(tree[1])
    entry = query.predicates.get(name)
    if entry is None:
        raise unknown_identifier(name, [known for known, entry in query.predicates.items() if entry.help])
    if entry.ordered:
        return entry.function(query, subset, tree[2], order)
    return entry.function(query, subset, tree[2])


def unknown_identifier(name: str, known: Iterable[str]) -> errors.ParseError:
    """The error for a name that is no function, with a guess at what was meant."""
    import difflib

    # the peer compares bytes
    asked = name.encode("utf-8", "surrogateescape")
    similar = sorted(
        candidate
        for candidate in known
        if difflib.SequenceMatcher(None, asked, candidate.encode()).ratio() > 0.6
    )
    hint = None
    if len(similar) == 1:
        hint = f"did you mean {similar[0]}?"
    elif similar:
        hint = f"did you mean one of {', '.join(similar)}?"
    return errors.ParseError(f"unknown identifier: {name}", hint=hint)


def _refusal(problem: str, hint: str | None = None) -> Callable[..., RevisionSet]:
    def refuse(*_: object) -> RevisionSet:
        raise errors.ParseError(problem, hint=hint)

    return refuse


_OPERATORS: dict[str, Callable[[Query, RevisionSet, Tree, Order], RevisionSet]] = {
    "range": _range,
    "rangeall": _range,
    "rangepre": _range,
    "rangepost": _range,
    "dagrange": _dag_range,
    "string": _name,
    "symbol": _name,
    "and": _and,
    "andsmally": _and_small,
    "or": _or,
    "not": _not,
    "difference": _difference,
    "relation": _relation,
    "relsubscript": _subscripted_relation,
    "subscript": _refusal("can't use a subscript in this context"),
    "list": _refusal("can't use a list in this context", "see 'hg help \"revsets.x or y\"'"),
    "keyvalue": _refusal("can't use a key-value pair in this context"),
    "func": _call,
    "ancestor": _ancestor,
    "parent": _parents,
    "parentpost": _first_parents,
    "revisions": _given,
}

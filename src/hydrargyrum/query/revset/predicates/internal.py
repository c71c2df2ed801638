"""Predicates that users do not write: what the optimiser and programs put into trees.

Their names begin with an underscore, as programs expect.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, number_of, symbol_of, text_of
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.evaluation import VIRTUAL, named_revision
from hydrargyrum.query.revset.sets import Listed, Whole
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.evaluation import Order
    from hydrargyrum.query.revset.sets import RevisionSet


@builtin("_list(names)", ordered=True, internal=True)
def names(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """Revisions by plain names, separated by NUL."""
    if order == "follow":
        return subset & _listed(query, query.whole, argument)
    return _listed(query, subset, argument)


def _listed(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    text = text_of(argument, "internal error")
    found: dict[int, bool] = {}
    for name in text.split("\0") if text else ():
        if _is_number(name) and int(name) in query.whole:
            rev = int(name)
            belongs = rev in subset
        else:
            one = named_revision(query, query.whole, name).first()
            if one is None:
                continue
            rev = one
            belongs = rev in subset or (rev in VIRTUAL and isinstance(subset, Whole))
        found.setdefault(rev, belongs)
    return Listed([rev for rev, belongs in found.items() if belongs])


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and str(int(name)) == name


@builtin("_intlist(numbers)", weight=0, ordered=True, internal=True)
def numbers(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """Revisions by number, separated by NUL."""
    text = text_of(argument, "internal error")
    revs = [int(number) for number in text.split("\0")] if text else []
    if order == "follow":
        return subset & Listed(query.whole.select(revs))
    return Listed(subset.select(revs))


@builtin("_hexlist(nodes)", ordered=True, internal=True)
def nodes(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """Revisions by full hash, separated by NUL."""
    text = text_of(argument, "internal error")
    revs = [query.repo.resolve(digits) for digits in text.split("\0")] if text else []
    if order == "follow":
        return subset & Listed(query.whole.select(revs))
    return Listed(subset.select(revs))


@builtin("_rev(number)", internal=True)
def known_number(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """A revision by number, which has to be there."""
    arguments = items_of(argument, 1, 1, "rev requires one argument")
    try:
        rev = int(text_of(arguments[0], "rev requires a number"))
    except ValueError:
        raise errors.ParseError("rev expects a number") from None
    if rev not in VIRTUAL and rev not in query.whole:
        if 0 <= rev < query.count:
            query.repo.resolve(str(rev))  # says why it is not shown
        raise errors.UnknownRevision(name=str(rev))
    return subset & Listed([rev], 1)


@builtin("_phase(idx)", internal=True)
def phase_by_number(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changesets in the phase with a number."""
    from hydrargyrum.query.revset.predicates.phases import in_phases

    arguments = items_of(argument, 1, 1, "_phase requires one argument")
    number = number_of(arguments[0], "_phase expects a number")
    name = {0: "public", 1: "draft", 2: "secret", 32: "archived", 96: "internal"}.get(number)
    return Listed() if name is None else in_phases(query, subset, (name,))


@builtin("_internal()", internal=True)
def internal_phase(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changesets in a phase that is never shown."""
    from hydrargyrum.query.revset.predicates.phases import in_phases

    items_of(argument, 0, 0, "_internal takes no arguments")
    return in_phases(query, subset, ("archived", "internal"))


@builtin("_notpublic()", internal=True)
def not_public(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changesets that can still change."""
    from hydrargyrum.query.revset.predicates.phases import MUTABLE, in_phases

    items_of(argument, 0, 0, "_notpublic takes no arguments")
    return in_phases(query, subset, MUTABLE)


@builtin("_phaseandancestors(phasename, set)", internal=True)
def phase_and_ancestors(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Ancestors in a phase: the walk ends at public changesets."""
    arguments = items_of(argument, 2, 2, "_phaseandancestors requires two arguments")
    name = symbol_of(arguments[0])
    revs = query.revisions(arguments[1])
    from hydrargyrum.query.revset.predicates.phases import MUTABLE

    wanted = {"_notpublic": MUTABLE, "draft": ("draft",), "secret": ("secret", "archived", "internal")}
    if name not in wanted:
        raise errors.ParseError(f"'{name}' is not a valid phasename")
    within = query.engine.phase_revs(wanted[name])
    committed, with_working_copy = query.without_working_copy(revs)
    if with_working_copy:
        committed += query.working_parents()
    heads = [rev for rev in committed if rev != NULL_REV]
    found: RevisionSet = Listed(query.engine.paths_between(within, heads), 1) & Listed(within, 1)
    if with_working_copy and query.repo.working_copy.phase in wanted[name]:
        from hydrargyrum.types import WDIR_REV

        found = found + Listed([WDIR_REV], 1)
    return subset & found

"""Predicates that look at the graph: ancestors, children, heads, roots, what one side lacks.

Walking is the engine's business; the working copy, which is not in the graph, is added here.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, named_arguments, no_arguments, number_of
from hydrargyrum.query.parsing import list_items
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.evaluation import union
from hydrargyrum.query.revset.sets import Listed
from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.evaluation import Order
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Rev


# -- parents and children -----------------------------------------------------------------------------------------


@builtin("p1([set])")
def p1(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """First parents of the set; without one, the first parent of the working directory."""
    revs = [WDIR_REV] if argument is None else query.revisions(argument)
    return subset & Listed.of_set(query.parents_of(revs, 0))


@builtin("p2([set])")
def p2(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Second parents of the set; without one, the second parent of the working directory."""
    revs = [WDIR_REV] if argument is None else query.revisions(argument)
    return subset & Listed.of_set(query.parents_of(revs, 1))


@builtin("parents([set])")
def parents(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Both parents of each member; without a set, those of the working directory."""
    revs = [WDIR_REV] if argument is None else list(query.revisions(argument))
    return subset & Listed.of_set(query.parents_of(revs, 0) | query.parents_of(revs, 1))


@builtin("children(set)")
def children(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """What has a member of the set as a parent."""
    revs, _ = query.without_working_copy(query.revisions(argument))
    found = query.engine.children_of(revs)
    if WDIR_REV in subset and any(parent in revs for parent in query.working_parents()):
        found = [*found, WDIR_REV]
    return subset & Listed(found, 1)


@builtin("branchpoint()")
def branchpoint(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Has at least two children."""
    from collections import Counter

    no_arguments(argument, "branchpoint")
    visible = list(query.whole)
    first, second = query.engine.parent_columns(visible)
    counts = Counter(first)
    counts.update(second)
    return subset.where(lambda revs: [rev for rev in revs if counts[rev] > 1 and rev != NULL_REV])


@builtin("merge()")
def merge(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Has two parents."""
    no_arguments(argument, "merge")

    def select(revs: Sequence[Rev]) -> list[Rev]:
        committed, with_working_copy = query.without_working_copy(revs)
        second = query.engine.parent_columns(committed)[1]
        found = {rev for rev, parent in zip(committed, second, strict=True) if parent != NULL_REV}
        if with_working_copy and len(query.working_parents()) > 1:
            found.add(WDIR_REV)
        return [rev for rev in revs if rev in found]

    return subset.where(select)


# -- ancestors and descendants ------------------------------------------------------------------------------------


def _span(arguments: dict[str, Argument], name: str) -> tuple[int | None, int | None]:
    """First generation, and the one before which to stop."""
    start = stop = None
    if "startdepth" in arguments:
        start = number_of(arguments["startdepth"], f"{name} expects an integer startdepth")
        if start < 0:
            raise errors.ParseError("negative startdepth")
    if "depth" in arguments:
        depth = number_of(arguments["depth"], f"{name} expects an integer depth")
        if depth < 0:
            raise errors.ParseError("negative depth")
        stop = depth + 1
    return start, stop


def _relatives(
    query: Query, subset: RevisionSet, argument: Argument, towards: Literal["ancestors", "descendants"]
) -> RevisionSet:
    arguments: dict[str, Argument] = {**named_arguments(argument, towards, "set depth startdepth")}
    if "set" not in arguments:
        raise errors.ParseError(f"{towards} takes at least 1 argument")
    start, stop = _span(arguments, towards)
    revs = query.revisions(arguments["set"])
    if not revs:
        return Listed()
    return subset & query.generations(revs, towards, start, stop)


@builtin("ancestors(set[, depth])")
def ancestors(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The set and everything it is based on, as far as `depth` steps away."""
    return _relatives(query, subset, argument, "ancestors")


@builtin("descendants(set[, depth])")
def descendants(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The set and everything based on it, as far as `depth` steps away."""
    return _relatives(query, subset, argument, "descendants")


@builtin("_firstancestors(set)", internal=True)
def first_ancestors(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Ancestors through first parents only."""
    revs = query.revisions(argument)
    return subset & query.generations(revs, "ancestors", None, None, first_parent=True)


@builtin("_firstdescendants(set)", internal=True)
def first_descendants(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Descendants through first parents only."""
    return subset & query.descendants(query.revisions(argument), first_parent=True)


@builtin("ancestor(*changeset)", weight=0.5)
def ancestor(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The greatest changeset that all arguments are based on; nothing where there is no such or no argument."""
    revs = list(union(query, query.whole, list_items(argument), "any"))
    if not revs:
        return Listed()
    found = revs[0]
    for rev in revs[1:]:
        found = greatest_common_ancestor(query, found, rev)
    return Listed([found], 1) if found in subset else Listed()


def greatest_common_ancestor(query: Query, first: Rev, second: Rev) -> Rev:
    """Of the heads of the common ancestors the one with the longest history, then with the smallest node.

    One that `merge.preferancestor` names goes before.
    """
    if WDIR_REV in (first, second):
        # the working copy is nobody's ancestor: its first parent stands for it
        first, second = (query.working_parents()[0] if rev == WDIR_REV else rev for rev in (first, second))
    heads = query.engine.common_heads_of([first, second])
    if len(heads) < 2:
        return heads[0] if heads else NULL_REV
    for name in query.repo.config.text_list("merge", "preferancestor"):
        try:
            preferred = NULL_REV if name == "*" else query.repo.resolve(name)
        except errors.HgError:
            continue
        if preferred in heads:
            return preferred
    below = sorted(query.engine.ancestors(heads, inclusive=True))
    length = {NULL_REV: 0}
    for rev, one, two in zip(below, *query.engine.parent_columns(below), strict=True):
        length[rev] = max(length[one], length[two]) + 1
    index = query.engine.changelog()
    return min(heads, key=lambda rev: (-length[rev], index.node(rev)))


@builtin("commonancestors(set)")
def commonancestors(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """What every member of the set is based on, or is itself."""
    revs = list(query.revisions(argument, "any"))
    if not revs:
        return Listed()
    heads = common_heads(query, revs)
    return subset & query.ancestors(Listed(heads))


@builtin("_commonancestorheads(set)", internal=True)
def commonancestorheads(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Heads of the common ancestors."""
    return subset & Listed.of_set(common_heads(query, list(query.revisions(argument, "any"))))


def common_heads(query: Query, revs: Sequence[Rev]) -> list[Rev]:
    """Heads of the common ancestors of all of `revs`."""
    if list(revs) == [WDIR_REV]:
        return [WDIR_REV]
    committed, with_working_copy = query.without_working_copy(revs)
    if not with_working_copy:
        return query.engine.common_heads_of(committed)
    found: set[Rev] = set()
    for parent in query.working_parents():
        found.update(query.engine.common_heads_of([*committed, parent]))
    return query.engine.heads_of(sorted(found - set(query.engine.ancestors(found))))


@builtin("only(set, [set])")
def only(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """What the first set is based on (itself included) and the second is not; without a second set, no other
    head.
    """
    arguments = items_of(argument, 1, 2, "only takes one or two arguments")
    included = query.revisions(arguments[0])
    if len(arguments) == 1:
        if not included:
            return Listed()
        below = query.descendants(included)
        excluded = [rev for rev in query.engine.heads() if rev not in below]
    else:
        excluded = list(query.revisions(arguments[1]))
    return subset & missing(query, included, excluded)


def missing(query: Query, heads: RevisionSet, bases: Sequence[Rev]) -> RevisionSet:
    """What `heads` have in their history that `bases` lack."""
    wanted, with_working_copy = query.without_working_copy(heads)
    unwanted, without = query.without_working_copy(bases)
    if with_working_copy:
        wanted += query.working_parents()
    if without:
        unwanted += query.working_parents()
    found = query.engine.missing(wanted, unwanted)
    if with_working_copy and not without:
        found = [*found, WDIR_REV]
    return Listed(found, 1)


# -- heads and roots ----------------------------------------------------------------------------------------------


@builtin("heads(set)", ordered=True)
def heads(query: Query, subset: RevisionSet, argument: Argument, order: Order) -> RevisionSet:
    """Members of the set that are no parent of another member."""
    revs = query.revisions(argument, "follow" if order == "define" else order)
    committed, with_working_copy = query.without_working_copy(revs)
    found = query.engine.heads_of(committed)
    if with_working_copy:
        found = [*(rev for rev in found if rev not in query.working_parents()), WDIR_REV]
    return subset & Listed(found, 1)


@builtin("roots(set)")
def roots(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Members of the set none of whose parents is a member."""
    revs = query.revisions(argument)
    committed, with_working_copy = query.without_working_copy(revs)
    inside = set(committed) - {NULL_REV}
    found = [
        rev
        for rev, one, two in zip(committed, *query.engine.parent_columns(committed), strict=True)
        if one not in inside and two not in inside
    ]
    if with_working_copy and not any(parent in committed for parent in query.working_parents()):
        found.append(WDIR_REV)
    return subset & Listed(found)


@builtin("head()")
def head(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is the head of a named branch."""
    no_arguments(argument, "head")
    branches = query.engine.branch_heads()
    return subset & Listed.of_set({rev for found in branches.values() for rev, _ in found})


@builtin("stack([revs])")
def stack(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The line of changesets that are not public and belong together with the given ones, or with the parent
    of the working directory.
    """
    revs = [query.working_parents()[0]] if argument is None else list(query.revisions(argument))
    found: RevisionSet = Listed()
    for rev in revs:
        found = found + _stack_of(query, rev)
    return subset & found


def _stack_of(query: Query, rev: Rev) -> RevisionSet:
    """The ancestors of a revision that are draft and above every merge and every other head."""
    from hydrargyrum.query.revset import revisions_for

    return revisions_for(query.repo, "only(?) and not public() and not ::merge()", rev).sorted()


@builtin("follow([file[, startrev]])")
def follow(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """What the first parent of the working directory is based on, itself included; of a file, the changesets
    of its history through copies and renames.
    """
    return _follow(query, subset, argument, "follow", first_parent=False)


@builtin("_followfirst([file[, startrev]])", internal=True)
def follow_first(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """As `follow`, through first parents only."""
    return _follow(query, subset, argument, "_followfirst", first_parent=True)


def _follow(
    query: Query, subset: RevisionSet, argument: Argument, name: str, *, first_parent: bool
) -> RevisionSet:
    arguments = named_arguments(argument, name, "file startrev")
    starts = query.revisions(arguments["startrev"]) if "startrev" in arguments else None
    if "file" in arguments:
        from hydrargyrum.query.arguments import text_of
        from hydrargyrum.query.revset.filehistory import follow_files

        pattern = text_of(arguments["file"], f"{name} expected a pattern")
        return subset & follow_files(query, pattern, starts, first_parent=first_parent)
    if starts is None:
        starts = Listed(query.working_parents()[:1], 1)
    return subset & query.generations(starts, "ancestors", None, None, first_parent=first_parent)

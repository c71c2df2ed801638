"""Predicates that look names up: numbers, hashes, bookmarks, tags, branches, namespaces, bisection marks.

What a plain name stands for is the engine's business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, no_arguments, text_of
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.sets import Listed, Span, Whole
from hydrargyrum.query.textpatterns import text_test
from hydrargyrum.text.local import to_named
from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Node, Rev


def revs_of(query: Query, nodes: Iterable[Node]) -> set[Rev]:
    """Revisions of nodes, as far as they are there."""
    index = query.engine.changelog()
    found = set()
    for node in nodes:
        try:
            found.add(index.rev(node))
        except errors.UnknownNode:
            continue
    return found


# -- everything, nothing, one -------------------------------------------------------------------------------------


@builtin("all()")
def everything(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """All of them, from 0 to the tip."""
    no_arguments(argument, "all")
    return subset & Span(0, query.count, query.left_out)


@builtin("none()")
def none(_query: Query, _subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Nothing."""
    no_arguments(argument, "none")
    return Listed()


@builtin("wdir()", weight=0)
def wdir(_query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """What is in the working directory and not committed."""
    no_arguments(argument, "wdir")
    if WDIR_REV in subset or isinstance(subset, Whole):
        return Listed([WDIR_REV], 1)
    return Listed()


@builtin("rev(number)")
def rev(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The one with this number."""
    from hydrargyrum.query.revset.predicates.internal import known_number

    try:
        return known_number(query, subset, argument)
    except (errors.UnknownRevision, errors.FilteredRevision):
        return Listed()


@builtin("id(string)")
def node_prefix(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The one whose hash begins with these digits, if there is exactly one."""
    arguments = items_of(argument, 1, 1, "id requires one argument")
    found = by_hash(query, text_of(arguments[0], "id requires a string"))
    return Listed() if found is None else Listed([found], 1) & subset


def by_hash(query: Query, digits: str) -> Rev | None:
    """The revision whose hash begins with some digits; None where there is not exactly one."""
    if not digits or not all(digit in "0123456789abcdefABCDEF" for digit in digits) or len(digits) > 40:
        return None
    try:
        # a letter in front keeps short numbers from being taken for revision numbers
        return query.repo.resolve(digits if len(digits) == 40 else f"x{digits}")
    except (errors.UnknownRevision, errors.FilteredRevision, errors.AmbiguousPrefix):
        return None


@builtin("nodefromfile(path)", safe=False)
def nodefromfile(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Those whose hashes (or beginnings of them) are the lines of a file.

    For more of them than a command line holds.
    """
    import os

    path = text_of(argument, "nodefromfile require a file path")
    try:
        with open(os.path.join(query.cwd, path), "rb") as stream:
            lines = stream.read().splitlines()
    except OSError as problem:
        raise errors.Abort(f'cannot open nodes file "{path}": {problem.strerror}') from None
    found = {by_hash(query, line.strip().decode("utf-8", "surrogateescape")) for line in lines}
    return subset & Listed.of_set(rev for rev in found if rev is not None)


# -- bookmarks, tags, namespaces ----------------------------------------------------------------------------------


@builtin("bookmark([name])")
def bookmark(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Where the bookmark is, or the bookmarks whose names match; without a name, all that have one."""
    arguments = items_of(argument, 0, 1, "bookmark takes one or no arguments")
    bookmarks = query.engine.bookmarks()
    if not arguments:
        nodes: Iterable[Node] = bookmarks.values()
    else:
        pattern = to_named(text_of(arguments[0], "the argument to bookmark must be a string"))
        kind, text, fits = text_test(pattern)
        if kind == "literal":
            if text == pattern == ".":
                text = query.repo.active_bookmark or text
            if text not in bookmarks:
                raise errors.RevisionsMissing(f"bookmark '{text}' does not exist")
            nodes = [bookmarks[text]]
        else:
            nodes = [node for name, node in bookmarks.items() if fits(name)]
    return subset & Listed.of_set(revs_of(query, nodes) - {NULL_REV})


@builtin("tag([name])")
def tag(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """What has the tag, or tags whose names match; without a name, all that have one."""
    arguments = items_of(argument, 0, 1, "tag takes one or no arguments")
    tags = query.engine.tags()
    if not arguments:
        return subset & Listed.of_set(revs_of(query, tags.values()))
    pattern = to_named(text_of(arguments[0], "the argument to tag must be a string"))
    kind, text, fits = text_test(pattern)
    if kind == "literal":
        if text == "tip":
            return subset & Listed([query.tip()], 1)
        if text not in tags:
            raise errors.RevisionsMissing(f"tag '{text}' does not exist")
        return subset & Listed.of_set(revs_of(query, [tags[text]]))
    found = revs_of(query, [node for name, node in tags.items() if fits(name)])
    if fits("tip"):
        found.add(query.tip())
    return subset & Listed.of_set(found - {NULL_REV})


@builtin("tagged", internal=True)
def tagged(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """As `tag`."""
    return tag(query, subset, argument)


@builtin("named(namespace)", safe=False)
def named(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """What has a name of that sort: `bookmarks`, `tags` or `branches`."""
    arguments = items_of(argument, 1, 1, "named requires a namespace argument")
    wanted = text_of(arguments[0], "the argument to named must be a string")
    kind, text, fits = text_test(wanted)
    nodes: dict[str, Callable[[], Iterable[Node]]] = {
        "bookmarks": lambda: query.engine.bookmarks().values(),
        "tags": lambda: query.engine.tags().values(),
        "branches": lambda: query.engine.branch_tips().values(),
    }
    if kind == "literal" and text not in nodes:
        raise errors.RevisionsMissing(f"namespace '{wanted}' does not exist")
    found: set[Rev] = set()
    for name, listed in nodes.items():
        if fits(name):
            found |= revs_of(query, listed())
    return subset & Listed.of_set(found - {NULL_REV})


# -- branches -----------------------------------------------------------------------------------------------------


def branches_of(query: Query, revs: Sequence[Rev]) -> list[str]:
    """Branches in the order of `revs`, which may have the working copy."""
    committed, with_working_copy = query.without_working_copy(revs)
    names = query.engine.branches(committed)[0]
    if with_working_copy:
        by_rev = dict(zip(committed, names, strict=True))
        by_rev[WDIR_REV] = query.engine.working_branch()
        return [by_rev[rev] for rev in revs]
    return list(names)


def on_branches(query: Query, subset: RevisionSet, fits: Callable[[str], bool]) -> RevisionSet:
    """Those of `subset` whose branch fits."""
    known: dict[str, bool] = {}

    def select(revs: Sequence[Rev]) -> list[Rev]:
        names = branches_of(query, revs)
        for name in set(names) - known.keys():
            known[name] = fits(name)
        return [rev for rev, name in zip(revs, names, strict=True) if known[name]]

    return subset.where(select)


@builtin("branch(string or set)", weight=10)
def branch(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Belongs to the named branch, or to branches whose names match; of a set, to the branches of its
    members.
    """
    if argument and argument[0] in ("string", "symbol"):
        pattern = to_named(argument[1])
        kind, text, fits = text_test(pattern)
        if kind != "literal" or text in query.engine.branch_tips():
            return on_branches(query, subset, fits)
        if pattern.startswith("literal:"):
            raise errors.RevisionsMissing(f"branch '{text}' does not exist")
    revs = query.revisions(argument)
    names = set(branches_of(query, list(revs)))
    return on_branches(query, subset, names.__contains__)


@builtin("closed()", weight=10)
def closed(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Closes its branch."""
    no_arguments(argument, "closed")

    def select(revs: Sequence[Rev]) -> list[Rev]:
        committed, _ = query.without_working_copy(revs)
        closing = query.engine.branches(committed)[1]
        return [rev for rev, closes in zip(committed, closing, strict=True) if closes]

    return subset.where(select)


# -- bisection ----------------------------------------------------------------------------------------------------


@builtin("bisect(string)")
def bisect(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is in this state of a bisection: `good`, `bad` and `skip` as marked; `goods` and `bads` with what
    follows from that; `range` and `untested`: what is left; `pruned`: what is decided; `ignored`: what does
    not matter; `current`: what is tested now.
    """
    from hydrargyrum.query.revset.bisection import revisions_marked

    status = text_of(argument, "bisect requires a string").lower()
    return subset & Listed.of_set(revisions_marked(query, status))


@builtin("bisected", internal=True)
def bisected(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """As `bisect`."""
    return bisect(query, subset, argument)


@builtin("conflictlocal()")
def conflictlocal(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Our side of a merge (or graft, rebase ...) that has unresolved files."""
    no_arguments(argument, "conflictlocal")
    return subset & _side(query, 0)


@builtin("conflictother()")
def conflictother(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The other side of a merge (or graft, rebase ...) that has unresolved files."""
    no_arguments(argument, "conflictother")
    return subset & _side(query, 1)


def _side(query: Query, which: int) -> RevisionSet:
    from hydrargyrum.query.mergestate import merge_sides

    sides = merge_sides(query.repo)
    return Listed() if sides is None else Listed.of_set(revs_of(query, [sides[which]]))

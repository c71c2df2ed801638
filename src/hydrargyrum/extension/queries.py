"""Decorators with which extensions add predicates to the languages of revisions and of files.

Built-in predicates are entries of the same kinds; which of them are active is the registry's business.
"""

from __future__ import annotations

from hydrargyrum.extension.declarations import Registration, declare_for
from hydrargyrum.query.fileset import declare as filesets
from hydrargyrum.query.revset import declare as revsets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.query.fileset.declare import P as FileP
    from hydrargyrum.query.revset.declare import P


def revset_predicate(
    synopsis: str, *, weight: float = 1, ordered: bool = False, safe: bool = False
) -> Callable[[P], P]:
    """Declare a predicate for revisions: a function of the query, the revisions asked about and the arguments.

    Args:
        synopsis: name and arguments as help shows them, for example "reviewed([name])".
        weight: how expensive it is; a walk through the graph is 1, reading changesets 10, manifests 100.
        ordered: it may decide about the order; the function gets "define", "follow" or "any" as well.
        safe: it may be evaluated for strangers.

    Example:
        @revset_predicate("reviewed()", weight=10)
        def reviewed(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
            return subset.where(lambda revs: [rev for rev in revs if "Reviewed-by" in query.repo[rev].description])
    """

    def decorate(function: P) -> P:
        entry = revsets.Predicate(function, synopsis, weight=weight, ordered=ordered, safe=safe)
        declare_for(function.__module__, Registration(revsets.KIND, entry.name, entry))
        return function

    return decorate


def fileset_predicate(
    synopsis: str, *, weight: float = 1, uses_status: bool = False
) -> Callable[[FileP], FileP]:
    """Declare a predicate for files: a function of the query, the paths asked about and the arguments.

    Args:
        synopsis: name and arguments as help shows them.
        weight: how expensive it is; names are 0.5, the status 10, contents 30.
        uses_status: it asks what differs from the first parent.

    Example:
        @fileset_predicate("short()", weight=0.5)
        def short(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
            return frozenset(path for path in paths if len(path) < 20)
    """

    def decorate(function: FileP) -> FileP:
        entry = filesets.FilePredicate(function, synopsis, weight=weight, uses_status=uses_status)
        declare_for(function.__module__, Registration(filesets.KIND, entry.name, entry))
        return function

    return decorate

"""Predicates that ask other repositories or programs.

Talking to them is the business of `exchange`, which queries may not import; what is not possible yet is said.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, named_arguments, text_of
from hydrargyrum.query.revset.declare import builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.sets import RevisionSet


@builtin("outgoing([path])", weight=10, safe=False)
def outgoing(_query: Query, _subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changesets not found in the specified destination repository, or the default push location.

    If the location resolve to multiple repositories, the union of all outgoing changeset will be used.
    """
    for item in items_of(argument, 0, 1, "outgoing takes one or no arguments"):
        text_of(item, "outgoing requires a repository path")
    raise errors.Unsupported(feature="revset predicate 'outgoing' is")


@builtin("remote([id [,path]])", safe=False)
def remote(_query: Query, _subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Local revision that corresponds to the given identifier in a remote repository, if present.

    Here, the '.' identifier is a synonym for the current local branch.
    """
    problems = ("remote requires a string id", "remote requires a repository path")
    arguments = items_of(argument, 0, 2, "remote takes zero, one, or two arguments")
    for item, problem in zip(arguments, problems, strict=False):
        text_of(item, problem)
    raise errors.Unsupported(feature="revset predicate 'remote' is")


@builtin("bundle()", safe=False)
def bundle(_query: Query, _subset: RevisionSet, _argument: Argument) -> RevisionSet:
    """Changesets in the bundle. Bundle must be specified by the -R option."""
    raise errors.Abort("no bundle provided - specify with -R")


@builtin("extdata(source)", weight=100, safe=False)
def extdata(_query: Query, _subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changesets in the specified extdata source. (EXPERIMENTAL)"""
    arguments = named_arguments(argument, "extdata", "source")
    text_of(arguments.get("source"), "extdata takes at least 1 string argument")
    raise errors.Unsupported(feature="revset predicate 'extdata' is")

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
    """Is not in the other repository: the one named, else where pushes go."""
    for item in items_of(argument, 0, 1, "outgoing takes one or no arguments"):
        text_of(item, "outgoing requires a repository path")
    raise errors.Unsupported(feature="revset predicate 'outgoing' is")


@builtin("remote([id [,path]])", safe=False)
def remote(_query: Query, _subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is here what the identifier means in the other repository."""
    problems = ("remote requires a string id", "remote requires a repository path")
    arguments = items_of(argument, 0, 2, "remote takes zero, one, or two arguments")
    for item, problem in zip(arguments, problems, strict=False):
        text_of(item, problem)
    raise errors.Unsupported(feature="revset predicate 'remote' is")


@builtin("bundle()", safe=False)
def bundle(_query: Query, _subset: RevisionSet, _argument: Argument) -> RevisionSet:
    """Comes from the bundle file that -R opened."""
    raise errors.Abort("no bundle provided - specify with -R")


@builtin("extdata(source)", weight=100, safe=False)
def extdata(_query: Query, _subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is named by a source of section `extdata` of the configuration."""
    arguments = named_arguments(argument, "extdata", "source")
    text_of(arguments.get("source"), "extdata takes at least 1 string argument")
    raise errors.Unsupported(feature="revset predicate 'extdata' is")

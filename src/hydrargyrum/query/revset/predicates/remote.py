"""Predicates that ask other repositories or programs, or where commands would go.

Finding that out is not the business of queries: the repository knows whom to ask.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, named_arguments, text_of
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.sets import Listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.repo.reporter import Asking


@builtin("outgoing([path])", weight=10, safe=False)
def outgoing(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is not in the other repository: the one named, else where pushes go."""
    arguments = items_of(argument, 0, 1, "outgoing takes one or no arguments")
    name = text_of(arguments[0], "outgoing requires a repository path") if arguments else ""
    return subset & Listed.of_set(_asking(query, "outgoing").outgoing(name))


def _asking(query: Query, name: str) -> Asking:
    """Whom to ask about other repositories."""
    if query.repo.asking is None:
        raise errors.Unsupported(feature=f"revset predicate '{name}' is")
    return query.repo.asking(query.repo)


@builtin("remote([id [,path]])", safe=False)
def remote(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is here what the identifier means in the other repository."""
    problems = ("remote requires a string id", "remote requires a repository path")
    arguments = items_of(argument, 0, 2, "remote takes zero, one, or two arguments")
    texts = [text_of(item, problem) for item, problem in zip(arguments, problems, strict=False)]
    revision, name = (*texts, "", "")[:2]
    if revision in ("", "."):
        revision = query.repo["."].branch
    found = _asking(query, "remote").remote(revision, name)
    return subset & Listed([] if found is None else [found], 1)


@builtin("bundle()", safe=False)
def bundle(query: Query, subset: RevisionSet, _argument: Argument) -> RevisionSet:
    """Comes from the bundle file that -R opened."""
    if query.repo.bundled is None:
        raise errors.Abort("no bundle provided - specify with -R")
    return subset & Listed.of_set(query.repo.bundled)


@builtin("extdata(source)", weight=100, safe=False)
def extdata(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is named by a source of section `extdata` of the configuration."""
    from hydrargyrum.query.extdata import read_source

    arguments = named_arguments(argument, "extdata", "source")
    source = text_of(arguments.get("source"), "extdata takes at least 1 string argument")
    return subset & Listed.of_set(read_source(query.repo, source))


@builtin("_destupdate([clean])", safe=False, internal=True)
def update_destination(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is where a bare update goes."""
    arguments = named_arguments(argument, "limit", "clean")
    clean = arguments.get("clean") is not None
    return subset & Listed([_asking(query, "_destupdate").update_destination(clean=clean)], 1)


@builtin("_destmerge([set])", safe=False, internal=True)
def merge_destination(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is what a bare merge merges, or would merge into changesets of a set."""
    sources = None if argument is None else list(query.revisions(argument))
    return subset & Listed([_asking(query, "_destmerge").merge_destination(sources)], 1)

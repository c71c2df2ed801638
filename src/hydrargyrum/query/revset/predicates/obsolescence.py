"""Predicates about obsolescence: what was rewritten, and what is left in trouble by it.

Markers are read by the engine; making them is the business of operations.
"""

from __future__ import annotations

from hydrargyrum.query.arguments import no_arguments
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.sets import Listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Rev


@builtin("obsolete()")
def obsolete(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Can change still, and was rewritten or pruned."""
    no_arguments(argument, "obsolete")
    return subset & Listed(query.engine.obsolete_revs(), 1)


def orphans(query: Query) -> set[Rev]:
    """Changesets that can still change, are not obsolete, and descend from an obsolete one."""
    outdated = query.engine.obsolete_revs()
    return set(query.engine.descendants(outdated)) - set(outdated)


@builtin("orphan()")
def orphan(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is not obsolete and based on something that is."""
    no_arguments(argument, "orphan")
    return subset & Listed.of_set(orphans(query))


@builtin("extinct()")
def extinct(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is obsolete, and so is all that is based on it."""
    no_arguments(argument, "extinct")
    needed = set(query.engine.ancestors(orphans(query)))
    return subset & Listed([rev for rev in query.engine.obsolete_revs() if rev not in needed], 1)


@builtin("phasedivergent()")
def phasedivergent(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Rewrites something that was public already."""
    from hydrargyrum.query.revset.divergence import phase_divergent

    no_arguments(argument, "phasedivergent")
    return subset & Listed.of_set(phase_divergent(query))


@builtin("contentdivergent()")
def contentdivergent(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Rewrites something that was rewritten in another way too."""
    from hydrargyrum.query.revset.divergence import content_divergent

    no_arguments(argument, "contentdivergent")
    return subset & Listed.of_set(content_divergent(query))


@builtin("unstable()")
def unstable(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is an orphan, or divergent in either way."""
    from hydrargyrum.query.revset.divergence import content_divergent, phase_divergent

    no_arguments(argument, "unstable")
    return subset & Listed.of_set(orphans(query) | phase_divergent(query) | content_divergent(query))


@builtin("successors(set)")
def successors(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The set and all that markers say its members were rewritten into."""
    from hydrargyrum.query.revset.predicates.names import revs_of

    revs, _ = query.without_working_copy(query.revisions(argument))
    index = query.engine.changelog()
    known = query.engine.successors()
    seen = {index.node(rev) for rev in revs}
    pending = list(seen)
    while pending:
        for names in known.get(pending.pop(), ()):
            new = set(names) - seen
            seen |= new
            pending += new
    return subset & Listed.of_set(revs_of(query, seen) - query.left_out)

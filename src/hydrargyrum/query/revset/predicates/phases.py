"""Predicates that look at phases and at what is hidden.

What hides a changeset is the engine's business; obsolescence is in `obsolescence`.
"""

from __future__ import annotations

from hydrargyrum.query.arguments import no_arguments
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.sets import Listed
from hydrargyrum.types import WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Rev

#: Phases of changesets that can still change.
MUTABLE = ("draft", "secret", "archived", "internal")


def in_phases(query: Query, subset: RevisionSet, names: Sequence[str]) -> RevisionSet:
    """Those of `subset` in one of the phases; the working copy has the phase of the next commit."""
    found = [rev for rev in query.engine.phase_revs(names) if rev not in query.left_out]
    if WDIR_REV in subset and query.repo.working_copy.phase in names:
        found.append(WDIR_REV)
    return subset & Listed(found, 1)


@builtin("public()")
def public(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is published."""
    no_arguments(argument, "public")
    mutable: set[Rev] = set(query.engine.phase_revs(MUTABLE))
    if WDIR_REV in subset and query.repo.working_copy.phase != "public":
        mutable.add(WDIR_REV)
    if not mutable:
        return subset
    return subset.where(lambda revs: [rev for rev in revs if rev not in mutable])


@builtin("draft()")
def draft(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is not published yet."""
    no_arguments(argument, "draft")
    return in_phases(query, subset, ("draft",))


@builtin("secret()")
def secret(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is kept from others."""
    no_arguments(argument, "secret")
    return in_phases(query, subset, ("secret",))


@builtin("hidden()")
def hidden(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is not shown, except with --hidden."""
    no_arguments(argument, "hidden")
    return subset & Listed(query.engine.hidden_revs(), 1)

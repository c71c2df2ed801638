"""Which revisions are hidden: obsolete, archived or internal ones that nothing visible needs.

Reading markers and phases is for `obsstore` and `phases`, the error for a hidden revision for `fate`
(rules: `docs/formats/obsstore.md`).
"""

from __future__ import annotations

from hydrargyrum.engine.pure.names.phases import ARCHIVED, INTERNAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.engine.pure.names.phases import Phases
    from hydrargyrum.engine.pure.store.changelog import Changelog


def find_hidden(
    changelog: Changelog, phases: Phases, obsolete: set[bytes], pinned: Callable[[], Iterable[int]]
) -> tuple[frozenset[int], frozenset[int]]:
    """The hidden revisions, and all obsolete ones.

    `pinned` names revisions that stay visible: working directory parents, bookmarked and locally tagged ones, and
    both sides of a merge with unresolved files.
    Ancestors of a visible revision that can still change stay visible as well.
    """
    mutable = phases.mutable() if obsolete or _has_hidden_phase(phases) else {}
    outdated = (
        frozenset(rev for rev in mutable if changelog.node(rev) in obsolete) if obsolete else frozenset()
    )
    hidden = outdated | {rev for rev, phase in mutable.items() if phase in (ARCHIVED, INTERNAL)}
    if not hidden:
        return frozenset(), outdated
    left = set(hidden)
    left.difference_update(pinned())
    stack = [rev for rev in mutable if rev not in left]
    while stack:
        for parent in changelog.parents(stack.pop()):
            if parent in left:
                left.discard(parent)
                stack.append(parent)
    return frozenset(left), outdated


def _has_hidden_phase(phases: Phases) -> bool:
    return any(phase in (ARCHIVED, INTERNAL) for phase in phases.roots.values())

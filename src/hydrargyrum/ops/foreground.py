"""Where successors of rewritten changesets lie: where a bare update goes from an obsolete parent, what is ahead of it.

What markers mean is known to `repo.evolution`.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.evolution import Evolution
    from hydrargyrum.types import Rev


def successor_destination(repo: Repository, first: Rev) -> Rev | None:
    """Where to go from an obsolete changeset without children; None from any other.

    That is the highest of its latest successors, or, where it was pruned, its nearest ancestor that is not obsolete.
    """
    evolution = _evolution(repo)
    if evolution is None or first not in evolution.obsolete or _has_children(repo, first):
        return None
    sets = evolution.successor_sets(repo[first].node)
    revs = [rev for each in sets for node in each.nodes if (rev := evolution.rev_of(node)) is not None]
    if sets:
        return max(revs, default=None)
    rev = repo[first].parents[0].rev
    while rev in evolution.obsolete:
        rev = repo[rev].parents[0].rev
    return rev


def is_ahead(repo: Repository, start: Rev, target: Rev) -> bool:
    """Whether a changeset is reached from another through children and successors."""
    evolution = _evolution(repo)
    if evolution is None:
        return False
    index = repo.engine.changelog()
    found = {start}
    size = 0
    while len(found) != size:
        size = len(found)
        for rev in [*found]:
            if repo.engine.phase(rev) == "public":
                continue
            found.update(_successors(evolution, index.node(rev)))
        for rev in range(min(found) + 1, len(index)):
            if not found.isdisjoint(parent for parent in index.parents(rev) if parent != NULL_REV):
                found.add(rev)
    return target in found


def _successors(evolution: Evolution, node: Node) -> set[Rev]:
    """The changesets that a node became, be it by way of others that are not here."""
    found: set[Rev] = set()
    seen, pending = {node}, [node]
    while pending:
        for marker in evolution.markers.by_predecessor.get(pending.pop(), ()):
            for successor in marker.successors:
                if successor in seen:
                    continue
                seen.add(Node(successor))
                rev = evolution.rev_of(successor)
                if rev is None:
                    pending.append(Node(successor))
                else:
                    found.add(rev)
    return found


def moves_forward(repo: Repository, start: Rev, target: Rev) -> bool:
    """Whether a bookmark that goes from one changeset to another goes forward: to a descendant or a successor."""
    from hydrargyrum.ops.destination import is_ancestor

    if start == target:
        return False
    if start == NULL_REV or is_ancestor(repo, start, target):
        return True
    return is_ahead(repo, start, target)


def _has_children(repo: Repository, rev: Rev) -> bool:
    index = repo.engine.changelog()
    hidden = frozenset(repo.engine.hidden())
    return any(rev in index.parents(later) for later in range(rev + 1, len(index)) if later not in hidden)


def _evolution(repo: Repository) -> Evolution | None:
    from hydrargyrum.repo.evolution import Evolution, has_markers

    return Evolution(repo) if has_markers(repo.engine.store) else None

"""Which changesets show one's unfinished work and where it hangs on what is published.

Drawing and wording are the command's; the order is that of branches, one after the other.
"""

from __future__ import annotations

from hydrargyrum.types import NULL_REV, WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


def unfinished_work(repo: Repository, wanted: Sequence[str] = ()) -> list[Rev]:
    """The changesets to draw, children before parents.

    Args:
        repo: whose they are.
        wanted: expressions for the changesets of interest. Without any: what is not public, what bookmarks name, the
            parents of the working copy, and the public tip of the branch of the working copy.

    Returns:
        These, the public changesets that they are based on, and the newest one that all of those have in common.

    Raises:
        UnknownRevision, ParseError and others: as `ops.revisions.resolve_set`.
    """
    engine = repo.engine
    if wanted:
        from hydrargyrum.ops.revisions import resolve_revisions

        chosen = {rev for rev in resolve_revisions(repo, wanted) if rev not in (NULL_REV, WDIR_REV)}
        mutable = _mutable(repo)
    else:
        mutable = _mutable(repo)
        chosen = {*mutable, *_named(repo)}
    anchors = (chosen - mutable) | _public_bases(repo, chosen & mutable, mutable)
    heads = engine.heads_of(anchors)
    if len(heads) > 1:
        anchors.update(engine.common_heads_of(heads))
    from hydrargyrum.query.revset import new_query
    from hydrargyrum.query.revset.topology import branch_by_branch

    shown = sorted((chosen | anchors) - {NULL_REV}, reverse=True)
    return list(branch_by_branch(new_query(repo), shown))


def _mutable(repo: Repository) -> frozenset[Rev]:
    """What is not public, without what is hidden."""
    return frozenset(repo.engine.phase_revs(("draft", "secret"))) - repo.hidden


def _named(repo: Repository) -> set[Rev]:
    engine = repo.engine
    index, hidden = engine.changelog(), repo.hidden
    nodes = [*engine.bookmarks().values(), *engine.working_parents()]
    tip = engine.branch_tips().get(engine.working_branch())
    if tip is not None:
        nodes.append(tip)
    found = {index.rev(node) for node in nodes if node != bytes(20)}
    return {rev for rev in found if rev not in hidden}


def _public_bases(repo: Repository, revs: set[Rev], mutable: frozenset[Rev]) -> set[Rev]:
    """What is public and a parent of these, or of what they are based on that is not public either."""
    index = repo.engine.changelog()
    found: set[Rev] = set()
    seen, waiting = set(revs), list(revs)
    while waiting:
        for parent in index.parents(waiting.pop()):
            if parent == NULL_REV or parent in seen:
                continue
            seen.add(parent)
            if parent in mutable:
                waiting.append(parent)
            else:
                found.add(parent)
    return found

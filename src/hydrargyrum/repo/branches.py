"""Named branches: the one of the working copy, and whether a changeset is a head of its branch.

Names and tips of branches are told by the engine (`EngineRepository.branch_tips`).
"""

from __future__ import annotations

import os

from hydrargyrum.atomicfile import write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo.repository import Repository
    from hydrargyrum.types import Node, Rev


class BranchHead:
    """One head of a branch.

    Attributes:
        rev: the changeset.
        closed: whether it closes the branch.
    """

    __slots__ = ("closed", "rev")

    def __init__(self, rev: Rev, closed: bool) -> None:
        self.rev = rev
        self.closed = closed


def closes_branch(repo: Repository, rev: Rev) -> bool:
    """Whether a changeset closes its branch."""
    return rev >= 0 and "close" in repo.engine.changeset(rev).extra


def branch_of(repo: Repository, rev: Rev) -> str:
    """The branch of a changeset."""
    return repo.engine.changeset(rev).extra.get("branch", "default")


def set_working_branch(repo: Repository, name: str) -> None:
    """The next commit goes to this branch. The working copy lock is held."""
    if repo.current_transaction is not None:
        repo.current_transaction.back_up("plain", "branch")
    write_atomically(os.fsencode(os.path.join(repo.dot_hg, "branch")), os.fsencode(name) + b"\n")
    repo.invalidate()


def has_open_head(repo: Repository, branch: str) -> bool:
    """Whether a branch exists and is not closed."""
    tip: Node | None = repo.engine.branch_tips().get(branch)
    return tip is not None and not closes_branch(repo, repo.engine.changelog().rev(tip))


def is_branch_head(repo: Repository, branch: str, rev: Rev, *, closed: bool = False) -> bool:
    """Whether a changeset is a head of the branch: it is on it, and nothing on it descends from it.

    What is obsolete is no head, and takes no other the place of one.

    Args:
        repo: where.
        branch: name of the branch.
        rev: the changeset.
        closed: count one that closes the branch, too.
    """
    if rev < 0 or branch_of(repo, rev) != branch or (not closed and closes_branch(repo, rev)):
        return False
    index = repo.engine.changelog()
    obsolete = repo.evolution.obsolete
    if rev in obsolete:
        return False
    descendants, hidden = {rev}, repo.hidden
    for later in range(rev + 1, len(index)):
        if later in hidden:
            continue
        first, second = index.parents(later)
        if first in descendants or second in descendants:
            if later not in obsolete and branch_of(repo, later) == branch:
                return False
            descendants.add(later)
    return True


def all_branch_heads(repo: Repository) -> dict[str, list[BranchHead]]:
    """The heads of every branch, ascending."""
    engine = repo.engine
    index = engine.changelog()
    hidden = frozenset(engine.hidden())
    heads: dict[str, set[Rev]] = {}
    branches: list[str] = []
    closed: set[Rev] = set()
    for rev in range(len(index)):
        extra = engine.changeset(rev).extra if rev not in hidden else {}
        branch = extra.get("branch", "default")
        branches.append(branch)
        if rev in hidden:
            continue
        if "close" in extra:
            closed.add(rev)
        mine = heads.setdefault(branch, set())
        _forget_ancestors(index.parents, branches, branch, rev, mine)
        mine.add(rev)
    return {
        name: [BranchHead(rev, rev in closed) for rev in sorted(revs)] for name, revs in sorted(heads.items())
    }


def _forget_ancestors(parents: Parents, branches: list[str], branch: str, rev: Rev, heads: set[Rev]) -> None:
    """Drops heads of the branch that the revision descends from, also by way of other branches."""
    if not heads:
        return
    lowest = min(heads)
    waiting = [*parents(rev)]
    seen: set[Rev] = set()
    while waiting and heads:
        other = waiting.pop()
        if other < lowest or other in seen:
            continue
        seen.add(other)
        if other in heads:
            heads.discard(other)
        elif branches[other] != branch:
            waiting.extend(parents(other))


if TYPE_CHECKING:
    from collections.abc import Callable

    Parents = Callable[[Rev], tuple[Rev, Rev]]

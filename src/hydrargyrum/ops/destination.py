"""Where a bare `update` or `merge` goes, and what is said of other heads afterwards.

Going there is `ops.moving`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.ops.foreground import successor_destination
from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Node, Rev


class Destination:
    """A destination.

    Attributes:
        rev: the revision.
        moves_from: node from which the active bookmark comes along, or None.
        bookmark: to be activated, or None.
    """

    __slots__ = ("bookmark", "moves_from", "rev")

    def __init__(self, rev: Rev, moves_from: Node | None = None, bookmark: str | None = None) -> None:
        self.rev = rev
        self.moves_from = moves_from
        self.bookmark = bookmark


class BranchHeads:
    """Heads of a branch in a repository."""

    __slots__ = ("_heads", "_repo")

    def __init__(self, repo: Repository, branch: str) -> None:
        self._repo = repo
        self._heads = repo.engine.branch_heads().get(branch)

    @property
    def exists(self) -> bool:
        """Whether there is such a branch."""
        return self._heads is not None

    def revs(self, *, closed: bool = False) -> list[Rev]:
        """Open heads, or all of them; ascending."""
        return [rev for rev, is_closed in self._heads or () if closed or not is_closed]

    def tip_above(self, rev: Rev, *, closed: bool = False) -> Rev | None:
        """The highest head that descends from a revision (or is it)."""
        for head in reversed(self.revs(closed=closed)):
            if is_ancestor(self._repo, rev, head):
                return head
        return None


def is_ancestor(repo: Repository, ancestor: Rev, descendant: Rev) -> bool:
    """Whether a revision is another one or an ancestor of it."""
    if ancestor in (NULL_REV, descendant):
        return True
    return ancestor < descendant and ancestor in repo.engine.ancestors([descendant])


def update_destination(repo: Repository, status: Callable[[str], object], *, clean: bool) -> Destination:
    """Where a bare update goes: the active bookmark, else the tip of the branch."""
    from hydrargyrum.repo.bookmarks import is_active_parent

    first = repo.working_copy.parents[0]
    along: Node | None = first.node if is_active_parent(repo) else None
    rev = successor_destination(repo, first.rev)
    if rev is not None:
        return Destination(rev, along)
    active = repo.active_bookmark
    if active and along is None:
        status(f"updating to active bookmark {active}\n")
        return Destination(repo[repo.engine.bookmarks()[active]].rev, None, active)
    branch = first.branch if clean else repo.working_copy.branch
    mine = BranchHeads(repo, branch)
    if mine.exists:
        rev = mine.tip_above(first.rev)
        if rev is not None:
            return Destination(rev, along)
    elif branch == "default" and first.rev == NULL_REV:
        heads = repo.engine.branch_heads().values()
        closed = {rev for branch_heads in heads for rev, is_closed in branch_heads if is_closed}
        opened = [rev for rev in repo.engine.heads() if rev not in closed]
        if opened:
            return Destination(max(opened))
    else:
        return Destination(first.rev)
    return _closed_destination(repo, along)


def _closed_destination(repo: Repository, along: Node | None) -> Destination:
    heads = BranchHeads(repo, repo.working_copy.branch)
    if not heads.exists:
        return Destination(repo["tip"].rev)
    rev = heads.tip_above(repo.working_copy.parents[0].rev, closed=True)
    return Destination(repo["."].rev if rev is None else rev, along)


def tell_other_heads(repo: Repository, talk: Conversation) -> None:
    """What a bare update did not go to."""
    parents = {parent.rev for parent in repo.working_copy.parents if parent.rev != NULL_REV}
    active = repo.active_bookmark
    if active:
        nodes = _family(repo, active)
        here = repo.engine.bookmarks()[active]
        if repo[here].rev in parents:
            others = [node for node in nodes if node != here]
            if others:
                talk.status(f'{len(others)} other divergent bookmarks for "{active}"\n')
        return
    branch = repo.working_copy.branch
    heads = BranchHeads(repo, branch)
    if not parents.intersection(heads.revs(closed=True)):
        return
    open_heads = [rev for rev in heads.revs() if rev not in parents]
    current = repo["."]
    if "close" in current.extra:
        talk.warn(f'no open descendant heads on branch "{branch}", updating to a closed head\n')
        if open_heads:
            talk.warn(
                f"(committing will reopen the head, use 'hg heads .' to see {len(open_heads)} other heads)\n"
            )
        else:
            talk.warn(f'(committing will reopen branch "{branch}")\n')
    elif open_heads:
        summary = current.description.partition("\n")[0]
        talk.status(f'updated to "{current.node.hex()[:12]}: {summary}"\n')
        talk.status(f'{len(open_heads)} other heads for branch "{branch}"\n')


def _family(repo: Repository, name: str) -> list[Node]:
    """Nodes of a bookmark and of those that diverged from it."""
    base = name.split("@", 1)[0]
    return [node for mark, node in repo.engine.bookmarks().items() if mark.split("@", 1)[0] == base]


# -- merge -----------------------------------------------------------------------------------------------------------

_SEE_ALL = "run 'hg heads' to see all heads, specify rev with -r"
_SEE_HERE = "run 'hg heads .' to see heads, specify rev with -r"


def merge_destination(repo: Repository, sources: Sequence[Rev] | None = None) -> Rev:
    """What a bare merge merges: the other head of the branch, or the other bookmark of the same name.

    With `sources`, these are what is merged, in the place of the working copy's parent.

    Raises:
        StateError: there is none, or more than one.
    """
    active = repo.active_bookmark
    if active:
        return repo[_other_bookmark(repo, active)].rev
    if sources is None:
        branch, sources = repo.working_copy.branch, [repo["."].rev]
    else:
        branch = _branch_of(repo, sources)
    heads = BranchHeads(repo, branch).revs()
    if not set(sources).intersection(heads):
        if len(repo.engine.heads()) <= 1:
            raise _nothing("nothing to merge", "use 'hg update' instead")
        raise _nothing(
            "working directory not at a head revision", "use 'hg update' or merge with an explicit revision"
        )
    others = [rev for rev in heads if not any(is_ancestor(repo, source, rev) for source in sources)]
    marked = {repo[node].rev for node in repo.engine.bookmarks().values()}
    free = [rev for rev in others if rev not in marked]
    if len(free) > 1:
        raise _nothing(
            f"branch '{branch}' has {len(others) + 1} heads - please merge with an explicit rev", _SEE_HERE
        )
    if free:
        return free[0]
    if others:
        raise _nothing("heads are bookmarked - please merge with an explicit rev", _SEE_ALL)
    if len(repo.engine.heads()) > 1:
        raise _nothing(f"branch '{branch}' has one head - please merge with an explicit rev", _SEE_ALL)
    raise _nothing("nothing to merge", None)


def _branch_of(repo: Repository, sources: Sequence[Rev]) -> str:
    """The branch that the first ones of several changesets are on. Raises Abort where that is not one."""
    if not sources:
        raise _nothing("source set is empty", None)
    among = set(sources)
    roots = [rev for rev in sources if not any(rev in among for rev in _older(repo, rev, min(among)))]
    branches = {repo[rev].branch for rev in roots}
    if len(branches) > 1:
        raise _nothing("source set is rooted in multiple branches", None)
    return branches.pop()


def _older(repo: Repository, rev: Rev, least: Rev) -> Iterator[Rev]:
    """Ancestors of a changeset, down to a revision."""
    for ancestor in repo.engine.ancestors([rev]):
        if ancestor < least:
            return
        yield ancestor


def _other_bookmark(repo: Repository, active: str) -> Node:
    nodes: Sequence[Node] = _family(repo, active)
    here = repo.engine.bookmarks()[active]
    if len(nodes) == 2:
        return nodes[1] if nodes[0] == here else nodes[0]
    if len(nodes) > 2:
        raise _nothing(
            "multiple matching bookmarks to merge - please merge with an explicit rev or bookmark", _SEE_ALL
        )
    raise _nothing("no matching bookmark to merge - please merge with an explicit rev or bookmark", _SEE_ALL)


def _nothing(problem: str, hint: str | None) -> errors.Abort:
    return errors.Abort(problem, hint=hint)

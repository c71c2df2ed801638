"""What two repositories on this machine have in common, and which changesets and bookmarks only one of them has.

Nothing is transferred here. Secret and hidden changesets of the other repository are as if they were not there.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.types import NULL_NODE, NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Node, Rev

_UNSERVED = ("secret", "archived", "internal")


class Discovery:
    """What two repositories share.

    Attributes:
        repo, other: the repositories.
        common: heads of the shared changesets, as revisions of `repo`.
        other_heads: heads of the other repository, as its revisions.
        is_incoming: it has changesets that are not here.
    """

    __slots__ = ("common", "is_incoming", "other", "other_heads", "repo")

    def __init__(
        self, repo: Repository, other: Repository, *, starts: Sequence[Rev] | None = None, force: bool = False
    ) -> None:
        """Compares. With `starts`, only these and their ancestors count as ours.

        Raises:
            Abort: they have nothing in common, without `force`.
        """
        self.repo, self.other = repo, other
        self.other_heads = served_heads(other)
        self.common: list[Rev] = []
        self.is_incoming = bool(self.other_heads)
        if not len(repo.engine.changelog()):
            return
        repo.reporter.status("searching for changes\n")
        here = [_rev_of(repo, other.engine.changelog().node(rev)) for rev in self.other_heads]
        known = [rev for rev in here if rev is not None]
        if self.other_heads and len(known) == len(here):
            self.common, self.is_incoming = sorted(known), False
            return
        heads = list(repo.engine.heads()) if starts is None else list(starts)
        self.common = self._shared(heads, known)
        if heads and set(heads) <= set(self.common):
            repo.reporter.note("all local changesets known remotely\n")
        if not self.common and self.other_heads:
            if not force:
                raise errors.Abort("repository is unrelated")
            repo.reporter.warn("warning: repository is unrelated\n")

    def _shared(self, heads: Sequence[Rev], known: Iterable[Rev]) -> list[Rev]:
        """The heads of what both have among the ancestors of `heads`, and `known`."""
        engine, index = self.repo.engine, self.repo.engine.changelog()
        theirs, served = self.other.engine.changelog(), _Served(self.other)
        found = set(known)
        pending, seen = [rev for rev in heads if rev != NULL_REV], set(found)
        while pending:
            rev = pending.pop()
            if rev in seen:
                continue
            seen.add(rev)
            try:
                is_there = theirs.rev(index.node(rev)) in served
            except errors.UnknownNode:
                is_there = False
            if is_there:
                found.add(rev)
            else:
                pending += [parent for parent in index.parents(rev) if parent != NULL_REV]
        below = engine.ancestors(sorted(found), inclusive=False)
        return sorted(rev for rev in found if rev not in below)


class _Served:
    """The revisions of a repository that others may see."""

    __slots__ = ("_repo",)

    def __init__(self, repo: Repository) -> None:
        self._repo = repo

    def __contains__(self, rev: Rev) -> bool:
        return rev not in self._repo.hidden and self._repo.engine.phase(rev) not in _UNSERVED


def served_heads(repo: Repository) -> list[Rev]:
    """The heads of what others may see."""
    heads = [rev for rev in repo.engine.heads() if rev != NULL_REV]
    kept_back = set(repo.engine.phase_revs(_UNSERVED))
    if kept_back.isdisjoint(heads):
        return heads
    visible = repo.engine.missing(heads, [])
    return list(repo.engine.heads_of([rev for rev in visible if rev not in kept_back]))


def _rev_of(repo: Repository, node: Node) -> Rev | None:
    try:
        rev = repo.engine.changelog().rev(node)
    except errors.UnknownNode:
        return None
    return None if rev in repo.hidden else rev


def find_outgoing(
    repo: Repository, other: Repository, heads: Sequence[Rev] | None, *, force: bool
) -> tuple[list[Rev], int]:
    """The changesets that the other repository lacks, ascending, and how many secret ones are kept back.

    Args:
        repo, other: here and there.
        heads: only these and their ancestors.
        force: unrelated repositories are compared too.

    Raises:
        Abort: the repositories are unrelated.
    """
    engine = repo.engine
    common = Discovery(repo, other, starts=heads, force=force).common
    missing = engine.missing(engine.heads() if heads is None else heads, common)
    secret = set(engine.phase_revs(_UNSERVED)) - repo.hidden
    excluded = secret if heads is None else secret.intersection(missing)
    return [rev for rev in missing if rev not in secret and rev != NULL_REV], len(excluded)


def find_incoming(
    repo: Repository, other: Repository, heads: Sequence[Rev] | None, *, force: bool
) -> tuple[list[Rev], list[Rev]]:
    """The changesets of the other repository that are not here, ascending, and heads of what is here as well.

    All of them are revisions of `other`. Raises as `find_outgoing`.
    """
    theirs, index = other.engine.changelog(), repo.engine.changelog()
    if heads and all(_rev_of(repo, theirs.node(rev)) is not None for rev in heads):
        return [], []
    found = Discovery(repo, other, force=force)
    if not found.is_incoming and not heads:
        return [], []
    common = [theirs.rev(index.node(rev)) for rev in found.common]
    return list(other.engine.missing(heads or found.other_heads, common)), common


def branch_heads(repo: Repository, names: Iterable[str], current: str) -> list[Rev]:
    """The heads of what others see of branches, closed ones too, the newest of each first; "." stands for `current`.

    Raises:
        UnknownRevision: there is no such branch.
    """
    known = repo.engine.branch_heads()
    found: list[Rev] = []
    for name in names:
        branch = current if name == "." else name
        heads = [rev for rev, _ in known.get(branch, ())]
        if not _all_served(repo, heads):
            heads = _served_on_branch(repo, branch)
        if not heads:
            raise errors.InputError(f"unknown branch '{name}'")
        found += reversed(heads)
    return found


def is_served(repo: Repository, rev: Rev) -> bool:
    """Whether others may see a changeset."""
    return rev == NULL_REV or rev in _Served(repo)


def _all_served(repo: Repository, revs: Iterable[Rev]) -> bool:
    served = _Served(repo)
    return all(rev in served for rev in revs)


def _served_on_branch(repo: Repository, branch: str) -> list[Rev]:
    """The heads of what others may see of a branch, ascending."""
    engine = repo.engine
    revs = engine.missing(served_heads(repo), [])
    left = {rev for rev, name in zip(revs, engine.branches(revs)[0], strict=True) if name == branch}
    heads = []
    while left:
        head = max(left)
        heads.append(head)
        below = engine.ancestors([head], inclusive=True)
        left = {rev for rev in left if rev not in below}
    return heads[::-1]


# ---- bookmarks --------------------------------------------------------------------------------------------------


def compare_bookmarks(
    repo: Repository, source: Mapping[str, Node], target: Mapping[str, Node], *, removals: bool
) -> list[tuple[str, Node | None, str]]:
    """(name, node, state) of the bookmarks of `source` that `target` has not or has elsewhere behind.

    Args:
        repo: knows the changesets.
        source, target: bookmarks of both sides.
        removals: tell of those that only `target` has as well; their node is None.
    """
    found: list[tuple[str, Node | None, str]] = []
    for name in sorted({*source, *target}):
        if name not in source:
            if removals:
                found.append((name, None, "deleted"))
        elif name not in target:
            found.append((name, source[name], "added"))
        elif source[name] != target[name]:
            state = _movement(repo, source[name], target[name])
            if state:
                found.append((name, source[name], state))
    return found


def _movement(repo: Repository, new: Node, old: Node) -> str:
    """What is between two places of a bookmark; "" where the other side is ahead."""
    ours, theirs = _rev_of(repo, new), _rev_of(repo, old)
    if ours is None or theirs is None:
        return "changed"
    if ours < theirs:
        return "" if _leads_to(repo, ours, theirs) else "diverged"
    return "advanced" if _leads_to(repo, theirs, ours) else "diverged"


def _leads_to(repo: Repository, old: Rev, new: Rev) -> bool:
    """Whether a bookmark gets from one changeset to another by moving forward."""
    from hydrargyrum.ops.foreground import is_ahead
    from hydrargyrum.repo.evolution import has_markers

    if has_markers(repo.engine.store):
        return is_ahead(repo, old, new)
    return old in repo.engine.ancestors([new], inclusive=True)


def served_bookmarks(repo: Repository) -> dict[str, Node]:
    """The bookmarks that others may see: not those of other repositories."""
    return {
        name: node
        for name, node in repo.engine.bookmarks().items()
        if ("@" not in name or name.endswith("@")) and _rev_of(repo, node) is not None
    }


def mirrored_bookmarks(
    ours: Mapping[str, Node], theirs: Mapping[str, Node]
) -> list[tuple[str, Node | None, str]]:
    """(name, node, state) of the bookmarks that differ where ours are to become as theirs."""
    found: list[tuple[str, Node | None, str]] = []
    for name in sorted({*ours, *theirs}):
        if name not in theirs:
            found.append((name, NULL_NODE, "removed"))
        elif name not in ours:
            found.append((name, theirs[name], "added"))
        elif ours[name] != theirs[name]:
            found.append((name, theirs[name], "changed"))
    return found

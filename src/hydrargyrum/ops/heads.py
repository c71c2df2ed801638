"""The heads of branches, or of the whole history, by what a user asks for. Showing them is the command's business."""

from __future__ import annotations

from hydrargyrum.types import NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.repo import Changeset, Repository


class HeadsRequest:
    """A question for heads.

    Attributes:
        start: only what descends from this revision ("" for all).
        branches_of: only of the branches of these revisions (none: of all).
        topological: without children of any branch; active: without children as well, where branches are named.
        closed: also those that close their branch.
    """

    __slots__ = ("active", "branches_of", "closed", "start", "topological")

    def __init__(
        self,
        *,
        start: str = "",
        branches_of: Sequence[str] = (),
        topological: bool = False,
        active: bool = False,
        closed: bool = False,
    ) -> None:
        self.start = start
        self.branches_of = tuple(branches_of)
        self.topological = topological
        self.active = active
        self.closed = closed


def find_heads(repo: Repository, request: HeadsRequest) -> tuple[list[Changeset], list[str]]:
    """The heads, newest first, and the named branches that have none. Raises as `resolve_revision`."""
    from hydrargyrum.ops.revisions import resolve_revision, resolve_revisions

    below = None
    if request.start:
        start = resolve_revision(repo, request.start)
        below = set(repo.engine.descendants([start.rev])) if not start.is_working_copy else set()
    # without changesets, the null revision is the head
    childless = set(repo.engine.heads()) or {NULL_REV}
    if request.topological:
        revs = childless
    else:
        branches = repo.engine.branch_heads().values()
        revs = {rev for heads in branches for rev, closes in heads if request.closed or not closes}
    if below is not None:
        revs = revs & below
    found = [repo[rev] for rev in sorted(revs, reverse=True)]
    if not request.branches_of:
        return found, []
    wanted = {repo[rev].branch for rev in resolve_revisions(repo, request.branches_of)}
    found = [head for head in found if head.branch in wanted]
    if request.active:
        found = [head for head in found if head.rev in childless]
    return found, sorted(wanted - {head.branch for head in found})

"""The named branch of the working copy: starting one, going back to the parent's; and all branches with their heads."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.repo import branches
from hydrargyrum.types import NULL_REV, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev


class BranchInfo(Value):
    """One branch as it is listed.

    Attributes:
        name: of the branch; rev: its tip.
        active: one of its heads has no descendants at all; open: it is not closed.
    """

    __slots__ = ("active", "name", "open", "rev")

    def __init__(self, name: str, rev: Rev, *, active: bool, open: bool) -> None:
        self.name = name
        self.rev = rev
        self.active = active
        self.open = open


def start_branch(repo: Repository, name: str, *, force: bool) -> bool:
    """Sets the branch of the next commit; whether no other branch but "default" is open.

    Raises:
        InputError: the name cannot be one, or is another branch's.
    """
    from hydrargyrum.ops.identity import check_new_name

    check_new_name(name)
    tips = repo.engine.branch_tips()
    parents = repo.working_copy.parents
    if (
        not force
        and name in tips
        and name
        not in [parent.branch for place, parent in enumerate(parents) if not place or parent.rev != NULL_REV]
    ):
        raise errors.InputError(
            "a branch of the same name already exists", hint="use 'hg update' to switch to it"
        )
    branches.set_working_branch(repo, name)
    return not any(other != "default" and branches.has_open_head(repo, other) for other in tips)


def reset_branch(repo: Repository) -> str:
    """Sets the branch of the next commit to the parent's; its name."""
    name = repo["."].branch
    branches.set_working_branch(repo, name)
    return name


def list_branches(repo: Repository) -> list[BranchInfo]:
    """All branches: active ones first, then the open ones, by their tips, the newest first."""
    heads = branches.all_branch_heads(repo)
    topological = frozenset(repo.engine.heads())
    found = []
    for name, known in heads.items():
        opened = [head.rev for head in known if not head.closed]
        tip = opened[-1] if opened else known[-1].rev
        active = any(rev in topological for rev in opened)
        found.append(BranchInfo(name, tip, active=active, open=bool(opened)))
    found.sort(key=lambda info: (info.active, info.rev, info.name, info.open), reverse=True)
    return found

"""The named branch of the working copy: starting one, going back to the parent's; and all branches with their heads."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.repo import branches
from hydrargyrum.repo.evolution import has_markers
from hydrargyrum.types import NULL_REV, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, Rev


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
    if has_markers(repo.engine.store):
        # what is hidden depends on them
        repo.look_at_parents()
    tips = repo.engine.branch_tips()
    if not force and name in tips:
        first, second = repo.working_copy.parents
        if name not in [first.branch, *([second.branch] if second.rev != NULL_REV else [])]:
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
    topological = frozenset(repo.engine.heads())
    found = []
    for name, known in repo.engine.branch_heads().items():
        opened = [rev for rev, closes in known if not closes]
        tip = opened[-1] if opened else known[-1][0]
        active = any(rev in topological for rev in opened)
        found.append(BranchInfo(name, tip, active=active, open=bool(opened)))
    found.sort(key=lambda info: (info.active, info.rev, info.name, info.open), reverse=True)
    return found


def change_branch(
    repo: Repository, revs: Sequence[Rev], name: str, merger: FileMerger, *, force: bool, user: str
) -> None:
    """Records changesets again, on another branch. Both locks are held by the caller.

    Args:
        repo: where; its working copy has no changes.
        revs: ascending.
        name: of the branch.
        merger: for the working copy, which follows.
        force: although there is another branch of that name.
        user: whom markers name.

    Raises:
        InputError: there are none, they are no stack of heads, or the name is taken.
    """
    from hydrargyrum.ops import moving, obsolete
    from hydrargyrum.ops.amend import check_rewriting, move_marks, settle_phase

    if not revs:
        raise errors.InputError("empty revision set")
    chosen = set(revs)
    roots = [rev for rev in revs if not any(parent.rev in chosen for parent in repo[rev].parents)]
    if len(roots) > 1:
        raise errors.InputError("cannot change branch of non-linear revisions")
    check_rewriting(repo, revs, "change branch of")
    _check_stack(repo, chosen, roots[0], name, force=force)
    new: dict[Rev, Node] = {}
    count = 0
    here = repo["."].node
    old_nodes = {rev: repo[rev].node for rev in revs}
    with repo.transaction("branches") as txn:
        for rev in revs:
            old = repo[rev]
            count += old.branch != name
            if old.branch != name or any(parent.rev in new for parent in old.parents):
                new[rev] = _on_branch(repo, txn, old, name, new)
        for rev, node in new.items():
            old, successor = repo[old_nodes[rev]], repo[node]
            move_marks(repo, txn, old.node, node)
            settle_phase(repo, txn, None, old, successor.rev)
            if obsolete.allows(repo, "createmarkers"):
                obsolete.replace(repo, txn, old, [successor], user=user, operation="branch-change")
    moved = {old_nodes[rev]: node for rev, node in new.items()}
    if here in moved:
        repo.invalidate()
        moving.move(repo, moving.update_to(repo[moved[here]]), merger)
    repo.reporter.status(f"changed branch on {count} changesets\n")
    if new and not obsolete.allows(repo, "createmarkers"):
        from hydrargyrum.ops import strip

        strip.replace(repo, [min(new)], topic="branch-change")


def _check_stack(repo: Repository, chosen: set[Rev], root: Rev, name: str, *, force: bool) -> None:
    first, second = repo[root].parents
    before = {first.branch, first.branch if second.rev == NULL_REV else second.branch}
    if not force and name not in before and name in repo.engine.branch_tips():
        raise errors.InputError("a branch of the same name already exists")
    hidden = repo.hidden
    for rev in chosen:
        children = [child for child in repo.engine.children_of([rev]) if child not in hidden]
        if children and not any(child in chosen for child in children):
            raise errors.InputError("cannot change branch in middle of a stack")


def _on_branch(
    repo: Repository, txn: Transaction, old: Changeset, name: str, new: Mapping[Rev, Node]
) -> Node:
    """Records a changeset on another branch, above what took the place of its parents."""
    from hydrargyrum.ops.uncommit import as_it_was, write
    from hydrargyrum.plans import CommitHeader

    digits = old.node.hex()
    repo.reporter.debug(f"changing branch of '{digits}' from '{old.branch}' to '{name}'\n")
    parents = [repo[new[parent.rev]].rev if parent.rev in new else parent.rev for parent in old.parents]
    changes, removed = as_it_was(old)
    header = CommitHeader(
        (parents[0], parents[1]),
        old.user,
        old.date,
        old.description,
        {**old.extra, "branch_change": digits, "branch": name},
    )
    node, _rev = write(repo, txn, header, changes, removed)
    repo.reporter.debug(f"new node id is {node.hex()}\n")
    return node

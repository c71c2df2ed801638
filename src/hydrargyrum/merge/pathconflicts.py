"""Finds files of one side that have the name of a directory of the other (`experimental.merge.checkpathconflicts`).

A pure change of the plan; the files are renamed when it is carried out.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.merge import actions as kinds
from hydrargyrum.merge.actions import Action, Plan
from hydrargyrum.merge.worktree import parents_of
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.merge.conversation import Conversation
    from hydrargyrum.merge.decide import RevisionFiles, WorkingState
    from hydrargyrum.repo import Repository

_MAKES_A_FILE = (kinds.CREATED, kinds.DELETED_CHANGED, kinds.MERGE, kinds.CREATED_MERGE)


def check_path_conflicts(
    repo: Repository, working: WorkingState, other: RevisionFiles, plan: Plan, talk: Conversation
) -> None:
    """Rename the file of each conflict of paths.

    Raises:
        StateError: a side has itself both a file and a directory of a name.
    """
    created = set(plan.paths(*_MAKES_A_FILE))
    directories = {parent for path in created for parent in parents_of(path)}
    deleted = {*plan.paths(kinds.REMOVE)}
    deleted |= {action.local for _, action in plan.of(kinds.MERGE) if action.move and action.local}
    deleted |= {action.source for _, action in plan.of(kinds.RENAMED_DIRECTORY_MOVE)}
    in_other = {path for path in created if _local_files_below(repo, working, path)}
    invalid: set[str] = {path for path in directories if path in created}
    ours: set[str] = set()
    for path in directories:
        if working.get(path) is not None:
            (invalid if other.get(path) is not None else ours).add(path)
    for path in sorted(ours - deleted, key=os.fsencode):
        _rename_ours(repo, working, plan, path)
    for path in sorted(in_other, key=os.fsencode):
        if any(name not in deleted for name in _local_files_below(repo, working, path)):
            _rename_theirs(repo, working, other, plan, path)
    if invalid:
        for path in sorted(invalid, key=os.fsencode):
            talk.warn(f"{path}: is both a file and a directory\n")
        raise errors.StateError("destination manifest contains path conflicts")


def _local_files_below(repo: Repository, working: WorkingState, path: str) -> list[str]:
    patterns = PatternSet(repo.root, [f"path:{path}"], warn_missing=False)
    found = repo.engine.files(None, patterns)[0]
    return [name for name in found if name != path and working.get(name) is not None]


def _rename_ours(repo: Repository, working: WorkingState, plan: Plan, path: str) -> None:
    target = _free_name(working, plan, path, repo[working.parent].node.hex()[:12])
    source = repo.engine.dirstate().get(path)
    origin = (source.copied_from if source is not None else None) or path
    resolve = Action(kinds.PATH_CONFLICT_RESOLVE, "local path conflict", source=path, origin=origin)
    plan.set(target, resolve)
    plan.set(path, Action(kinds.PATH_CONFLICT, "path conflict", source=target, origin="l"))


def _rename_theirs(
    repo: Repository, working: WorkingState, other: RevisionFiles, plan: Plan, path: str
) -> None:
    target = _free_name(working, plan, path, repo[other.rev].node.hex()[:12])
    action = plan.get(path)
    assert action is not None
    if action.kind in (kinds.DELETED_CHANGED, kinds.MERGE):
        plan.set(target, action)
    else:
        get = Action(kinds.RENAMED_DIRECTORY_GET, "remote path conflict", flags=action.flags, source=path)
        plan.set(target, get)
    plan.set(path, Action(kinds.PATH_CONFLICT, "path conflict", source=target, origin="r"))


def _free_name(working: WorkingState, plan: Plan, path: str, tag: str) -> str:
    name = f"{path}~{tag}"
    number = 0
    while working.get(name) is not None or name in plan:
        number += 1
        name = f"{path}~{tag}~{number}"
    return name

"""Changes the format of a repository: a new store is made beside the old one and takes its place at the end.

Until then the repository stays as it is, whatever happens; what is to be done was decided in `plan`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content, exchange
from hydrargyrum.ops.init import OF_THE_WORKING_COPY, create_repository, write_requirements
from hydrargyrum.ops.upgrading.dirstate import change_dirstate, change_tracked_hint
from hydrargyrum.repo.journal import Places, remove_undo_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.ops.upgrading.plan import UpgradePlan
    from hydrargyrum.repo import Repository

#: What a program that reads requirements cannot know while a store is being replaced.
_IN_PROGRESS = "upgradeinprogress"
#: Ends of names of revlogs and of what belongs to them.
_OF_REVLOGS = (".i", ".d", ".n", ".nd", ".i.a", ".n.a", ".dat")


def write_all_requirements(dot_hg: str, store: str, requirements: frozenset[str]) -> None:
    """Writes what a repository requires where it belongs."""
    if "share-safe" in requirements:
        write_requirements(dot_hg, requirements & OF_THE_WORKING_COPY)
        write_requirements(store, requirements - OF_THE_WORKING_COPY)
        return
    write_requirements(dot_hg, requirements)
    of_store = os.path.join(store, "requires")
    if store != dot_hg and os.path.exists(of_store):
        os.unlink(of_store)


def run_upgrade(repo: Repository, plan: UpgradePlan) -> str | None:
    """Does what was planned; where the old store is kept, None where it is not.

    Raises:
        LockHeld: somebody else has the repository.
        EngineError: something cannot be read or written; the repository is as it was.
    """
    tell = repo.reporter.status
    with repo.lock_working_copy(), repo.lock_store():
        tell("repository locked and read-only\n")
        place = tempfile.mkdtemp(prefix="upgrade.", dir=repo.dot_hg)
        try:
            tell(f"creating temporary repository to stage upgraded data: {place}\n")
            create_repository(place, plan.wanted - {"shared", "relshared"})
            target = repo.nested(place)
            with target.lock_working_copy(), target.lock_store():
                return _upgrade(repo, target, plan)
        finally:
            tell(f"removing temporary repository {place}\n")
            shutil.rmtree(place, ignore_errors=True)
            repo.invalidate()


def _upgrade(repo: Repository, target: Repository, plan: UpgradePlan) -> str | None:
    tell = repo.reporter.status
    dot_hg, store = repo.dot_hg, repo.engine.store
    tell("(it is safe to interrupt this process any time before data migration completes)\n")
    coming = {one.name for one in plan.upgrades}
    going = {one.name for one in plan.removals}
    if "dirstate-v2" in coming | going:
        if "dirstate-v2" in coming:
            tell("upgrading to dirstate-v2 from v1\n")
        else:
            tell("downgrading from dirstate-v2 to v1\n")
        if plan.keep_backup:
            _back_up(repo, ("requires", "dirstate"))
        # the store is still the old one, so that nothing else may be required yet
        plan.current ^= {"dirstate-v2"}
        change_dirstate(repo, target, lambda: write_all_requirements(dot_hg, store, plan.current))
        plan.finish("dirstate-v2")
    if "tracked-hint" in coming | going:
        wanted = "tracked-hint" in coming
        tell(f"{'create' if wanted else 'remove'} dirstate-tracked-hint file\n")
        change_tracked_hint(repo, wanted=wanted)
        plan.current ^= {"dirstate-tracked-key-v1"}
        write_all_requirements(dot_hg, store, plan.current)
        plan.finish("tracked-hint")
    if not plan.actions and not plan.removals:
        return None
    if not plan.touches_revlogs():
        tell("upgrading repository requirements\n")
        write_all_requirements(dot_hg, store, plan.wanted)
    elif [one.name for one in plan.actions] == ["persistent-nodemap"] and not plan.removals:
        tell("upgrading repository to use persistent nodemap feature\n")
        with repo.transaction("upgrade") as txn:
            txn.writer.write_nodemaps()
        write_all_requirements(dot_hg, store, plan.wanted)
    elif [one.name for one in plan.removals] == ["persistent-nodemap"] and not plan.actions:
        tell("downgrading repository to not use persistent nodemap feature\n")
        write_all_requirements(dot_hg, store, plan.wanted)
        _remove_nodemaps(repo)
    else:
        return _replace_store(repo, target, plan)
    return None


def _back_up(repo: Repository, names: tuple[str, ...]) -> None:
    """Keeps small files of `.hg` as they are now."""
    backup = tempfile.mkdtemp(prefix="upgradebackup.", dir=repo.dot_hg)
    repo.reporter.status(f"replaced files will be backed up at {backup}\n")
    for name in names:
        source = os.path.join(repo.dot_hg, name)
        if os.path.exists(source):
            copy_content(source, os.path.join(backup, name))


def _remove_nodemaps(repo: Repository) -> None:
    for name in os.listdir(repo.engine.store):
        of_one = name.startswith(("00changelog", "00manifest"))
        if of_one and name.endswith((".n", ".nd")):
            os.unlink(os.path.join(repo.engine.store, name))


def _replace_store(repo: Repository, target: Repository, plan: UpgradePlan) -> str | None:
    from hydrargyrum.ops.upgrading.migrate import migrate_revlogs

    tell = repo.reporter.status
    # asked for now, because a repository that is being replaced cannot be opened
    dot_hg, store = repo.dot_hg, repo.engine.store
    shutil.copymode(store, target.engine.store)
    with target.transaction("upgrade") as txn:
        migrate_revlogs(repo, target, txn.writer, plan)
    # a rollback would leave nothing of the new store
    remove_undo_files(Places(target), repo.reporter.warn)
    for name in _other_files(store):
        tell(f"copying {name}\n")
        copy_content(os.path.join(store, name), os.path.join(target.engine.store, name), about=True)
    if "share-safe" in plan.wanted:
        write_requirements(target.engine.store, plan.wanted - OF_THE_WORKING_COPY)
    tell("data fully upgraded in a temporary repository\n")
    backup = None
    if plan.keep_backup:
        backup = tempfile.mkdtemp(prefix="upgradebackup.", dir=dot_hg)
        copy_content(os.path.join(dot_hg, "requires"), os.path.join(backup, "requires"))
    tell("marking source repository as being upgraded; clients will be unable to read from repository\n")
    tell("starting in-place swap of repository data\n")
    if backup is not None:
        tell(f"replaced files will be backed up at {backup}\n")
    tell("replacing store...\n")
    began = time.monotonic()
    # without a backup the old store goes away with the temporary repository, when the new one is in place
    old = os.path.join(backup or target.engine.dot_hg, "store" if backup else "old-store")
    try:
        swap_store(dot_hg, store, (target.engine.store, old), (plan.current, plan.wanted))
    except OSError as problem:
        raise errors.Abort(f"cannot replace the store: {problem.strerror}") from None
    tell(f"store replacement complete; repository was inconsistent for {time.monotonic() - began:.1f}s\n")
    tell("finalizing requirements file and making repository readable again\n")
    lock = os.path.join(old, "lock")
    if os.path.lexists(lock):
        os.unlink(lock)
    return backup


def _own_requirements(requirements: frozenset[str]) -> frozenset[str]:
    """What the file in `.hg` itself says."""
    return requirements & OF_THE_WORKING_COPY if "share-safe" in requirements else requirements


def swap_store(
    dot_hg: str, store: str, places: tuple[str, str], requirements: tuple[frozenset[str], frozenset[str]]
) -> None:
    """Puts a new store (the first place) where the old one is, which goes to the second; or all stays as it is.

    Requirements are those of before and those that are wanted.

    That is a single step where the system has one and what is required is said in the store. Else nobody may look
    meanwhile, and whoever dies meanwhile leaves it so.
    """
    (new, old), (current, wanted) = places, requirements
    if _own_requirements(current) == _own_requirements(wanted) and exchange(store, new):
        os.rename(new, old)
        return
    try:
        write_requirements(dot_hg, _own_requirements(current) | {_IN_PROGRESS})
        os.rename(store, old)
        os.rename(new, store)
        write_all_requirements(dot_hg, store, wanted)
    except BaseException:
        if not os.path.lexists(store):
            os.rename(old, store)
        if os.path.lexists(new):
            write_requirements(dot_hg, _own_requirements(current))
        else:
            write_all_requirements(dot_hg, store, wanted)
        raise


def _other_files(store: str) -> Iterator[str]:
    """What in a store is neither of a revlog nor of a transaction."""
    for name in sorted(os.listdir(store), key=os.fsencode):
        path = os.path.join(store, name)
        if name.endswith(_OF_REVLOGS) or name.startswith("undo") or name in ("lock", "fncache"):
            continue
        if os.path.isfile(path) and not os.path.islink(path):
            yield name

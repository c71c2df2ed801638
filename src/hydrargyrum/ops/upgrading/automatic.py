"""Repositories that change their format by themselves when they are opened, because configuration says so.

Only what is done in a moment is: the dirstate, the small file beside it, and `share-safe`.
"""

from __future__ import annotations

import shutil
import tempfile

from hydrargyrum import errors
from hydrargyrum.config.items import CHANGES_BY_ITSELF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.repo import Repository

#: Format as it is called, its configuration item, and its requirement.
_FORMATS = (
    ("dirstate-v2", "use-dirstate-v2", "dirstate-v2"),
    ("share-safe", "use-share-safe", "share-safe"),
    ("tracked-hint", "use-dirstate-tracked-hint", "dirstate-tracked-key-v1"),
)


def upgrade_automatically(repo: Repository, warn: Callable[[str], object]) -> bool:
    """Changes what configuration wants otherwise; whether anything was changed. Nothing where the repository is locked.

    Args:
        repo: the repository, to be opened again where it was changed.
        warn: told what is done.
    """
    wanted = [one for one in _FORMATS if _differs(repo, *one[1:])]
    if not wanted:
        return False
    try:
        with repo.lock_working_copy(wait=False), repo.lock_store(wait=False):
            for name, item, requirement in wanted:
                fresh = repo.nested(repo.root)  # it may have been changed meanwhile, by us or by others
                if _differs(fresh, item, requirement):
                    _change(fresh, name, item, requirement, warn)
    except (errors.LockHeld, errors.LockUnavailable):
        return False
    return True


def _differs(repo: Repository, item: str, requirement: str) -> bool:
    requirements = repo.engine.requirements
    if not repo.config.boolean("format", item + CHANGES_BY_ITSELF):
        return False
    if requirement == "share-safe" and requirements & {"shared", "relshared"}:
        return False
    return repo.config.boolean("format", item) != (requirement in requirements)


def _change(repo: Repository, name: str, item: str, requirement: str, warn: Callable[[str], object]) -> None:
    from hydrargyrum.ops.init import create_repository
    from hydrargyrum.ops.upgrading.dirstate import change_dirstate, change_tracked_hint
    from hydrargyrum.ops.upgrading.run import write_all_requirements

    upwards = requirement not in repo.engine.requirements
    if not repo.config.boolean("format", f"{item}{CHANGES_BY_ITSELF}:quiet"):
        direction = "upgrading repository to" if upwards else "downgrading repository from"
        warn(f"automatically {direction} the `{name}` feature\n")
        warn(f"(see `hg help config.format.{item}` for details)\n")
    wanted = repo.engine.requirements ^ {requirement}
    dot_hg, store = repo.dot_hg, repo.engine.store
    if requirement == "dirstate-v2":
        place = tempfile.mkdtemp(prefix="upgrade.", dir=repo.dot_hg)
        try:
            create_repository(place, wanted - {"shared", "relshared"})
            change_dirstate(repo, repo.nested(place), lambda: write_all_requirements(dot_hg, store, wanted))
        finally:
            shutil.rmtree(place, ignore_errors=True)
        return
    if requirement == "dirstate-tracked-key-v1":
        change_tracked_hint(repo, wanted=upwards)
    write_all_requirements(dot_hg, store, wanted)

"""The dirstate changes its format, and the small file beside it comes and goes.

When that is to be done belongs to `run` and `automatic`.
"""

from __future__ import annotations

import os

from hydrargyrum.repo.transaction import dirstate_data_name
from hydrargyrum.types import NULL_NODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.repo import Repository

_HINT = "dirstate-tracked-hint"


def change_dirstate(repo: Repository, scratch: Repository, announce: Callable[[], object]) -> None:
    """Writes the dirstate in the format of another repository, an empty one beside it, from where it is moved.

    Args:
        repo: the repository; both locks are held.
        scratch: an empty repository of the wanted format, on the same file system.
        announce: writes the new requirements.
    """
    path = os.path.join(repo.dot_hg, "dirstate")
    if not os.path.lexists(path):
        announce()
        return
    old_data = dirstate_data_name(os.fsencode(path))
    _copy_entries(repo, scratch)
    made = os.path.join(scratch.dot_hg, "dirstate")
    new_data = dirstate_data_name(os.fsencode(made)) if os.path.lexists(made) else None
    if new_data is not None:
        os.replace(os.path.join(scratch.dot_hg, new_data), os.path.join(repo.dot_hg, new_data))
    is_new = "dirstate-v2" in scratch.engine.requirements
    if is_new:
        announce()
    if os.path.lexists(made):
        os.replace(made, path)
    else:
        os.unlink(path)
    if not is_new:
        announce()
    if old_data is not None and os.path.lexists(os.path.join(repo.dot_hg, old_data)):
        os.unlink(os.path.join(repo.dot_hg, old_data))


def _copy_entries(repo: Repository, scratch: Repository) -> None:
    from hydrargyrum.plans import FileStamp

    old, new = repo.engine.edit_dirstate(), scratch.engine.edit_dirstate()
    first, second = old.parents
    if (first, second) != (NULL_NODE, NULL_NODE):
        new.set_parents(first, second)
    for path, entry in repo.engine.dirstate().items():
        tracked, in_first, p2_info = old.facts(path)
        clean = None
        if entry.state == "n" and entry.size >= 0 and entry.mtime >= 0:
            clean = FileStamp(entry.mode, entry.size, entry.mtime, 0)
        new.place(path, tracked=tracked, in_first=in_first, p2_info=p2_info, clean=clean)
    for destination, source in old.copies():
        new.copy(destination, source)
    new.write()


def change_tracked_hint(repo: Repository, *, wanted: bool) -> None:
    """Makes the file that tells others that the set of tracked files changed, or removes it."""
    path = os.path.join(repo.dot_hg, _HINT)
    if not wanted:
        if os.path.lexists(path):
            os.unlink(path)
        return
    from hydrargyrum.atomicfile import write_atomically

    write_atomically(os.fsencode(path), b"1\n%s\n" % os.urandom(16).hex().encode())

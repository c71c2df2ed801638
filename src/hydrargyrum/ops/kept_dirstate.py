"""The dirstate as it was, for an operation that changes it and then may fail.

Transactions that fail put it back themselves (`repo.transaction`); this is for changes before one begins.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager

from hydrargyrum.atomicfile import remove_if_there, write_atomically
from hydrargyrum.repo.transaction import dirstate_data_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.repo import Repository

#: The data file of a dirstate that is kept.
_KEPT = "dirstate.kept~"


@contextmanager
def kept_on_failure(repo: Repository) -> Iterator[None]:
    """Puts the dirstate back where an exception ends the context and the working copy has not moved meanwhile."""
    path, kept = (os.path.join(repo.dot_hg, name) for name in ("dirstate", _KEPT))
    before = _read(path)
    parents = repo.engine.working_parents()
    data = dirstate_data_name(os.fsencode(path))
    if data is not None:
        remove_if_there(os.fsencode(kept))
        _link(os.path.join(repo.dot_hg, data), kept)
    try:
        yield
    except BaseException:
        repo.invalidate()
        if _read(path) != before and repo.engine.working_parents() == parents:
            _put_back(repo, before, data, kept)
        raise
    finally:
        remove_if_there(os.fsencode(kept))


def _put_back(repo: Repository, before: bytes | None, data: str | None, kept: str) -> None:
    path = os.path.join(repo.dot_hg, "dirstate")
    if data is not None and not os.path.lexists(os.path.join(repo.dot_hg, data)):
        os.rename(kept, os.path.join(repo.dot_hg, data))
    if before is None:
        remove_if_there(os.fsencode(path))
    else:
        write_atomically(os.fsencode(path), before)
    repo.invalidate()


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        pass
    except OSError:
        shutil.copyfile(source, target)

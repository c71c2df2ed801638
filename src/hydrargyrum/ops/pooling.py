"""Pools of histories that clones share (`share.pool`): which one a source belongs to, and how it is brought up to date.

Making the working copy that shares it is `ops.share`; what is said of all this belongs to the command.
"""

from __future__ import annotations

import hashlib
import os
import time

from hydrargyrum import errors, lockfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.ops.unbundle import Added
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Rev


def name_in_pool(source: Repository, naming: str, location: str) -> tuple[str, str]:
    """What the history of `source` is called in a pool, or "" and why it is not pooled.

    Raises:
        Abort: there is no such way of naming.
    """
    from hydrargyrum.ops.discovery import is_served

    if naming == "remote":
        return hashlib.sha1(os.fsencode(location)).hexdigest(), ""
    if naming != "identity":
        raise errors.Abort(f"unknown share naming mode: {naming}")
    if not len(source.engine.changelog()):
        return "", "remote appears to be empty"
    if 0 in source.engine.hidden() or not is_served(source, 0):
        return "", "unable to resolve identity of remote"
    return source.engine.changelog().node(0).hex(), ""


def lock_in_pool(pool: str, name: str) -> lockfile.Lock:
    """Waits until nobody else makes or looks for that history; the pool's directory is made where it is not there."""
    os.makedirs(pool, exist_ok=True)
    where = os.fsencode(pool)
    while True:
        try:
            taken = lockfile.try_lock(where, os.fsencode(f"{name}.lock"))
        except OSError as problem:
            path = os.path.join(pool, f"{name}.lock")
            raise errors.LockUnavailable(what=name, path=path, errno=problem.errno) from None
        if taken is not None:
            return taken
        time.sleep(1)


def bring_up_to_date(
    source: Repository, target: Repository, heads: Sequence[Rev] | None, url: str
) -> Added | None:
    """Adds what the pool lacks of the source (`heads` and their ancestors), its phases, and bookmarks; what was added."""
    from hydrargyrum.ops.clone import publish_as, pull_changesets
    from hydrargyrum.ops.discovery import find_incoming, served_heads

    wanted = served_heads(source) if heads is None else list(heads)
    missing, common = find_incoming(target, source, heads, force=False)
    if missing:
        added = pull_changesets(
            source, target, wanted, url, common=common, meanwhile=lambda txn: _take_names(source, target, txn)
        )
        with target.lock_store(), target.transaction("phase") as txn:
            publish_as(source, target, source.engine.missing(wanted, []), txn)
        return added
    target.reporter.status("no changes found\n")
    with target.lock_store(), target.transaction("pull") as txn:
        txn.hook_facts.update(source="pull", url=url)
        _take_names(source, target, txn)
        published = publish_as(source, target, source.engine.missing(wanted, []), txn)
    if published:
        target.reporter.status(f"{published} local changesets published\n")
    return None


def _take_names(source: Repository, target: Repository, txn: Transaction) -> None:
    """Takes over bookmarks of changesets that are there, and names each."""
    from hydrargyrum.ops.clone import bookmarks_known_to
    from hydrargyrum.repo.bookmarks import Bookmarks

    changes = sorted(bookmarks_known_to(source, target))
    for name, _ in changes:
        target.reporter.status(f"adding remote bookmark {name}\n")
    if changes:
        Bookmarks.of(target, txn).change(changes)

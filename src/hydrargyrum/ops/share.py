"""Working copies that share the history of another repository, and how one gets a history of its own again.

The files that say so are described in docs/formats/requires.md; checking files out belongs to the command.
"""

from __future__ import annotations

import os
import shutil

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content, write_atomically, write_file
from hydrargyrum.ops.init import (
    OF_THE_WORKING_COPY,
    Sharing,
    create_repository,
    new_requirements,
    write_requirements,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.repo import Repository


def share(
    source: Repository,
    path: str,
    *,
    bookmarks: bool,
    relative: bool,
    compressions: Sequence[str],
    warn: Callable[[str], object],
    default: str | None = None,
) -> str:
    """Makes a working copy that shares the history of `source`.

    Args:
        source: may be such a working copy itself.
        path: of the new one, absolute.
        bookmarks: these are shared too; relative: note the place of the history relative to the new working copy.
        compressions: what the engine can do; warn: told what of the configuration is passed over.
        default: its default path; that of the source, if not given.

    Returns:
        The working copy's real path.
    """
    owner = os.path.realpath(source.engine.shared_dot_hg)
    sharing = Sharing(
        owner,
        source.engine.requirements - {"shared", "relshared"},
        relative=relative,
        items=["bookmarks"] if bookmarks else [],
    )
    wanted = new_requirements(source.config, compressions, warn, sharing=sharing)
    root = create_repository(path, wanted, sharing)
    default = default or source.config.text("paths", "default")
    if default:
        write_file(os.path.join(root, ".hg/hgrc"), os.fsencode(f"[paths]\ndefault = {default}\n"))
    return root


def unshare(repo: Repository) -> None:
    """Gives a working copy a copy of the history that it shared (with hard links).

    Raises:
        InputError: it shares none.
    """
    from hydrargyrum.ops.clone import link_store

    if not repo.is_shared:
        raise errors.InputError("this is not a shared repo")
    dot_hg, store = repo.dot_hg, os.path.join(repo.dot_hg, "store")
    requirements = repo.engine.requirements - {"shared", "relshared"}
    temporary = f"{store}.unshare-{os.getpid()}"
    repo.look_at_parents()
    with repo.lock_working_copy(), repo.lock_store():
        try:
            link_store(repo, temporary, phases=True)
            if "share-safe" in requirements:
                write_requirements(temporary, requirements - OF_THE_WORKING_COPY)
            if os.path.lexists(store):
                # somebody died after the next line
                os.rename(store, f"{temporary}.old")
            os.rename(temporary, store)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        _own_bookmarks(repo)
        if "share-safe" in requirements:
            _own_configuration(repo)
        own = requirements & OF_THE_WORKING_COPY if "share-safe" in requirements else requirements
        write_requirements(dot_hg, own)
        # nobody reads it any more
        os.rename(os.path.join(dot_hg, "sharedpath"), os.path.join(dot_hg, "sharedpath.old"))


def _own_configuration(repo: Repository) -> None:
    """What was configured at the source goes on to count, below what is configured here."""
    try:
        with open(os.path.join(repo.engine.shared_dot_hg, "hgrc"), "rb") as stream:
            inherited = stream.read()
    except FileNotFoundError:
        return
    path = os.path.join(repo.dot_hg, "hgrc")
    own = b""
    if os.path.exists(path):
        with open(path, "rb") as stream:
            own = stream.read()
    write_atomically(os.fsencode(path), b"# Config copied from shared source\n" + inherited + b"\n" + own)


def _own_bookmarks(repo: Repository) -> None:
    """Bookmarks that were shared come along."""
    shared = os.path.join(repo.dot_hg, "shared")
    if not os.path.exists(shared):
        return
    source = os.path.join(repo.engine.shared_dot_hg, "bookmarks")
    if os.path.exists(source):
        copy_content(source, os.path.join(repo.dot_hg, "bookmarks"), about=True)
    os.rename(shared, f"{shared}.old")

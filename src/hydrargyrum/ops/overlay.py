"""A repository together with what a bundle file brings, for as long as somebody looks at it.

It is a repository of its own whose files of history are hard links, so that nothing of the real one changes. Taking a
bundle in for good is `ops.unbundle`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.repo import Repository

#: Names in `.hg` beside the store that tell something of changesets.
_NAMES = ("bookmarks", "localtags")


@contextmanager
def with_bundle(repo: Repository, path: str, cwd: str) -> Iterator[Repository]:
    """The repository with the bundle's changesets after its own; gone when the context ends.

    Args:
        repo: the repository; it is only read.
        path: of the bundle, from directory `cwd`.

    Raises:
        Abort: the file is no bundle, or one whose changesets are based on others that are not here.
    """
    from hydrargyrum.exchange.bundlefile import open_bundle
    from hydrargyrum.ops.unbundle import unbundle

    with open_bundle(path, repo.engine, cwd) as bundle:
        root = temporary_directory(repo)
        try:
            link_history(repo, root)
            union = repo.nested(root)
            union.registered = repo.registered
            unbundle(union, bundle)
            yield union
        finally:
            shutil.rmtree(root, ignore_errors=True)


def temporary_directory(repo: Repository) -> str:
    """Beside the store, where hard links can be made; elsewhere if that cannot be written to."""
    try:
        return tempfile.mkdtemp(prefix="hg-bundle-", dir=repo.engine.shared_dot_hg)
    except OSError:
        return os.path.realpath(tempfile.mkdtemp(prefix="hg-bundle-"))


def link_history(repo: Repository, root: str) -> None:
    """Makes a repository with the history of another one, by hard links."""
    from hydrargyrum.ops.clone import link_store
    from hydrargyrum.ops.init import OF_THE_WORKING_COPY, create_repository, write_requirements

    requirements = repo.engine.requirements - {"shared", "relshared"}
    create_repository(root, requirements)
    store = os.path.join(root, ".hg/store")
    link_store(repo, store, phases=True)
    if "share-safe" in requirements:
        write_requirements(store, requirements - OF_THE_WORKING_COPY)
    for name in _NAMES:
        source = os.path.join(repo.engine.shared_dot_hg, name)
        if os.path.exists(source):
            shutil.copyfile(source, os.path.join(root, ".hg", name))

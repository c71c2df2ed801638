"""A repository together with what a bundle file brings, for as long as somebody looks at it.

Its history is a store of its own that lies over the real one, of which nothing is changed: files that get revisions are
copied up, all others are read where they are. Taking a bundle in for good is `ops.unbundle`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.config import Config
    from hydrargyrum.engine.protocol import Engine, ProgressCallback
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev

#: Names in `.hg` beside the store that tell something of changesets.
_NAMES = ("bookmarks", "localtags")
#: Files at the top of a store that are read there, and what names of revlogs begin with.
_OF_THE_STORE = frozenset(("phaseroots", "obsstore", "fncache", "bookmarks"))
_REVLOGS = "00"
#: Caches larger than this are made again as far as they are needed.
_WORTH_A_COPY = 64 << 20


@contextmanager
def with_bundle(repo: Repository, path: str, cwd: str) -> Iterator[Repository]:
    """The repository with the bundle's changesets after its own; gone when the context ends.

    Args:
        repo: the repository; it is only read.
        path: of the bundle, from directory `cwd`.

    Raises:
        Abort: the file is no bundle, or one whose changesets are based on others that are not here.
    """
    root = temporary_directory(repo)
    try:
        yield overlay_bundle(repo, root, path, cwd)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def open_with_bundle(
    repo: Repository,
    path: str,
    *,
    show_hidden: bool,
    progress: ProgressCallback | None,
    at_exit: Callable[[Callable[[], object]], object],
) -> Repository:
    """The same until the end of the process, which `at_exit` is told what to do at. Raises like `with_bundle`."""
    root = temporary_directory(repo)
    at_exit(lambda: shutil.rmtree(root, ignore_errors=True))
    return overlay_bundle(repo, root, path, repo.cwd, show_hidden=show_hidden, progress=progress)


def overlay_bundle(
    repo: Repository,
    root: str,
    path: str,
    cwd: str,
    *,
    show_hidden: bool = False,
    progress: ProgressCallback | None = None,
) -> Repository:
    """The repository with the bundle's changesets, as long as directory `root` is there. Raises like `with_bundle`."""
    from hydrargyrum.exchange.bundlefile import open_bundle
    from hydrargyrum.ops.unbundle import add_part, move_phases

    added = None
    facts = {"source": "bundle", "url": f"bundle:{path}"}
    with open_bundle(path, repo.engine, cwd) as bundle:
        over = overlay_history(repo, root)
        with over.lock_store(), over.transaction("bundle") as txn:
            # markers do not count as long as nothing is taken in
            for part in bundle.parts():
                if part.kind == "changegroup" and added is None:
                    added = add_part(over, txn, part, facts, path)
                elif part.kind == "phase-heads":
                    move_phases(over, txn, part.read_all())
                else:
                    part.read_all()
    if added is None:
        raise errors.Abort("No changegroups found")
    dot_hg = os.path.join(root, ".hg")
    union = repo.with_history(dot_hg, show_hidden=show_hidden, progress=progress)
    index = union.engine.changelog()
    revs: list[Rev] = [index.rev(node) for node in added.sent]
    union.bundled, union.own_length = frozenset(revs), len(repo.engine.changelog())
    # what is published is what the repository says of itself, not the file
    union.config = repo.config.copy()
    union.config.set("phases", "publish", "no", "bundlerepo")
    return union


def temporary_directory(repo: Repository) -> str:
    """Beside the store, where hard links can be made; elsewhere if that cannot be written to."""
    try:
        return tempfile.mkdtemp(prefix="hg-bundle-", dir=repo.engine.shared_dot_hg)
    except OSError:
        return os.path.realpath(tempfile.mkdtemp(prefix="hg-bundle-"))


def overlay_history(repo: Repository, root: str) -> Repository:
    """Makes a repository at `root`, without files, whose history lies over that of `repo`."""
    from hydrargyrum.ops.init import create_repository

    requirements = repo.engine.requirements - {"shared", "relshared"}
    create_repository(root, requirements)
    dot_hg = os.path.join(root, ".hg")
    _take_over(repo, os.path.join(dot_hg, "store") if "store" in requirements else dot_hg)
    for name in _NAMES:
        source = os.path.join(repo.engine.shared_dot_hg, name)
        if os.path.exists(source):
            copy_content(source, os.path.join(dot_hg, name))
    _take_caches(os.path.join(repo.engine.shared_dot_hg, "cache"), os.path.join(dot_hg, "cache"))
    return repo.nested(root, beneath=repo.stores)


def _take_over(repo: Repository, store: str) -> None:
    """Links or copies the files at the top of the store; those of the history last, so that it lacks nothing."""
    source = repo.engine.store
    names = [name for name in os.listdir(source) if name in _OF_THE_STORE or name.startswith(_REVLOGS)]
    for name in sorted(names, key=lambda name: (name.startswith("00changelog"), name)):
        target = os.path.join(store, name)
        try:
            # all others are replaced or appended to without a look at their links
            if name.endswith((".i", ".d")):
                os.link(os.path.join(source, name), target)
                continue
        except OSError:
            pass
        copy_content(os.path.join(source, name), target, about=True)


def _take_caches(source: str, target: str) -> None:
    try:
        entries = [entry for entry in os.scandir(source) if entry.is_file(follow_symlinks=False)]
    except OSError:
        return
    for entry in entries:
        try:
            if entry.stat().st_size <= _WORTH_A_COPY:
                shutil.copyfile(entry.path, os.path.join(target, entry.name))
        except OSError:
            continue


def empty_repository(
    config: Config, engine: Engine, at_exit: Callable[[Callable[[], object]], object]
) -> str:
    """The root of a new repository for a bundle file that stands alone; gone at the end of the process."""
    from hydrargyrum.ops.init import create_repository, new_requirements

    root = os.path.realpath(tempfile.mkdtemp(prefix="hg-bundle-"))
    at_exit(lambda: shutil.rmtree(root, ignore_errors=True))
    return create_repository(root, new_requirements(config, engine.compressions, config.warn))

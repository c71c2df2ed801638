"""Copies of a repository on the same machine: by hard links where all of it may be seen, else changeset by changeset.

Checking files out, and what is shown, belongs to the command.
"""

from __future__ import annotations

import os
import shutil

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content, write_file
from hydrargyrum.ops.init import OF_THE_WORKING_COPY, create_repository, write_requirements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hydrargyrum.ops.unbundle import Added
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.transaction import Transaction
    from hydrargyrum.types import Node, Rev

#: Names of files in a store that belong to transactions, not to what it holds.
_OF_TRANSACTIONS = ("undo", "journal")


def can_be_linked(source: Repository) -> bool:
    """Whether everything in the store may be seen by whoever gets a copy."""
    engine = source.engine
    if source.bundled is not None or engine.hidden():
        return False
    return all(engine.phase(rev) in ("public", "draft") for rev in engine.heads())


def is_publishing(source: Repository) -> bool:
    """Whether what others get from a repository becomes public."""
    return source.config.boolean("phases", "publish")


def check_destination(path: str, shown: str) -> None:
    """Raises `Abort` where something is at the destination already."""
    if os.path.lexists(path):
        if not os.path.isdir(path):
            raise errors.InputError(f"destination '{shown}' already exists")
        if os.listdir(path):
            raise errors.InputError(f"destination '{shown}' is not empty")


def link_repository(source: Repository, destination: str) -> str:
    """A copy whose files of history are hard links (copies where the file system differs).

    Phases come along unless the source is publishing; then everything is public.

    Returns:
        The working copy's real path.

    Raises:
        OSError: something cannot be made; nothing is left behind.
        LockHeld, LockUnavailable: the source cannot be locked; nothing is left behind.
    """
    requirements = source.engine.requirements - {"shared", "relshared"}
    existed = os.path.isdir(destination)
    root = os.path.realpath(destination)
    try:
        create_repository(root, requirements)
        store = os.path.join(root, ".hg/store")
        with source.lock_store(wait=False):
            link_store(source, store, phases=not is_publishing(source))
            if "share-safe" in requirements:
                write_requirements(store, requirements - OF_THE_WORKING_COPY)
    except BaseException:
        discard(root, existed=existed)
        raise
    return root


def discard(root: str, *, existed: bool) -> None:
    """Removes what was made of a copy; a directory that was there before stays."""
    shutil.rmtree(os.path.join(root, ".hg") if existed else root, ignore_errors=True)


def link_store(source: Repository, store: str, *, phases: bool) -> None:
    """Links all of a store but what says of it what it requires; the source's store lock is held."""
    names = sorted(_store_files(source, phases=phases), key=_index_last)
    with source.reporter.progress("linking", "files", len(names)) as steps:
        for name in names:
            steps.increment(item=name)
            _link(os.path.join(source.engine.store, name), os.path.join(store, name))


def _store_files(source: Repository, *, phases: bool) -> Iterator[str]:
    store = source.engine.store
    skipped = {"requires", "lock", *([] if phases else ["phaseroots"])}
    for directory, _, names in os.walk(store):
        below = os.path.relpath(directory, store)
        for name in names:
            if below != ".":
                yield os.path.join(below, name)
            elif name not in skipped and not name.startswith(_OF_TRANSACTIONS):
                yield name


def _index_last(name: str) -> tuple[bool, str]:
    """The changelog comes last: until it is there, the copy is empty."""
    return name.startswith("00changelog"), name


def _link(source: str, target: str) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)
    # these are replaced or appended to without a look at their links
    if not target.endswith((".i", ".d")):
        copy_content(source, target, about=True)
        return
    try:
        os.link(source, target)
    except OSError:
        copy_content(source, target, about=True)


def pull_changesets(
    source: Repository,
    target: Repository,
    heads: Sequence[Rev] | None,
    url: str,
    *,
    common: Sequence[Rev] = (),
    meanwhile: Callable[[Transaction], object] | None = None,
) -> Added | None:
    """Adds what others may see of another repository (`heads` and their ancestors) to one, with phases.

    `common` are heads (of the source) of what both have; `meanwhile` as for `add_changegroup`.
    """
    from hydrargyrum.exchange.sansio.changegroup import ChangegroupReader
    from hydrargyrum.exchange.sansio.pieces import PieceReader
    from hydrargyrum.ops.discovery import served_heads
    from hydrargyrum.ops.unbundle import add_changegroup, tell_hooks
    from hydrargyrum.repo.phases import NUMBERS

    missing = source.engine.missing(served_heads(source) if heads is None else heads, list(common))
    if not missing:
        return None
    version = "03" if "treemanifest" in source.engine.requirements else "02"
    pieces = source.engine.changegroup(missing, list(common), version)
    facts = {"source": "pull", "url": url}
    publishing = is_publishing(source)
    with target.lock_store(), target.transaction("pull") as txn:
        txn.hook_facts.update(facts)
        reader = ChangegroupReader(PieceReader(iter(pieces)).read, version)
        added = add_changegroup(
            target, txn, reader, NUMBERS["public" if publishing else "draft"], facts, meanwhile=meanwhile
        )
        if not publishing:
            publish_as(source, target, missing, txn)
        markers = _copy_markers(source, target, missing, txn)
    if markers:
        target.reporter.status(f"{markers} new obsolescence markers\n")
    tell_hooks(target, added, facts)
    return added


def _copy_markers(source: Repository, target: Repository, revs: Sequence[Rev], txn: Transaction) -> int:
    """Takes over what markers say about the changesets, where both sides exchange them; how many are new."""
    from hydrargyrum.ops.obsolete import allows
    from hydrargyrum.repo.obsolescence import add_markers, read_markers, relevant_markers

    if not (allows(source, "exchange") and allows(target, "exchange")):
        return 0
    index = source.engine.changelog()
    return add_markers(target, txn, relevant_markers(read_markers(source), [index.node(rev) for rev in revs]))


def publish_as(source: Repository, target: Repository, revs: Sequence[Rev], txn: Transaction) -> int:
    """What others may take of the source as public (of `revs`) is public in the target; how many became so."""
    from hydrargyrum.repo.phases import NUMBERS, PhaseRoots

    theirs, ours = source.engine.changelog(), target.engine.changelog()
    all_of_it = is_publishing(source)
    public = [rev for rev in revs if all_of_it or source.engine.phase(rev) == "public"]
    here = [ours.rev(theirs.node(rev)) for rev in public]
    return PhaseRoots.of(target, txn).advance(txn, NUMBERS["public"], here)


def bookmarks_known_to(source: Repository, target: Repository) -> list[tuple[str, Node]]:
    """The source's bookmarks whose changesets the target has."""
    index = target.engine.changelog()
    found = []
    for name, node in source.engine.bookmarks().items():
        try:
            index.rev(node)
        except errors.UnknownNode:
            continue
        found.append((name, node))
    return found


def copy_bookmarks(source: Repository, target: Repository) -> None:
    """Takes over the bookmarks whose changesets came along."""
    from hydrargyrum.repo.bookmarks import Bookmarks

    changes = bookmarks_known_to(source, target)
    if changes:
        with target.lock_store(), target.transaction("bookmarks") as txn:
            Bookmarks.of(target, txn).change(changes)


def write_default_path(root: str, location: str) -> None:
    """Notes in the new repository's configuration where it is from."""
    text = (
        "# configuration of this repository (see 'hg help config')\n"
        "[paths]\n"
        f"default = {location}\n"
        "\n"
        "# [ui]\n"
        "# username = Jane Doe <jdoe@example.com>\n"
    )
    write_file(os.path.join(root, ".hg/hgrc"), os.fsencode(text))

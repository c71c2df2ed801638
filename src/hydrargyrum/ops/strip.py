"""Removing changesets with their descendants from the store, with a bundle of them as a backup.

What is not to go but comes later in the store is kept in a temporary bundle and added again.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.repo.uninterruptible import Uninterruptible
from hydrargyrum.types import NULL_NODE, NULL_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.obsolescence import Marker
    from hydrargyrum.types import Node, Rev

DIRECTORY = "strip-backup"


def strip(repo: Repository, revs: Iterable[Rev], *, topic: str = "backup", backup: bool = True) -> str | None:
    """Removes changesets and their descendants; the path of the backup, None without one.

    Both locks are held by the caller, and no transaction runs.

    Raises:
        InternalError: a transaction runs.
    """
    if repo.current_transaction is not None:
        raise errors.InternalError(problem="cannot strip from inside a transaction")
    index = repo.engine.changelog()
    named = list(revs)
    gone = with_descendants(repo, named) - {NULL_REV}
    # of nothing (`strip null`) there is a backup, too
    first = min(gone, default=len(index))
    kept = [rev for rev in range(first, len(index)) if rev not in gone]
    marks = _bookmark_moves(repo, gone)
    phases = {index.node(rev): repo.engine.phase(rev) for rev in kept}
    kept = [*_broken(repo, first), *kept]
    last = index.node(named[-1])
    markers = _exclusive_markers(repo, gone)
    path = _back_up(repo, sorted(gone), last, topic) if backup else None
    kept_path = _bundle(repo, kept, last, "temp") if kept else None
    with Uninterruptible(repo.reporter.warn):
        try:
            if gone:
                _cut(repo, first, markers)
            if kept_path is not None:
                _add_again(repo, kept_path, phases)
            _move_bookmarks(repo, marks)
            _forget_undo(repo)
        except BaseException:
            _tell_where(repo, path, kept_path)
            raise
        if kept_path is not None:
            os.unlink(kept_path)
    return path


def archive(
    repo: Repository, revs: Iterable[Rev], *, topic: str = "backup", backup: bool = True
) -> str | None:
    """Hides changesets and their visible descendants in the archived phase; the path of the backup, None without one.

    The store is locked by the caller, and no transaction runs.

    Raises:
        Abort: the repository has no such phase.
    """
    from hydrargyrum.repo.bookmarks import Bookmarks
    from hydrargyrum.repo.phases import NUMBERS, PhaseRoots, supports_archived

    if not supports_archived(repo):
        raise errors.Abort("this repository does not support the archived phase")
    gone = sorted(with_descendants(repo, revs) - repo.hidden - {NULL_REV})
    if not gone:
        return None
    index = repo.engine.changelog()
    path = None
    if backup:
        all_of_them = sorted(with_descendants(repo, gone))
        path = _back_up(repo, all_of_them, index.node(gone[0]), topic)
    with repo.transaction("strip") as txn:
        PhaseRoots.of(repo, txn).retract(txn, NUMBERS["archived"], gone)
        # bookmarks stay where they are, and what they are on stays visible
        Bookmarks.of(repo, txn).change([])
    return path


def replace(repo: Repository, revs: Sequence[Rev], *, topic: str) -> None:
    """Takes changesets away that others have replaced, where no markers say so; the user is told of a backup."""
    from hydrargyrum.repo.phases import supports_archived

    backup = repo.config.boolean("rewrite", "backup-bundle", True)
    if supports_archived(repo) and repo.config.boolean("experimental", "cleanup-as-archived"):
        archive(repo, revs, topic=topic, backup=backup)
        return
    path = strip(repo, revs, topic=topic, backup=backup)
    if path is not None:
        repo.reporter.status(f"saved backup bundle to {path}\n")


def _back_up(repo: Repository, revs: Sequence[Rev], last: Node, topic: str) -> str | None:
    """Writes a backup of changesets; what is internal never leaves the repository."""
    shown = [rev for rev in revs if repo.engine.phase(rev) != "internal"]
    if revs and not shown:
        return None
    return _bundle(repo, shown, last, topic, with_markers=True)


def _broken(repo: Repository, first: Rev) -> Sequence[Rev]:
    """Changesets below the cut that lose a manifest or a file to it, so that it has to be added again."""
    writer = repo.engine.write_store(os.path.join(repo.engine.store, "journal"))
    try:
        return writer.broken_by_strip(first)
    finally:
        writer.discard()


def with_descendants(repo: Repository, revs: Iterable[Rev]) -> set[Rev]:
    """The changesets and all that descend from them."""
    index = repo.engine.changelog()
    found = set(revs)
    for rev in range(min(found) + 1, len(index)):
        first, second = index.parents(rev)
        if first in found or second in found:
            found.add(rev)
    return found


def _bundle(
    repo: Repository,
    revs: Sequence[Rev],
    last: Node,
    topic: str,
    *,
    with_markers: bool = False,
) -> str:
    """Writes changesets as a bundle, compressed and with markers where it is to stay; its path."""
    import hashlib

    from hydrargyrum.exchange import bundlespec
    from hydrargyrum.exchange.bundlefile import write_bundle
    from hydrargyrum.ops.outgoing import Outgoing, bundle_parts

    index = repo.engine.changelog()
    digits = sorted(index.node(rev).hex() for rev in revs)
    if last == NULL_NODE and revs and with_markers:
        # `strip null` means everything; the name counts the null revision, too
        digits.insert(0, last.hex())
    total = hashlib.sha1("".join(digits).encode("ascii")).hexdigest()
    directory = os.path.join(repo.dot_hg, DIRECTORY)
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, f"{last.hex()[:12]}-{total[:8]}-{topic}.hg")
    wanted = "bzip2-v2;obsolescence=yes" if with_markers else "none-v2"
    wanted += ";phases=yes;cg.version=03"
    spec = bundlespec.parse(wanted)
    inside = frozenset(revs)
    bases = sorted({parent for rev in revs for parent in index.parents(rev) if parent != NULL_REV} - inside)
    write_bundle(path, spec, bundle_parts(repo, Outgoing(list(revs), bases), spec), repo.engine)
    return path


def _exclusive_markers(repo: Repository, gone: set[Rev]) -> frozenset[Marker]:
    """The markers that go away with the changesets."""
    from hydrargyrum.repo.obsolescence import exclusive_markers, read_markers

    markers = read_markers(repo) if repo.config.boolean("devel", "strip-obsmarkers", True) else []
    if not markers:
        return frozenset()
    index = repo.engine.changelog()

    def is_known(node: Node) -> bool:
        try:
            index.rev(node)
        except errors.UnknownNode:
            return False
        return True

    return exclusive_markers(markers, [index.node(rev) for rev in gone], is_known)


def _cut(repo: Repository, first: Rev, markers: frozenset[Marker]) -> None:
    from hydrargyrum.repo.phases import PhaseRoots

    with repo.transaction("strip") as txn:
        if markers:
            from hydrargyrum.repo.obsolescence import FILE, encode_markers, read_markers

            left = [marker for marker in read_markers(repo) if marker not in markers]
            txn.write_file("", FILE, encode_markers(left))
        PhaseRoots.of(repo, txn).forget_from(txn, first)
        txn.writer.strip(first)


def _add_again(repo: Repository, path: str, phases: dict[Node, str]) -> None:
    from hydrargyrum.exchange.bundlefile import open_bundle
    from hydrargyrum.exchange.sansio.changegroup import ChangegroupReader
    from hydrargyrum.ops.unbundle import with_progress
    from hydrargyrum.repo.phases import NUMBERS, PhaseRoots

    repo.reporter.note("adding branch\n")
    with open_bundle(path, repo.engine) as bundle, repo.transaction("strip") as txn:
        for part in bundle.parts():
            if part.kind.lower() != "changegroup":
                continue
            version = part.parameters.get("version") or "01"
            for section in with_progress(repo, ChangegroupReader(part.read, version).sections()):
                txn.writer.add_revisions(section.kind, section.path.rstrip("/"), section.revisions)
        index = repo.engine.changelog()
        roots = PhaseRoots.of(repo, txn)
        for node, name in phases.items():
            if NUMBERS[name]:
                roots.register_new(txn, NUMBERS[name], [index.rev(node)])


def _bookmark_moves(repo: Repository, gone: set[Rev]) -> list[tuple[str, Node]]:
    """Bookmarks of what goes away, with where they are to be."""
    index = repo.engine.changelog()
    names = [name for name, node in repo.engine.bookmarks().items() if index.rev(node) in gone]
    outside = {parent for rev in gone for parent in index.parents(rev) if parent != NULL_REV} - gone
    target = index.node(max(outside)) if outside else repo.working_parents()[0]
    return [(name, target) for name in names]


def _move_bookmarks(repo: Repository, moves: list[tuple[str, Node]]) -> None:
    from hydrargyrum.repo.bookmarks import Bookmarks

    # the peer writes the file also where nothing moves, and hooks see the transaction
    with repo.transaction("repair") as txn:
        Bookmarks.of(repo, txn).change(moves)


def _forget_undo(repo: Repository) -> None:
    from hydrargyrum.repo import journal

    journal.remove_undo_files(journal.Places(repo), repo.reporter.warn)


def _tell_where(repo: Repository, path: str | None, kept_path: str | None) -> None:
    warn = repo.reporter.warn
    if path is not None:
        warn(f"strip failed, backup bundle stored in '{path}'\n")
    if kept_path is not None:
        warn(f"strip failed, unrecovered changes stored in '{kept_path}'\n")
        warn(f"(fix the problem, then recover the changesets with \"hg unbundle '{kept_path}'\")\n")

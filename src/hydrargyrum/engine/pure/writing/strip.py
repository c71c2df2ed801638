"""Cuts the revlogs so that no revision links to a changeset from a given one on.

Saving what is cut off, and putting back what is still wanted of it, is the caller's business.
"""

from __future__ import annotations

import os

from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.filelog import Filelog
from hydrargyrum.engine.pure.store.files import io_error
from hydrargyrum.engine.pure.store.index import ENTRY_SIZE
from hydrargyrum.engine.pure.store.manifest import ManifestLog
from hydrargyrum.engine.pure.writing import fncache
from hydrargyrum.engine.storenames import encode_directories, is_listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.engine.pure.store.changelog import Changelog
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.pure.writing.files import StoreFiles


def strip(layout: RepoLayout, files: StoreFiles, changelog: Changelog, first: int) -> None:
    """Cuts all revlogs.

    Raises:
        IoError: a file cannot be cut; the journal says what is still to do.
    """
    if first >= len(changelog):
        return
    cuts: dict[bytes, int] = {}
    touched = {path for rev in range(first, len(changelog)) for path in changelog.changeset(rev).files}
    for revlog in _revlogs(layout, touched):
        cuts.update(_cuts(revlog, _cut_point(revlog, first)))
    cuts.update(_cuts(changelog, first))
    gone = {encode_directories(name) for name, size in cuts.items() if not size and is_listed(name)}
    files.note_cuts(cuts)
    if gone:
        fncache.rewrite(layout, files, [name for name in fncache.read(layout) if name not in gone])
    for name, size in cuts.items():
        try:
            if size:
                files.own(name)
                os.truncate(files.path(name), size)
            elif os.path.lexists(files.path(name)):
                os.unlink(files.path(name))
        except OSError as problem:
            raise io_error(files.path(name), problem, "truncate") from None


def _revlogs(layout: RepoLayout, touched: set[bytes]) -> Iterator[Revlog]:
    """The manifests and filelogs that may have revisions to be cut off."""
    manifests = ManifestLog(layout)
    yield manifests.revlog(b"")
    if req.TREEMANIFEST in layout.requirements:
        directories = set()
        for path in touched:
            while b"/" in path:
                path = path[: path.rindex(b"/")]
                directories.add(path)
        yield from map(manifests.revlog, sorted(directories))
    for path in sorted(touched):
        yield Filelog(layout, path)


def broken_changesets(layout: RepoLayout, changelog: Changelog, first: int) -> set[int]:
    """Changesets before `first` that lose revisions when it is stripped, because those were appended later."""
    touched = {path for rev in range(first, len(changelog)) for path in changelog.changeset(rev).files}
    found: set[int] = set()
    for revlog in _revlogs(layout, touched):
        links = [revlog.index.entry(rev).link_rev for rev in range(_cut_point(revlog, first), len(revlog))]
        found.update(link for link in links if link < first)
    return found


def _cut_point(revlog: Revlog, first: int) -> int:
    """The first revision that links to a changeset from `first` on."""
    index = revlog.index
    for rev in range(len(index)):
        if index.entry(rev).link_rev >= first:
            return rev
    return len(index)


def _cuts(revlog: Revlog, rev: int) -> dict[bytes, int]:
    """The sizes to which the files of a revlog are cut when it ends before `rev`."""
    index, radix = revlog.index, revlog.radix
    if rev >= len(index):
        return {}
    end = index.entry(rev).offset if rev else 0
    if index.inline:
        return {radix + b".i": end + rev * ENTRY_SIZE}
    return {radix + b".d": end, radix + b".i": rev * ENTRY_SIZE}

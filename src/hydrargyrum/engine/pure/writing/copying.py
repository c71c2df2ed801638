"""Takes over whole revlogs of another repository, for one that changes its format.

Which ones, and in which order, is decided by the caller.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.filelog import MARKER, Filelog
from hydrargyrum.engine.pure.store.revlog import CENSORED, HAS_META
from hydrargyrum.engine.pure.writing.deltas import Incoming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.protocol import EngineRepository
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.pure.writing.appender import Appender


def open_revlog(source: EngineRepository, kind: str, path: bytes) -> Revlog:
    """A revlog of a repository of this engine, as its files are."""
    from hydrargyrum.engine.pure.repository import PureRepository

    if not isinstance(source, PureRepository):
        raise errors.InternalError(problem="a repository of another engine is to be copied")
    return revlog_of(source.layout, kind, path)


def revlog_of(layout: RepoLayout, kind: str, path: bytes) -> Revlog:
    """The same, by the place of the repository."""
    if kind == "changelog":
        from hydrargyrum.engine.pure.store.changelog import Changelog

        return Changelog(layout)
    if kind == "manifest":
        from hydrargyrum.engine.pure.store.manifest import ManifestLog

        return ManifestLog(layout).revlog(path)
    if kind == "file":
        return Filelog(layout, path)
    raise ValueError(kind)


def measure_revlog(layout: RepoLayout, kind: str, path: bytes) -> tuple[int, int, int]:
    """See `engine.writing.WritingRepository.measure_revlog`."""
    revlog = revlog_of(layout, kind, path)
    stored = 0
    for suffix in (b".i", b".d"):
        try:
            stored += os.stat(layout.store_path(revlog.radix + suffix)).st_size
        except FileNotFoundError:
            continue
    texts = 0
    for rev in range(len(revlog)):
        size = revlog.index.entry(rev).size
        texts += size if size >= 0 else len(revlog.raw_text(rev))
    return len(revlog), stored, texts


def copy_revlog(appender: Appender, source: Revlog, *, is_filelog: bool, deltas: str) -> int:
    """Appends all revisions of `source`; how long its files will be. See `engine.writing.StoreWriter.copy_revlog`."""
    if deltas not in ("keep", "choose", "anew"):
        raise ValueError(deltas)
    target = appender.revlog.index
    if len(target):
        raise errors.InternalError(problem="a revlog to be filled is not empty")
    is_preferred = deltas == "keep" and source.index.general_delta
    for rev in range(len(source)):
        entry = source.index.entry(rev)
        text = source.raw_text(rev)
        source.remember(rev, text)
        known = None
        if deltas != "anew" and not entry.flags & CENSORED:
            found = source.stored_delta(rev)
            if found is not None and found[1]:
                known = Incoming(*found, is_preferred=is_preferred)
        parents, flags = source.index.parents(rev), entry.flags
        if is_filelog:
            # where no flag says that there is metadata, a null first parent does
            was, now = source.index.has_meta_flag, target.has_meta_flag
            if was and not now and flags & HAS_META and parents[1] == -1:
                parents = parents[1], parents[0]
            if now and not was and text.startswith(MARKER) and not flags & CENSORED:
                flags |= HAS_META
        appender.add(entry.node, text, parents, entry.link_rev, flags=flags, known=known)
    return appender.size

"""Appends revisions that come from elsewhere, as deltas with their nodes; every node is verified.

Where they come from (bundles, other repositories) is the business of others.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.delta import apply_deltas
from hydrargyrum.engine.pure.store.filelog import MARKER
from hydrargyrum.engine.pure.store.revlog import (
    CENSORED,
    EXTERNAL,
    HAS_META,
    MAX_TEXT,
    NULL_NODE,
    revision_hash,
)
from hydrargyrum.engine.pure.text import decode
from hydrargyrum.engine.pure.writing.deltas import Incoming
from hydrargyrum.text.hunks import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.pure.writing.appender import Appender
    from hydrargyrum.plans import RevisionToAdd


def add_revisions(appender: Appender, links: Revlog | None, revisions: Iterable[RevisionToAdd]) -> int:
    """Appends what is not there yet; how many that were. `links` is the changelog, None where that is appended to."""
    revlog = appender.revlog
    added = 0
    for revision in revisions:
        if revlog.find(revision.node) is not None:
            continue
        _add(appender, links, revision)
        added += 1
    return added


def _add(appender: Appender, links: Revlog | None, revision: RevisionToAdd) -> None:
    revlog = appender.revlog
    base = -1 if revision.base == NULL_NODE else revlog.rev(revision.base)
    p1, p2 = (-1 if node == NULL_NODE else revlog.rev(node) for node in revision.parents)
    link = len(revlog) if links is None else links.rev(revision.link_node)
    before = b"" if base == -1 else revlog.raw_text(base)
    try:
        text = apply_deltas(before, [revision.delta], MAX_TEXT)
    except Unreadable as problem:
        raise _corrupt(revlog, revision, problem.problem) from None
    flags = revision.flags
    if (
        not flags & (CENSORED | EXTERNAL)
        and revision_hash(text, *revision.parents) != revision.node
        and not _is_tombstone(text)
    ):
        raise _corrupt(revlog, revision, "integrity check failed")
    if revlog.index.has_meta_flag and text.startswith(MARKER):
        flags |= HAS_META
    known = None if base == -1 or flags & (CENSORED | EXTERNAL) else Incoming(base, revision.delta)
    appender.add(revision.node, text, (p1, p2), link, flags=flags, known=known)


def _is_tombstone(text: bytes) -> bool:
    """Whether a text stands in the place of one that was censored."""
    end = text.find(MARKER, len(MARKER))
    return text.startswith(MARKER) and end >= 0 and b"censored:" in text[len(MARKER) : end]


def _corrupt(revlog: Revlog, revision: RevisionToAdd, problem: str) -> errors.CorruptRevision:
    return errors.CorruptRevision(
        path=decode(revlog.name), rev=len(revlog), node=revision.node.hex(), problem=problem
    )

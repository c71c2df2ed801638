"""Histories of single files: the changesets that a file's revisions come from, followed through copies.

Finding ancestors of file revisions is the engine's business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.revset.sets import Listed
from hydrargyrum.types import WDIR_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Rev


def follow_files(
    query: Query, pattern: str, starts: RevisionSet | None, *, first_parent: bool
) -> RevisionSet:
    """Changesets that introduced the file revisions that led to the files that a pattern names.

    Args:
        query: where to look.
        pattern: which files (a plain one is a path).
        starts: in which revisions; None for the working copy's parent.
        first_parent: only first parents of file revisions.

    Raises:
        Unsupported: with `first_parent`.
    """
    if first_parent:
        raise errors.Unsupported(feature="following files through first parents only is")
    found: set[Rev] = set()
    for rev in [WDIR_REV] if starts is None else list(starts):
        seen_from = query.working_parents()[0] if rev == WDIR_REV else rev
        patterns = PatternSet(query.cwd, [pattern], default_kind="path", warn_missing=False)
        manifest = query.engine.manifest(seen_from)
        for path in query.engine.files(seen_from, patterns)[0]:
            node = manifest[path].node
            found.update(introduced for introduced, _, _ in query.engine.file_ancestors(path, node))
    return Listed.of_set(found - query.left_out)

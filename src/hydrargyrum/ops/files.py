"""The tracked files of a changeset or of the working copy that match patterns, also those of subrepositories.

Listing only; sizes and contents are asked for one by one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.engine.protocol import PathSequence
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import PatternSet


class FileListing:
    """Matching files of one repository.

    Attributes:
        changeset: what they are files of.
        prefix: what stands before each path: the place of a subrepository with a slash, else "".
        paths: in byte order.
        warnings: about files that were named and are not there.
    """

    __slots__ = ("changeset", "paths", "prefix", "warnings")

    def __init__(
        self, changeset: Changeset, prefix: str, paths: PathSequence, warnings: Sequence[EngineWarning]
    ) -> None:
        self.changeset = changeset
        self.prefix = prefix
        self.paths = paths
        self.warnings = warnings


def list_files(
    changeset: Changeset, patterns: PatternSet, *, subrepos: bool = False
) -> Iterator[FileListing]:
    """The files of a changeset, then those of its subrepositories where they are wanted."""
    return _listings(changeset, patterns, "", subrepos=subrepos)


def _listings(
    changeset: Changeset, patterns: PatternSet, prefix: str, *, subrepos: bool
) -> Iterator[FileListing]:
    paths, warnings = changeset.repo.engine.files(changeset.engine_rev, patterns)
    yield FileListing(changeset, prefix, paths, warnings)
    if not subrepos:
        return
    from hydrargyrum.ops.subrepos import nested_repository, patterns_below, subrepo_states

    for state in subrepo_states(changeset, changeset):
        inner = nested_repository(changeset.repo, state)
        below = None if inner is None else patterns_below(patterns, changeset.repo.root, inner.root)
        if inner is not None and below is not None:
            revision = None if changeset.is_working_copy else state.base or "null"
            yield from _listings(inner[revision], below, f"{prefix}{state.path}/", subrepos=True)

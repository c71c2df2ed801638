"""The tracked files of a changeset or of the working copy that match patterns, also those of subrepositories.

Listing only; sizes and contents are asked for one by one.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.engine.protocol import PathSequence
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.ops.subrepos import SubrepoState
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
    outer, states = outer_patterns(changeset, patterns, subrepos=subrepos)
    if outer is not None:
        paths, warnings = changeset.repo.engine.files(changeset.engine_rev, outer)
        yield FileListing(changeset, prefix, paths, warnings)
    if not states:
        return
    from hydrargyrum.ops.subrepos import nested_repository, patterns_below

    for state in states:
        below = patterns_below(
            patterns, changeset.repo.root, os.path.join(changeset.repo.root, state.path), wanted=subrepos
        )
        inner = None if below is None else nested_repository(changeset.repo, state)
        if inner is not None and below is not None:
            revision = None if changeset.is_working_copy else state.base or "null"
            yield from _listings(inner[revision], below, f"{prefix}{state.path}/", subrepos=subrepos)


def outer_patterns(
    changeset: Changeset, patterns: PatternSet, *, subrepos: bool
) -> tuple[PatternSet | None, Sequence[SubrepoState]]:
    """The patterns for the changeset itself (None where all lead elsewhere), and subrepositories to look into."""
    if (not subrepos and patterns.everything) or not _has_subrepos(changeset):
        return patterns, ()
    from hydrargyrum.ops.subrepos import patterns_outside, subrepo_states

    states = subrepo_states(changeset, changeset)
    return patterns_outside(patterns, changeset.repo.root, states), states


def _has_subrepos(changeset: Changeset) -> bool:
    if changeset.is_working_copy:
        return os.path.exists(os.path.join(changeset.repo.root, ".hgsub"))
    return ".hgsub" in changeset.manifest

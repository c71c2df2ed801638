"""How commands about files go into subrepositories: the same selection, seen from each of them.

What subrepositories are is known to `ops.nested`.
"""

from __future__ import annotations

import os

from hydrargyrum.commands.walk_options import path_shower, patterns_of, selection_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.merge.conversation import ShowPath
    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import PatternSet


class InnerSelection:
    """What a command line means in one subrepository.

    Attributes:
        repo: the subrepository; selection: its files.
    """

    __slots__ = ("repo", "selection")

    def __init__(self, repo: Repository, selection: Selection) -> None:
        self.repo = repo
        self.selection = selection


def outer_selection(context: CommandContext, *, relative: bool = True) -> Selection | None:
    """The selection without names that lead into subrepositories; None where none is left."""
    from hydrargyrum.repo.substates import has_subrepos

    whole = selection_of(context, relative=relative)
    if whole.patterns.everything or not has_subrepos(context.repo):
        return whole
    from hydrargyrum.ops.selection import Selection
    from hydrargyrum.ops.subrepos import patterns_outside, subrepo_states

    here = context.repo.working_copy
    left = patterns_outside(whole.patterns, context.repo.root, subrepo_states(here, here))
    return None if left is None else Selection(context.repo, left, whole.show)


def inner_selections(
    context: CommandContext, *, into: bool, files_only: bool = False, relative: bool = True
) -> Iterator[InnerSelection]:
    """The subrepositories that a command goes into, and theirs in turn.

    Args:
        context: the invocation.
        into: those too that no argument leads into (`--subrepos`).
        files_only: without `into`, only files count that are named one by one.
        relative: how paths are shown, see `path_shower`.
    """
    from hydrargyrum.repo.substates import has_subrepos

    if has_subrepos(context.repo):
        walk = _Walk(context, into=into, files_only=files_only)
        yield from walk.below(context.repo, patterns_of(context), path_shower(context, relative=relative))


class _Walk:
    def __init__(self, context: CommandContext, *, into: bool, files_only: bool) -> None:
        self._status = context.ui.status
        self._into = into
        self._files_only = files_only and not into

    def below(self, outer: Repository, patterns: PatternSet, show: ShowPath) -> Iterator[InnerSelection]:
        from hydrargyrum.ops.nested.inner import Inner
        from hydrargyrum.ops.selection import Selection
        from hydrargyrum.ops.subrepos import patterns_below
        from hydrargyrum.repo.substates import has_subrepos, subrepos_of

        for path, recorded in sorted(subrepos_of(outer.working_copy).items()):
            inner = Inner(outer, path, recorded)
            narrowed = patterns_below(patterns, outer.root, inner.root, wanted=self._into)
            if narrowed is not None and self._files_only:
                narrowed = _single_files(narrowed, inner.root)
            if narrowed is None:
                continue
            repo = inner.repo
            if repo is None:
                self._status(f"skipping missing subrepository: {show(path)}\n")
                continue
            shower = _shower(show, path)
            yield InnerSelection(repo, Selection(repo, narrowed, shower))
            if has_subrepos(repo):
                yield from self.below(repo, narrowed, shower)


def _shower(show: ShowPath, path: str) -> ShowPath:
    return lambda name: show(f"{path}/{name}")


def _single_files(patterns: PatternSet, root: str) -> PatternSet | None:
    from hydrargyrum.types import PatternSet

    named = [
        name
        for name in patterns.patterns
        if name.startswith("path:") and not os.path.isdir(os.path.join(root, name[5:]))
    ]
    return PatternSet(root, named, patterns.include, patterns.exclude) if named else None

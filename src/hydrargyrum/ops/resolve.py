"""`resolve`: files of a recorded merge are merged again or marked.

Merging one file is `merge.resolution`; the dirstate is told by `ops.recording`.
"""

from __future__ import annotations

import os
import shutil

from hydrargyrum import errors
from hydrargyrum.atomicfile import copy_content
from hydrargyrum.merge import state as states
from hydrargyrum.merge.contents import has_markers
from hydrargyrum.merge.resolution import Resolver
from hydrargyrum.merge.state import MergeState
from hydrargyrum.types import NULL_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.merge.conversation import ShowPath
    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Repository


class ResolveRequest:
    """What to do.

    Attributes:
        action: "merge", "mark" or "unmark".
        patterns: which files.
        all_files: the user asked for all of them.
    """

    __slots__ = ("action", "all_files", "patterns")

    def __init__(self, action: str, patterns: PatternSet, *, all_files: bool) -> None:
        self.action = action
        self.patterns = patterns
        self.all_files = all_files


class ResolveOutcome:
    """What came of it.

    Attributes:
        found: some file matched.
        failed: some file could not be merged.
        unresolved: how many files are left.
        root_matches: nothing matched, but would do so from the root.
    """

    __slots__ = ("failed", "found", "root_matches", "unresolved")

    def __init__(self) -> None:
        self.found = self.failed = self.root_matches = False
        self.unresolved = 0


def listed(repo: Repository, patterns: PatternSet) -> list[tuple[str, str]]:
    """Files of the merge that match, and their status."""
    state = MergeState.read(repo)
    wanted = _matching(repo, state, patterns)
    return [(path, state[path].status) for path in state if path in wanted]


def resolve(repo: Repository, request: ResolveRequest, merger: FileMerger, show: ShowPath) -> ResolveOutcome:
    """Merge again or mark.

    Raises:
        StateError: there is no merge; conflict markers were found and are not allowed.
    """
    with repo.lock_working_copy():
        state = MergeState.read(repo)
        has_second = repo.has_second_parent
        if not (state.active or has_second):
            raise errors.StateError("resolve command not applicable when not merging")
        outcome = ResolveOutcome()
        resolver = Resolver(repo, state, merger)
        wanted = _matching(repo, state, request.patterns)
        marked: list[str] = []
        for path in list(state):
            if path not in wanted:
                continue
            outcome.found = True
            if state[path].is_path_conflict:
                _path_conflict(state, path, request, merger, show)
            elif request.action == "mark":
                if state[path].status != states.RESOLVED and _has_markers(merger, path):
                    marked.append(path)
                state.mark(path, states.RESOLVED)
            elif request.action == "unmark":
                state.mark(path, states.UNRESOLVED)
            elif not _merge_again(resolver, merger, path):
                outcome.failed = True
        _tell_markers(repo, request, marked, merger, show)
        if state.active:
            state.write()
        if len(resolver.plan):
            from hydrargyrum.ops.recording import record_plan

            editor = repo.engine.edit_dirstate()
            record_plan(editor, resolver.plan, is_merge=has_second)
            editor.write()
        outcome.unresolved = len(state.unresolved)
        if not outcome.found and request.patterns.patterns:
            outcome.root_matches = _matches_from_root(repo, state, request.patterns)
        return outcome


def _path_conflict(
    state: MergeState, path: str, request: ResolveRequest, merger: FileMerger, show: ShowPath
) -> None:
    if request.action == "mark":
        state.mark(path, states.RESOLVED_PATH)
    elif request.action == "unmark":
        state.mark(path, states.UNRESOLVED_PATH)
    elif state[path].status == states.UNRESOLVED_PATH:
        merger.talk.warn(f"{show(path)}: path conflict must be resolved manually\n")


def _merge_again(resolver: Resolver, merger: FileMerger, path: str) -> bool:
    """Merge a file again; what it was before is kept as its backup. Whether it is resolved."""
    place = merger.files.absolute(path)
    kept = f"{place}.resolve"
    try:
        if os.path.lexists(kept):
            os.unlink(kept)
        copy_content(place, kept, follow=False)
        if not os.path.islink(place):
            shutil.copymode(place, kept)
    except FileNotFoundError:
        kept = ""
    try:
        done = resolver.resolve(path)
    finally:
        resolver.state.write()
    if kept:
        os.replace(kept, merger.files.backup_path(path))
    return done


def _has_markers(merger: FileMerger, path: str) -> bool:
    return merger.files.is_file_or_link(path) and has_markers(merger.files.read(path))


def _tell_markers(
    repo: Repository, request: ResolveRequest, marked: list[str], merger: FileMerger, show: ShowPath
) -> None:
    check = repo.config.text("commands", "resolve.mark-check")
    if not marked or check not in ("warn", "abort"):
        return
    listed_files = "".join(f"  {show(path)}\n" for path in marked)
    merger.talk.warn(f"warning: the following files still have conflict markers:\n{listed_files}")
    if check == "abort" and not request.all_files and not request.patterns.patterns:
        raise errors.StateError("conflict markers detected", hint="use --all to mark anyway")


def _matching(repo: Repository, state: MergeState, patterns: PatternSet) -> set[str]:
    """The files of the merge that match, wherever they exist."""
    if patterns.everything:
        return set(state)
    quiet = PatternSet(
        patterns.cwd,
        patterns.patterns,
        patterns.include,
        patterns.exclude,
        default_kind=patterns.default_kind,
        warn_missing=False,
    )
    found: set[str] = set()
    revs: dict[int | None, None] = {None: None}
    for node in (*repo.engine.working_parents(), state.other):
        try:
            # who only asks which files match is not told of parents that are gone
            revs[NULL_REV if node is None else repo.engine.changelog().rev(node)] = None
        except errors.UnknownNode:
            pass
    for rev in revs:
        if rev != NULL_REV:
            found.update(repo.engine.files(rev, quiet)[0])
    if not (patterns.include or patterns.exclude):
        names = {os.path.relpath(os.path.join(patterns.cwd, name), repo.root) for name in patterns.patterns}
        found |= {path for path in state if path in names}
    return found & set(state)


def _matches_from_root(repo: Repository, state: MergeState, patterns: PatternSet) -> bool:
    if any(":" in name for name in patterns.patterns):
        return False
    from_root = PatternSet(
        repo.root, [f"path:{name}" for name in patterns.patterns], patterns.include, patterns.exclude
    )
    return bool(_matching(repo, state, from_root))

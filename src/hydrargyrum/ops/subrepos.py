"""Repositories inside a repository: what patterns of the outer one mean there, and what differs in them.

Only subrepositories of our own kind are looked into; others are refused by name.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.repo.substates import shown_path, subrepos_of
from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.ops.status import StatusOutcome, StatusQuestion
    from hydrargyrum.repo import Changeset, Repository


class SubrepoState:
    """A subrepository in a comparison.

    Attributes:
        path: where it is, from the outer root.
        kind: "hg", "git" or "svn".
        base, target: its revisions on both sides (hexadecimal), "" where it is not there, None for what is on disk.
        source: what it is a copy of.
    """

    __slots__ = ("base", "kind", "path", "source", "target")

    def __init__(
        self, path: str, kind: str, base: str | None, target: str | None, *, source: str = ""
    ) -> None:
        self.path = path
        self.kind = kind
        self.base = base
        self.target = target
        self.source = source


def subrepo_states(base: Changeset, target: Changeset) -> list[SubrepoState]:
    """The subrepositories of either side, by path."""
    old, new = subrepos_of(base), subrepos_of(target)
    found = []
    for path in sorted({*old, *new}, key=os.fsencode):
        recorded = new.get(path) or old[path]
        before = old[path].revision if path in old else ""
        # one that the target no longer has is held against what is on disk
        after = new[path].revision if path in new and not target.is_working_copy else None
        found.append(SubrepoState(path, recorded.kind, before, after, source=recorded.source))
    return found


def nested_repository(repo: Repository, state: SubrepoState) -> Repository | None:
    """The opened subrepository, or None where it is not on disk. Raises Abort or Unsupported for a foreign kind."""
    if state.kind != "hg":
        from hydrargyrum.ops.nested.inner import check_kind

        check_kind(repo, state.path, state.kind)
    root = os.path.join(repo.root, state.path)
    is_there = os.path.isdir(os.path.join(root, ".hg"))
    return repo.subrepository(state.path, state.source) if is_there else None


class _NothingWithin(Exception):
    """A pattern names nothing of the subrepository."""


class _AllWithin(Exception):
    """A pattern names the whole subrepository."""


def patterns_below(
    patterns: PatternSet, outer_root: str, root: str, *, wanted: bool = True
) -> PatternSet | None:
    """What patterns of the outer repository mean in the one at `root`; None where they name nothing of it.

    Args:
        patterns: as given.
        outer_root, root: of both repositories.
        wanted: the user asks for subrepositories; else only names that lead into one count.

    Raises:
        Unsupported: it is wanted, and a pattern is of a kind that cannot be carried over.
    """
    if patterns.everything:
        return PatternSet(root) if wanted else None
    try:
        names = _translated(patterns.patterns, patterns.default_kind, patterns.cwd, outer_root, root)
        include = _translated(patterns.include, "glob", patterns.cwd, outer_root, root)
        exclude = _translated(patterns.exclude, "glob", patterns.cwd, outer_root, root)
    except errors.Unsupported:
        if wanted:
            raise
        return None
    nothing_named = not names if patterns.patterns else not wanted
    if nothing_named or (patterns.include and not include) or "path:" in exclude:
        return None
    named = [] if "path:" in names else names
    included = [] if "path:" in include else include
    return PatternSet(root, named, included, exclude, warn_missing=patterns.warn_missing)


def _translated(given: Sequence[str], default_kind: str, cwd: str, outer_root: str, root: str) -> list[str]:
    """Patterns from the root of the subrepository; "path:" among them stands for all of it."""
    found = []
    for pattern in given:
        kind, colon, text = pattern.partition(":")
        if not colon:
            kind, text = default_kind, pattern
        try:
            found.append(_translate(kind, text, cwd if kind in ("relpath", "glob") else outer_root, root))
        except _NothingWithin:
            continue
        except _AllWithin:
            found.append("path:")
    return found


def _translate(kind: str, text: str, start: str, root: str) -> str:
    if kind in ("path", "relpath"):
        path = os.path.normpath(os.path.join(start, text))
        if root == path or root.startswith(path + "/"):
            raise _AllWithin
        if not path.startswith(root + "/"):
            raise _NothingWithin
        return "path:" + path[len(root) + 1 :]
    if kind in ("glob", "rootglob"):
        place, rest = _fixed_part(text, start)
        if not rest and (place == root or root.startswith(place + "/")):
            raise _AllWithin
        if place == root or place.startswith(root + "/"):
            inside = place[len(root) + 1 :]
            return "rootglob:" + "/".join(part for part in (inside, rest) if part)
        if not root.startswith(place + "/"):
            raise _NothingWithin
        if rest.startswith("**/"):
            return "rootglob:" + rest
    raise errors.Unsupported(feature=f"pattern '{kind}:{text}' with subrepositories is")


def _fixed_part(text: str, start: str) -> tuple[str, str]:
    """Where a glob can lead: the directory that its parts without special characters name, and the other parts."""
    parts = text.split("/")
    depth = next((at for at, part in enumerate(parts) if any(mark in part for mark in "*?[{\\")), len(parts))
    return os.path.normpath(os.path.join(start, *parts[:depth])), "/".join(parts[depth:])


def patterns_outside(
    patterns: PatternSet, outer_root: str, states: Sequence[SubrepoState]
) -> PatternSet | None:
    """The patterns without plain names that lead into subrepositories; None where no pattern is left."""
    roots = [os.path.join(outer_root, state.path) + "/" for state in states]

    def without(given: Sequence[str], default_kind: str) -> list[str]:
        return [
            pattern
            for pattern in given
            if not _place_of(pattern, default_kind, patterns.cwd, outer_root).startswith(tuple(roots))
        ]

    names = without(patterns.patterns, patterns.default_kind)
    include = without(patterns.include, "glob")
    if (patterns.patterns and not names) or (patterns.include and not include):
        return None
    return PatternSet(
        patterns.cwd,
        names,
        include,
        without(patterns.exclude, "glob"),
        default_kind=patterns.default_kind,
        warn_missing=patterns.warn_missing,
    )


def _place_of(pattern: str, default_kind: str, cwd: str, outer_root: str) -> str:
    """The directory or file that a pattern starts from, with a slash; "" where its kind does not say."""
    kind, colon, text = pattern.partition(":")
    if not colon:
        kind, text = default_kind, pattern
    if kind in ("path", "relpath"):
        return os.path.normpath(os.path.join(outer_root if kind == "path" else cwd, text)) + "/"
    if kind in ("glob", "rootglob"):
        return _fixed_part(text, outer_root if kind == "rootglob" else cwd)[0] + "/"
    return ""


def names_subrepo(repo: Repository, patterns: PatternSet, path: str) -> bool:
    """Whether patterns name a subrepository as a whole."""
    if patterns.everything:
        return True
    below = patterns_below(patterns, repo.root, os.path.join(repo.root, path))
    return below is not None and below.everything


def subrepo_status(repo: Repository, question: StatusQuestion, state: SubrepoState) -> StatusOutcome:
    """What differs in one subrepository (and in those within), with paths from the outer root."""
    from hydrargyrum.ops.status import STATES, StatusOutcome, StatusQuestion, compare

    inner = nested_repository(repo, state)
    patterns = None if inner is None else patterns_below(question.patterns, repo.root, inner.root)
    nothing = StatusOutcome(None, {letter: () for letter, _ in STATES}, {}, (), ())
    if inner is None or patterns is None:
        return nothing
    try:
        base = inner[state.base or "null"]
        target = inner[None if state.target is None else state.target or "null"]
    except errors.UnknownRevision as problem:
        place = shown_path(repo, state.path)
        repo.reporter.warn(f'warning: error "{problem.text()}" in subrepository "{place}"\n')
        return nothing
    inner.reporter = repo.reporter
    question = StatusQuestion(patterns, base, target, groups=question.groups, subrepos=True)
    outcome = compare(inner, question)
    groups = {
        letter: [f"{state.path}/{path}" for path in outcome.group(letter)]
        if letter in question.groups or letter in "MAR!"
        else []
        for letter, _ in STATES
    }
    return StatusOutcome(None, groups, {}, outcome.warnings, outcome._written)

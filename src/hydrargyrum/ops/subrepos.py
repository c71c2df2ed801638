"""Repositories inside a repository, as `.hgsub` and `.hgsubstate` name them, and what differs in them.

Only subrepositories of our own kind are looked into; others are refused by name.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.ops.nested.states import STATE_FILE, parse_revisions
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
    """

    __slots__ = ("base", "kind", "path", "target")

    def __init__(self, path: str, kind: str, base: str | None, target: str | None) -> None:
        self.path = path
        self.kind = kind
        self.base = base
        self.target = target


def subrepo_states(base: Changeset, target: Changeset) -> list[SubrepoState]:
    """The subrepositories of either side, by path."""
    old, new = recorded_subrepos(base), recorded_subrepos(target)
    found = []
    for path in sorted({*old, *new}, key=os.fsencode):
        kind = (new.get(path) or old[path])[0]
        before = old[path][1] if path in old else ""
        after = new[path][1] if path in new else ""
        found.append(SubrepoState(path, kind, before, None if target.is_working_copy else after))
    return found


def nested_repository(repo: Repository, state: SubrepoState) -> Repository | None:
    """The opened subrepository, or None where it is not on disk. Raises Unsupported for a foreign kind."""
    if state.kind != "hg":
        raise errors.Unsupported(feature=f"looking into subrepository '{state.path}' of type {state.kind} is")
    root = os.path.join(repo.root, state.path)
    return repo.nested(root) if os.path.isdir(os.path.join(root, ".hg")) else None


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


def subrepo_status(repo: Repository, question: StatusQuestion, state: SubrepoState) -> StatusOutcome:
    """What differs in one subrepository (and in those within), with paths from the outer root."""
    from hydrargyrum.ops.status import STATES, StatusOutcome, StatusQuestion, compare

    inner = nested_repository(repo, state)
    patterns = None if inner is None else patterns_below(question.patterns, repo.root, inner.root)
    if inner is None or patterns is None:
        return StatusOutcome(None, {letter: () for letter, _ in STATES}, {}, (), ())
    outcome = compare(
        inner,
        StatusQuestion(
            patterns,
            inner[state.base or "null"],
            inner[None if state.target is None else state.target or "null"],
            groups=question.groups,
            subrepos=True,
        ),
    )
    groups = {
        letter: [f"{state.path}/{path}" for path in outcome.group(letter)]
        if letter in question.groups or letter in "MAR!"
        else []
        for letter, _ in STATES
    }
    return StatusOutcome(None, groups, {}, outcome.warnings, outcome._written)


def recorded_subrepos(changeset: Changeset) -> dict[str, tuple[str, str]]:
    """(kind, revision) by path."""
    sources = _sources(_content(changeset, ".hgsub"))
    owner = changeset.parents[0] if changeset.is_working_copy else changeset
    revisions = parse_revisions(_content(owner, STATE_FILE)) if sources else {}
    return {path: (_kind(source), revisions.get(path, "")) for path, source in sources.items()}


def subrepo_sources(changeset: Changeset) -> dict[str, tuple[str, str]]:
    """(kind, source) by path, sorted: the source without the mark of its kind."""
    found = {}
    for path, source in sorted(
        _sources(_content(changeset, ".hgsub")).items(), key=lambda item: os.fsencode(item[0])
    ):
        kind = _kind(source)
        found[path] = kind, source.partition("]")[2] if source.startswith(f"[{kind}]") else source
    return found


def _content(changeset: Changeset, path: str) -> bytes:
    if not changeset.is_working_copy and path not in changeset.manifest:
        return b""
    file = changeset.find_file(path)
    return b"" if file is None else file.data


def _kind(source: str) -> str:
    return source[1 : source.index("]")] if source.startswith("[") and "]" in source else "hg"


def _sources(data: bytes) -> dict[str, str]:
    """Sources by path: lines `path = source` in front of the first section."""
    found: dict[str, str] = {}
    for line in _lines(data):
        if line.startswith("["):
            break
        path, equals, source = line.partition("=")
        if equals and not line.startswith(("#", ";", " ", "\t")):
            found[path.strip()] = source.strip()
    return found


def _lines(data: bytes) -> Sequence[str]:
    return [line.decode("utf-8", "surrogateescape") for line in data.splitlines()]

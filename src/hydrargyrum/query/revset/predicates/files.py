"""Predicates that look at files: touched, added, modified or removed ones, contents, subrepositories.

What patterns mean is the engine's business, file sets excepted, which become plain paths first.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, named_arguments, span_of, text_of, truth_of
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.sets import Listed
from hydrargyrum.query.textpatterns import compile_regex, split_pattern, text_test
from hydrargyrum.types import NULL_REV, PATTERN_KINDS, WDIR_REV, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.engine.protocol import StatusReport
    from hydrargyrum.patience import Expression
    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import Rev


def patterns_in(query: Query, pattern: str, rev: Rev, *, default_kind: str = "glob") -> PatternSet:
    """One pattern as the engine takes it; a file set is evaluated in a revision."""
    from hydrargyrum.query.fileset import expand_patterns

    patterns = PatternSet(query.cwd, [pattern], default_kind=default_kind, warn_missing=False)
    return expand_patterns(query.repo[rev], patterns)


def is_file_set(pattern: str) -> bool:
    """Whether a pattern means something else in every revision."""
    return pattern.startswith("set:")


def working_status(query: Query, patterns: PatternSet | None = None) -> StatusReport:
    """What differs in the working copy from its first parent."""
    wanted = PatternSet(query.cwd) if patterns is None else patterns
    return query.engine.status(StatusRequest(wanted, unknown=False))


def working_files(query: Query, patterns: PatternSet | None = None) -> list[str]:
    """The files that a commit of the working copy would touch."""
    report = working_status(query, patterns)
    return [*report.modified, *report.added, *report.removed]


def touching(
    query: Query, subset: RevisionSet, patterns: Callable[[Rev], PatternSet], *, varying: bool
) -> RevisionSet:
    """Those of `subset` that touch a matching file.

    Args:
        query, subset: as in predicates.
        patterns: which files, as seen from a revision.
        varying: these differ from revision to revision.
    """
    fixed: list[PatternSet] = []

    def select(revs: Sequence[Rev]) -> Iterable[Rev]:
        if not varying and not fixed:
            fixed.append(patterns(revs[0]))
        committed, with_working_copy = query.without_working_copy(revs)
        if varying:
            found = [rev for rev in committed if query.engine.touching([rev], patterns(rev))]
        else:
            found = query.engine.touching(committed, fixed[0])
        if not with_working_copy:
            return found
        inside = set(found)
        if working_files(query, fixed[0] if fixed else patterns(WDIR_REV)):
            inside.add(WDIR_REV)
        return [rev for rev in revs if rev in inside]

    return subset.where(select)


@builtin("file(pattern)", weight=10)
def file(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Lists a file that the pattern means (read as a glob unless it says its kind).

    Asks every changeset for its list of files: exact, and slower than `filelog()`.
    """
    pattern = text_of(argument, "file requires a pattern")
    return touching(query, subset, lambda rev: patterns_in(query, pattern, rev), varying=is_file_set(pattern))


@builtin("_matchfiles(patterns)", internal=True)
def matchfiles(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changesets that touch files of several patterns: `p:`, `i:` and `x:`; `r:` a revision, `d:` the default kind."""
    found: dict[str, list[str]] = {kind: [] for kind in ("p:", "i:", "x:", "r:", "d:")}
    for item in items_of(argument, 1, None, "_matchfiles requires at least one argument"):
        text = text_of(item, "_matchfiles requires string arguments")
        if text[:2] not in found:
            raise errors.ParseError(f"invalid _matchfiles prefix: {text[:2]}")
        found[text[:2]].append(text[2:])
    if len(found["r:"]) > 1:
        raise errors.ParseError("_matchfiles expected at most one revision")
    if len(found["d:"]) > 1:
        raise errors.ParseError("_matchfiles expected at most one default mode")
    from hydrargyrum.query.fileset import expand_patterns

    patterns = PatternSet(
        query.cwd,
        found["p:"],
        found["i:"],
        found["x:"],
        default_kind=(*found["d:"], "glob")[0] or "glob",
        warn_missing=False,
    )
    named = found["r:"]
    within = None if not named else query.repo[named[0] or None]
    varying = within is None and any(map(is_file_set, found["p:"] + found["i:"] + found["x:"]))
    return touching(
        query,
        subset,
        lambda rev: expand_patterns(query.repo[rev] if within is None else within, patterns),
        varying=varying,
    )


# -- what became of files -----------------------------------------------------------------------------------------


def _changing(query: Query, subset: RevisionSet, pattern: str, group: str) -> RevisionSet:
    """Those of `subset` in which a matching file was added, modified or removed against the first parent."""
    if kind_of(pattern) == "path":
        # means a single file here, never what is below a directory
        pattern = f"filepath:{pattern.partition(':')[2]}"
    candidates = touching(
        query, subset, lambda rev: patterns_in(query, pattern, rev), varying=is_file_set(pattern)
    )

    def select(revs: Sequence[Rev]) -> list[Rev]:
        return [rev for rev in revs if getattr(_status_of(query, rev, pattern), group)]

    return candidates.where(select)


def _status_of(query: Query, rev: Rev, pattern: str) -> StatusReport:
    patterns = patterns_in(query, pattern, rev)
    if rev == WDIR_REV:
        return working_status(query, patterns)
    return status_against_parent(query, rev, patterns)


def status_against_parent(query: Query, rev: Rev, patterns: PatternSet) -> StatusReport:
    """What a changeset changed against its first parent."""
    parent = NULL_REV if rev == NULL_REV else query.engine.changelog().parents(rev)[0]
    return query.engine.status(StatusRequest(patterns, base=parent, target=rev))


@builtin("adds(pattern)", weight=30)
def adds(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Brings a file that the pattern means, which none of its parents has.

    A pattern without a kind starts from the current directory, and means a directory with all below it too.
    """
    return _changing(query, subset, text_of(argument, "adds requires a pattern"), "added")


@builtin("modifies(pattern)", weight=30)
def modifies(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changes a file that the pattern means and that was there before.

    Patterns are read as by `adds()`.
    """
    return _changing(query, subset, text_of(argument, "modifies requires a pattern"), "modified")


@builtin("removes(pattern)", weight=30)
def removes(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Takes away a file that the pattern means.

    Patterns are read as by `adds()`.
    """
    return _changing(query, subset, text_of(argument, "removes requires a pattern"), "removed")


@builtin("contains(pattern)", weight=100, safe=False)
def contains(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Has a file that the pattern means, whether or not it touched it.

    Reads whole manifests, which takes its time.
    """
    pattern = text_of(argument, "contains requires a pattern")
    exact = None if kind_of(pattern) else canonical(query, pattern)

    def has(rev: Rev) -> bool:
        if exact is not None:
            if rev == WDIR_REV:
                return exact in query.engine.dirstate()
            return exact in query.engine.manifest(rev)
        patterns = patterns_in(query, pattern, rev)
        return len(query.engine.files(None if rev == WDIR_REV else rev, patterns)[0]) > 0

    return subset.where(lambda revs: [rev for rev in revs if has(rev)])


def kind_of(pattern: str) -> str:
    """The kind that a pattern names, or ""."""
    kind, colon, _ = pattern.partition(":")
    return kind if colon and kind in PATTERN_KINDS else ""


def canonical(query: Query, path: str) -> str:
    """A path relative to the current directory as one from the root."""
    import os

    root = query.repo.root
    found = os.path.normpath(os.path.join(query.cwd, path))
    inside = os.path.relpath(found, root)
    if inside == os.pardir or inside.startswith(os.pardir + os.sep):
        raise errors.PathOutsideRepository(path=path, root=root)
    return "" if inside == os.curdir else inside


@builtin("filelog(pattern)")
def filelog(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Belongs to a stored version of a file that the pattern means.

    Looks at the histories of files alone: fast, and silent about changesets that removed a file or brought a
    version that was there already.
    """
    pattern = text_of(argument, "filelog requires a pattern")
    if kind_of(pattern):
        paths = list(query.engine.files(None, patterns_in(query, pattern, WDIR_REV))[0])
    else:
        paths = [canonical(query, pattern)]
    if query.left_out:
        from hydrargyrum.query.revset.filehistory import linked_revs

        return subset & Listed.of_set(linked_revs(query.repo, paths))
    found: set[Rev] = set()
    for path in paths:
        found.update(query.engine.file_revs(path))
    return subset & Listed.of_set(found)


# -- contents -----------------------------------------------------------------------------------------------------


@builtin("diffcontains(pattern)", weight=110, safe=False)
def diffcontains(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Adds or removes a line that the pattern matches: a text, or `re:` and a regular expression."""
    import re

    from hydrargyrum.patience import Expression

    arguments = named_arguments(argument, "diffcontains", "pattern")
    if "pattern" not in arguments:
        raise errors.ParseError("diffcontains takes at least 1 argument")
    pattern = text_of(arguments["pattern"], "diffcontains requires a string pattern")
    kind, text = split_pattern(pattern)
    wanted = compile_regex(text if kind == "re" else re.escape(text), "invalid regular expression")
    wanted = Expression(wanted.pattern, re.MULTILINE)

    def fits(rev: Rev) -> bool:
        changeset = query.repo[rev]
        parent = changeset.parents[0]
        paths = working_files(query) if rev == WDIR_REV else changeset.record.files
        return any(
            _matching_lines(changeset, path, wanted) != _matching_lines(parent, path, wanted)
            for path in paths
            if changeset.find_file(path) is not None
        )

    return subset.where(lambda revs: [rev for rev in revs if fits(rev)])


def _matching_lines(changeset: Changeset, path: str, wanted: Expression) -> list[bytes]:
    """The lines of a file in which a regular expression has a match."""
    found = None if changeset.rev == NULL_REV else changeset.find_file(path)
    if found is None:
        return []
    data = found.data
    lines = []
    at = 0
    while at < len(data):
        match = wanted.search(data, at)
        if match is None:
            break
        begin = data.rfind(b"\n", 0, match.start()) + 1
        end = data.find(b"\n", match.end())
        end = len(data) if end < 0 else end
        lines.append(data[begin:end])
        at = end + 1
    return lines


@builtin("subrepo([pattern])", safe=False)
def subrepo(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changes a subrepository: the one that the pattern names, or any."""
    from hydrargyrum.repo.substates import subrepos_of

    arguments = items_of(argument, 0, 1, "subrepo takes at most one argument")
    named = text_test(text_of(arguments[0], "subrepo requires a pattern"))[2] if arguments else None
    record = PatternSet(query.repo.root, ["path:.hgsubstate"], warn_missing=False)

    def changes(rev: Rev) -> bool:
        if rev == WDIR_REV:
            report = working_status(query, record)
        else:
            report = status_against_parent(query, rev, record)
        if named is None:
            return bool(report.added or report.modified or report.removed)
        changeset = query.repo[rev]
        new = subrepos_of(changeset)
        old = subrepos_of(changeset.parents[0])
        if report.added:
            return any(map(named, new))
        if report.modified:
            return any(old.get(path) != new.get(path) for path in {*old, *new} if named(path))
        return bool(report.removed) and any(map(named, old))

    candidates = touching(query, subset, lambda _rev: record, varying=False)
    return candidates.where(lambda revs: [rev for rev in revs if changes(rev)])


# -- equal changesets ---------------------------------------------------------------------------------------------


@builtin("matching(revision [, field])")
def matching(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Is like the given revisions in certain fields: metadata (user, date, description: the default) or those
    named, separated by spaces: `description`, `author`, `branch`, `date`, `files`, `phase`, `parents`,
    `substate`, `user`, `summary`, `metadata`, `diff`.
    """
    from hydrargyrum.query.revset.fields import fields_test

    arguments = items_of(argument, 1, 2, "matching takes 1 or 2 arguments")
    revs = list(query.revisions(arguments[0]))
    names = "metadata"
    if len(arguments) > 1:
        names = text_of(arguments[1], "matching requires a string as its second argument")
    fits = fields_test(query, revs, names.split())
    return subset.where(lambda asked: [rev for rev in asked if fits(rev)])


@builtin("followlines(file, fromline:toline[, startrev=., descend=False])")
def followlines(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Changes lines of a file, from the first to the last number as `startrev` has them; with `descend`,
    towards descendants.
    """
    from hydrargyrum.query.revset import linehistory

    arguments = named_arguments(argument, "followlines", "file *lines startrev descend")
    lines: Tree = arguments["lines"]
    if len(lines) != 2:
        raise errors.ParseError("followlines requires a line range")
    rev = query.working_parents()[0]
    if "startrev" in arguments:
        starts = list(query.revisions(arguments["startrev"]))
        if len(starts) != 1:
            raise errors.ParseError("followlines expects exactly one revision")
        rev = starts[0]
    pattern = text_of(arguments["file"], "followlines requires a pattern")
    path = linehistory.one_path(query, rev, pattern, "followlines expects exactly one file")
    wanted = linehistory.line_range(
        *span_of(
            lines[1], "followlines expects a line number or a range", "line range bounds must be integers"
        )
    )
    history = linehistory.LineHistory(query)
    start = history.start(path, rev, wanted)
    descends = "descend" in arguments and truth_of(arguments["descend"], "descend argument must be a boolean")
    found = history.descendants(start) if descends else history.ancestors(start)
    return subset & Listed.of_set({block.rev for block in found})

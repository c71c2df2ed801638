"""What differs between two changesets, or between a changeset and the working copy; also summed up by directory.

The engine compares; this module decides what to ask it, and never shows anything.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.types import StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.engine.protocol import StatusReport
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.ops.subrepos import SubrepoState
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import PatternSet

    Groups = Mapping[str, Sequence[str]]

#: Letters of the groups in the order in which they are listed, with the names of the states.
STATES = (
    ("M", "modified"),
    ("A", "added"),
    ("R", "removed"),
    ("!", "deleted"),
    ("?", "unknown"),
    ("I", "ignored"),
    ("C", "clean"),
)

_NO_GROUPS: Groups = {letter: () for letter, _ in STATES}

#: Groups that a file may turn out to be in when it is compared.
_SETTLED = frozenset("M!C")

#: Letters that `terse` takes, and the letters of groups.
_TERSE_LETTERS = {"m": "M", "a": "A", "r": "R", "d": "!", "u": "?", "i": "I", "c": "C"}


class StatusQuestion:
    """What is asked.

    Attributes:
        patterns: which files.
        base, target: what to compare; either may be the working copy.
        groups: letters of the groups that are wanted.
        copies: find where files were copied from.
        terse: letters of states whose files are summed up by directory, "" for none.
        subrepos: look into subrepositories.
    """

    __slots__ = ("base", "copies", "groups", "patterns", "subrepos", "target", "terse")

    def __init__(
        self,
        patterns: PatternSet,
        base: Changeset,
        target: Changeset,
        *,
        groups: str = "MAR!?",
        copies: bool = False,
        terse: str = "",
        subrepos: bool = False,
    ) -> None:
        self.patterns = patterns
        self.base = base
        self.target = target
        self.groups = groups
        self.copies = copies
        self.terse = terse
        self.subrepos = subrepos


class StatusOutcome:
    """The answer.

    Attributes:
        report: the engine's own report where nothing was added or summed up: it can render itself.
        copies: destination -> source.
        warnings: in the order in which they are to be told.
    """

    __slots__ = ("_config", "_groups", "_written", "copies", "report", "warnings")

    def __init__(
        self,
        report: StatusReport | None,
        groups: Groups,
        copies: Mapping[str, str],
        warnings: Sequence[EngineWarning],
        written: Sequence[StatusReport],
        config: Config | None = None,
    ) -> None:
        self.report = report
        self.copies = copies
        self.warnings = warnings
        self._groups = groups
        self._written = written
        self._config = config

    def group(self, letter: str) -> Sequence[str]:
        """The paths of a group, in byte order."""
        return self._groups[letter]

    def rows(self, letters: str) -> Iterator[tuple[str, str]]:
        """(letter, path) of the groups in `letters`, in the order of `STATES`."""
        for letter, _ in STATES:
            if letter in letters:
                for path in self._groups[letter]:
                    yield letter, path

    def write_fixes(self) -> None:
        """Let the engine record what it has learnt; see `StatusReport.write_fixes`."""
        if self._config is not None and self._config.section("devel"):
            from hydrargyrum.repo.rendezvous import meet

            meet(self._config, "status.pre-dirstate-write-file")
        for report in self._written:
            report.write_fixes()


class _ReportGroups(dict[str, "Sequence[str]"]):
    """The groups of a report by letter, read when they are asked for."""

    def __init__(self, report: StatusReport) -> None:
        super().__init__()
        self._report = report

    def __missing__(self, letter: str) -> Sequence[str]:
        paths: Sequence[str] = getattr(self._report, dict(STATES)[letter])
        self[letter] = paths
        return paths


def check_terse(letters: str) -> None:
    """Raise InputError for a letter that means no state."""
    for letter in letters:
        if letter not in _TERSE_LETTERS:
            raise errors.InputError(f"'{letter}' not recognized")


def compare(repo: Repository, question: StatusQuestion) -> StatusOutcome:
    """The answer to a question.

    Raises:
        InputError: `terse` has an unknown letter.
        EngineError: the repository cannot be read.
    """
    report, states = _outer_report(repo, question)
    groups: Groups = _NO_GROUPS if report is None else _ReportGroups(report)
    whole = report
    written = [] if report is None else [report]
    warnings = [] if report is None else list(report.warnings)
    copies: Mapping[str, str] = {} if report is None else report.copies
    if question.base.is_working_copy:
        copies = {} if question.target.is_working_copy else _reversed_renames(copies, groups["R"])
        groups, whole = _turned_round(groups, question), None
    if question.subrepos and states:
        from hydrargyrum.ops.subrepos import subrepo_status

        inner = [subrepo_status(repo, question, state) for state in states]
        groups, whole = _merged(groups, inner), None
        warnings.extend(warning for outcome in inner for warning in outcome.warnings)
        written.extend(report for outcome in inner for report in outcome._written)
    if question.terse:
        check_terse(question.terse)
        groups, whole = terse_groups(groups, question.terse), None
    return StatusOutcome(whole, groups, copies, warnings, written, repo.config)


def _outer_report(
    repo: Repository, question: StatusQuestion
) -> tuple[StatusReport | None, Sequence[SubrepoState]]:
    """The engine's report (None where every pattern leads into a subrepository) and the subrepositories.

    These are looked for only where they are wanted or a name leads into a nested repository.
    """
    if not question.subrepos:
        try:
            return repo.engine.status(_request(question, question.patterns)), ()
        except errors.IllegalPath as problem:
            if "nested" not in problem.facts:
                raise
            refusal = problem
    from hydrargyrum.ops.subrepos import patterns_outside, subrepo_states

    states = subrepo_states(question.base, question.target)
    if not states and not question.subrepos:
        raise refusal
    outside = patterns_outside(question.patterns, repo.root, states)
    return (None if outside is None else repo.engine.status(_request(question, outside))), states


def _request(question: StatusQuestion, patterns: PatternSet) -> StatusRequest:
    base, target = question.base, question.target
    if base.is_working_copy:
        base, target = target, base
    if base.is_working_copy:
        base = base.parents[0]
    terse = question.terse
    return StatusRequest(
        patterns,
        base=base.engine_rev if not _is_default_base(base, target) else None,
        target=target.engine_rev,
        unknown="?" in question.groups or bool(terse),
        ignored="I" in question.groups or "i" in terse,
        clean="C" in question.groups or bool(terse),
        copies=question.copies,
        settle=bool(terse) or not _SETTLED.isdisjoint(question.groups),
    )


def _is_default_base(base: Changeset, target: Changeset) -> bool:
    return target.is_working_copy and base.node == base.repo.working_parents()[0]


def _turned_round(groups: Groups, question: StatusQuestion) -> Groups:
    """From the working copy to a changeset (or to itself): what is only on disk cannot be turned round."""
    if question.target.is_working_copy:
        # against itself: tracked files are as they are, what is not tracked is still there
        clean = [*groups["C"], *groups["M"], *groups["A"]] if "C" in question.groups else []
        same: Groups = {"M": (), "A": (), "R": (), "C": sorted(clean, key=os.fsencode)}
        return {**same, "!": groups["!"], "?": groups["?"], "I": groups["I"]}
    turned = {letter: groups[letter] for letter in "MC"}
    return {**turned, "A": groups["R"], "R": groups["A"], "!": (), "?": (), "I": ()}


def _reversed_renames(copies: Mapping[str, str], removed: Sequence[str]) -> Mapping[str, str]:
    """Renames the other way round; a copy whose source is still there has no opposite."""
    gone = frozenset(removed)
    return {source: name for name, source in sorted(copies.items()) if source in gone}


def _merged(groups: Groups, inner: Sequence[StatusOutcome]) -> Groups:
    merged: dict[str, Sequence[str]] = {}
    for letter, _ in STATES:
        paths = [*groups[letter], *(path for outcome in inner for path in outcome.group(letter))]
        merged[letter] = sorted(paths, key=os.fsencode)
    return merged


class _Directory:
    """Files and directories below one directory, with the states that occur there."""

    __slots__ = ("files", "path", "states", "subdirectories")

    def __init__(self, path: str) -> None:
        self.path = path
        self.files: list[tuple[str, str]] = []
        self.states: set[str] = set()
        self.subdirectories: dict[str, _Directory] = {}

    def summed_up(self, letters: frozenset[str]) -> Iterator[tuple[str, str]]:
        """(letter, path) of its files, or of the directory itself where all have one state of `letters`."""
        waiting = [self]
        while waiting:
            directory = waiting.pop()
            if directory.path and len(directory.states) == 1 and directory.states <= letters:
                yield next(iter(directory.states)), directory.path
                continue
            yield from directory.files
            waiting.extend(directory.subdirectories.values())


def terse_groups(groups: Groups, terse: str) -> Groups:
    """Groups in which a directory stands for its files where they all have the same state.

    Args:
        groups: all seven, complete.
        terse: letters of the states that are summed up. A directory ends in a slash; the root is never summed up.
    """
    top = _Directory("")
    for letter, _ in STATES:
        for path in groups[letter]:
            directory = top
            directory.states.add(letter)
            start = 0
            while (end := path.find("/", start)) >= 0:
                name, start = path[start:end], end + 1
                below = directory.subdirectories.get(name)
                if below is None:
                    below = directory.subdirectories[name] = _Directory(path[:start])
                directory = below
                directory.states.add(letter)
            directory.files.append((letter, path))
    found: dict[str, list[str]] = {letter: [] for letter, _ in STATES}
    for letter, path in top.summed_up(frozenset(_TERSE_LETTERS[letter] for letter in terse)):
        found[letter].append(path)
    return {letter: sorted(paths, key=os.fsencode) for letter, paths in found.items()}

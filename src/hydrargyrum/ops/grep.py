"""Lines that match a regular expression: in files of the working copy, of revisions, or where history changed them.

Expressions are Python's, on bytes. How matches are shown is the command's business.
"""

from __future__ import annotations

import os
import re

from hydrargyrum import errors
from hydrargyrum.patience import Expression
from hydrargyrum.types import NULL_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Node

#: How many searched file revisions are remembered.
_REMEMBERED = 1000


class Line:
    """A line with a match.

    Attributes:
        text: without its end; number: from 1.
        start, end: where the first match is in it.
    """

    __slots__ = ("end", "number", "start", "text")

    def __init__(self, text: bytes, number: int, start: int, end: int) -> None:
        self.text = text
        self.number = number
        self.start = start
        self.end = end

    def pieces(self, wanted: Expression) -> Iterator[tuple[bytes, bool]]:
        """The line in pieces that match and pieces that do not."""
        at = 0
        for start, end in self._places(wanted):
            if at < start:
                yield self.text[at:start], False
            yield self.text[start:end], True
            at = end
        if at < len(self.text):
            yield self.text[at:], False

    def _places(self, wanted: Expression) -> Iterator[tuple[int, int]]:
        yield self.start, self.end
        at = self.end
        while at < len(self.text) and (match := wanted.search(self.text, at)):
            if match.end() > at:
                yield match.span()
            at = max(match.end(), at + 1)


class FileMatches:
    """What was found in a file of a revision.

    Attributes:
        changeset, path: which file.
        lines: (change, line), the change being "+", "-" or "".
        is_binary: whether the file looks binary.
    """

    __slots__ = ("changeset", "is_binary", "lines", "path")

    def __init__(
        self, changeset: Changeset, path: str, lines: Sequence[tuple[str, Line]], *, is_binary: bool
    ) -> None:
        self.changeset = changeset
        self.path = path
        self.lines = lines
        self.is_binary = is_binary


class GrepRequest:
    """What to search for, and where.

    Attributes:
        pattern: the expression; ignore_case: upper and lower case are alike.
        patterns: which files.
        revisions: expressions; none: the working copy, or with `follow` or without `whole`, all of history.
        follow: first ancestors only, and files across copies.
        whole: all files of a revision, not those that it changed; diff: lines that it added or removed.
    """

    __slots__ = ("diff", "follow", "ignore_case", "pattern", "patterns", "revisions", "whole")

    def __init__(
        self,
        pattern: str,
        patterns: PatternSet,
        revisions: Sequence[str] = (),
        *,
        ignore_case: bool = False,
        follow: bool = False,
        whole: bool = True,
        diff: bool = False,
    ) -> None:
        self.pattern = pattern
        self.patterns = patterns
        self.revisions = revisions
        self.ignore_case = ignore_case
        self.follow = follow
        self.whole = whole
        self.diff = diff

    @property
    def expression(self) -> bytes:
        """The expression on bytes."""
        return os.fsencode(self.pattern)

    def compiled(self) -> Expression:
        """The expression. Raises `re.error`."""
        flags = re.MULTILINE | (re.IGNORECASE if self.ignore_case else 0)
        return Expression(self.expression, flags)


def matching_lines(body: bytes, wanted: Expression) -> list[Line]:
    """The lines of a text in which matches begin; of several in a line the first counts."""
    found = []
    number = at = 0
    while at < len(body) and (match := wanted.search(body, at)):
        start, end = match.span()
        number += body.count(b"\n", at, start) + 1
        first = max(body.rfind(b"\n", at, start) + 1, at)
        stop = body.find(b"\n", end)
        stop = len(body) if stop < 0 else stop
        found.append(Line(body[first:stop], number, start - first, end - first))
        at = stop + 1
    return found


def search(
    repo: Repository, request: GrepRequest, wanted: Expression, warnings: list[EngineWarning]
) -> Iterator[FileMatches]:
    """What matches, revision by revision; `warnings` takes up what is to be told before.

    Raises:
        UnknownRevision, ParseError and others: what the revisions name cannot be resolved.
        StateError: a file to follow that is not there.
    """
    from hydrargyrum.ops.log import LogRequest, walk

    patterns = PatternSet(repo.root, warn_missing=False) if request.whole else request.patterns
    found = walk(
        repo,
        LogRequest(patterns, revisions=request.revisions, follow="first" if request.follow else ""),
    )
    warnings += found.warnings
    if request.whole:
        for changeset in repo.changesets(found.revs):
            yield from _in_revision(changeset, request, wanted)
        return
    searcher = _ChangeSearcher(repo, request, wanted)
    with repo.reporter.progress("searching", "changesets") as steps:
        for changeset in repo.changesets(found.revs):
            limits = patterns if found.files_of is None else found.files_of(changeset)
            yield from searcher.search(changeset, repo.engine.matching_paths(changeset.files, limits))
            steps.increment()


def search_working_copy(repo: Repository, request: GrepRequest, wanted: Expression) -> Iterator[FileMatches]:
    """What matches in the files of the working copy."""
    yield from _in_revision(repo.working_copy, request, wanted)


def _in_revision(changeset: Changeset, request: GrepRequest, wanted: Expression) -> Iterator[FileMatches]:
    if changeset.rev == NULL_REV:
        return
    found = changeset.repo.engine.search_lines(
        changeset.engine_rev, request.patterns, request.expression, request.ignore_case
    )
    if found is not None:
        for file in found:
            shown = [("", Line(*line)) for line in file.lines]
            yield FileMatches(changeset, file.path, shown, is_binary=file.is_binary)
        return
    with changeset.repo.reporter.progress("searching", "files") as steps:
        for path, data in _contents(changeset, request.patterns):
            steps.increment(item=path)
            lines = matching_lines(data, wanted)
            if lines:
                binary = b"\0" in data
                yield FileMatches(changeset, path, [("", line) for line in lines], is_binary=binary)


def _contents(changeset: Changeset, patterns: PatternSet) -> Iterator[tuple[str, bytes]]:
    """Paths and data of matching files; what is missing on disk is passed over."""
    engine = changeset.repo.engine
    if not changeset.is_working_copy:
        yield from ((file.path, file.data) for file in engine.contents(changeset.rev, patterns))
        return
    for path in engine.files(None, patterns)[0]:
        data = _data_on_disk(changeset, path)
        if data is not None:
            yield path, data


def _data_on_disk(working_copy: Changeset, path: str) -> bytes | None:
    """The data of a file of the working copy, None where it is missing."""
    file = working_copy.find_file(path)
    try:
        return None if file is None else file.data
    except (OSError, errors.IoError):
        return None


class _ChangeSearcher:
    """Searches the files that changesets touch."""

    def __init__(self, repo: Repository, request: GrepRequest, wanted: Expression) -> None:
        self._engine = repo.engine
        self._request = request
        self._wanted = wanted
        self._known: dict[tuple[str, Node], tuple[list[Line], bool]] = {}
        self._done: set[str] = set()

    def search(self, changeset: Changeset, paths: Sequence[str]) -> Iterator[FileMatches]:
        """What is found in these files of a changeset. Without `diff`, a file is told of once."""
        parent = changeset.parents[0]
        for path in paths:
            after = self._after(changeset, path)
            if after is None:
                continue
            source = self._source(changeset, path)
            if path in self._done:
                self._done.add(source)
                continue
            lines, binary = after
            if self._request.diff:
                before: list[Line] = []
                if parent.rev != NULL_REV and source in parent.manifest:
                    before, _ = self._lines(source, parent.manifest[source].node)
                changes = list(_changes(before, lines))
            else:
                changes = [("", line) for line in lines]
            if changes:
                if not self._request.diff:
                    self._done.update((path, source))
                yield FileMatches(changeset, path, changes, is_binary=binary)

    def _after(self, changeset: Changeset, path: str) -> tuple[list[Line], bool] | None:
        """The matches of a file as a changeset has it, and whether it is binary; None where it is gone."""
        if not changeset.is_working_copy:
            entry = changeset.manifest.get(path)
            return None if entry is None else self._lines(path, entry.node)
        data = _data_on_disk(changeset, path)
        return None if data is None else (matching_lines(data, self._wanted), b"\0" in data)

    def _source(self, changeset: Changeset, path: str) -> str:
        """What a file was copied from by the changeset, if copies are followed; else the file itself."""
        if not self._request.follow:
            return path
        if changeset.is_working_copy:
            return dict(self._engine.edit_dirstate().copies()).get(path, path)
        copy = self._engine.file_copy(path, changeset.manifest[path].node)
        return path if copy is None else copy[0]

    def _lines(self, path: str, node: Node) -> tuple[list[Line], bool]:
        found = self._known.get((path, node))
        if found is None:
            data = self._engine.file_data(path, node)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[path, node] = matching_lines(data, self._wanted), b"\0" in data
        return found


def _changes(before: list[Line], after: list[Line]) -> Iterator[tuple[str, Line]]:
    """Lines that are there on one side only: "-" before, "+" after."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, [line.text for line in before], [line.text for line in after])
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag != "equal":
            yield from (("-", line) for line in before[first:last])
            yield from (("+", line) for line in after[new_first:new_last])

"""The origin of each line of files: which files are meant, and whether they are text.

The engine finds the origins; what is shown of them is the command's business.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.types import AnnotateRequest, Annotation, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.engine.protocol import PathSequence
    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import DiffStyle, PatternSet, Rev


class AnnotateQuestion:
    """What is asked.

    Attributes:
        revision: an expression, "" for the first parent.
        patterns: which files; style: for the white space that does not count.
        follow: look through copies; skip: expressions for changesets that are blamed for nothing.
        as_text: also files that look binary.
        lines: first line (from 0) and the one behind the last of what is shown of each file, None for all.
    """

    __slots__ = ("as_text", "follow", "lines", "patterns", "revision", "skip", "style")

    def __init__(
        self,
        revision: str,
        patterns: PatternSet,
        style: DiffStyle,
        *,
        follow: bool = True,
        skip: Sequence[str] = (),
        as_text: bool = False,
        lines: tuple[int, int] | None = None,
    ) -> None:
        self.revision = revision
        self.patterns = patterns
        self.style = style
        self.follow = follow
        self.skip = tuple(skip)
        self.as_text = as_text
        self.lines = lines


class AnnotatedFile:
    """One file of the answer; `annotation` is None for a binary one."""

    __slots__ = ("annotation", "changeset", "path")

    def __init__(self, changeset: Changeset, path: str, annotation: Annotation | None) -> None:
        self.changeset = changeset
        self.path = path
        self.annotation = annotation


def annotated_files(repo: Repository, question: AnnotateQuestion) -> Iterator[AnnotatedFile]:
    """The files one after the other.

    Raises:
        Abort: a file that is named is not there.
    """
    from hydrargyrum.ops.revisions import resolve_revision, resolve_revisions

    changeset = resolve_revision(repo, question.revision)
    paths: Sequence[str] | PathSequence
    if changeset.is_working_copy:
        paths, warnings = _on_disk(repo, question.patterns)
    else:
        paths, warnings = repo.engine.files(changeset.rev, question.patterns)
    for warning in warnings:
        raise errors.Abort(warning.text())
    skip = list(resolve_revisions(repo, question.skip)) if question.skip else []
    steps = repo.reporter.progress("annotating", "files", len(paths))
    with steps:
        for path in paths:
            yield _annotated(repo, changeset, path, question, skip)
            steps.increment(item=path)


def _annotated(
    repo: Repository, changeset: Changeset, path: str, question: AnnotateQuestion, skip: Sequence[Rev]
) -> AnnotatedFile:
    style = question.style
    annotation = None
    if question.as_text or b"\0" not in changeset.file(path).data:
        annotation = repo.engine.annotate(
            AnnotateRequest(
                path,
                changeset.engine_rev,
                follow=question.follow,
                ignore=style.ignore,
                skip=skip,
                xdiff=style.xdiff,
            )
        )
        if question.lines is not None:
            annotation = _some_lines(annotation, *question.lines)
    return AnnotatedFile(changeset, path, annotation)


def _on_disk(repo: Repository, patterns: PatternSet) -> tuple[list[str], Sequence[EngineWarning]]:
    """All files that are on disk or tracked, whatever is known of them; and those that are named and not there."""
    report = repo.engine.status(StatusRequest(patterns, unknown=True, clean=True))
    groups = (
        report.modified,
        report.added,
        report.removed,
        report.deleted,
        report.unknown,
        report.clean,
    )
    return sorted((path for group in groups for path in group), key=os.fsencode), list(report.warnings)


def _some_lines(found: Annotation, first: int, last: int) -> Annotation:
    """Part of an annotation."""
    part = slice(first, last)
    return Annotation(
        found.lines[part], found.revs[part], found.numbers[part], found.paths[part], found.skipped[part]
    )

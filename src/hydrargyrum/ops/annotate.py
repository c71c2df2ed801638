"""The origin of each line of files: which files are meant, and whether they are text.

The engine finds the origins; what is shown of them is the command's business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.types import AnnotateRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Annotation, DiffStyle, PatternSet


class AnnotateQuestion:
    """What is asked.

    Attributes:
        revision: an expression, "" for the first parent.
        patterns: which files; style: for the white space that does not count.
        follow: look through copies; skip: expressions for changesets that are blamed for nothing.
        as_text: also files that look binary.
    """

    __slots__ = ("as_text", "follow", "patterns", "revision", "skip", "style")

    def __init__(
        self,
        revision: str,
        patterns: PatternSet,
        style: DiffStyle,
        *,
        follow: bool = True,
        skip: Sequence[str] = (),
        as_text: bool = False,
    ) -> None:
        self.revision = revision
        self.patterns = patterns
        self.style = style
        self.follow = follow
        self.skip = tuple(skip)
        self.as_text = as_text


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
    from hydrargyrum.ops.revisions import resolve_revision

    changeset = resolve_revision(repo, question.revision)
    skip = [resolve_revision(repo, text).rev for text in question.skip]
    paths, warnings = repo.engine.files(changeset.engine_rev, question.patterns)
    for warning in warnings:
        raise errors.Abort(warning.text())
    style = question.style
    for path in paths:
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
        yield AnnotatedFile(changeset, path, annotation)

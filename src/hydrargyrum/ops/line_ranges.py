"""Ranges of lines that users name (`FILE,FIRST:LAST`): what `log` shows of their history, and of the patches in it.

How lines are followed is in `query.revset.linehistory`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.types import WDIR_REV, PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hydrargyrum.query.revset.linehistory import Lines
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import Rev


def named_ranges(repo: Repository, texts: Iterable[str]) -> list[tuple[str, Lines]]:
    """Path and lines of each range, as the working copy has them.

    Raises:
        InputError: something is no range; ParseError: it makes no sense, or the pattern is not one file.
    """
    from hydrargyrum.query.revset import new_query
    from hydrargyrum.query.revset.linehistory import line_range, one_path

    found = []
    for text in texts:
        pattern, comma, lines = text.rpartition(",")
        if not comma:
            raise errors.InputError(f"malformatted line-range pattern {text}")
        try:
            first, last = map(int, lines.split(":"))
        except ValueError:
            raise errors.InputError(f"invalid line range for {pattern}") from None
        problem = f"line range pattern '{pattern}' must match exactly one file"
        path = one_path(new_query(repo), WDIR_REV, pattern, problem)
        found.append((path, line_range(first, last)))
    return found


class RangeHistory:
    """The changesets that changed some lines, and which part of their patches did.

    Attributes:
        revs: newest first.
    """

    def __init__(self, repo: Repository, among: Iterable[Rev], texts: Sequence[str]) -> None:
        """Follow.

        Args:
            repo: where; among: what may be shown; texts: the ranges.

        Raises:
            Abort: what `named_ranges` says; a file is not there, or has fewer lines.
        """
        from hydrargyrum.query.revset import new_query
        from hydrargyrum.query.revset.linehistory import LineHistory

        self._root = repo.root
        self._found: dict[Rev, dict[str, list[Lines]]] = {}
        allowed = set(among)
        history = LineHistory(new_query(repo))
        for path, lines in named_ranges(repo, texts):
            for block in history.ancestors(history.start(path, WDIR_REV, lines)):
                if block.rev in allowed:
                    self._found.setdefault(block.rev, {}).setdefault(block.path, []).append(block.lines)
        self.revs = sorted(self._found, reverse=True)

    def files_of(self, changeset: Changeset) -> PatternSet:
        """The files of a changeset in which lines were followed."""
        paths = [f"path:{path}" for path in self._found.get(changeset.rev, ())]
        return PatternSet(self._root, paths or ["re:$^"], warn_missing=False)

    def narrowed(self, changeset: Changeset, patches: Iterable[bytes]) -> Iterator[bytes]:
        """Patches of single files without the hunks that lie outside the lines."""
        found = self._found.get(changeset.rev, {})
        for patch in patches:
            header, hunks = _cut(patch)
            for path, ranges in found.items():
                if _is_about(header, path):
                    hunks = [(span, text) for span, text in hunks if _meets(span, ranges)]
            yield b"".join([header, *(text for _, text in hunks)])


def _meets(span: tuple[int, int], ranges: Iterable[Lines]) -> bool:
    return any(first < span[0] + span[1] and span[0] < last for first, last in ranges)


def _is_about(header: bytes, path: str) -> bool:
    """Whether a patch with that header leads to a file."""
    import os

    line = header.partition(b"\n")[0]
    return line.endswith((b" " + os.fsencode(path), b"/" + os.fsencode(path)))


def _cut(patch: bytes) -> tuple[bytes, list[tuple[tuple[int, int], bytes]]]:
    """The header of a patch of one file, and its hunks with first line and number of lines of the new side."""
    pieces = patch.split(b"\n@@ -")
    if len(pieces) == 1:
        return patch, []
    hunks = []
    for number, piece in enumerate(pieces[1:], 1):
        end = b"" if number == len(pieces) - 1 else b"\n"
        first, _, length = piece.split(b" ", 2)[1].lstrip(b"+").partition(b",")
        hunks.append(((int(first), int(length or b"1")), b"@@ -" + piece + end))
    return pieces[0] + b"\n", hunks

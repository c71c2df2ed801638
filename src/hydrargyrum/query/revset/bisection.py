"""Revisions of a bisection that goes on: how they were marked and what follows from it.

Marking, and choosing the next one, are the business of the command.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev

_MARKS = ("current", "good", "bad", "skip")


def read_marks(repo: Repository) -> dict[str, list[Rev]]:
    """Revisions by mark, from `.hg/bisect.state`.

    Raises:
        Abort: a line has an unknown mark.
        UnknownRevision: a line names a changeset that is not there (the first one in the file is told).
    """
    found: dict[str, list[Rev]] = {mark: [] for mark in _MARKS}
    index = repo.engine.changelog()
    try:
        with open(os.path.join(repo.dot_hg, "bisect.state"), encoding="ascii", errors="replace") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return found
    for line in lines:
        mark, _, digits = line.partition(" ")
        node = bytes.fromhex(digits.strip())
        try:
            rev = index.rev(node)  # type: ignore[arg-type]
        except errors.UnknownNode:
            raise errors.UnknownRevision(name=node.hex()) from None
        if mark not in found:
            raise errors.Abort(f"unknown bisect kind {mark}")
        found[mark].append(rev)
    return found


def revisions_marked(query: Query, status: str) -> set[Rev]:
    """The revisions with a mark, or in a relation to marked ones.

    Raises:
        ParseError: an unknown status.
        Abort, UnknownRevision: see `read_marks`.
    """
    marks = {mark: set(revs) for mark, revs in read_marks(query.repo).items()}
    if status in _MARKS:
        return marks[status]
    engine, good, bad = query.engine, marks["good"], marks["bad"]
    upwards = set(engine.paths_between(good, bad))
    within = upwards | set(engine.paths_between(bad, good))
    if upwards:
        goods, bads = set(engine.ancestors(good, inclusive=True)), set(engine.descendants(bad))
    else:
        goods, bads = set(engine.descendants(good)), set(engine.ancestors(bad, inclusive=True))
    known = goods | bads | marks["skip"]
    if status == "ignored":
        one_sided = set(engine.ancestors(bad, inclusive=True)) ^ set(engine.ancestors(good, inclusive=True))
        return one_sided - within
    answers = {
        "range": within,
        "pruned": known,
        "goods": goods,
        "bads": bads,
        "untested": within - known,
    }
    if status not in answers:
        raise errors.ParseError("invalid bisect state")
    return answers[status]

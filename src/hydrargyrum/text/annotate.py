"""Which revision brought each line of a text: attribution carried from parents to child along matching lines.

Which revisions there are, and what their texts are, is asked of the caller (`docs/formats/diff.md`).
"""

from __future__ import annotations

from hydrargyrum.text.compare import EQUAL, Comparison
from hydrargyrum.text.lines import split_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from typing import TypeVar

    from hydrargyrum.text.compare import Stretch

    Revision = TypeVar("Revision", bound=Hashable)
    #: The revision that brought a line, its number there from 1, and whether it was given to that revision because
    #: the one that changed it was to be skipped.
    Origin = tuple[Revision, int, bool]
    #: Lines, and the origin of each.
    Annotated = tuple[list[bytes], list[Origin[Revision]]]


def fresh(text: bytes, revision: Revision) -> Annotated[Revision]:
    """A text whose lines all come from `revision`."""
    lines = split_lines(text)
    return lines, [(revision, number, False) for number in range(1, len(lines) + 1)]


def child(
    text: bytes,
    revision: Revision,
    parents: Sequence[Annotated[Revision]],
    comparison: Comparison,
    *,
    skip: bool = False,
) -> Annotated[Revision]:
    """The child of `parents`: lines that match a parent keep that parent's origin, the last parent wins.

    With `skip`, lines that match nothing are given to lines of the parents too, one by one inside each change and
    then to its last line, so that the child itself brings none.
    """
    lines, origins = fresh(text, revision)
    compared = [(parent[1], comparison.stretches(parent[0], lines)) for parent in parents]
    for parent_origins, stretches in compared:
        for (a1, a2, b1, b2), kind in stretches:
            if kind == EQUAL:
                origins[b1:b2] = parent_origins[a1:a2]
    if skip:
        _give_away(origins, revision, compared)
    return lines, origins


def _give_away(
    origins: list[Origin[Revision]],
    revision: Revision,
    compared: list[tuple[list[Origin[Revision]], list[Stretch]]],
) -> None:
    """Gives the lines that are still `revision`'s to its parents.

    First where a change has as many old lines, then by repeating its last old line; the last parent comes first.
    """
    for repeating in (False, True):
        for parent_origins, stretches in reversed(compared):
            if not parent_origins:
                continue
            for (a1, a2, b1, b2), _kind in stretches:
                if (a2 - a1 < b2 - b1) != repeating:
                    continue
                for index in range(b1, b2):
                    if origins[index][0] == revision:
                        # Lines inserted before the first one go to the last line of all: index -1.
                        source = parent_origins[min(a1 + index - b1, a2 - 1)]
                        origins[index] = (source[0], source[1], True)


def annotate(
    tip: Revision,
    parents: Callable[[Revision], Sequence[Revision]],
    text: Callable[[Revision], bytes],
    comparison: Comparison,
    skips: Callable[[Revision], bool] = lambda _revision: False,
) -> Annotated[Revision]:
    """The lines of `tip`, and the origin of each.

    Ancestors are annotated before their descendants, and forgotten when their last child is done.

    Args:
        tip: the revision to annotate.
        parents: the parents whose lines a revision may have kept, in order.
        text: the content of a revision; asked once for each.
        comparison: how lines are compared.
        skips: whether a revision shall be blamed for nothing.
    """
    known, needed = _explore(tip, parents)
    done: dict[Revision, Annotated[Revision]] = {}
    visit = [tip]
    while visit:
        revision = visit[-1]
        missing = [] if revision in done else [parent for parent in known[revision] if parent not in done]
        if missing:
            visit += missing
            continue
        visit.pop()
        if revision in done:
            continue
        sources = [done[parent] for parent in known[revision]]
        done[revision] = child(text(revision), revision, sources, comparison, skip=skips(revision))
        for parent in known[revision]:
            needed[parent] -= 1
            if not needed[parent]:
                del done[parent]
    return done[tip]


def _explore(
    tip: Revision, parents: Callable[[Revision], Sequence[Revision]]
) -> tuple[dict[Revision, Sequence[Revision]], dict[Revision, int]]:
    """The parents of all ancestors, and how many children each has."""
    known: dict[Revision, Sequence[Revision]] = {}
    needed = {tip: 1}
    visit = [tip]
    while visit:
        revision = visit.pop()
        if revision in known:
            continue
        known[revision] = found = parents(revision)
        for parent in found:
            needed[parent] = needed.get(parent, 0) + 1
            visit.append(parent)
    return known, needed

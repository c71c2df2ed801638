"""What became of an obsolete changeset, in one line for each set of successors.

The facts are `repo.evolution`'s.
"""

from __future__ import annotations

import os

from hydrargyrum.dates import format_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.repo.markers import Marker
    from hydrargyrum.view.changesets.plain import Output

_MINUTES = "%Y-%m-%d %H:%M %1%2"


def fate_lines(changeset: Changeset, output: Output) -> Iterator[str]:
    """The lines for a changeset; nothing for one that is not obsolete."""
    repo = changeset.repo
    if not changeset.is_obsolete:
        return
    for fate in repo.evolution.fates(changeset.node):
        yield fate_line(repo, fate.nodes, list(fate.markers.values()), output)


def fate_line(repo: Repository, nodes: tuple[bytes, ...], markers: list[Marker], output: Output) -> str:
    """One set of successors."""
    from hydrargyrum.view.changesets.plain import changeset_id

    parts = [verb(nodes)]
    operations = operations_of(markers)
    if operations:
        parts.append(f" using {', '.join(operations)}")
    if nodes:
        shown = (changeset_id(repo[node], full=output.debugging) for node in nodes)
        parts.append(f" as {', '.join(shown)}")
    users = users_of(markers)
    if not output.verbose and users == [repo.working_copy.user]:
        users = []
    if users and (output.verbose or not output.quiet):
        parts.append(f" by {', '.join(users)}")
    if markers and output.verbose:
        first, last = min(marker.date for marker in markers), max(marker.date for marker in markers)
        begin, end = (format_date((int(date[0]), date[1]), _MINUTES) for date in (first, last))
        parts.append(f" (at {begin})" if first == last else f" (between {begin} and {end})")
    return "".join(parts)


def verb(nodes: Iterable[object]) -> str:
    """What was done to a changeset that these replace."""
    count = len(list(nodes))
    return "pruned" if not count else "rewritten" if count == 1 else "split"


def users_of(markers: Iterable[Marker]) -> list[str]:
    """Who made the markers, sorted."""
    return sorted({user for marker in markers if (user := marker.about("user"))}, key=os.fsencode)


def operations_of(markers: Iterable[Marker]) -> list[str]:
    """By which commands they were made, sorted."""
    return sorted({name for marker in markers if (name := marker.about("operation"))}, key=os.fsencode)

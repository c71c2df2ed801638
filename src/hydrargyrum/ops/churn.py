"""How much each author (or month, or whatever a key says) changed: lines or changesets, counted along the history.

Drawing the counts is the business of the extension `churn`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hydrargyrum.ops.log import LogRequest
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.types import PatternSet

    #: Lines added and removed; of changesets, their number and nothing.
    Counts = tuple[int, int]

#: Changesets are looked at in windows that grow from the first size to the last; in each, from old to new.
_FIRST_WINDOW, _LAST_WINDOW = 8, 512


class ChurnRequest:
    """What is counted.

    Attributes:
        walk: which changesets and files; key: what a changeset counts for; aliases: keys that mean others.
        changesets: count these instead of lines.
    """

    __slots__ = ("aliases", "changesets", "key", "walk")

    def __init__(
        self,
        walk: LogRequest,
        key: Callable[[Changeset], str],
        *,
        aliases: Mapping[str, str],
        changesets: bool = False,
    ) -> None:
        self.walk = walk
        self.key = key
        self.aliases = aliases
        self.changesets = changesets


def count_changes(repo: Repository, request: ChurnRequest) -> dict[str, Counts]:
    """The counts by key. Raises as `ops.log.walk`."""
    from itertools import islice

    from hydrargyrum.ops.log import walk
    from hydrargyrum.types import PatternSet

    found = walk(repo, request.walk)
    whole = PatternSet(repo.root, warn_missing=False)
    files_of = found.files_of or (lambda _changeset: whole)
    counts: dict[str, Counts] = {}
    revs, size = iter(found.revs), _FIRST_WINDOW
    while window := list(islice(revs, size)):
        size = min(size * 2, _LAST_WINDOW)
        for changeset in repo.changesets(sorted(window)):
            key = request.key(changeset).strip()
            key = request.aliases.get(key, key)
            added, removed = counts.get(key, (0, 0))
            if request.changesets:
                counts[key] = added + 1, 0
            elif sum(parent.rev >= 0 for parent in changeset.parents) > 1:
                repo.reporter.note(f"revision {changeset.rev} is a merge, ignoring...\n")
            else:
                more, fewer = _changed_lines(changeset, files_of(changeset))
                counts[key] = added + more, removed + fewer
    return counts


def _changed_lines(changeset: Changeset, patterns: PatternSet) -> Counts:
    from hydrargyrum.ops.diff import patches
    from hydrargyrum.types import DiffStyle

    added = removed = 0
    for patch in patches(changeset.parents[0], changeset, patterns, DiffStyle()):
        in_hunk = False
        for line in patch.split(b"\n"):
            first = line[:1]
            if first == b"@":
                in_hunk = True
            elif in_hunk:
                added += first == b"+"
                removed += first == b"-"
    return added, removed


def read_aliases(lines: Iterable[str], warn: Callable[[str], object]) -> dict[str, str]:
    """Lines `ALIAS = KEY` (or two words) of a file; others are told of."""
    found = {}
    for line in lines:
        parts = line.rsplit("=" if "=" in line else None, 1)
        if len(parts) == 2:
            found[parts[0].strip()] = parts[1].strip()
        elif line.strip():
            warn(f"skipping malformed alias: {line.strip()}\n")
    return found

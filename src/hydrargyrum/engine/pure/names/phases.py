"""Phases: how public a changeset is, from the roots that the store records.

Which revisions are therefore hidden is `hidden`'s question (format: `docs/formats/phaseroots.md`).
"""

from __future__ import annotations

import os
from io import BytesIO

from hydrargyrum.engine.pure.store.files import corrupt, read_optional
from hydrargyrum.engine.pure.text import node_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.changelog import Changelog
    from hydrargyrum.engine.pure.store.layout import RepoLayout

PUBLIC, DRAFT, SECRET, ARCHIVED, INTERNAL = 0, 1, 2, 32, 96
NAMES = {PUBLIC: "public", DRAFT: "draft", SECRET: "secret", ARCHIVED: "archived", INTERNAL: "internal"}


class Phases:
    """The phase of every revision of a changelog."""

    def __init__(self, changelog: Changelog, roots: dict[int, int]) -> None:
        self._changelog = changelog
        self.roots = roots
        self._mutable: dict[int, int] | None = None

    def mutable(self) -> dict[int, int]:
        """The phases of all revisions that are not public: each the greatest of its root's and its parents'."""
        if self._mutable is None:
            found: dict[int, int] = {}
            roots, parents = self.roots, self._changelog.parents
            first = min(roots, default=len(self._changelog))
            for rev in range(first, len(self._changelog)):
                p1, p2 = parents(rev)
                phase = max(roots.get(rev, 0), found.get(p1, 0), found.get(p2, 0))
                if phase:
                    found[rev] = phase
            self._mutable = found
        return self._mutable

    def phase(self, rev: int) -> int:
        """The phase of a revision."""
        if not self.roots or rev < min(self.roots):
            return PUBLIC
        return self.mutable().get(rev, PUBLIC)


def read_phases(layout: RepoLayout, changelog: Changelog) -> Phases:
    """The phases of a repository; without `phaseroots` everything is public, roots that are gone do not count.

    Raises:
        CorruptFile: `phaseroots` does not follow its format.
    """
    path = layout.seen(os.path.join(layout.store, b"phaseroots"))
    roots: dict[int, int] = {}
    offset = 0
    for line in BytesIO(read_optional(path) or b""):
        fields = line.split()
        node = node_of(fields[1]) if len(fields) == 2 else None
        if node is None or not fields[0].isdigit() or int(fields[0][:9]) not in NAMES:
            raise corrupt(path, "a line is not a phase and a node", offset)
        phase = int(fields[0])
        rev = changelog.find(node)
        if rev is not None and rev >= 0 and phase > roots.get(rev, 0):
            roots[rev] = phase
        offset += len(line)
    return Phases(changelog, roots)

"""What the pure engine answers about many changesets at once: `engine.history.HistoryRepository`.

Walks through the graph are in `graph_sets`, searching texts in `searching`.
"""

from __future__ import annotations

from hydrargyrum.engine.pure import graph_sets
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.types import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.types import ChangesetRecord, EngineSettings, PatternSet, TextQuery


class HistoryQueries:
    """The part of a repository that answers about sets of changesets."""

    def _history(self) -> History:
        """The history as it is now."""
        raise AssertionError("a repository has a history")

    _settings: EngineSettings

    def _root(self) -> bytes:
        raise AssertionError("a repository has a root")

    def changeset(self, rev: int) -> ChangesetRecord:  # noqa: ARG002
        """One changeset."""
        raise AssertionError("a repository reads changesets")

    def _asked(self, revs: Iterable[int]) -> tuple[History, list[int]]:
        history = self._history()
        count = len(history.changelog)
        found = list(revs)
        for rev in found:
            if not -1 <= rev < count:
                raise IndexError(rev)
        return history, found

    # -- whole expressions --------------------------------------------------------------------------------------

    evaluates_sets = False

    def revision_set(
        self,
        tree: tuple[object, ...],  # noqa: ARG002
        order: Literal["define", "follow", "any"],  # noqa: ARG002
        cwd: str,  # noqa: ARG002
    ) -> None:
        """Nothing: expressions are evaluated by whoever asks, predicate by predicate."""
        return

    # -- the graph ----------------------------------------------------------------------------------------------

    def parent_columns(self, revs: Iterable[int]) -> tuple[list[int], list[int]]:
        history, asked = self._asked(revs)
        pairs = [history.changelog.parents(rev) for rev in asked]
        return [first for first, _ in pairs], [second for _, second in pairs]

    def children_of(self, revs: Iterable[int]) -> list[int]:
        history, asked = self._asked(revs)
        return graph_sets.children(history.changelog.parents, len(history.changelog), asked)

    def descendants(self, revs: Iterable[int], *, first_parent: bool = False) -> list[int]:
        history, asked = self._asked(revs)
        return graph_sets.descendants(
            history.changelog.parents, len(history.changelog), asked, first_parent=first_parent
        )

    def generations(
        self,
        revs: Iterable[int],
        start: int,
        stop: int | None,
        *,
        towards: Literal["ancestors", "descendants"],
        first_parent: bool = False,
    ) -> list[int]:
        history, asked = self._asked(revs)
        parents = history.changelog.parents
        if towards == "ancestors":
            cut = 1 if first_parent else 2
            return graph_sets.generations(lambda rev: parents(rev)[:cut], asked, (start, stop), -1)
        if not asked:
            return []
        above: dict[int, list[int]] = {}
        for rev in range(min(asked) + 1, len(history.changelog)):
            first, second = parents(rev)
            above.setdefault(first, []).append(rev)
            if second >= 0 and not first_parent:
                above.setdefault(second, []).append(rev)
        return graph_sets.generations(lambda rev: above.get(rev, ()), asked, (start, stop), 1)

    def heads_of(self, revs: Iterable[int]) -> list[int]:
        history, asked = self._asked(revs)
        parents = history.changelog.parents
        below = {parent for rev in asked for parent in parents(rev)}
        return sorted(set(asked) - below - {-1})

    def missing(self, heads: Iterable[int], bases: Iterable[int]) -> list[int]:
        history, wanted = self._asked(heads)
        return graph_sets.missing(history.changelog.parents, wanted, self._asked(bases)[1])

    def paths_between(self, roots: Iterable[int], heads: Iterable[int]) -> list[int]:
        history, lower = self._asked(roots)
        return graph_sets.paths_between(history.changelog.parents, lower, self._asked(heads)[1])

    def common_heads_of(self, revs: Iterable[int]) -> list[int]:
        history, asked = self._asked(revs)
        return graph_sets.common_ancestor_heads(history.changelog.parents, asked)

    # -- what is known of changesets ----------------------------------------------------------------------------

    def changesets(self, revs: Iterable[int]) -> list[ChangesetRecord]:
        return [self.changeset(rev) for rev in revs]

    def branches(self, revs: Iterable[int]) -> tuple[list[str], list[bool]]:
        from hydrargyrum.engine.pure.names.branches import branch_reader

        history, asked = self._asked(revs)
        read = branch_reader(history)
        found = [read(rev) for rev in asked]
        return [decode(name) for name, _ in found], [closes for _, closes in found]

    def dates(self, revs: Iterable[int]) -> list[int]:
        history, asked = self._asked(revs)
        return [history.changelog.changeset(rev).time for rev in asked]

    def search(self, revs: Iterable[int], query: TextQuery) -> list[int]:
        from hydrargyrum.engine.pure.searching import text_test

        history, asked = self._asked(revs)
        fits = text_test(query)
        return [rev for rev in asked if fits(history.changelog.changeset(rev))]

    def touching(self, revs: Iterable[int], patterns: PatternSet) -> list[int]:
        from hydrargyrum.engine.pure.matchers import matcher_for

        history, asked = self._asked(revs)
        matches = matcher_for(self._root(), patterns, on_disk=False).matches
        changeset = history.changelog.changeset
        return [rev for rev in asked if any(matches(path) for path in changeset(rev).files)]

    def file_revs(self, path: str) -> list[int]:
        filelog = self._history().filelog(encode(path))
        return sorted({filelog.index.entry(rev).link_rev for rev in range(len(filelog))})

    # -- phases and visibility ----------------------------------------------------------------------------------

    def phase_revs(self, phases: Iterable[str]) -> list[int]:
        from hydrargyrum.engine.pure.names.phases import NAMES, PUBLIC

        numbers = {number for number, name in NAMES.items() if name in set(phases)}
        history = self._history()
        mutable = history.phases.mutable()
        if PUBLIC in numbers:
            return [rev for rev in range(len(history.changelog)) if mutable.get(rev, PUBLIC) in numbers]
        return sorted(rev for rev, phase in mutable.items() if phase in numbers)

    def hidden_revs(self) -> list[int]:
        return sorted(self._history().hideable)

    def obsolete_revs(self) -> list[int]:
        return sorted(self._history().obsolete)

    def successors(self) -> Mapping[Node, Sequence[tuple[Node, ...]]]:
        from hydrargyrum.engine.pure.names.obsstore import read_markers

        found: dict[Node, list[tuple[Node, ...]]] = {}
        for predecessor, successors in read_markers(self._history().layout):
            found.setdefault(Node(predecessor), []).append(tuple(map(Node, successors)))
        return found

    # -- paths --------------------------------------------------------------------------------------------------

    def matching_paths(self, paths: Iterable[str], patterns: PatternSet) -> list[str]:
        from hydrargyrum.engine.pure.matchers import matcher_for

        matches = matcher_for(self._root(), patterns, on_disk=False).matches
        return [decode(path) for path in sorted(map(encode, paths)) if matches(path)]

    def ignored_paths(self, paths: Iterable[str]) -> list[str]:
        from hydrargyrum.engine.pure.matchers import ignore_for

        matches = ignore_for(self._root(), self._settings).ignores_file
        return [decode(path) for path in sorted(map(encode, paths)) if matches(path)]

    # -- branches -----------------------------------------------------------------------------------------------

    def branch_heads(self) -> Mapping[str, Sequence[tuple[int, bool]]]:
        from hydrargyrum.engine.pure.names.branches import read_branch_heads

        return {decode(name): heads for name, heads in sorted(read_branch_heads(self._history()).items())}

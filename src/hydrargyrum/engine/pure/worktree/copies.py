"""Where files were copied from: as the dirstate says, or traced through filelogs between two revisions.

Merging with copies, and heuristics that guess them, belong elsewhere (the rules: `docs/formats/copies.md`).
"""

from __future__ import annotations

from hydrargyrum.engine.pure import graph
from hydrargyrum.engine.pure.worktree.entry import WC_TRACKED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from typing import TypeAlias

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.manifest import Manifest
    from hydrargyrum.engine.pure.worktree.dirstate import Dirstate
    from hydrargyrum.matching.matcher import Matcher

    #: source by destination
    Copies: TypeAlias = dict[bytes, bytes]


def dirstate_copies(dirstate: Dirstate, matcher: Matcher) -> Copies:
    """The copies that the dirstate records for tracked files that match."""
    entries = dirstate.entries
    return {
        path: source
        for path, source in dirstate.copies.items()
        if entries[path][0] & WC_TRACKED and matcher.matches(path)
    }


class CopyTracer:
    """Finds the copies between revisions; `dirstate` and `working_files` stand for the working copy."""

    def __init__(self, history: History, dirstate: Dirstate | None, working_files: Container[bytes]) -> None:
        self._history = history
        self._dirstate = dirstate
        self._working_files = working_files

    def copies(self, base: int, target: int | None, matcher: Matcher, everything: Matcher) -> Copies:
        """Copies from `base` to `target` (None: the working copy) of files that match."""
        history = self._history
        target_rev = history.working_parent() if target is None else target
        if -1 in (base, target_rev) or base == target:
            return {}
        if target is None and base == target_rev:
            return {} if self._dirstate is None else dirstate_copies(self._dirstate, matcher)
        common = self._common(base, target_rev)
        if common == base:
            found = self._forward(base, target, base, matcher)
        elif common == target_rev and target is not None:
            found = self._reversed(self._forward(target, base, target, everything), base, matcher)
        else:
            ours = self._forward(common, base, common, everything)
            theirs = self._forward(common, target, common if common == -1 else base, matcher)
            same = {path for path in ours.keys() & theirs.keys() if ours[path] == theirs[path]}
            for path in same:
                del ours[path], theirs[path]
            found = _chain(self._reversed(ours, base, matcher), theirs)
        return self._valid(base, target_rev if target is not None else None, found)

    def _common(self, first: int, second: int) -> int:
        """The ancestor that both share; of several the one with the smallest node, -1 for none."""
        heads = graph.common_heads(self._history.changelog.parents, first, second)
        return min(heads, key=self._history.changelog.node, default=-1)

    def _manifest(self, rev: int) -> Manifest:
        return self._history.manifest(rev)

    def _forward(self, ancestor: int, target: int | None, base: int, matcher: Matcher) -> Copies:
        """Copies from an ancestor to `target`, traced back to `base` too."""
        if target is not None:
            return self._committed(ancestor, target, base, matcher)
        found = self._committed(ancestor, self._history.working_parent(), base, matcher)
        return found if self._dirstate is None else _chain(found, dirstate_copies(self._dirstate, matcher))

    def _committed(self, ancestor: int, target: int, base: int, matcher: Matcher) -> Copies:
        old, new = self._manifest(ancestor), self._manifest(target)
        other = old if base == ancestor else self._manifest(base)
        found = {}
        for path, before, after in old.diff(new):
            if before is None and after is not None and matcher.matches(path):
                source = self._trace(path, after[0], old, other)
                if source is not None:
                    found[path] = source
        return found

    def _trace(self, path: bytes, node: bytes, old: Manifest, other: Manifest) -> bytes | None:
        """The name under which an ancestor of a file revision is in one of two manifests."""
        for source, source_node in self._file_ancestors(path, node):
            for manifest in (old, other):
                entry = manifest.get(source)
                if entry is not None and entry[0] == source_node:
                    return source
        return None

    def _file_ancestors(self, path: bytes, node: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Ancestors of a file revision through copies, those of the newest changesets first."""
        return ((source, source_node) for _, source, source_node in file_ancestors(self._history, path, node))

    def _reversed(self, copies: Copies, rev: int, matcher: Matcher) -> Copies:
        """Renames back from `rev`; of several new names of a file the last one counts."""
        manifest = self._manifest(rev)
        return {
            source: path
            for path, source in sorted(copies.items())
            if matcher.matches(source) and manifest.get(source) is None
        }

    def _valid(self, base: int, target: int | None, copies: Copies) -> Copies:
        """Without those whose source the base lacks, or whose destination the target lacks."""
        old = self._manifest(base)
        sources = {source for source in copies.values() if old.get(source) is not None}
        if target is None:
            present = self._working_files
            return {p: s for p, s in copies.items() if p != s and s in sources and p in present}
        new = self._manifest(target)
        return {p: s for p, s in copies.items() if p != s and s in sources and new.get(p) is not None}


def _chain(first: Copies, second: Copies) -> Copies:
    """Copies through both steps."""
    return {**first, **{path: first.get(source, source) for path, source in second.items()}}


def file_ancestors(history: History, path: bytes, node: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Changeset, path and node of a file revision's ancestors through copies, the newest changesets first."""
    # As in the peer, of two files with one node and one changeset the one that is found later counts.
    todo: dict[tuple[int, bytes], bytes] = {}
    while True:
        for parent_path, parent_node in _file_parents(history, path, node):
            log = history.filelog(parent_path)
            link = log.index.entry(log.rev(parent_node)).link_rev
            todo[link, parent_node] = parent_path
        if not todo:
            return
        link, node = max(todo)
        path = todo.pop((link, node))
        yield link, path, node


def _file_parents(history: History, path: bytes, node: bytes) -> list[tuple[bytes, bytes]]:
    log = history.filelog(path)
    rev = log.rev(node)
    found = [(path, log.node(parent)) for parent in log.parents(rev) if parent >= 0]
    source = log.copied_from(rev)
    return found if source is None else [source, *found]

"""Differences between two revisions, and between any revision and the working copy, by their manifests.

The comparison of the working copy with its first parent, which this starts from, is `walk` and `compare`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.store.manifest import Found as ManifestFile
    from hydrargyrum.engine.pure.store.manifest import Manifest
    from hydrargyrum.engine.pure.worktree.compare import WorkingFiles
    from hydrargyrum.engine.pure.worktree.walk import Found
    from hydrargyrum.matching.matcher import Matcher


def empty_groups() -> dict[str, list[bytes]]:
    """A list per status letter."""
    return {letter: [] for letter in "MAR!?IC"}


def compare_revisions(
    base: Manifest, target: Manifest, matcher: Matcher, *, clean: bool
) -> dict[str, list[bytes]]:
    """Groups of the files that differ between two manifests (and of the others, with `clean`)."""
    groups = empty_groups()
    changed = set()
    for path, before, after in base.diff(target):
        changed.add(path)
        if matcher.is_always or matcher.matches(path):
            letter = "A" if before is None else "R" if after is None else "M"
            groups[letter].append(path)
    if clean:
        groups["C"] = _listed(
            [p for p in base.paths() if p not in changed and (matcher.is_always or matcher.matches(p))],
            base.differing_directories(target),
            matcher,
        )
    return groups


def _listed(clean: list[bytes], differing: set[bytes] | None, matcher: Matcher) -> list[bytes]:
    """Clean files as the peer lists them: with one manifest per directory, only those of directories that differ."""
    if differing is None or not matcher.is_always:
        return clean
    return [path for path in clean if path.rpartition(b"/")[0] in differing]


class WorkingComparison:
    """Compares the working copy with a revision that is not its first parent.

    `found` is what differs from the first parent, whose manifest is `parent`.
    """

    def __init__(
        self, history: History, files: WorkingFiles, parent: Manifest, base: Manifest, found: Found
    ) -> None:
        self._history = history
        self._files = files
        self._parent = parent
        self._base = base
        self._found = found

    def groups(self, matcher: Matcher, *, clean: bool) -> dict[str, list[bytes]]:
        """Groups of the differences between the base and the working copy."""
        found, groups = self._found, empty_groups()
        gone = {*found.removed, *found.deleted}
        touched = {*found.added, *found.modified}
        deleted = set(found.deleted)
        before = {path: (node, flags) for path, node, flags in self._base.files()}
        after: dict[bytes, ManifestFile] = {
            path: (node, flags) for path, node, flags in self._parent.files() if path not in gone
        }
        after.update(dict.fromkeys(touched))
        for path in sorted(before.keys() | after.keys()):
            if path in deleted or not (matcher.is_always or matcher.matches(path)):
                continue
            old = before.get(path)
            if path not in after:
                groups["R"].append(path)
            elif old is None:
                groups["A"].append(path)
            elif path in touched:
                same = self._is_same(path, old, self._parent_flags(path))
                groups["C" if same else "M"].append(path)
            else:
                groups["C" if old == after[path] else "M"].append(path)
        groups["!"] = found.deleted
        groups["?"] = [path for path in found.unknown if path not in before]
        groups["I"] = [path for path in found.ignored if path not in before]
        if clean:
            differing = self._base.differing_directories(self._parent)
            if differing is not None:
                for path in touched | gone:
                    while path:
                        path = path.rpartition(b"/")[0]
                        differing.add(path)
            groups["C"] = _listed(groups["C"], differing, matcher)
        else:
            groups["C"] = []
        return groups

    def _parent_flags(self, path: bytes) -> bytes:
        entry = self._parent.get(path)
        return b"" if entry is None else entry[1]

    def _is_same(self, path: bytes, old: tuple[bytes, bytes], recorded: bytes) -> bool:
        """Whether flags and content of a file on disk are those of an old file revision."""
        node, flags = old
        try:
            look = self._files.look(path)
            if self._files.flags(look, recorded) != flags:
                return False
            return self._files.compare(self._history, path, node) is not None
        except OSError:
            return False

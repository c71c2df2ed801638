"""The history of a repository as it was at one moment: changelog, manifests and names, each read when asked for.

`repository` decides when a newer moment has come; nothing here refreshes itself.
"""

from __future__ import annotations

import os

from hydrargyrum.engine.pure import graph
from hydrargyrum.engine.pure.store.changelog import Changelog
from hydrargyrum.engine.pure.store.filelog import Filelog
from hydrargyrum.engine.pure.store.manifest import ManifestLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.engine.pure.names.phases import Phases
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.manifest import Manifest

#: How many filelogs stay open.
OPEN_FILELOGS = 256


class History:
    """What the store and the names files say.

    Attributes:
        layout: where everything lies.
        cache: directory of the store's caches.
    """

    def __init__(
        self,
        layout: RepoLayout,
        working_parents: Callable[[], tuple[bytes, bytes]],
        *,
        show_hidden: bool = False,
        changelog: Changelog | None = None,
    ) -> None:
        self.layout = layout
        self._show_hidden = show_hidden
        self.cache = os.path.join(layout.shared_dot_hg, b"cache")
        self._working_parents = working_parents
        self._changelog = changelog
        self._manifests: ManifestLog | None = None
        self._filelogs: dict[bytes, Filelog] = {}
        self._last_manifest: tuple[bytes, Manifest] | None = None
        self._phases: Phases | None = None
        self._filtered: tuple[frozenset[int], frozenset[int]] | None = None
        self._bookmarks: tuple[dict[bytes, bytes], list[bytes]] | None = None
        self._tags: dict[bytes, bytes] | None = None
        self._branch_tips: dict[bytes, bytes] | None = None

    # -- the store --------------------------------------------------------------------------------------------
    @property
    def changelog(self) -> Changelog:
        """The changelog."""
        if self._changelog is None:
            self._changelog = Changelog(self.layout)
        return self._changelog

    def filelog(self, path: bytes) -> Filelog:
        """The filelog of a path (an empty one where there is none)."""
        found = self._filelogs.get(path)
        if found is None:
            if len(self._filelogs) >= OPEN_FILELOGS:
                self._filelogs.clear()
            found = self._filelogs[path] = Filelog(self.layout, path)
        return found

    def manifest(self, rev: int, *, keep: bool = False) -> Manifest:
        """The manifest of a changeset; with `keep`, of one that will be asked about again."""
        return self.manifest_of(self.changelog.changeset(rev).manifest, keep=keep)

    def manifest_of(self, node: bytes, *, keep: bool = False) -> Manifest:
        """The manifest called `node`."""
        if self._last_manifest is None or self._last_manifest[0] != node:
            self._last_manifest = node, self.manifest_log.manifest(node, keep=keep)
        return self._last_manifest[1]

    @property
    def manifest_log(self) -> ManifestLog:
        """All manifests."""
        if self._manifests is None:
            self._manifests = ManifestLog(self.layout, kept_texts=True)
        return self._manifests

    # -- what is visible --------------------------------------------------------------------------------------
    @property
    def phases(self) -> Phases:
        """The phases."""
        if self._phases is None:
            from hydrargyrum.engine.pure.names.phases import read_phases

            self._phases = read_phases(self.layout, self.changelog)
        return self._phases

    @property
    def hidden(self) -> frozenset[int]:
        """Revisions that are hidden; none where hidden ones are to be shown."""
        return frozenset() if self._show_hidden else self.hideable

    @property
    def hideable(self) -> frozenset[int]:
        """Revisions that are hidden unless hidden ones are to be shown."""
        return self._visibility()[0]

    @property
    def obsolete(self) -> frozenset[int]:
        """Revisions that a marker declares obsolete and that can still change."""
        return self._visibility()[1]

    def _visibility(self) -> tuple[frozenset[int], frozenset[int]]:
        if self._filtered is None:
            from hydrargyrum.engine.pure.names.hidden import find_hidden
            from hydrargyrum.engine.pure.names.obsstore import read_markers

            obsolete = {predecessor for predecessor, _ in read_markers(self.layout)}
            self._filtered = find_hidden(self.changelog, self.phases, obsolete, self._pinned)
        return self._filtered

    def _pinned(self) -> Iterable[int]:
        from hydrargyrum.engine.pure.names.merge_state import unresolved_sides
        from hydrargyrum.engine.pure.names.tags import local_tags

        parents = self._working_parents()
        nodes = [*parents, *self.bookmarks().values(), *unresolved_sides(self.layout.dot_hg, parents)]
        nodes += [node for node, _ in local_tags(self).values()]
        for node in nodes:
            rev = self.changelog.find(node)
            if rev is not None:
                yield rev

    def tip(self) -> int:
        """The last visible revision, -1 in an empty repository."""
        rev = len(self.changelog) - 1
        while rev in self.hidden:
            rev -= 1
        return rev

    def heads(self) -> list[int]:
        """Visible revisions without visible children, ascending; the null revision where there are none."""
        hidden = self.hidden
        revs: Iterable[int] = range(len(self.changelog)) or [-1]
        if hidden:
            revs = [rev for rev in revs if rev not in hidden]
        return graph.heads(self.changelog.parents, revs)

    # -- names ------------------------------------------------------------------------------------------------
    def working_parent(self) -> int:
        """The revision of the working directory's first parent, -1 where it is not known."""
        rev = self.changelog.find(self._working_parents()[0])
        return -1 if rev is None else rev

    def bookmarks(self) -> dict[bytes, bytes]:
        """Nodes by bookmark."""
        return self._read_bookmarks()[0]

    def malformed_bookmarks(self) -> list[bytes]:
        """Lines among the bookmarks that are none."""
        return self._read_bookmarks()[1]

    def _read_bookmarks(self) -> tuple[dict[bytes, bytes], list[bytes]]:
        if self._bookmarks is None:
            from hydrargyrum.engine.pure.names.bookmarks import read_bookmarks

            self._bookmarks = read_bookmarks(self.layout, self.changelog)
        return self._bookmarks

    def all_tags(self) -> dict[bytes, bytes]:
        """Nodes by tag, `tip` included; those of unknown and hidden nodes too."""
        if self._tags is None:
            from hydrargyrum.engine.pure.names.tags import read_tags

            self._tags = read_tags(self)
        return self._tags

    def tags(self) -> dict[bytes, bytes]:
        """Nodes by tag, as far as they are known and not hidden; without `tip`."""
        found = {}
        for name, node in self.all_tags().items():
            rev = self.changelog.find(node)
            if rev is not None and rev not in self.hidden and name != b"tip":
                found[name] = node
        return found

    def branch_tips(self) -> dict[bytes, bytes]:
        """Nodes by branch."""
        if self._branch_tips is None:
            from hydrargyrum.engine.pure.names.branches import read_branch_tips

            self._branch_tips = read_branch_tips(self)
        return self._branch_tips

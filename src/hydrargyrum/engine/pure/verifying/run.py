"""One verification: changesets, manifests, files, and the dirstate, step by step.

What one revlog, file or line can be asked is in `parts`; findings go to whoever asked, in Mercurial's order.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.contents import LONG
from hydrargyrum.engine.pure.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.engine.verifying import Receive

    #: node -> changesets that name it
    Links = dict[bytes, list[int]]
    #: path -> node -> changeset that it is from (None: not to be trusted)
    FileNodes = dict[bytes, dict[bytes, int | None]]

#: Findings that are warnings, notes or steps.
_NO_ERRORS = frozenset(
    [
        *("step", "expected-link", "orphan", "not-listed"),
        *("copy-source-elsewhere", "null-copy-source"),
    ]
)


class Verification:
    """One run; `verbose` and `censored_is_wrong` as in `VerifyingRepository.verify`, `long_from` as in the settings."""

    long_from = LONG

    def __init__(
        self, layout: RepoLayout, receive: Receive, *, full: bool, verbose: bool, censored_is_wrong: bool
    ) -> None:
        from hydrargyrum.engine.pure.store.changelog import Changelog
        from hydrargyrum.engine.pure.store.manifest import ManifestLog

        self._receive = receive
        self.full = full
        self.verbose = verbose
        self.censored_is_wrong = censored_is_wrong
        self.layout = layout
        self.changelog = Changelog(layout)
        self.manifests = ManifestLog(layout)
        self.has_changesets = len(self.changelog) > 0
        self.has_manifests = len(self.manifests.revlog(b"")) > 0
        self.errors = 0
        self.names_manifests = False

    def tell(
        self,
        finding: str,
        link: int | None = None,
        name: bytes | None = None,
        problem: errors.EngineError | None = None,
        **facts: int | str,
    ) -> None:
        """Hands over what was found."""
        self.errors += finding not in _NO_ERRORS
        self._receive(finding, link, None if name is None else decode(name), facts, problem)

    # -- the steps ----------------------------------------------------------------------------------------------
    def run(self) -> tuple[int, int, int]:
        """All steps; how many changesets, revisions of files and files there are."""
        manifest_links, file_links = self._check_changesets()
        file_nodes = self._check_manifests(manifest_links, b"", set())
        self._crosscheck(file_links, file_nodes)
        count, changes = self._check_files(file_links, file_nodes)
        if not self.errors:
            self._check_dirstate()
        return len(self.changelog), changes, count

    def _check_changesets(self) -> tuple[Links, dict[bytes, list[int]]]:
        self.tell("step", step="changesets")
        manifest_links: Links = {}
        file_links: dict[bytes, list[int]] = {}
        seen: dict[bytes, int] = {}
        changelog = self.changelog
        self.check_revlog(changelog, b"changelog", 0)
        for rev in range(len(changelog)):
            node = changelog.node(rev)
            self.check_entry(changelog, rev, seen, [rev], b"changelog")
            try:
                changeset = changelog.changeset(rev)
            except errors.EngineError as problem:
                self.names_manifests = True
                self.tell("unread-changeset", rev, problem=problem, node=_short(node))
                continue
            if changeset.manifest != bytes(20):
                manifest_links.setdefault(changeset.manifest, []).append(rev)
                self.names_manifests = True
            for path in changeset.files:
                file_links.setdefault(_single_slashes(path), []).append(rev)
        return manifest_links, file_links

    def _check_manifests(self, links: Links, directory: bytes, store_files: set[bytes]) -> FileNodes:
        """The file revisions that the manifests of a directory name; those of directories below come along."""
        from hydrargyrum.engine.pure.verifying.parts import new_entries

        if not directory:
            self.tell("step", step="manifests")
        label = directory or b"manifest"
        revlog = self.manifests.revlog(directory.rstrip(b"/"))
        store_files.difference_update(_files_of(revlog))
        if self.names_manifests:
            self.check_revlog(revlog, label, 0)
        file_nodes: FileNodes = {}
        below: dict[bytes, Links] = {}
        seen: dict[bytes, int] = {}
        for rev in range(len(revlog)):
            node = revlog.node(rev)
            link = self.check_entry(revlog, rev, seen, links.get(node, []), label)
            if links.pop(node, None) is None:
                lack = "manifest-without-parent" if directory else "manifest-without-changeset"
                self.tell(lack, link, label, node=_short(node))
            try:
                for path, file_node, flags in new_entries(revlog, rev):
                    if path == b"/dev/null":
                        continue  # of very old programs
                    whole = directory + _single_slashes(path)
                    if flags == b"t":
                        named = below.setdefault(whole + b"/", {}).setdefault(file_node, [])
                        named.append(-1 if link is None else link)
                    else:
                        file_nodes.setdefault(whole, {}).setdefault(file_node, link)
            except errors.EngineError as problem:
                self.tell("unread-delta", link, label, problem, node=_short(node))
            if self.full:
                try:
                    self.manifests.lines(directory.rstrip(b"/"), node)
                except errors.EngineError as problem:
                    self.tell("unread-manifest", link, label, problem, node=_short(node))
        if self.has_manifests:
            for link, node in sorted((link, node) for node, revs in links.items() for link in revs):
                unknown = "unknown-directory-manifest" if directory else "unknown-manifest"
                self.tell(unknown, link, label, node=_short(node))
        if below:
            self._check_directories(below, directory, file_nodes, store_files)
        return file_nodes

    def _check_directories(
        self, below: dict[bytes, Links], directory: bytes, file_nodes: FileNodes, store_files: set[bytes]
    ) -> None:
        from hydrargyrum.engine.pure.writing import fncache

        if not directory:
            self.tell("step", step="directories")
            store_files.update(name for name in fncache.names(self.layout) if name.startswith(b"meta/"))
        for name, links in below.items():
            for path, nodes in self._check_manifests(links, name, store_files).items():
                file_nodes.setdefault(path, {}).update(nodes)
        if not directory:
            for name in sorted(store_files):
                self.tell("orphan", file=decode(name))

    def _crosscheck(self, file_links: dict[bytes, list[int]], file_nodes: FileNodes) -> None:
        self.tell("step", step="crosscheck")
        if self.has_manifests:
            for path in sorted(file_links.keys() - file_nodes.keys()):
                self.tell("not-in-manifest", file_links[path][0], path)
        if self.has_changesets:
            from hydrargyrum.engine.pure.store.filelog import Filelog

            for path in sorted(file_nodes.keys() - file_links.keys()):
                link: int | None
                try:
                    filelog = Filelog(self.layout, path)
                    entry = filelog.index.entry
                    link = min(entry(filelog.rev(node)).link_rev for node in file_nodes[path])
                except errors.EngineError:
                    link = None
                self.tell("not-in-changeset", link, path)

    def _check_files(self, file_links: dict[bytes, list[int]], file_nodes: FileNodes) -> tuple[int, int]:
        """How many files there are, and how many revisions of them."""
        from hydrargyrum.engine import requirements as req
        from hydrargyrum.engine.pure.verifying.parts import FileCheck
        from hydrargyrum.engine.pure.writing import fncache

        self.tell("step", step="files")
        listed: set[bytes] | None = None
        if req.FNCACHE in self.layout.requirements:
            listed = {name for name in fncache.names(self.layout) if name.startswith(b"data/")}
        check = FileCheck(self, listed)
        paths = sorted(file_links.keys() | file_nodes.keys())
        for path in paths:
            check.check(path, file_links.get(path, []), file_nodes.get(path))
        for name in sorted(listed or ()):
            self.tell("orphan", file=decode(name))
        return len(paths), check.revisions

    def _check_dirstate(self) -> None:
        from hydrargyrum.engine.pure.verifying.parts import dirstate_problems

        self.tell("step", step="dirstate")
        for problem, facts in dirstate_problems(self.layout, self.changelog, self.manifests):
            self.tell(problem, None, None, None, **facts)

    # -- one revlog ---------------------------------------------------------------------------------------------
    def check_revlog(self, revlog: Revlog, name: bytes, link: int) -> None:
        """Whether a revlog is there and its files have the right sizes."""
        from hydrargyrum.engine.pure.verifying.parts import size_problems

        if not len(revlog) and (self.has_changesets or self.has_manifests):
            self.tell("empty", link, file=decode(name))
            return
        for problem, count in size_problems(self.layout, revlog):
            self.tell(problem, None, name, bytes=count)

    def check_entry(
        self, revlog: Revlog, rev: int, seen: dict[bytes, int], links: list[int], name: bytes
    ) -> int | None:
        """Whether a revision's changeset, parents and place are right; its changeset, if that can be trusted."""
        node = revlog.node(rev)
        link: int | None = revlog.index.entry(rev).link_rev
        assert link is not None
        if link < 0 or (self.has_changesets and link not in links):
            there = 0 <= link < len(self.changelog)
            what = "unexpected" if there else "nonexistent"
            self.tell("wrong-link", None, name, rev=rev, what=what, changeset=link)
            if links:
                # of several none is shown, because Mercurial forgets them on the way
                self.tell("expected-link", changeset=str(links[0]) if len(links) == 1 else "")
            link = None
        try:
            for number, parent in enumerate(revlog.parents(rev), 1):
                if parent != -1 and revlog.node(parent) not in seen:
                    known = _short(revlog.node(parent))
                    self.tell("unknown-parent", link, name, number=number, parent=known, node=_short(node))
        except errors.EngineError as problem:
            self.tell("unread-parents", link, name, problem, node=_short(node))
        if node in seen:
            self.tell("duplicate", link, name, rev=rev, other=seen[node])
        seen[node] = rev
        return link


def _short(node: bytes) -> str:
    return node.hex()[:12]


def _single_slashes(path: bytes) -> bytes:
    """Old conversions left repeated slashes."""
    while b"//" in path:
        path = path.replace(b"//", b"/")
    return path


def _files_of(revlog: Revlog) -> list[bytes]:
    from hydrargyrum.engine.pure.verifying.parts import files_of

    return files_of(revlog)

"""Whether the history can be read and fits together: changesets, manifests, files, and the dirstate.

Problems go to the repository's reporter as they are found; what one revlog can be asked is in `ops.verifying`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.repo import Repository

    #: node -> changesets that name it
    Links = dict[bytes, list[int]]
    #: path -> node -> changeset that it is from (None: not to be trusted)
    FileNodes = dict[bytes, dict[bytes, int | None]]


def verify_repository(repo: Repository, *, full: bool = False) -> bool:
    """Checks everything; False where something is damaged."""
    with repo.lock_store():
        return Verification(repo, full=full).run()


class Verification:
    """One run; counts what it finds."""

    def __init__(self, repo: Repository, *, full: bool) -> None:
        from hydrargyrum.engine.pure.store.changelog import Changelog
        from hydrargyrum.engine.pure.store.manifest import ManifestLog
        from hydrargyrum.ops.revlogs import layout_of

        self.repo = repo
        self.reporter = repo.reporter
        self.full = full
        self.layout = layout_of(repo)
        self.changelog = Changelog(self.layout)
        self.manifests = ManifestLog(self.layout)
        self.has_changesets = len(self.changelog) > 0
        self.has_manifests = len(self.manifests.revlog(b"")) > 0
        self.damaged: set[int] = set()
        self.errors = self.warnings = 0
        self.names_manifests = self.fncache_lacks = False

    # -- saying what is wrong -----------------------------------------------------------------------------------
    def warn(self, text: str) -> None:
        """Something odd."""
        self.reporter.warn(f"{text}\n")
        self.warnings += 1

    def error(self, link: int | None, text: str, name: bytes | None = None) -> None:
        """Something damaged, since changeset `link`."""
        if link is not None:
            self.damaged.add(link)
        where = "" if name is None else f"{os.fsdecode(name)}@"
        self.reporter.warn(f" {where}{'?' if link is None else link}: {text}\n")
        self.errors += 1

    def failed(self, link: int | None, doing: str, problem: Exception, name: bytes | None = None) -> None:
        """Something that raised an exception."""
        from hydrargyrum.ops.verifying import reason

        self.error(link, f"{doing}: {reason(problem)}", name)

    # -- the steps ----------------------------------------------------------------------------------------------
    def run(self) -> bool:
        """All steps, and the sum."""
        from hydrargyrum.repo.journal import is_abandoned

        reporter = self.reporter
        if is_abandoned(self.repo):
            reporter.warn("abandoned transaction found - run hg recover\n")
        reporter.note("repository uses revlog format 1\n")
        manifest_links, file_links = self._check_changesets()
        file_nodes = self._check_manifests(manifest_links, b"", set())
        self._crosscheck(file_links, file_nodes)
        count, changes = self._check_files(file_links, file_nodes)
        in_dirstate = 0
        if self.errors:
            reporter.warn("not checking dirstate because of previous errors\n")
        else:
            in_dirstate = self._check_dirstate()
        reporter.status(f"checked {len(self.changelog)} changesets with {changes} changes to {count} files\n")
        if self.warnings:
            reporter.warn(f"{self.warnings} warnings encountered!\n")
        if self.fncache_lacks:
            reporter.warn('hint: run "hg debugrebuildfncache" to recover from corrupt fncache\n')
        if self.errors:
            reporter.warn(f"{self.errors} integrity errors encountered!\n")
            if self.damaged:
                reporter.warn(f"(first damaged changeset appears to be {min(self.damaged)})\n")
            if in_dirstate:
                reporter.warn("dirstate inconsistent with current parent's manifest\n")
                reporter.warn(f"{in_dirstate} dirstate errors\n")
        return not self.errors

    def _check_changesets(self) -> tuple[Links, dict[bytes, list[int]]]:
        self.reporter.status("checking changesets\n")
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
            except errors.HgError as problem:
                self.names_manifests = True
                self.failed(rev, f"unpacking changeset {_short(node)}", problem)
                continue
            if changeset.manifest != bytes(20):
                manifest_links.setdefault(changeset.manifest, []).append(rev)
                self.names_manifests = True
            for path in changeset.files:
                file_links.setdefault(_single_slashes(path), []).append(rev)
        return manifest_links, file_links

    def _check_manifests(self, links: Links, directory: bytes, store_files: set[bytes]) -> FileNodes:
        """The file revisions that the manifests of a directory name; those of directories below come along."""
        from hydrargyrum.ops.verifying import new_entries

        if not directory:
            self.reporter.status("checking manifests\n")
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
                lack = "not in parent-directory manifest" if directory else "not in changesets"
                self.error(link, f"{_short(node)} {lack}", label)
            try:
                for path, file_node, flags in new_entries(revlog, rev):
                    if not path:
                        self.error(link, "entry without name in manifest")
                    elif path == b"/dev/null":
                        continue  # of very old programs
                    whole = directory + _single_slashes(path)
                    if flags == b"t":
                        named = below.setdefault(whole + b"/", {}).setdefault(file_node, [])
                        named.append(-1 if link is None else link)
                    else:
                        file_nodes.setdefault(whole, {}).setdefault(file_node, link)
            except errors.HgError as problem:
                self.failed(link, f"reading delta {_short(node)}", problem, label)
            if self.full:
                try:
                    self.manifests.lines(directory.rstrip(b"/"), node)
                except errors.HgError as problem:
                    self.failed(link, f"reading full manifest {_short(node)}", problem, label)
        if self.has_manifests:
            for link, node in sorted((link, node) for node, revs in links.items() for link in revs):
                who = "parent-directory manifest" if directory else "changeset"
                self.error(link, f"{who} refers to unknown revision {_short(node)}", label)
        if below:
            self._check_directories(below, directory, file_nodes, store_files)
        return file_nodes

    def _check_directories(
        self, below: dict[bytes, Links], directory: bytes, file_nodes: FileNodes, store_files: set[bytes]
    ) -> None:
        from hydrargyrum.ops.verifying import listed_files

        if not directory:
            self.reporter.status("checking directory manifests\n")
            store_files.update(name for name in listed_files(self.layout) if name.startswith(b"meta/"))
        for name, links in below.items():
            for path, nodes in self._check_manifests(links, name, store_files).items():
                file_nodes.setdefault(path, {}).update(nodes)
        if not directory:
            for name in sorted(store_files):
                self.warn(f"warning: orphan data file '{os.fsdecode(name)}'")

    def _crosscheck(self, file_links: dict[bytes, list[int]], file_nodes: FileNodes) -> None:
        self.reporter.status("crosschecking files in changesets and manifests\n")
        if self.has_manifests:
            for path in sorted(file_links.keys() - file_nodes.keys()):
                self.error(file_links[path][0], "in changeset but not in manifest", path)
        if self.has_changesets:
            from hydrargyrum.engine.pure.store.filelog import Filelog

            for path in sorted(file_nodes.keys() - file_links.keys()):
                link: int | None
                try:
                    filelog = Filelog(self.layout, path)
                    entry = filelog.index.entry
                    link = min(entry(filelog.rev(node)).link_rev for node in file_nodes[path])
                except errors.HgError:
                    link = None
                self.error(link, "in manifest but not in changeset", path)

    def _check_files(self, file_links: dict[bytes, list[int]], file_nodes: FileNodes) -> tuple[int, int]:
        """How many files there are, and how many revisions of them."""
        from hydrargyrum.engine.pure.store import requirements as req
        from hydrargyrum.ops.verifying import FileCheck, listed_files

        self.reporter.status("checking files\n")
        listed: set[bytes] | None = None
        if req.FNCACHE in self.layout.requirements:
            listed = {name for name in listed_files(self.layout) if name.startswith(b"data/")}
        check = FileCheck(self, listed)
        paths = sorted(file_links.keys() | file_nodes.keys())
        for path in paths:
            check.check(path, file_links.get(path, []), file_nodes.get(path))
        for name in sorted(listed or ()):
            self.warn(f"warning: orphan data file '{os.fsdecode(name)}'")
        return len(paths), check.revisions

    def _check_dirstate(self) -> int:
        from hydrargyrum.ops.verifying import dirstate_problems

        self.reporter.status("checking dirstate\n")
        found = 0
        for problem in dirstate_problems(self.layout, self.changelog, self.manifests):
            self.reporter.warn(problem)
            found += 1
        self.errors += found
        return found

    # -- one revlog ---------------------------------------------------------------------------------------------
    def check_revlog(self, revlog: Revlog, name: bytes, link: int) -> None:
        """Whether a revlog is there and its files have the right sizes."""
        from hydrargyrum.ops.verifying import size_problems

        if not len(revlog) and (self.has_changesets or self.has_manifests):
            self.error(link, f"empty or missing {os.fsdecode(name)}")
            return
        for problem in size_problems(self.layout, revlog):
            self.error(None, problem, name)

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
            self.error(None, f"rev {rev} points to {what} changeset {link}", name)
            if links:
                # of several none is shown, because Mercurial forgets them on the way
                self.warn(f" (expected {links[0] if len(links) == 1 else ''})")
            link = None
        try:
            for number, parent in enumerate(revlog.parents(rev), 1):
                if parent != -1 and revlog.node(parent) not in seen:
                    known = f"{_short(revlog.node(parent))} of {_short(node)}"
                    self.error(link, f"unknown parent {number} {known}", name)
        except errors.HgError as problem:
            self.failed(link, f"checking parents of {_short(node)}", problem, name)
        if node in seen:
            self.error(link, f"duplicate revision {rev} ({seen[node]})", name)
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
    from hydrargyrum.ops.verifying import files_of

    return files_of(revlog)

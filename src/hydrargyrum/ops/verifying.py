"""The single checks of `verify`: files of a revlog, entries of a manifest, contents and copies of a file, the dirstate.

In which order they are made, and counting what they find, is the business of `ops.verify`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine.pure.store.filelog import Filelog
from hydrargyrum.engine.pure.store.index import ENTRY_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.engine.pure.store.changelog import Changelog
    from hydrargyrum.engine.pure.store.layout import RepoLayout
    from hydrargyrum.engine.pure.store.manifest import File, ManifestLog
    from hydrargyrum.engine.pure.store.revlog import Revlog
    from hydrargyrum.ops.verify import Verification

#: Larger than any text may be.
_ANY_LENGTH = 0x7FFFFFFF


#: What is wrong with a manifest, as Mercurial says it.
_OF_MANIFESTS = {
    "a manifest line is cut short": "Manifest had implausibly-short line.",
    "a manifest does not end with a newline": "Manifest did not end in a newline.",
    "the lines of a manifest are not sorted": "Manifest lines not in sorted order.",
}


def reason(problem: Exception) -> str:
    """What went wrong, in the words that Mercurial has for it."""
    if isinstance(problem, errors.CorruptRevision):
        facts = problem.facts
        what = str(facts.get("problem"))
        if what in _OF_MANIFESTS:
            return _OF_MANIFESTS[what]
        if what == "integrity check failed":
            return f"integrity check failed on {facts.get('path')}:{facts.get('rev')}"
        if what == "partial read of revlog":
            return (
                f"partial read of revlog {facts.get('path')}; expected {facts.get('expected')} bytes from "
                f"offset {facts.get('offset')}, got {facts.get('got')}"
            )
    return str(problem)


def files_of(revlog: Revlog) -> list[bytes]:
    """Names of the files of a revlog."""
    names = [revlog.radix + b".i"]
    return names if revlog.index.inline or not len(revlog) else [*names, revlog.radix + b".d"]


def size_problems(layout: RepoLayout, revlog: Revlog) -> Iterator[str]:
    """What is wrong with the sizes of a revlog's files."""
    index = revlog.index
    if index.inline or not len(index):
        return  # bytes that are too many could not have been read as an index
    last = index.entry(len(index) - 1)
    try:
        size = os.stat(layout.store_path(revlog.radix + b".d")).st_size
    except FileNotFoundError:
        size = last.offset + last.stored_size
    off = size - max(0, last.offset + last.stored_size)
    if off:
        yield f"data length off by {off} bytes"
    extra = len(index.data) % ENTRY_SIZE
    if extra:
        yield f"index contains {extra} extra bytes"


def listed_files(layout: RepoLayout) -> Iterator[bytes]:
    """The files that the store's list names, there or not."""
    from hydrargyrum.engine.pure.store.encoding import decode_directories
    from hydrargyrum.engine.pure.writing import fncache

    for marked in fncache.read(layout):
        yield decode_directories(marked)


def new_entries(revlog: Revlog, rev: int) -> Iterator[File]:
    """The entries of a manifest that its delta brings; all of them where it is stored whole.

    Raises:
        CorruptRevision: it cannot be read.
    """
    from hydrargyrum.engine.pure.store.chunk import decompress
    from hydrargyrum.engine.pure.store.manifest import split_line
    from hydrargyrum.text.hunks import Unreadable, read_hunks

    base = revlog.index.entry(rev).base
    try:
        if base == rev:
            text = revlog.raw_text(rev)
        else:
            hunks = read_hunks(decompress(revlog.chunk(rev), _ANY_LENGTH), _ANY_LENGTH)
            text = b"".join(bytes(data) for _, _, data in hunks)
        for line in text.splitlines():
            yield split_line(line)
    except Unreadable as problem:
        raise revlog.corrupt(rev, problem.problem) from None


class FileCheck:
    """Checks files one after the other.

    Attributes:
        revisions: how many were looked at.
    """

    def __init__(self, run: Verification, listed: set[bytes] | None) -> None:
        self._run = run
        self._listed = listed
        self._censored_is_wrong = run.repo.config.text("censor", "policy") == "abort"
        self._verbose = run.repo.config.boolean("ui", "verbose")
        self.revisions = 0

    def check(self, path: bytes, links: list[int], nodes: dict[bytes, int | None] | None) -> None:
        """One file: `links` are the changesets that touch it, `nodes` the revisions that manifests name."""
        run = self._run
        first = links[0] if links else None
        try:
            filelog = Filelog(run.layout, path)
        except errors.HgError as problem:
            run.error(first, f"broken revlog! ({reason(problem)})", path)
            return
        self._check_listed(filelog)
        unread: set[bytes] = set()
        if not len(filelog) and (run.has_changesets or run.has_manifests):
            run.error(first, f"empty or missing {os.fsdecode(path)}")
        else:
            unread = self._check_contents(filelog, path, first)
        seen: dict[bytes, int] = {}
        left = dict(nodes) if nodes is not None else None
        for rev in range(len(filelog)):
            self.revisions += 1
            node = filelog.node(rev)
            link = run.check_entry(filelog, rev, seen, links, path)
            if left is not None:
                if run.has_manifests and node not in left:
                    run.error(link, f"{node.hex()[:12]} not in manifests", path)
                else:
                    left.pop(node, None)
            if node not in unread:
                self._check_copy(filelog, path, rev, link)
        for link, node in sorted(((link, node) for node, link in (left or {}).items()), key=_in_order):
            run.error(link, f"manifest refers to unknown revision {node.hex()[:12]}", path)

    def _check_listed(self, filelog: Filelog) -> None:
        if self._listed is None:
            return
        for name in files_of(filelog):
            if name in self._listed:
                self._listed.remove(name)
            else:
                self._run.warn(f" warning: revlog '{os.fsdecode(name)}' not in fncache!")
                self._run.fncache_lacks = True

    def _check_contents(self, filelog: Filelog, path: bytes, first: int | None) -> set[bytes]:
        """Reads all revisions; the nodes of those that cannot be read."""
        run = self._run
        for problem in size_problems(run.layout, filelog):
            run.error(first, problem, path)
        unread = set()
        for rev in range(len(filelog)):
            node, link = filelog.node(rev), filelog.index.entry(rev).link_rev
            try:
                filelog.text(rev)
            except errors.CensoredRevision:
                if self._censored_is_wrong:
                    run.error(link, "censored file data", path)
                    unread.add(node)
            except errors.HgError as problem:
                run.failed(link, f"unpacking {node.hex()[:12]}", problem, path)
                unread.add(node)
        return unread

    def _check_copy(self, filelog: Filelog, path: bytes, rev: int, link: int | None) -> None:
        run = self._run
        node = filelog.node(rev).hex()[:12]
        try:
            source = filelog.copied_from(rev)
            if source is None:
                return
            name, source_node = source
            if link is not None and self._verbose and not self._in_parents(name, link):
                changeset = run.changelog.node(link).hex()[:12]
                run.warn(f"warning: copy source of '{os.fsdecode(path)}' not in parents of {changeset}")
            other = Filelog(run.layout, name)
            if not len(other):
                shown = f"{os.fsdecode(name)}:{source_node.hex()[:12]}"
                run.error(link, f"empty or missing copy source revlog {shown}", path)
            elif source_node == bytes(20):
                where = f"{os.fsdecode(path)}@{link}"
                shown = f"{os.fsdecode(name)}:{source_node.hex()[:12]}"
                run.reporter.note(f"warning: {where}: copy source revision is nullid {shown}\n")
            else:
                other.rev(source_node)
        except errors.HgError as problem:
            run.failed(link, f"checking rename of {node}", problem, path)

    def _in_parents(self, path: bytes, link: int) -> bool:
        run = self._run
        for parent in run.changelog.parents(link):
            manifest = run.manifests.manifest(run.changelog.changeset(parent).manifest)
            if manifest.get(path) is not None:
                return True
        return False


def _in_order(item: tuple[int | None, bytes]) -> tuple[int, bytes]:
    return -1 if item[0] is None else item[0], item[1]


def dirstate_problems(layout: RepoLayout, changelog: Changelog, manifests: ManifestLog) -> Iterator[str]:
    """Where the dirstate contradicts the manifests of the working copy's parents; lines for the user."""
    from hydrargyrum.engine.pure.worktree.dirstate import read_dirstate
    from hydrargyrum.engine.pure.worktree.entry import P1_TRACKED, P2_INFO, WC_TRACKED

    dirstate = read_dirstate(layout)
    first, second = (
        {
            path
            for path, _, _ in manifests.manifest(changelog.changeset(_rev(changelog, node)).manifest).files()
        }
        for node in dirstate.parents
    )
    short = dirstate.parents[0].hex()[:12]
    for path, entry in sorted(dirstate.entries.items()):
        name, flags = os.fsdecode(path), entry[0]
        tracked, in_first, merged = flags & WC_TRACKED, flags & P1_TRACKED, flags & P2_INFO
        if in_first:
            if tracked and merged and path not in first and path not in second:
                yield f"{name} marked as modified, but not in either manifest\n"
            elif path not in first:
                yield f"{name} marked as tracked in p1 ({short}) but not in manifest1\n"
        if tracked and not in_first and not merged and path in first:
            yield f"{name} marked as added, but also in manifest1\n"
    for path in sorted(first):
        found = dirstate.entries.get(path)
        if found is None or not found[0] & P1_TRACKED:
            yield f"{os.fsdecode(path)} in manifest1, but not marked as tracked in p1 ({short})\n"


def _rev(changelog: Changelog, node: bytes) -> int:
    rev = changelog.find(node)
    return -1 if rev is None else rev

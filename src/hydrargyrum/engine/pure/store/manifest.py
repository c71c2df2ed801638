"""Manifests: the files of a revision with nodes and flags, flat or one manifest per directory.

Which changeset a manifest belongs to, and the files' contents, live elsewhere (format: `docs/formats/manifest.md`).
"""

from __future__ import annotations

from hydrargyrum.engine import requirements as req
from hydrargyrum.engine.pure.store.revlog import NEUTRAL, NULL_NODE, Revlog
from hydrargyrum.engine.pure.text import node_of
from hydrargyrum.text.hunks import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol, TypeAlias

    from hydrargyrum import errors
    from hydrargyrum.engine.pure.store.layout import RepoLayout

    #: path, node and flags of a file
    File: TypeAlias = tuple[bytes, bytes, bytes]
    Found: TypeAlias = tuple[bytes, bytes] | None

    class Manifest(Protocol):
        """The files of one revision by path."""

        def get(self, path: bytes) -> Found:
            """Node and flags of a file, or None where it is not there."""
            ...

        def has_directory(self, path: bytes) -> bool:
            """Whether some file lies below `path`."""
            ...

        def files(self) -> Iterator[File]:
            """All files in byte order."""
            ...

        def paths(self) -> list[bytes]:
            """The paths of all files in byte order."""
            ...

        def diff(self, other: Manifest) -> Iterator[tuple[bytes, Found, Found]]:
            """Path and both sides of the files that differ from those of `other`, in byte order."""
            ...

        def differing_directories(self, other: Manifest) -> set[bytes] | None:
            """Directories whose manifests differ; None where directories have none of their own."""
            ...


NULL_REV = -1
FLAGS = (b"", b"x", b"l", b"t")


class ManifestLog:
    """All manifests of a repository.

    `kept_texts` says whether texts may come from the cache beside the store; who checks the store wants them not to.
    """

    def __init__(self, layout: RepoLayout, *, kept_texts: bool = False) -> None:
        self._layout = layout
        self._kept_texts = kept_texts
        self._tree = req.TREEMANIFEST in layout.requirements
        self._revlogs: dict[bytes, Revlog] = {}

    def manifest(self, node: bytes, *, keep: bool = False) -> Manifest:
        """The manifest called `node`; with `keep`, one that will be asked for again.

        Raises:
            UnknownNode, CorruptRevision, CorruptIndex: it cannot be read.
        """
        if self._tree:
            from hydrargyrum.engine.pure.store.treemanifest import TreeManifest

            return TreeManifest(self.lines, node)
        return FlatManifest(self, node, keep=keep)

    def revlog(self, directory: bytes) -> Revlog:
        """The revlog of a directory's manifests (the root's has the empty name)."""
        revlog = self._revlogs.get(directory)
        if revlog is None:
            if directory:
                revlog = Revlog(self._layout, b"meta/" + directory + b"/00manifest")
            else:
                has_nodemap = req.PERSISTENT_NODEMAP in self._layout.requirements
                revlog = Revlog(self._layout, b"00manifest", nodemap=has_nodemap)
            if len(self._revlogs) > 1000:
                self._revlogs.clear()
            self._revlogs[directory] = revlog
        return revlog

    def text(self, directory: bytes, node: bytes) -> bytes:
        """The text of a directory's manifest."""
        revlog = self.revlog(directory)
        return revlog.text(revlog.rev(node))

    def flat_text(self, rev: int, *, keep: bool) -> bytes:
        """The text of a manifest that lists all files."""
        revlog = self.revlog(b"")
        if not self._kept_texts or rev == NULL_REV:
            return revlog.text(rev)
        from hydrargyrum.engine.pure.store import kept_texts

        entry = revlog.index.entry(rev)
        if entry.size < kept_texts.WORTH_KEEPING or entry.flags & ~NEUTRAL:
            return revlog.text(rev)
        text = kept_texts.read_kept(self._layout, entry.node, entry.size)
        if text is None:
            text = revlog.text(rev)
            if keep:
                kept_texts.keep(self._layout, entry.node, text)
        return text

    def lines(self, directory: bytes, node: bytes) -> list[File]:
        """The entries of one directory's manifest, names as stored."""
        revlog = self.revlog(directory)
        rev = revlog.rev(node)
        try:
            found = split_lines(revlog.text(rev))
            for name, _, flags in found:
                if flags == b"t" and (name in (b".", b"..") or b"/" in name):
                    raise Unreadable("a directory of a manifest has an impossible name")
        except Unreadable as problem:
            raise revlog.corrupt(rev, problem.problem) from None
        return found


def split_lines(text: bytes) -> list[File]:
    """The lines `path NUL hexadecimal-node flags` of a manifest's text, checked to be in order.

    Raises:
        Unreadable: a line does not follow the format.
    """
    if not text:
        return []
    lines = text.split(b"\n")
    if lines.pop():
        raise Unreadable("a manifest does not end with a newline")
    found = []
    last = b""
    for line in lines:
        file = split_line(line)
        if file[0] <= last:
            raise Unreadable("the lines of a manifest are not sorted")
        last = file[0]
        found.append(file)
    return found


def split_line(line: bytes) -> File:
    """One line of a manifest."""
    path, nul, rest = line.partition(b"\0")
    if not nul or len(rest) < 40:
        raise Unreadable("a manifest line is cut short")
    if not path:
        raise Unreadable("a manifest line has no path")
    flags = rest[40:]
    if flags not in FLAGS:
        raise Unreadable("a manifest line is malformed")
    node = node_of(rest[:40])
    if node is None:
        raise Unreadable("a node of a manifest is not hexadecimal")
    return path, node, flags


class FlatManifest:
    """A manifest that is one text."""

    __slots__ = ("_rev", "_revlog", "_text")

    def __init__(self, log: ManifestLog, node: bytes, *, keep: bool) -> None:
        self._revlog = log.revlog(b"")
        self._rev = self._revlog.rev(node) if node != NULL_NODE else NULL_REV
        self._text = log.flat_text(self._rev, keep=keep)

    def _corrupt(self, problem: Unreadable) -> errors.CorruptRevision:
        return self._revlog.corrupt(self._rev, problem.problem)

    def get(self, path: bytes) -> Found:
        wanted = path + b"\0"
        if self._text.startswith(wanted):
            at = 0
        else:
            at = self._text.find(b"\n" + wanted) + 1
            if not at:
                return None
        end = self._text.find(b"\n", at)
        try:
            if end < 0:
                raise Unreadable("a manifest does not end with a newline")
            _, node, flags = split_line(self._text[at:end])
        except Unreadable as problem:
            raise self._corrupt(problem) from None
        return node, flags

    def has_directory(self, path: bytes) -> bool:
        wanted = path + b"/" if path else b""
        return bool(self._text) and (self._text.startswith(wanted) or b"\n" + wanted in self._text)

    def files(self) -> Iterator[File]:
        try:
            return iter(split_lines(self._text))
        except Unreadable as problem:
            raise self._corrupt(problem) from None

    def paths(self) -> list[bytes]:
        return [path for path, _, _ in self.files()]

    def differing_directories(self, other: Manifest) -> None:  # noqa: ARG002
        return None

    def diff(self, other: Manifest) -> Iterator[tuple[bytes, Found, Found]]:
        if not isinstance(other, FlatManifest):
            raise TypeError("manifests of different kinds")
        # Most lines are common: whole lines are compared before any is taken apart.
        ours, theirs = set(self._text.split(b"\n")), set(other._text.split(b"\n"))
        before, after = self._taken_apart(ours - theirs), other._taken_apart(theirs - ours)
        for path in sorted(before.keys() | after.keys()):
            yield path, before.get(path), after.get(path)

    def _taken_apart(self, lines: set[bytes]) -> dict[bytes, tuple[bytes, bytes]]:
        try:
            return {path: (node, flags) for path, node, flags in map(split_line, filter(None, lines))}
        except Unreadable as problem:
            raise self._corrupt(problem) from None

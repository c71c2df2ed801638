"""Patches: which files a diff pairs with which, their headers, and the text of each.

Finding what differs is `worktree.status`, matching lines and hunks is `hydrargyrum.text` (`docs/formats/diff.md`).
"""

from __future__ import annotations

import os
import stat
from itertools import chain

from hydrargyrum.contents import LONG, open_content
from hydrargyrum.engine.pure.sides import (
    LongFile,
    LongRevision,
    are_same,
    binary_patch,
    blob_hash,
    is_binary,
    whole,
)
from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.engine.pure.worktree.revisions import empty_groups
from hydrargyrum.errors import IoError
from hydrargyrum.text.compare import Comparison
from hydrargyrum.text.unified import Options, Side, file_diff
from hydrargyrum.text.whitespace import Ignored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Protocol

    from hydrargyrum.engine.pure.names.history import History
    from hydrargyrum.engine.pure.report.status import PureStatusReport
    from hydrargyrum.engine.pure.sides import Content
    from hydrargyrum.types import ContentFilters, DiffRequest, DiffStyle

    class Tree(Protocol):
        """Files by path: of a revision, or on disk."""

        def flags(self, path: bytes) -> bytes | None:
            """The flags of a file; None where it is not there."""
            ...

        def content(self, path: bytes) -> Content:
            """Its content, which is not read yet where it is long."""
            ...


_GIT_MODES = {b"": b"100644", b"x": b"100755", b"l": b"120000"}


class RevisionTree:
    """The files of a changeset."""

    __slots__ = ("_history", "_long_from", "_manifest")

    def __init__(self, history: History, rev: int, long_from: int = LONG) -> None:
        self._history = history
        self._long_from = long_from
        self._manifest = history.manifest(rev)

    def flags(self, path: bytes) -> bytes | None:
        found = self._manifest.get(path)
        return None if found is None else found[1]

    def content(self, path: bytes) -> Content:
        found = self._manifest.get(path)
        assert found is not None
        filelog = self._history.filelog(path)
        rev = filelog.rev(found[0])
        if rev != -1 and filelog.index.entry(rev).size >= self._long_from:
            return LongRevision(filelog, rev, self._long_from)
        return filelog.data(rev)


class DiskTree:
    """The files of the working copy."""

    __slots__ = ("_filters", "_root", "long_from")

    def __init__(self, root: bytes, filters: ContentFilters | None = None, long_from: int = LONG) -> None:
        self._root = root
        self._filters = filters
        self.long_from = long_from

    def flags(self, path: bytes) -> bytes | None:
        try:
            mode = os.lstat(os.path.join(self._root, path)).st_mode
        except OSError:
            return None
        if stat.S_ISLNK(mode):
            return b"l"
        return b"x" if mode & 0o100 else b""

    def data(self, path: bytes) -> bytes:
        """The content of a file."""
        return whole(self.content(path))

    def content(self, path: bytes) -> Content:
        full = os.path.join(self._root, path)
        try:
            found, look = open_content(full)
            if isinstance(found, bytes):
                data = found
            else:
                with found:
                    if self._filters is None and look.st_size >= self.long_from:
                        return LongFile(full)
                    data = found.read()
        except OSError as problem:
            raise IoError(path=decode(full), errno=problem.errno, operation="read") from None
        return data if self._filters is None else self._filters.from_disk(decode(path), data)


class Pair:
    """Two names of a file: None for a side where it is not; `operation` is b"copy", b"rename" or None."""

    __slots__ = ("new", "old", "operation")

    def __init__(self, old: bytes | None, new: bytes | None, operation: bytes | None) -> None:
        self.old = old
        self.new = new
        self.operation = operation


def file_pairs(
    groups: Mapping[str, list[bytes]], copies: Mapping[bytes, bytes], *, git: bool
) -> Iterator[Pair]:
    """What is compared with what; with `git`, copies with their sources, and a source that went only once."""
    added, removed = set(groups["A"]), set(groups["R"])
    renamed: set[bytes] = set()
    shown_elsewhere = {source for path, source in copies.items() if path in added}
    for path in sorted((*groups["M"], *added, *removed)):
        if path in added:
            source = copies.get(path) if git else None
            if source is None:
                yield Pair(None, path, None)
            elif source in removed and source not in renamed:
                renamed.add(source)
                yield Pair(source, path, b"rename")
            else:
                yield Pair(source, path, b"copy")
        elif path in removed:
            if not (git and path in shown_elsewhere):
                yield Pair(path, None, None)
        else:
            yield Pair(path, path, None)


class PatchWriter:
    """Writes the patch of one pair after the other."""

    def __init__(self, old: Tree, new: Tree, request: DiffRequest) -> None:
        style = request.style
        self._old, self._new = old, new
        self._style = style
        self._names = b" ".join(b"-r " + encode(name) for name in request.names)
        self._dates = encode(request.dates[0]), encode(request.dates[1])
        self._cut = len(encode(request.root))
        self._options = text_options(style)

    def pieces(self, pair: Pair) -> Iterator[bytes]:
        """The patch, nothing where there is nothing to say: at once, but for that of a long binary file."""
        style = self._style
        old: Content | None = None if pair.old is None else self._old.content(pair.old)
        new: Content | None = None if pair.new is None else self._new.content(pair.new)
        binary = not style.text and any(is_binary(side) for side in (new, old) if side is not None)
        old_name = (pair.old or pair.new or b"")[self._cut :]
        new_name = (pair.new or pair.old or b"")[self._cut :]
        headers: list[bytes] = []
        if style.git:
            headers = self._git_headers(pair, old_name, new_name, old, new)
        elif self._names:
            headers.append(b"diff %s %s" % (self._names, old_name))
        if binary and style.git and not style.no_binary:
            text = b""
            if not are_same(old or b"", new or b""):
                headers.append(b"index %s..%s" % (blob_hash(old), blob_hash(new)))
                patch = chain((b"\n".join(headers) + b"\n",), binary_patch(new or b""))
                if new is None or isinstance(new, bytes):
                    yield b"".join(patch)
                else:
                    yield from patch
                return
        else:
            if style.git and style.index:
                headers.append(self._index_line(pair, old, new))
            if binary:
                # only whether they differ matters, also for empty files
                same = old is not None and new is not None and are_same(old, new)
                old = None if old is None else b"\0"
                new = None if new is None else (b"\0" if same else b"\0\0")
            found = file_diff(
                Side(None if old is None else whole(old), old_name, self._dates[0]),
                Side(None if new is None else whole(new), new_name, self._dates[1]),
                self._options,
                binary=binary,
            )
            headers += found.headers
            text = b"".join(line for hunk in found.hunks for line in hunk.lines)
        if headers and (text or len(headers) > 1):
            yield b"\n".join(headers) + b"\n" + text

    def _git_headers(
        self, pair: Pair, old_name: bytes, new_name: bytes, old: Content | None, new: Content | None
    ) -> list[bytes]:
        before, after = (b"", b"") if self._style.no_prefix else (b"a/", b"b/")
        headers = [b"diff --git %s%s %s%s" % (before, old_name, after, new_name)]
        if pair.old is None:
            headers.append(b"new file mode " + self._mode(self._new, pair.new))
        elif pair.new is None:
            headers.append(b"deleted file mode " + self._mode(self._old, pair.old))
        else:
            modes = self._mode(self._old, pair.old), self._mode(self._new, pair.new)
            if modes[0] != modes[1]:
                headers += [b"old mode " + modes[0], b"new mode " + modes[1]]
            if pair.operation is not None:
                if self._style.similarity:
                    headers.append(
                        b"similarity index %d%%" % similarity(whole(old or b""), whole(new or b""))
                    )
                headers.append(b"%s from %s" % (pair.operation, old_name))
                headers.append(b"%s to %s" % (pair.operation, new_name))
        return headers

    def _index_line(self, pair: Pair, old: Content | None, new: Content | None) -> bytes:
        digits = self._style.index
        mode = self._mode(self._new, pair.new) if pair.old is None else self._mode(self._old, pair.old)
        return b"index %s..%s %s" % (blob_hash(old)[:digits], blob_hash(new)[:digits], mode)

    @staticmethod
    def _mode(tree: Tree, path: bytes | None) -> bytes:
        return _GIT_MODES[(None if path is None else tree.flags(path)) or b""]


def comparison(ignore: str, *, xdiff: bool) -> Comparison:
    """How lines are compared; `ignore` has the letters of `DiffStyle`."""
    ignored = Ignored(
        all="w" in ignore, amount="b" in ignore, at_end="Z" in ignore, blank_lines="B" in ignore
    )
    return Comparison(ignored, xdiff=xdiff)


def text_options(style: DiffStyle) -> Options:
    """The options of `hydrargyrum.text` for a style."""
    return Options(
        comparison(style.ignore, xdiff=style.xdiff),
        context=style.context,
        show_function=style.show_function,
        git=style.git,
        no_dates=style.no_dates,
        no_prefix=style.no_prefix,
    )


def similarity(old: bytes, new: bytes) -> int:
    """How much two texts have in common, in percent: twice the bytes of their equal lines by all their bytes."""
    from hydrargyrum.text.diff import match_lines
    from hydrargyrum.text.lines import split_lines

    if not old and not new:
        return 100
    a, b = split_lines(old), split_lines(new)
    equal = sum(len(line) for a1, a2, _, _ in match_lines(a, b) for line in a[a1:a2])
    total = len(old) + len(new)
    return int(equal * 2.0 / total * 100)


def changes(report: PureStatusReport, base: Tree) -> dict[str, list[bytes]]:
    """The files of a report that a patch from `base` is about.

    What a merge brought in counts as changed in the working copy; seen from `base` it is new, and where it is gone
    again there is nothing to tell.
    """
    groups = empty_groups()
    for letter, paths in (("M", report.modified), ("A", report.added), ("R", report.removed)):
        for name in paths:
            path = encode(name)
            if letter == "A" or base.flags(path) is not None:
                groups[letter].append(path)
            elif letter == "M":
                groups["A"].append(path)
    return groups


def reversed_changes(groups: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    """The same changes undone."""
    return {**groups, "A": groups["R"], "R": groups["A"]}


def reversed_copies(copies: Mapping[bytes, bytes], removed: list[bytes]) -> dict[bytes, bytes]:
    """Renames undone: of several new names of a file that went, the last one counts."""
    gone = set(removed)
    return {source: path for path, source in sorted(copies.items()) if source in gone}


def patches(
    history: History,
    disk: DiskTree,
    report: PureStatusReport,
    request: DiffRequest,
) -> Iterator[bytes]:
    """The patches that a request asks for; `report` says what differs between its base and its target."""
    base: Tree = RevisionTree(history, request.base, disk.long_from)
    target: Tree = disk
    if request.target is not None:
        target = RevisionTree(history, request.target, disk.long_from)
    groups = changes(report, base)
    inside = encode(request.root)
    copies = {
        encode(path): encode(source)
        for path, source in report.copies.items()
        if encode(source).startswith(inside) and base.flags(encode(source)) is not None
    }
    if inside:
        groups = {letter: [p for p in paths if p.startswith(inside)] for letter, paths in groups.items()}
    old, new = base, target
    if request.reverse:
        copies = reversed_copies(copies, groups["R"])
        groups = reversed_changes(groups)
        old, new = target, base
    writer = PatchWriter(old, new, request)
    for pair in file_pairs(groups, copies, git=request.style.git):
        yield from writer.pieces(pair)

"""The ignore files of a repository: the matcher made from them, and the hash by which caches know them again.

Which files there are (the configuration's), and the walk that asks, belong to the callers.
The format is described in `docs/formats/hgignore.md`.
"""

from __future__ import annotations

import posixpath

from hydrargyrum.matching import patterns as spelling
from hydrargyrum.matching.compiled import Compiled
from hydrargyrum.matching.normalize import join, normalize
from hydrargyrum.matching.pattern_files import MAX_DEPTH, MAX_READS, Expander, parse
from hydrargyrum.matching.roots import directories_above

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.errors import EngineWarning
    from hydrargyrum.matching.source import Source


class IgnoreMatcher:
    """Tells whether paths are ignored.

    Attributes:
        warnings: unreadable files and unknown syntaxes, in the order the peer prints them.
        is_never: whether nothing is ever ignored.
    """

    __slots__ = ("_compiled", "_hash", "_paths", "_root", "_source", "is_never", "warnings")

    def __init__(self, root: bytes, paths: Sequence[bytes], source: Source) -> None:
        self._root = root
        self._paths = paths
        self._source = source
        self._hash: bytes | None = None
        self.warnings: list[EngineWarning] = []
        expander = Expander(root, root, source, b"glob", self.warnings)
        found = [pattern for path in paths for pattern in expander.include(path)]
        self._compiled = Compiled(found, spelling.END_OR_BELOW, root, source)
        self.is_never = not found

    def ignores_file(self, path: bytes) -> bool:
        """Whether the file is ignored, where no directory above it is (as a walk knows)."""
        return not self.is_never and self._compiled.matches(path, path_only=True)

    #: Whether a directory, and with it everything below, is ignored, where no directory above it is.
    ignores_dir = ignores_file

    def ignores_or_above(self, path: bytes) -> bool:
        """Whether the path or any directory above it is ignored, the root included."""
        if self.is_never:
            return False
        matches = self._compiled.matches
        return matches(path) or any(matches(above, path_only=True) for above in directories_above(path))

    @property
    def hash(self) -> bytes:
        """The hash of all files (20 bytes), as dirstate-v2 stores it."""
        if self._hash is None:
            self._hash = _hash(self._root, self._paths, self._source)
        return self._hash


def load_ignore(root: bytes, files: Sequence[bytes] = (), source: Source | None = None) -> IgnoreMatcher:
    """Read the `.hgignore` of the repository at `root` (absolute), where there is one, and then `files`.

    Raises:
        InvalidPattern, PathOutsideRepository, IllegalPath: with a fact `within` that names the file.
    """
    if source is None:
        from hydrargyrum.matching.source import DiskSource

        source = DiskSource(root)
    remembering = _Remembering(source)
    own = join(root, b".hgignore")
    paths = [own] if remembering.may_exist(own) else []
    paths += [join(root, file) for file in files]
    return IgnoreMatcher(root, paths, remembering)


def _hash(root: bytes, paths: Sequence[bytes], source: Source) -> bytes:
    """Hash name and contents of every file, the outermost in the order of their names, each followed by its includes."""
    from hashlib import sha1

    hasher = sha1(usedforsecurity=False)
    files = 0

    def add(path: bytes, base: bytes, opened: tuple[bytes, ...]) -> None:
        nonlocal files
        files += 1
        if path in opened or files > MAX_READS or len(opened) > MAX_DEPTH:
            return
        try:
            contents = source.read(path)
        except OSError:
            return
        digest = sha1(contents, usedforsecurity=False).digest()
        hasher.update(_name_in(root, path) + b" " + digest + b"\n")
        for line in parse(contents, path, None):
            kind, name = spelling.split(line, b"glob")
            if kind == b"include":
                add(join(base, name), base, (*opened, path))
            elif kind == b"subinclude":
                file = join(posixpath.dirname(normalize(path)), name)
                add(file, posixpath.dirname(file), (*opened, path))

    for path in sorted(paths):
        add(path, root, ())
    return hasher.digest()


def _name_in(root: bytes, path: bytes) -> bytes:
    """How a file is called in the hash: from the root where it is below."""
    prefix = root if root.endswith(b"/") else root + b"/"
    if not path.startswith(prefix):
        return path
    inside = path[len(prefix) :].lstrip(b"/")
    while inside.startswith(b"./"):
        inside = inside[2:].lstrip(b"/")
    return inside


class _Remembering:
    """Reads each file once, so that matcher and hash are made from the same contents."""

    __slots__ = ("_read", "_source", "audit", "same_file")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read: dict[bytes, bytes | OSError] = {}
        self.same_file = source.same_file
        self.audit = source.audit

    def read(self, path: bytes) -> bytes:
        if path not in self._read:
            try:
                self._read[path] = self._source.read(path)
            except OSError as problem:
                self._read[path] = problem.with_traceback(None)
        found = self._read[path]
        if isinstance(found, OSError):
            raise found
        return found

    def may_exist(self, path: bytes) -> bool:
        import errno

        try:
            self.read(path)
        except OSError as problem:
            return problem.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
        return True

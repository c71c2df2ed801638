"""The files of a changeset as a directory, a tar or a zip file. Where the archive goes is decided by the command.

What the file of metadata says is handed in by the caller.
"""

from __future__ import annotations

import io
import os
import posixpath

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tarfile
    from collections.abc import Callable, Iterator
    from typing import IO, Protocol

    from hydrargyrum.merge.filemerge import FileMerger
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import PatternSet

    class Archiver(Protocol):
        """Takes files one by one."""

        def add(self, name: str, mode: int, data: bytes, *, is_link: bool) -> None: ...
        def close(self) -> None: ...


METADATA = ".hg_archival.txt"
SUFFIXES = {
    "tar": (".tar",),
    "tbz2": (".tbz2", ".tar.bz2"),
    "tgz": (".tgz", ".tar.gz"),
    "zip": (".zip",),
    "txz": (".txz", ".tar.xz"),
}
KINDS = ("files", "tar", "tbz2", "tgz", "txz", "uzip", "zip")
_COMPRESSIONS = {"tar": "", "tbz2": "bz2", "tgz": "gz", "txz": "xz"}
_LINK_MODE = 0o777
_ZIP_REGULAR, _ZIP_LINK = 0x8000, 0xA000
#: Zip files know no time before 1980.
_ZIP_EPOCH = 315532800
_ZIP_UNIX = 3


def guess_kind(destination: str) -> str | None:
    """The kind of archive that a file name stands for."""
    for kind, suffixes in SUFFIXES.items():
        if destination.endswith(suffixes):
            return kind
    return None


def tidy_prefix(destination: str, kind: str, prefix: str) -> str:
    """What stands before every name: as wished, else the name of the archive.

    Raises:
        Abort: it would lead out of where the archive is unpacked.
    """
    if not prefix:
        prefix = os.path.basename(destination)
        for suffix in SUFFIXES.get(kind, ()):
            if prefix.lower().endswith(suffix):
                prefix = prefix[: -len(suffix)]
                break
    tidy = posixpath.normpath(prefix)
    prefix = tidy if tidy.endswith("/") else f"{tidy}/"
    prefix = prefix.removeprefix("./")
    if prefix.startswith("../") or os.path.isabs(tidy) or "/../" in prefix:
        raise errors.Abort("archive prefix contains illegal components")
    return prefix


class ArchiveRequest:
    """What is wanted.

    Attributes:
        destination: a path, or None for `stream`; prefix: tidied; metadata: makes the content of that file, or None.
        decode: files go through decode filters.
        merger: subrepositories are gone into; it can fetch what is not there yet.
    """

    __slots__ = ("decode", "destination", "kind", "merger", "metadata", "patterns", "prefix", "stream")

    def __init__(self, kind: str, patterns: PatternSet, prefix: str) -> None:
        self.kind = kind
        self.patterns = patterns
        self.prefix = prefix
        self.destination = ""
        self.stream: IO[bytes] | None = None
        self.decode = True
        self.merger: FileMerger | None = None
        self.metadata: Callable[[], bytes] | None = None


def archive(changeset: Changeset, request: ArchiveRequest) -> int:
    """Writes the archive; the number of files.

    Raises:
        Abort: no file matches.
        OSError: it cannot be written; the file is named, also where a full disk stops it.
    """
    try:
        return _archive(changeset, request)
    except OSError as problem:
        if problem.filename is None and request.stream is None:
            problem.filename = request.destination
        raise


def _archive(changeset: Changeset, request: ArchiveRequest) -> int:
    archiver: Archiver | None = None
    count = 0
    for prefix, part, patterns in _parts(changeset, request):
        filters = part.repo.filters if request.decode else None
        inner = prefix[len(request.prefix) :].rstrip("/")
        topic = f"archiving ({inner})" if inner else "archiving"
        with changeset.repo.reporter.progress(topic, "files") as steps:
            if steps.shown:
                steps.total = len(part.repo.engine.files(part.engine_rev, patterns)[0])
                steps.increment(0)
            for path, data, flags in _files(part, patterns):
                if archiver is None:
                    archiver = _open(request, changeset.date[0])
                    if request.metadata is not None and _wants_metadata(request.patterns):
                        archiver.add(request.prefix + METADATA, 0o644, request.metadata(), is_link=False)
                content = data if filters is None else filters.to_disk(path, data)
                mode = 0o755 if "x" in flags else 0o644
                archiver.add(prefix + path, mode, content, is_link="l" in flags)
                count += 1
                steps.increment(item=path)
    if archiver is None:
        raise errors.Abort("no files match the archive pattern")
    archiver.close()
    return count


def _parts(changeset: Changeset, request: ArchiveRequest) -> Iterator[tuple[str, Changeset, PatternSet]]:
    """The changeset and, where they are wanted, those of subrepositories that it records: prefix, changeset, files."""
    yield request.prefix, changeset, request.patterns
    if request.merger is not None:
        from hydrargyrum.ops.nested.walking import recorded_changesets

        for path, inner, patterns in recorded_changesets(changeset, request.patterns, request.merger):
            yield f"{request.prefix}{path}/", inner, patterns


def _files(changeset: Changeset, patterns: PatternSet) -> Iterator[tuple[str, bytes, str]]:
    engine = changeset.repo.engine
    if changeset.engine_rev is not None:
        for stored in engine.contents(changeset.engine_rev, patterns):
            yield stored.path, stored.data, stored.flags
        return
    for path in engine.files(None, patterns)[0]:
        file = changeset.file(path)
        yield path, file.data, file.flags


def _wants_metadata(patterns: PatternSet) -> bool:
    """Whether `-I` and `-X` allow the file of metadata: as far as they name it or are simple globs."""
    from fnmatch import fnmatchcase

    def names(pattern: str) -> bool:
        kind, colon, text = pattern.partition(":")
        text = text if colon else kind
        return text in (METADATA, ".", "**", "*") or fnmatchcase(METADATA, text)

    if any(map(names, patterns.exclude)):
        return False
    return not patterns.include or any(map(names, patterns.include))


def _open(request: ArchiveRequest, moment: int) -> Archiver:
    if request.kind == "files":
        return _Files(request.destination, moment)
    target = request.stream if request.stream is not None else request.destination
    if request.kind in _COMPRESSIONS:
        return _Tar(target, moment, _COMPRESSIONS[request.kind])
    return _Zip(target, moment, compress=request.kind == "zip")


class _Files:
    """A directory."""

    def __init__(self, directory: str, moment: int) -> None:
        self._directory = directory
        self._moment = moment

    def add(self, name: str, mode: int, data: bytes, *, is_link: bool) -> None:
        target = os.path.join(self._directory, name)
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.lexists(target):
                os.unlink(target)
            if is_link:
                os.symlink(data, os.fsencode(target))
                return
            with open(target, "wb") as stream:
                stream.write(data)
            os.chmod(target, mode)
            os.utime(target, (self._moment, self._moment))
        except OSError as problem:
            raise errors.IoError(path=target, errno=problem.errno, operation="write") from None

    def close(self) -> None:
        """Nothing is open."""


class _Tar:
    """A tar file, compressed or not."""

    def __init__(self, target: str | IO[bytes], moment: int, compression: str) -> None:
        import tarfile

        self._moment = float(moment)  # as such it gets a header of its own, as the peer's
        self._inner: list[IO[bytes]] = []
        try:
            self._tar = self._make(target, compression)
        except tarfile.CompressionError as problem:
            raise errors.Abort(str(problem)) from None
        except OSError as problem:
            raise errors.IoError(path=str(target), errno=problem.errno, operation="open") from None

    def _make(self, target: str | IO[bytes], compression: str) -> tarfile.TarFile:
        import gzip
        import tarfile as tar

        path = target if isinstance(target, str) else ""
        if compression != "gz":
            if path:
                return tar.open(path, f"w:{compression}")  # type: ignore[call-overload, no-any-return]
            return tar.open(mode=f"w|{compression}", fileobj=target)  # type: ignore[call-overload, no-any-return]
        raw = open(path, "wb") if isinstance(target, str) else target  # noqa: SIM115 (closed with the archive)
        packed = gzip.GzipFile(path, "wb", 9, raw, mtime=self._moment)
        self._inner = [packed, raw] if path else [packed]  # type: ignore[list-item]
        return tar.TarFile.taropen(path or None, "w", packed)

    def add(self, name: str, mode: int, data: bytes, *, is_link: bool) -> None:
        import tarfile

        about = tarfile.TarInfo(name)
        about.mtime = self._moment
        if is_link:
            about.type, about.mode = tarfile.SYMTYPE, _LINK_MODE
            about.linkname = os.fsdecode(data)
            self._tar.addfile(about)
            return
        about.mode, about.size = mode, len(data)
        self._tar.addfile(about, io.BytesIO(data))

    def close(self) -> None:
        self._tar.close()
        for stream in self._inner:
            stream.close()


class _Zip:
    """A zip file, compressed or not."""

    def __init__(self, target: str | IO[bytes], moment: int, *, compress: bool) -> None:
        import time
        import zipfile

        self._moment = max(moment, _ZIP_EPOCH)
        self._date = time.gmtime(self._moment)[:6]
        self._method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        try:
            self._zip = zipfile.ZipFile(target, "w", self._method)
        except OSError as problem:
            raise errors.IoError(path=str(target), errno=problem.errno, operation="open") from None

    def add(self, name: str, mode: int, data: bytes, *, is_link: bool) -> None:
        import struct
        import zipfile

        about = zipfile.ZipInfo(name, self._date)
        about.compress_type = self._method
        about.create_system = _ZIP_UNIX
        kind = _ZIP_LINK if is_link else _ZIP_REGULAR
        about.external_attr = ((_LINK_MODE if is_link else mode) | kind) << 16
        # the extended time stamp: without it the time would be read in the local zone
        about.extra += struct.pack("<hhBl", 0x5455, 1 + 4, 1, self._moment)
        self._zip.writestr(about, data)

    def close(self) -> None:
        self._zip.close()

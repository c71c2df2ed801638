"""Copies of a store in files of their own (`packed1`), the older form of what `streaming` puts into bundles.

The format is in `docs/formats/bundle2.md` ("packed1").
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine.storenames import decode_directories, encode_directories
from hydrargyrum.exchange.bundlefile import PACKED, write_pieces
from hydrargyrum.ops.streaming import STORE, Source, check_formats, fill, required_formats, send, store_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.ops.streaming import Entry, StoredFile
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Steps

#: Names and sizes are lines; longer ones are damage.
_LINE = 1 << 16


def write_packed(repo: Repository, path: str) -> list[str]:
    """Writes the store of a repository to a file; what whoever takes it in has to support, sorted."""
    if any(True for _ in repo.engine.phase_revs(["secret"])):
        repo.reporter.warn("(warning: stream clone bundle will contain secret revisions)\n")
    formats = required_formats(repo)
    with repo.lock_store():
        files = list(store_files(repo, phases=False, markers=False))
    size = sum(file.size for file in files)
    repo.reporter.status(f"writing {size} bytes for {len(files)} files\n")
    with repo.reporter.progress("bundle", "bytes", size) as steps:
        write_pieces(path, _packed(files, size, formats, steps))
    return formats


def _packed(files: list[StoredFile], size: int, formats: list[str], steps: Steps) -> Iterator[bytes]:
    needed = ",".join(formats).encode("ascii") + b"\0"
    yield PACKED + b"UN" + len(files).to_bytes(8, "big") + size.to_bytes(8, "big")
    yield len(needed).to_bytes(2, "big") + needed
    for file in files:
        yield b"%s\0%d\n" % (encode_directories(file.name), file.size)
        for piece in send(file):
            yield piece
            steps.increment(len(piece))


def read_header(read: Callable[[int], bytes]) -> tuple[int, int, frozenset[str]]:
    """How many files and bytes follow, and what has to be supported; the magic number has been read.

    Raises:
        Abort: the file does not follow its format.
    """
    compression = read(2)
    if compression != b"UN":
        shown = compression.decode("ascii", "replace")
        raise errors.Abort(f"only uncompressed stream clone bundles are supported; got {shown}")
    head = read(18)
    needed = read(int.from_bytes(head[16:], "big"))
    if len(head) < 18 or not needed.endswith(b"\0"):
        raise errors.Abort("malformed stream clone bundle: requirements not properly encoded")
    formats = frozenset(os.fsdecode(needed.rstrip(b"\0")).split(",")) - {""}
    return int.from_bytes(head[:8], "big"), int.from_bytes(head[8:16], "big"), formats


def apply_packed(repo: Repository, path: str) -> None:
    """Fills an empty repository with what a file holds.

    Raises:
        IoError: the file cannot be read.
        Abort: it is none of this kind, or damaged, or the repository is not empty; nothing is changed.
    """
    try:
        stream = open(path, "rb")  # noqa: SIM115 (closed below)
    except OSError as problem:
        raise errors.IoError(path=path, errno=problem.errno, operation="open") from None
    with stream:
        if stream.read(4) != PACKED:
            raise errors.Abort(f"{path}: not a stream clone bundle")
        if len(repo.engine.changelog()):
            raise errors.Abort("cannot apply stream clone bundle on non-empty repo")
        count, size, formats = read_header(stream.read)
        check_formats(formats)
        fill(repo, Source(stream.read, lambda: _entry(stream.readline)), (count, size), formats)


def _entry(read_line: Callable[[int], bytes]) -> Entry:
    line = read_line(_LINE)
    name, zero, size = line.partition(b"\0")
    if not zero or not size.endswith(b"\n") or not size[:-1].isdigit() or len(size) > 20:
        raise errors.Abort("a copy of a store is cut short")
    return STORE, decode_directories(name), int(size)


def specification(read: Callable[[int], bytes]) -> str:
    """What such a file is called where kinds of bundles are named; the magic number has been read."""
    _, _, formats = read_header(read)
    return f"none-packed1;requirements%3D{'%2C'.join(sorted(formats))}"

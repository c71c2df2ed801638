"""Copies of a store in files of their own (`packed1`), the older form of what `streaming` puts into bundles.

The format is in `docs/formats/bundle2.md` ("packed1").
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.engine.storenames import decode_directories, encode_directories
from hydrargyrum.exchange.bundlefile import PACKED
from hydrargyrum.ops.streaming import STORE, check_formats, fill, required_formats, send, store_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.ops.streaming import Entry
    from hydrargyrum.repo import Repository

#: Names and sizes are lines; longer ones are damage.
_LINE = 1 << 16


def write_packed(repo: Repository, path: str) -> list[str]:
    """Writes the store of a repository to a file; what whoever takes it in has to support, sorted."""
    if any(True for _ in repo.engine.phase_revs(["secret"])):
        repo.reporter.warn("(warning: stream clone bundle will contain secret revisions)\n")
    formats = required_formats(repo)
    with repo.lock_store():
        files = [file for file in store_files(repo, markers=False) if file.name != b"phaseroots"]
    size = sum(file.size for file in files)
    repo.reporter.status(f"writing {size} bytes for {len(files)} files\n")
    needed = ",".join(formats).encode("ascii") + b"\0"
    temporary = f"{path}.{os.getpid()}~"
    try:
        with open(temporary, "xb") as stream, repo.reporter.progress("bundle", "bytes", size) as steps:
            stream.write(PACKED + b"UN" + len(files).to_bytes(8, "big") + size.to_bytes(8, "big"))
            stream.write(len(needed).to_bytes(2, "big") + needed)
            for file in files:
                stream.write(b"%s\0%d\n" % (encode_directories(file.name), file.size))
                for piece in send(file):
                    stream.write(piece)
                    steps.increment(len(piece))
        os.replace(temporary, path)
    except OSError as problem:
        raise errors.IoError(path=path, errno=problem.errno, operation="write") from None
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)
    return formats


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
        fill(repo, stream.read, (count, size), formats, lambda: _entry(stream.readline))


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

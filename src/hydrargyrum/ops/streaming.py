"""Copies of a whole store as a stream of its files: written into bundles, and taken in by an empty repository.

The format is in `docs/formats/bundle2.md` ("stream2"); bundle files themselves are `exchange.bundlefile`'s.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_file
from hydrargyrum.engine.requirements import SUPPORTED
from hydrargyrum.engine.storenames import StorePaths, encode_directories, is_listed
from hydrargyrum.ops.init import OF_THE_WORKING_COPY, create_repository, write_requirements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hydrargyrum.exchange.sansio.bundle2 import Part, PartToWrite
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Steps

    Read = Callable[[int], bytes]
    #: Where a file goes (`STORE` or `CACHE`), its name there, how many bytes follow.
    Entry = tuple[bytes, bytes, int]

#: What says nothing of the bytes of revlogs: each repository chooses it for itself.
_OWN_CHOICE = OF_THE_WORKING_COPY | {
    "dotencode",
    "exp-very-fragile-and-unsafe-plain-store-encoding",
    "fileindex-v1",
    "fncache",
    "persistent-nodemap",
    "store",
}
STORE, CACHE = b"s", b"c"
_PIECE = 1 << 16
#: Caches that are worth a copy, in their order, and those whose names go on after a dash.
_CACHES = ("branch2", "branch3", "rbc-names-v2", "rbc-revs-v2", "tags2", "hgtagsfnodes1")
_CACHES_OF_VIEWS = ("branch2", "branch3", "tags2")


class StoredFile:
    """A file to be sent: where it goes, its name there, where it lies and how long it was when it was found."""

    __slots__ = ("name", "path", "place", "size")

    def __init__(self, place: bytes, name: bytes, path: bytes) -> None:
        self.place = place
        self.name = name
        self.path = path
        self.size = os.stat(path).st_size


def stream_part(repo: Repository, *, markers: bool) -> PartToWrite:
    """The part of a bundle that holds all of a store, with obsolescence markers where they are wanted.

    Raises:
        Abort: there are secret changesets, or the configuration does not let others have a copy.
    """
    from urllib.parse import quote

    from hydrargyrum.exchange.sansio.bundle2 import PartToWrite
    from hydrargyrum.ops.clone import is_publishing

    config = repo.config
    secret = any(True for _ in repo.engine.phase_revs(["secret"]))
    if not config.boolean("server", "uncompressed") or (
        secret and not config.boolean("server", "uncompressedallowsecret")
    ):
        raise errors.Abort(
            "stream data requested but server does not allow this feature", hint="the client seems buggy"
        )
    with repo.lock_store():
        repo.reporter.debug("scanning\n")
        files = [*store_files(repo, phases=not is_publishing(repo), markers=markers), *_cache_files(repo)]
    facts = {
        "bytecount": str(sum(file.size for file in files)),
        "filecount": str(len(files)),
        "requirements": quote(",".join(required_formats(repo)), safe=""),
    }
    return PartToWrite("STREAM2", _sent(files), mandatory=facts)


def required_formats(repo: Repository) -> list[str]:
    """What whoever takes in the store has to support, sorted."""
    return sorted(repo.engine.requirements - _OWN_CHOICE)


def store_files(repo: Repository, *, phases: bool, markers: bool) -> Iterator[StoredFile]:
    """Files of revlogs: those of files first, the changelog last; the data of each before its index."""
    from hydrargyrum.ops.fncache import names_of_history, store_paths

    place = store_paths(repo).path
    # the whole history is read only where there is no list
    has_list = "fncache" in repo.engine.requirements
    names = map(os.fsencode, repo.engine.listed_files()) if has_list else names_of_history(repo)
    for name in sorted(names, key=lambda name: (name[:-2], name)):
        if is_listed(name) and os.path.lexists(place(name)):
            yield StoredFile(STORE, name, place(name))
    others = ["phaseroots"] if phases else []
    others += ["obsstore"] if markers else []
    others += ["00manifest.d", "00manifest.i", "00changelog.d", "00changelog.i"]
    for other in others:
        path = os.fsencode(os.path.join(repo.engine.store, other))
        if os.path.lexists(path):
            yield StoredFile(STORE, os.fsencode(other), path)


def _cache_files(repo: Repository) -> Iterator[StoredFile]:
    cache = os.path.join(repo.dot_hg, "cache")
    if os.path.isdir(cache):
        for name in sorted(filter(_is_cache, os.listdir(cache)), key=_cache_order):
            yield StoredFile(CACHE, os.fsencode(name), os.fsencode(os.path.join(cache, name)))


def _is_cache(name: str) -> bool:
    stem, dash, _ = name.partition("-")
    return name in _CACHES or (bool(dash) and stem in _CACHES_OF_VIEWS and "/" not in name)


def _cache_order(name: str) -> tuple[int, str]:
    return _CACHES.index(name if name in _CACHES else name.partition("-")[0]), name


def _sent(files: list[StoredFile]) -> Iterator[bytes]:
    for file in files:
        yield file.place + _number(len(file.name)) + _number(file.size) + file.name
        yield from send(file)


def send(file: StoredFile) -> Iterator[bytes]:
    """The bytes that the file had when it was found; store files only grow."""
    left = file.size
    with open(file.path, "rb") as stream:
        while left:
            piece = stream.read(min(left, _PIECE))
            if not piece:
                raise errors.Abort(f"{os.fsdecode(file.name)}: the file became shorter while it was read")
            left -= len(piece)
            yield piece


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last have the highest bit set."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def take_in(repo: Repository, part: Part) -> None:
    """Fills an empty repository with the store that a bundle holds. All changesets are public then.

    Raises:
        Abort: the repository is not empty, the store needs what is not supported, or the part is damaged; nothing
            is changed.
    """
    from urllib.parse import unquote

    facts = part.parameters
    try:
        count, size = int(facts["filecount"]), int(facts["bytecount"])
        streamed = frozenset(filter(None, unquote(facts["requirements"]).split(",")))
    except (KeyError, ValueError):
        raise errors.Abort("a copy of a store does not say what it holds") from None
    if len(repo.engine.changelog()):
        raise errors.Abort("cannot apply stream clone to non empty repository")
    check_formats(streamed)
    fill(repo, Source(part.read, lambda: _entry(part.read)), (count, size), streamed)


def check_formats(formats: frozenset[str]) -> None:
    """Raises `Abort` where a store needs what is not supported."""
    missing = sorted(formats - {os.fsdecode(name) for name in SUPPORTED})
    if missing:
        raise errors.Abort(f"unable to apply stream clone: unsupported format: {', '.join(missing)}")


class Source:
    """Where files come from.

    Attributes:
        read: gives bytes of the file that was named last.
        next_entry: names the next one.
    """

    __slots__ = ("next_entry", "read")

    def __init__(self, read: Read, next_entry: Callable[[], Entry]) -> None:
        self.read = read
        self.next_entry = next_entry


def fill(repo: Repository, source: Source, total: tuple[int, int], formats: frozenset[str]) -> None:
    """Makes a store beside the empty one and lets it take its place, in one step where the system has one.

    Args:
        repo: an empty repository.
        source: of the store's files.
        total: how many files and bytes there are.
        formats: what the store needs.
    """
    with repo.lock_store():
        _fill(repo, source, total, formats)


def _fill(repo: Repository, source: Source, total: tuple[int, int], streamed: frozenset[str]) -> None:
    from hydrargyrum.ops.upgrading.migrate import shown_size
    from hydrargyrum.ops.upgrading.run import swap_store

    tell, (count, size) = repo.reporter.status, total
    current = repo.engine.requirements
    wanted = (current & _OWN_CHOICE) | streamed
    tell(f"{count} files to transfer, {shown_size(size)} of data\n")
    began = time.monotonic()
    scratch = tempfile.mkdtemp(prefix="stream.", dir=repo.dot_hg)
    try:
        create_repository(scratch, wanted - {"shared", "relshared"})
        target = repo.nested(scratch)
        with target.lock_store():
            store = target.engine.store
            shutil.copymode(repo.engine.store, store)
            with repo.reporter.progress("clone", "bytes", size) as steps:
                intake = _Intake(source, StorePaths(store, wanted), os.path.join(scratch, "caches"), steps)
                intake.take(count)
            if intake.size != size:
                raise errors.Abort(f"a copy of a store has {intake.size} bytes, not {size}")
            if "fncache" in wanted:
                lines = sorted(encode_directories(name) + b"\n" for name in intake.names if is_listed(name))
                write_file(os.path.join(store, "fncache"), b"".join(lines))
            if "share-safe" in wanted:
                write_requirements(store, wanted - OF_THE_WORKING_COPY)
            old = os.path.join(target.engine.dot_hg, "old-store")
            swap_store(repo.dot_hg, repo.engine.store, (store, old), (current, wanted))
            os.unlink(os.path.join(old, "lock"))
        _move_caches(intake.caches, os.path.join(repo.dot_hg, "cache"))
    except OSError as problem:
        raise errors.IoError(path=problem.filename, errno=problem.errno, operation="write") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        repo.invalidate()
    passed = max(time.monotonic() - began, 0.001)
    speed = shown_size(int(size / passed))
    tell(f"stream-cloned {count} files / {shown_size(size)} in {passed:.1f} seconds ({speed}/sec)\n")


def _move_caches(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
        for name in os.listdir(source):
            os.replace(os.path.join(source, name), os.path.join(target, name))


class _Intake:
    """Writes files as they come."""

    def __init__(self, source: Source, places: StorePaths, caches: str, steps: Steps) -> None:
        self._source = source
        self._places = places
        self._steps = steps
        self.caches = caches
        self.names: set[bytes] = set()
        self.size = 0

    def take(self, count: int) -> None:
        """So many files. Raises `Abort` where they do not follow the format."""
        for _ in range(count):
            place, name, size = self._source.next_entry()
            path = self._path(place, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "xb") as stream:
                left = size
                while left:
                    piece = _exactly(self._source.read, min(left, _PIECE))
                    stream.write(piece)
                    left -= len(piece)
                    self._steps.increment(len(piece), item=os.fsdecode(name))
            self.size += size

    def _path(self, place: bytes, name: bytes) -> bytes:
        shown = os.fsdecode(name)
        if place == CACHE and _is_cache(shown):
            return os.fsencode(os.path.join(self.caches, shown))
        top = (b"phaseroots", b"obsstore")
        is_top = name in top or (b"/" not in name and name.startswith((b"00changelog", b"00manifest")))
        parts = name.split(b"/")
        is_odd = any(part in (b"", b".", b"..") for part in parts) or bool({*name} & {0, 10})
        known = place == STORE and (is_top or is_listed(name))
        if not known or is_odd or name in self.names:
            raise errors.Abort(f"a copy of a store has a file that cannot be taken in: {shown}")
        self.names.add(name)
        return self._places.path(name)


def _entry(read: Read) -> Entry:
    place = _exactly(read, 1)
    length, size = _read_number(read), _read_number(read)
    if length > _PIECE:
        raise errors.Abort("a copy of a store has a file with an impossible name")
    return place, _exactly(read, length), size


def _exactly(read: Read, size: int) -> bytes:
    data = read(size)
    if len(data) < size:
        raise errors.Abort("a copy of a store is cut short")
    return data


def _read_number(read: Read) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = _exactly(read, 1)[0]
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value
    raise errors.Abort("a copy of a store has an impossible size")

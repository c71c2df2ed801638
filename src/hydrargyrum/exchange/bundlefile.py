"""Bundle files: opening one of either format as parts, and writing one.

What the parts do to a repository is `ops.unbundle`; the bytes of containers are in `sansio`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.exchange.sansio import bundle2, compression
from hydrargyrum.exchange.sansio.pieces import PieceReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import BinaryIO

    from hydrargyrum.engine.protocol import Engine, EngineRepository
    from hydrargyrum.exchange.bundlespec import BundleSpec
    from hydrargyrum.exchange.sansio.bundle2 import Part, PartToWrite

    Read = Callable[[int], bytes]


#: What a packed store begins with.
PACKED = b"HGS1"


class BundleFile:
    """An opened bundle; a context manager.

    Attributes:
        path: as the user named it.
        container: "HG10" or "HG20"; "HGS1" for a packed store, which has no parts.
        compression: name of it, as bundle specifications call it.
        parameters: of the stream (bundle2 only).
    """

    __slots__ = ("_read", "_stream", "compression", "container", "parameters", "path")

    def __init__(self, path: str, stream: BinaryIO, engine: Engine | EngineRepository) -> None:
        self.path = path
        self._stream = stream
        self.parameters: dict[str, str | None] = {}
        self._read: Read = stream.read
        magic = stream.read(4)
        if magic == b"HG10":
            self.container = "HG10"
            mark = stream.read(2).decode("ascii", "replace")
            if mark == "BZ":
                # bzip2 begins with these two bytes itself
                stream.seek(-2, os.SEEK_CUR)
        elif magic == bundle2.MAGIC:
            self.container = "HG20"
            self.parameters = bundle2.read_stream_parameters(stream.read)
            mark = self._mark()
        elif magic == PACKED:
            self.container, self.compression = "HGS1", "none"
            return
        elif magic[:2] == b"HG":
            version = magic[2:].decode("ascii", "replace")
            raise errors.Abort(f"{path}: unknown bundle version {version}")
        else:
            raise errors.Abort(f"{path}: not a Mercurial bundle")
        decoder = compression.decoder(mark, engine)
        self.compression = compression.NAMES[mark]
        if decoder is not None:
            self._read = PieceReader(compression.decompressed(stream.read, decoder)).read

    def _mark(self) -> str:
        for name, value in self.parameters.items():
            if name == "Compression":
                return value or ""
            if name[0].isupper():
                raise errors.Abort(f"missing support for Stream Parameter - {name}")
        return "UN"

    def __enter__(self) -> BundleFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def read(self, size: int) -> bytes:
        """Bytes of the changegroup that a bundle of the old format is, or of a packed store."""
        return self._read(size)

    def parts(self) -> Iterator[Part]:
        """The parts; a bundle of the old format has the one that bundle2 would have in its place."""
        if self.container == "HGS1":
            raise errors.Abort(
                'packed bundles cannot be applied with "hg unbundle"',
                hint='use "hg debugapplystreamclonebundle"',
            )
        if self.container == "HG10":
            from hydrargyrum.exchange.sansio.bundle2 import Part

            pieces = iter(lambda: self._read(compression.PIECE), b"")
            yield Part("CHANGEGROUP", 0, {"version": "01"}, frozenset(("version",)), pieces)
            return
        yield from bundle2.read_parts(self._read)


def open_bundle(path: str, engine: Engine | EngineRepository, cwd: str = "") -> BundleFile:
    """Opens a bundle file, from directory `cwd`. Raises `IoError`, `Abort` where it is none."""
    try:
        stream = open(os.path.join(cwd, path), "rb")  # noqa: SIM115 (the bundle closes it)
    except OSError as problem:
        raise errors.IoError(path=path, errno=problem.errno, operation="open") from None
    try:
        return BundleFile(path, stream, engine)
    except BaseException:
        stream.close()
        raise


def write_bundle(path: str, spec: BundleSpec, parts: Iterable[PartToWrite], engine: EngineRepository) -> None:
    """Writes a bundle file; what was there is replaced when all of it is written.

    Args:
        path: of the file.
        spec: of which kind; a bundle of the old format has the first part's payload only.
        parts: in order.
        engine: compresses.
    """
    write_pieces(path, bundle_bytes(spec, parts, engine))


def write_pieces(path: str, pieces: Iterable[bytes]) -> None:
    """Writes a file; what was there is replaced when all of it is written. Raises `IoError`, and what `pieces` raise."""
    temporary = f"{path}.{os.getpid()}~"
    try:
        try:
            with open(temporary, "xb") as stream:
                for piece in pieces:
                    stream.write(piece)
            os.replace(temporary, path)
        except OSError as problem:
            raise errors.IoError(path=path, errno=problem.errno, operation="write") from None
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


def bundle_bytes(spec: BundleSpec, parts: Iterable[PartToWrite], engine: EngineRepository) -> Iterator[bytes]:
    """The bytes of a bundle."""
    # a copy of the store consists of compressed chunks already
    mark = "UN" if spec.stream else spec.mark
    if spec.is_old:
        # bzip2 brings its two letters along
        yield b"HG10" + (b"" if mark == "BZ" else mark.encode("ascii"))
        body: Iterable[bytes] = next(iter(parts)).payload
    else:
        yield bundle2.stream_header({} if mark == "UN" else {"Compression": mark})
        body = bundle2.write_parts(parts)
    yield from compression.compress_stream(body, mark, spec.level, engine)

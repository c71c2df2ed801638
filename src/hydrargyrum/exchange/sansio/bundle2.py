"""Bundle2: a stream of typed parts with parameters and framed payloads (`docs/formats/bundle2.md`).

Undoing the compression, and what parts mean, belongs elsewhere.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from hydrargyrum import errors
from hydrargyrum.exchange.sansio.pieces import PieceReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    #: So many bytes, or fewer at the end.
    Read = Callable[[int], bytes]

MAGIC = b"HG20"
#: Chunks of a payload that are written.
CHUNK_SIZE = 32 * 1024
#: Sizes that claim more than this are damage.
MAX_SIZE = 0x7FFFFFFF
_INTERRUPT = -1


class BadBundle(errors.Abort):
    """A bundle does not follow its format."""

    id = "bad-bundle"


def _exactly(read: Read, size: int) -> bytes:
    data = read(size)
    if len(data) < size:
        raise BadBundle(f"stream ended unexpectedly (got {len(data)} bytes, expected {size})")
    return data


def _size(read: Read) -> int:
    return int.from_bytes(_exactly(read, 4), "big", signed=True)


def read_stream_parameters(read: Read) -> dict[str, str | None]:
    """The parameters after the magic number; those with a capital letter have to be understood."""
    size = _size(read)
    if size < 0:
        raise BadBundle(f"negative bundle param size: {size}")
    found: dict[str, str | None] = {}
    for item in _exactly(read, size).decode("utf-8", "surrogateescape").split(" ") if size else ():
        name, equals, value = item.partition("=")
        name = unquote(name)
        if not name:
            raise BadBundle("empty parameter name")
        if not name[0].isascii() or not name[0].isalpha():
            raise BadBundle(f"non letter first character: {name}")
        found[name] = unquote(value) if equals else None
    return found


class Part:
    """A part of a bundle that is read; its payload has to be used up before the next part comes.

    Attributes:
        kind: in lower case; mandatory: who does not know it has to stop.
        id: number in the bundle.
        parameters: by name; required: the names of those that have to be understood.
    """

    __slots__ = ("_payload", "id", "kind", "mandatory", "parameters", "required")

    def __init__(
        self,
        kind: str,
        number: int,
        parameters: Mapping[str, str],
        required: frozenset[str],
        payload: Iterator[bytes],
    ) -> None:
        self.kind = kind.lower()
        self.mandatory = kind != self.kind
        self.id = number
        self.parameters = dict(parameters)
        self.required = required
        self._payload = PieceReader(payload)

    def read(self, size: int) -> bytes:
        """So many bytes of the payload, or fewer at its end."""
        return self._payload.read(size)

    def read_all(self) -> bytes:
        """The rest of the payload."""
        return self._payload.rest()

    def skip(self) -> None:
        """Passes over the rest of the payload."""
        self._payload.skip()


def read_parts(read: Read) -> Iterator[Part]:
    """All parts in order; what of a payload was not read is passed over."""
    while True:
        header = _part_header(read)
        if header is None:
            return
        part = _parse_part(header, _payload(read))
        yield part
        part.skip()


def _part_header(read: Read) -> bytes | None:
    size = _size(read)
    if size < 0:
        raise BadBundle(f"negative part header size: {size}")
    return _exactly(read, size) if size else None


def _payload(read: Read) -> Iterator[bytes]:
    while True:
        size = _size(read)
        if size == 0:
            return
        if size == _INTERRUPT:
            header = _part_header(read)
            if header is not None:
                _parse_part(header, _payload(read)).skip()
        elif size < 0:
            raise BadBundle(f"negative payload chunk size: {size}")
        else:
            yield _exactly(read, size)


def _parse_part(header: bytes, payload: Iterator[bytes]) -> Part:
    at = 1 + header[0] if header else 1
    kind, number, counts = header[1:at], header[at : at + 4], header[at + 4 : at + 6]
    if len(counts) < 2:
        raise BadBundle("a part's header is cut short")
    at += 6
    mandatory, advisory = counts
    sizes = header[at : at + 2 * (mandatory + advisory)]
    at += len(sizes)
    parameters: dict[str, str] = {}
    for index in range(0, len(sizes), 2):
        key_end = at + sizes[index]
        end = key_end + (sizes[index + 1] if index + 1 < len(sizes) else 0)
        if end > len(header) or len(sizes) < 2 * (mandatory + advisory):
            raise BadBundle("a part's parameters are cut short")
        name = header[at:key_end].decode("utf-8", "surrogateescape")
        if name in parameters:
            raise BadBundle(f"duplicated parameter '{name}'")
        parameters[name] = header[key_end:end].decode("utf-8", "surrogateescape")
        at = end
    required = frozenset(list(parameters)[:mandatory])
    text = kind.decode("ascii", "replace")
    return Part(text, int.from_bytes(number, "big"), parameters, required, payload)


class PartToWrite:
    """A part of a bundle that is written.

    Attributes:
        kind: with capital letters where it has to be understood.
        mandatory, advisory: parameters.
        payload: pieces of any size.
    """

    __slots__ = ("advisory", "kind", "mandatory", "payload")

    def __init__(
        self,
        kind: str,
        payload: Iterable[bytes] = (),
        *,
        mandatory: Mapping[str, str] | None = None,
        advisory: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.payload = payload
        self.mandatory = dict(mandatory or {})
        self.advisory = dict(advisory or {})


def stream_header(parameters: Mapping[str, str | None]) -> bytes:
    """The magic number and the stream's parameters."""
    items = [
        quote(name, safe="") + ("" if value is None else "=" + quote(value, safe=""))
        for name, value in parameters.items()
    ]
    data = " ".join(items).encode("ascii")
    return MAGIC + len(data).to_bytes(4, "big") + data


def write_parts(parts: Iterable[PartToWrite]) -> Iterator[bytes]:
    """The bytes after the stream's header, before compression."""
    for number, part in enumerate(parts):
        header = _header(part, number)
        yield len(header).to_bytes(4, "big") + header
        for chunk in _chunks(part.payload):
            yield len(chunk).to_bytes(4, "big")
            yield chunk
        yield bytes(4)
    yield bytes(4)


def _header(part: PartToWrite, number: int) -> bytes:
    kind = part.kind.encode("ascii")
    out = [bytes([len(kind)]), kind, number.to_bytes(4, "big")]
    out.append(bytes([len(part.mandatory), len(part.advisory)]))
    pairs = [
        (key.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape"))
        for key, value in (*part.mandatory.items(), *part.advisory.items())
    ]
    out += [bytes([len(key), len(value)]) for key, value in pairs]
    out += [key + value for key, value in pairs]
    return b"".join(out)


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at most `CHUNK_SIZE`."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size < CHUNK_SIZE:
            continue
        data = b"".join(waiting)
        whole = size - size % CHUNK_SIZE
        for at in range(0, whole, CHUNK_SIZE):
            yield data[at : at + CHUNK_SIZE]
        waiting, size = [data[whole:]], size - whole
    data = b"".join(waiting)
    if data:
        yield data

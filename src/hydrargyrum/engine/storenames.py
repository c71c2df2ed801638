"""From the name of a store file (`data/Foo.txt.i`) to the name it has on disk (`data/_foo.txt.i`), for either engine.

The rules are in `docs/formats/store-encoding.md`; what lies in the files is not known here.
"""

from __future__ import annotations

import os

from hydrargyrum.engine import requirements as req

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Kind: TypeAlias = Literal["basic", "escaped", "hashed", "dotencode", "plain"]

#: The longest encoded name that is not hashed.
MAX_LENGTH = 120
#: How much of each directory name a hashed name keeps, and how long the kept ones may be together.
DIRECTORY_PREFIX = 8
MAX_DIRECTORIES = 8 * (DIRECTORY_PREFIX + 1) - 4

_RESERVED = frozenset([*range(32), *range(126, 256), *b'\\:*?"<>|'])


def _table(*, marked: bool) -> list[bytes]:
    table = []
    for value in range(256):
        byte = bytes([value])
        if value in _RESERVED:
            table.append(b"~%02x" % value)
        elif marked and (byte.isupper() or byte == b"_"):
            table.append(b"_" + byte.lower())
        else:
            table.append(byte.lower())
    return table


_MARKED = _table(marked=True)
_LOWERED = _table(marked=False)


class PathEncoding:
    """One of the ways to name store files on disk.

    Attributes:
        kind: `basic` (no `store` requirement), `escaped` (`store` alone), `hashed` (`fncache`), `dotencode`, `plain`.
    """

    __slots__ = ("kind",)

    def __init__(self, kind: Kind) -> None:
        self.kind: Kind = kind

    def encode(self, name: bytes) -> bytes:
        """The name on disk."""
        if self.kind == "plain":
            return b"data/" + name[5:].replace(b"/", b"_/") if name.startswith(b"data/") else name
        name = encode_directories(name)
        if self.kind == "basic":
            return name
        if self.kind == "escaped":
            return _escape(name, _MARKED)
        dot = self.kind == "dotencode"
        if len(name) <= MAX_LENGTH:
            escaped = b"/".join(_mask(part, dot) for part in _escape(name, _MARKED).split(b"/"))
            if len(escaped) <= MAX_LENGTH:
                return escaped
        return _hashed(name, dot)


def encoding_for(requirements: frozenset[bytes]) -> PathEncoding:
    """How a repository with these requirements names the files of its store."""
    if req.STORE not in requirements:
        return PathEncoding("basic")
    if req.FNCACHE not in requirements:
        return PathEncoding("escaped")
    if req.DOTENCODE in requirements:
        return PathEncoding("dotencode")
    if req.PLAIN_ENCODE in requirements:
        return PathEncoding("plain")
    return PathEncoding("hashed")


class StorePaths:
    """Where the files of a store lie, by its directory and what its repository requires."""

    __slots__ = ("_encode", "_store")

    def __init__(self, store: str, requirements: frozenset[str]) -> None:
        self._store = os.fsencode(store)
        self._encode = encoding_for(frozenset(map(os.fsencode, requirements))).encode

    def path(self, name: bytes) -> bytes:
        """Full path of a file, for example of `data/a.i`."""
        return os.path.join(self._store, self._encode(name))


def is_listed(name: bytes) -> bool:
    """Whether a store file belongs into the store's list of files."""
    return name.startswith((b"data/", b"meta/")) and name.endswith((b".i", b".d"))


def encode_directories(name: bytes) -> bytes:
    """Adds `.hg` to directories that end in `.hg`, `.i` or `.d`, so that they do not collide with revlog files."""
    for ending in (b".hg/", b".i/", b".d/"):
        name = name.replace(ending, ending[:-1] + b".hg/")
    return name


def decode_directories(name: bytes) -> bytes:
    """Undoes `encode_directories`."""
    if b".hg/" not in name:
        return name
    return name.replace(b".d.hg/", b".d/").replace(b".i.hg/", b".i/").replace(b".hg.hg/", b".hg/")


def _escape(name: bytes, table: list[bytes]) -> bytes:
    return b"".join([table[byte] for byte in name])


def _mask(part: bytes, dot: bool) -> bytes:
    """Escapes what some systems refuse as a whole name: reserved words, a dot or space at an end."""
    if not part:
        return part
    if dot and part[:1] in (b".", b" "):
        part = b"~%02x" % part[0] + part[1:]
    else:
        stem = part.partition(b".")[0]
        numbered = stem[:3] in (b"com", b"lpt") and len(stem) == 4 and b"1" <= stem[3:] <= b"9"
        if numbered or stem in (b"aux", b"con", b"prn", b"nul"):
            part = part[:2] + b"~%02x" % part[2] + part[3:]
    if part[-1:] in (b".", b" "):
        part = part[:-1] + b"~%02x" % part[-1]
    return part


def _hashed(name: bytes, dot: bool) -> bytes:
    """The one-way form of long names: shortened directories, a piece of the name, its hash, its extension."""
    import hashlib

    digest = hashlib.sha1(name, usedforsecurity=False).hexdigest().encode()
    parts = [_mask(part, dot) for part in _escape(name[5:], _LOWERED).split(b"/")]
    directories = b""
    for part in parts[:-1]:
        short = part[:DIRECTORY_PREFIX]
        if short[-1:] in (b".", b" "):
            short = short[:-1] + b"_"
        longer = directories + b"/" + short if directories else short
        if directories and len(longer) > MAX_DIRECTORIES:
            break
        directories = longer
    base = parts[-1]
    head = b"dh/" + directories + b"/" if directories else b"dh/"
    tail = digest + _extension(base)
    return head + base[: max(0, MAX_LENGTH - len(head) - len(tail))] + tail


def _extension(base: bytes) -> bytes:
    """The last dot and what follows it; a name that starts with its only dots has none."""
    stem, dot, rest = base.rpartition(b".")
    return dot + rest if dot and stem.strip(b".") else b""

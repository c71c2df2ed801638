"""The first dirstate format: both parents and a flat list of entries; and changing single entries in it.

Which format a repository has, locks and files are `dirstate`'s and `fixes`' business (`docs/formats/dirstate-v1.md`).
"""

from __future__ import annotations

from struct import Struct

from hydrargyrum.engine.pure.store.files import corrupt
from hydrargyrum.engine.pure.worktree.entry import from_v1, state, v1_mtime, v1_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.worktree.entry import Entry

PARENTS_SIZE = 40
_ENTRY = Struct(">ciiii")


class ParsedV1:
    """A dirstate of the first format taken apart; of two entries with one path the later counts."""

    __slots__ = ("copies", "entries", "offsets", "parents")

    def __init__(self, data: bytes, path: bytes) -> None:
        self.parents = bytes(20), bytes(20)
        self.entries: dict[bytes, Entry] = {}
        self.copies: dict[bytes, bytes] = {}
        #: where each entry starts
        self.offsets: dict[bytes, int] = {}
        if data:
            self._parse(data, path)

    def _parse(self, data: bytes, path: bytes) -> None:
        if len(data) < PARENTS_SIZE:
            raise corrupt(path, "truncated parents", len(data))
        self.parents = data[:20], data[20:PARENTS_SIZE]
        entries, copies, offsets = self.entries, self.copies, self.offsets
        unpack, size, total = _ENTRY.unpack_from, _ENTRY.size, len(data)
        at = PARENTS_SIZE
        while at < total:
            start = at + size
            if start > total:
                raise corrupt(path, "truncated entry", at)
            letter, mode, length, mtime, name_size = unpack(data, at)
            if name_size < 0:
                raise corrupt(path, "negative path length", at)
            end = start + name_size
            if end > total:
                raise corrupt(path, "path past the end", at)
            name, has_copy, source = data[start:end].partition(b"\0")
            if not is_path(name):
                raise corrupt(path, "illegal path", at)
            if has_copy and not source:
                raise corrupt(path, "empty copy source", at)
            entry = from_v1(letter, mode, length, mtime)
            if entry is None:
                raise corrupt(path, "unknown state", at)
            entries[name] = entry
            offsets[name] = at
            if source:
                copies[name] = source
            else:
                copies.pop(name, None)
            at = end


def is_path(path: bytes) -> bool:
    """Whether every component can be the name of a file."""
    if b"//" in path or b"./" in path or path[:1] == b"/" or path[-1:] in (b"/", b".", b""):
        return all(part not in (b"", b".", b"..") for part in path.split(b"/"))
    return True


def pack_v1(parents: tuple[bytes, bytes], entries: dict[bytes, Entry], copies: dict[bytes, bytes]) -> bytes:
    """The bytes of a whole dirstate."""
    out = bytearray(parents[0] + parents[1])
    for path in sorted(entries):
        entry = entries[path]
        source = copies.get(path)
        name = path if source is None else path + b"\0" + source
        mode = entry[1] & 0x7FFFFFFF
        out += _ENTRY.pack(state(entry).encode(), mode, v1_size(entry), v1_mtime(entry), len(name))
        out += name
    return bytes(out)


def replace_entries(data: bytes, parsed: ParsedV1, changes: dict[bytes, Entry]) -> bytes:
    """A copy of `data` in which the changed entries have new numbers and no copy source."""
    out = bytearray()
    done = 0
    for at, path in sorted((parsed.offsets[path], path) for path in changes):
        entry = changes[path]
        out += data[done:at]
        out += _ENTRY.pack(state(entry).encode(), entry[1], v1_size(entry), v1_mtime(entry), len(path))
        out += path
        done = at + _ENTRY.size + _ENTRY.unpack_from(data, at)[4]
    out += data[done:]
    return bytes(out)

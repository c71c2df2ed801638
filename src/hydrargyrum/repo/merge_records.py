"""The rows of records that say what a merge is about, read and written as the peer does, in both of its forms.

What the records mean is known to `repo.unfinished` and `merge.state` (format: `docs/formats/mergestate.md`).
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.atomicfile import write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    #: One letter and the content.
    Record = tuple[bytes, bytes]

LOCAL = b"L"
OTHER = b"O"
FILE = b"F"
CHANGE_DELETE = b"C"
PATH_CONFLICT = b"P"
EXTRAS = b"f"
LABELS = b"l"
_OVERRIDE = b"t"
#: Types that programs of old know; others are wrapped, so that those programs pass over them.
_PLAIN = frozenset((LOCAL, OTHER, FILE))
#: Types in capitals that are known: also those of a merge driver, and of files taken from the other side.
_KNOWN = frozenset(b"LOFCPDR")


def read_records(dot_hg: str) -> Sequence[Record]:
    """The records that count; where a program of old has written last, those of the old form.

    Records of the old form have an empty node of the other side, and no record of the other changeset.

    Raises:
        CorruptFile: the record is cut off.
        Abort: it has mandatory records of an unknown type.
    """
    directory = os.path.join(dot_hg, "merge")
    old = _read(os.path.join(directory, "state"))
    path = os.path.join(directory, "state2")
    new = _read(path)
    records = [] if new is None else _parse(new, path)
    if old is not None:
        old_records = _parse_old(old)
        if not _agree(old_records, records):
            records = [(kind, _with_other_node(data) if kind == FILE else data) for kind, data in old_records]
    unknown = sorted({os.fsdecode(kind) for kind, _ in records if kind.isupper() and kind[0] not in _KNOWN})
    if unknown:
        raise errors.Abort(
            f"unsupported merge state records: {' '.join(unknown)}",
            hint="see https://mercurial-scm.org/wiki/MergeStateRecords for more information",
        )
    return records


def which_form(dot_hg: str) -> str:
    """Which of the two forms of the record counts, in the words of `debugmergestate`; "" where there is none."""
    directory = os.path.join(dot_hg, "merge")
    old, path = _read(os.path.join(directory, "state")), os.path.join(directory, "state2")
    new = _read(path)
    if not new:
        return "no version 2 merge state" if old else ""
    if _agree(_parse_old(old or b""), _parse(new, path)):
        return "v1 and v2 states match: using v2"
    return "v1 and v2 states mismatch: using v1"


def write_records(dot_hg: str, records: Iterable[Record]) -> None:
    """Write both forms. The first record must be the local changeset."""
    directory = os.path.join(dot_hg, "merge")
    os.makedirs(directory, exist_ok=True)
    old, new = b"", b""
    for kind, data in records:
        if kind in (LOCAL, FILE):
            old += (data if kind == LOCAL else _without_other_node(data)) + b"\n"
        if kind not in _PLAIN:
            kind, data = _OVERRIDE, kind + data
        new += kind + len(data).to_bytes(4, "big") + data
    for name, content in (("state", old), ("state2", new)):
        write_atomically(os.fsencode(os.path.join(directory, name)), content)


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        raise errors.IoError(path=path, errno=problem.errno, operation="read") from None


def _parse(data: bytes, path: str) -> list[Record]:
    records = []
    position = 0
    while position < len(data):
        end = position + 5
        length = int.from_bytes(data[position + 1 : end], "big")
        if end > len(data) or end + length > len(data):
            raise errors.CorruptFile(path=path, offset=position, problem="record is cut off")
        kind, content = data[position : position + 1], data[end : end + length]
        if kind == _OVERRIDE and content:
            kind, content = content[:1], content[1:]
        records.append((kind, content))
        position = end + length
    return records


def _parse_old(data: bytes) -> list[Record]:
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [(FILE if number else LOCAL, line) for number, line in enumerate(lines)]


def _agree(old: list[Record], new: list[Record]) -> bool:
    """Whether every record of the old form is in the new one."""
    known = {(kind, _without_other_node(data) if kind == FILE else data) for kind, data in new}
    return known.issuperset(old)


def _without_other_node(data: bytes) -> bytes:
    fields = data.split(b"\0")
    return b"\0".join(fields[:-2] + fields[-1:])


def _with_other_node(data: bytes) -> bytes:
    fields = data.split(b"\0")
    return b"\0".join([*fields[:-1], b"", fields[-1]])

"""The texts of changesets and of file revisions, made of their parts.

Reading them is the business of `changelog` and `filelog` (formats: `docs/formats/changelog.md`, `filelog.md`).
"""

from __future__ import annotations

from hydrargyrum.engine.pure.store.filelog import MARKER
from hydrargyrum.engine.pure.text import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hydrargyrum.plans import CommitHeader


def changeset_text(header: CommitHeader, manifest: bytes, files: Iterable[bytes]) -> bytes:
    """The text of a changeset; `files` are in byte order."""
    date = b"%d %d" % (header.time, header.offset)
    extra = encoded_extra(header.extra)
    if extra:
        date += b" " + extra
    lines = [manifest.hex().encode(), encode(header.user), date, *files, b"", encode(header.description)]
    return b"\n".join(lines)


def encoded_extra(extra: Mapping[str, str]) -> bytes:
    """Keys and values behind the date, in byte order of the keys; the branch "default" goes without saying."""
    items = sorted((encode(key), encode(value)) for key, value in extra.items())
    return b"\0".join(
        escape(key + b":" + value)
        for key, value in items
        if key != b"branch" or value not in (b"default", b"")
    )


def escape(text: bytes) -> bytes:
    """The escapes of extra fields: backslash, newline, carriage return, NUL."""
    return text.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r").replace(b"\0", b"\\0")


def metadata(start: bytes, copied_from: tuple[bytes, bytes] | None) -> bytes:
    """What stands before a content that begins so: something where it was copied, or where it looks like metadata."""
    if copied_from is not None:
        path, node = copied_from
        return b"%scopy: %s\ncopyrev: %s\n%s" % (MARKER, path, node.hex().encode(), MARKER)
    return MARKER + MARKER if start.startswith(MARKER) else b""


def file_text(data: bytes, copied_from: tuple[bytes, bytes] | None) -> bytes:
    """What is stored for a file."""
    before = metadata(data, copied_from)
    return before + data if before else data

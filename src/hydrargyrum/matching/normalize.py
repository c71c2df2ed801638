"""Spelling of paths: from a name that the user wrote to the place inside the repository, and what may not be named.

What only the disk can tell is asked of the source.
"""

from __future__ import annotations

import posixpath

from hydrargyrum import errors
from hydrargyrum.matching.source import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.matching.source import Source

normalize = posixpath.normpath
join = posixpath.join

#: Characters that one file system skips in names, so that they must not hide a `.hg`.
_SKIPPED = "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"


def canonical(root: bytes, cwd: bytes, name: bytes, source: Source) -> bytes:
    """Where `name` (absolute, or relative to `cwd`) stands in the repository at `root`.

    Raises:
        PathOutsideRepository: it does not.
        IllegalPath: it reaches into `.hg` or a nested repository.
    """
    inside = _locate(root, cwd, name, source)
    if inside is not None:
        return inside
    facts: dict[str, str | int | None] = {"path": text(name), "root": text(root)}
    cwd = join(root, cwd)
    if cwd != root:
        try:
            if _locate(root, root, name, source) is not None:
                facts["suggested_cwd"] = text(posixpath.relpath(root, cwd))
        except errors.IllegalPath:
            pass
    raise errors.PathOutsideRepository(**facts)


def _locate(root: bytes, cwd: bytes, name: bytes, source: Source) -> bytes | None:
    absolute = normalize(join(root, cwd, name))
    prefix = root if root.endswith(b"/") else root + b"/"
    if absolute != prefix and absolute.startswith(prefix):
        inside = absolute[len(prefix) :]
        audit(inside, source)
        return inside
    if absolute == root:
        return b""
    above = absolute
    while not source.same_file(above, root):
        parent = posixpath.dirname(above)
        if parent == above:
            return None
        above = parent
    inside = absolute[len(above) :].lstrip(b"/")
    if inside:
        audit(inside, source)
    return inside


def audit(path: bytes, source: Source) -> None:
    """Raises IllegalPath for paths that reach into `.hg`, leave the repository or enter a nested one."""
    check_components(path)
    source.audit(path)


def check_components(path: bytes) -> None:
    """As `audit`, by the words of the path alone."""
    parts = path.split(b"/")
    clean = [_without_skipped(part) for part in parts]
    if path.endswith(b"/"):
        raise errors.IllegalPath(path=text(path), problem="path ends in directory separator")
    if clean[0] in (b"", b".hg", b".hg.") or b".." in parts or any(map(_is_short_name, parts)):
        raise errors.IllegalPath(path=text(path), problem="path contains illegal component")
    for wanted in (b".hg", b".hg."):
        if wanted in clean:
            nested = b"/".join(parts[: clean.index(wanted)])
            raise errors.IllegalPath(
                path=text(path), problem="path is inside nested repo", nested=text(nested)
            )


def _without_skipped(part: bytes) -> bytes:
    part = part.lower()
    if part.isascii():
        return part
    for character in _SKIPPED:
        part = part.replace(character.encode(), b"")
    return part


def _is_short_name(part: bytes) -> bool:
    """Whether one system could take the component for `.hg` by its short name (`HG~1`, `HG8B6C~1`)."""
    first, tilde, last = part.partition(b"~")
    return bool(tilde) and last.isdigit() and first.upper() in (b"HG", b"HG8B6C")

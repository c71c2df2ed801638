"""Patches of subrepositories with names from the outer root: only what stands above the hunks is changed.

Making patches is the engine's business.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMED = (b"rename from ", b"rename to ", b"copy from ", b"copy to ", b"Binary file ")
_BODY = (b"@@", b"GIT binary patch")


def with_prefix(patches: Iterable[bytes], prefix: bytes, *, letters: bool, revisions: int) -> Iterator[bytes]:
    """The patches with `prefix` (which ends in a slash) before each name.

    Args:
        patches: one for each file.
        prefix: what comes before.
        letters: names begin with "a/" and "b/".
        revisions: how many revisions the plain format names before the file.
    """
    for patch in patches:
        lines = patch.split(b"\n")
        names = _names(lines)
        for place, line in enumerate(lines):
            if line.startswith(_BODY):
                break
            lines[place] = _line(line, prefix, names, letters=letters, revisions=revisions)
        yield b"\n".join(lines)


def _names(lines: list[bytes]) -> tuple[bytes, bytes] | None:
    """Old and new name of a file that was renamed or copied."""
    old = new = None
    for line in lines:
        if line.startswith(_BODY):
            break
        for start in _NAMED[:4]:
            if line.startswith(start):
                if start.endswith(b"from "):
                    old = line[len(start) :]
                else:
                    new = line[len(start) :]
    return None if old is None or new is None else (old, new)


def _line(
    line: bytes, prefix: bytes, names: tuple[bytes, bytes] | None, *, letters: bool, revisions: int
) -> bytes:
    first, second = (b"a/", b"b/") if letters else (b"", b"")
    for start in _NAMED:
        if line.startswith(start):
            return start + prefix + line[len(start) :]
    if line.startswith(b"diff --git "):
        if names is None:
            rest = line[11:]
            half = (len(rest) - 1) // 2
            names = (rest[len(first) : half], rest[half + 1 + len(second) :])
        return b"diff --git %s%s%s %s%s%s" % (first, prefix, names[0], second, prefix, names[1])
    if line.startswith(b"diff "):
        words = line.split(b" ", 1 + 2 * revisions)
        return b" ".join([*words[:-1], prefix + words[-1]])
    for start, letter in ((b"--- ", first), (b"+++ ", second)):
        if line.startswith(start) and not line.startswith(start + b"/dev/null"):
            return start + letter + prefix + line[len(start) + len(letter) :]
    return line

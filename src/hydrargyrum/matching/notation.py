"""How a matcher is shown to those who look into one: its kind, its parts, and the expressions that it runs.

Matching itself is `build`'s; what file sets add to a notation is `query.fileset`'s.
"""

from __future__ import annotations

from hydrargyrum.matching import patterns as spelling

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.matching.build import MatchRequest
    from hydrargyrum.matching.patterns import Pattern

    #: What a file set is, as a notation; None where there are none.
    FileSet = Callable[[bytes], str]

ALWAYS = "<alwaysmatcher>"
_NEVER = "<nevermatcher>"


def notation(request: MatchRequest, file_set: FileSet) -> str:
    """A matcher for a request in one line; `pretty` breaks it into several.

    Args:
        request: what is matched.
        file_set: writes the file sets among its patterns.

    Raises:
        Like `build`.
    """
    shown = ALWAYS
    if request.patterns:
        found, sets = _read(request, request.patterns, request.default_kind, file_set)
        if sets or not all(map(spelling.is_everything, found)):
            found.sort()
            shown = _joined("patternmatcher patterns", found, spelling.END, sets)
    if request.include:
        included = _included(request, request.include, file_set)
        shown = intersection(shown, included)
    if request.exclude:
        shown = f"<differencematcher m1={shown}, m2={_included(request, request.exclude, file_set)}>"
    return shown


def intersection(one: str, other: str) -> str:
    """What both of two matchers match."""
    if one == ALWAYS:
        return other
    return one if other == ALWAYS else f"<intersectionmatcher m1={one}, m2={other}>"


def union(parts: Iterable[str]) -> str:
    """What any of several matchers matches."""
    return f"<unionmatcher matchers=[{', '.join(parts)}]>"


def quoted(text: bytes) -> str:
    """A text within a notation."""
    return repr(text)[1:]


def pretty(shown: str) -> str:
    """A notation with every part that is a notation itself on its own line, as deep as it lies."""
    lines = []
    start = mark = 0
    while start < len(shown):
        opening = shown.find("<", mark + 1)
        stop = -1
        if opening < 0:
            opening = len(shown)
        elif opening > mark + 1 and shown[opening - 1] == "=":
            # `name=` goes with what it names
            stop = shown.rfind(" ", mark + 1, opening - 1)
        stop = opening if stop < 0 else stop + 1
        depth = shown.count("<", 0, start) - shown.count(">", 0, start)
        lines.append("  " * depth + shown[start:stop].rstrip())
        start, mark = stop, opening
    return "\n".join(lines)


def _read(
    request: MatchRequest, written: Sequence[bytes], default: bytes, file_set: FileSet
) -> tuple[list[Pattern], list[str]]:
    """The patterns that are no file sets, and what the others are."""
    from hydrargyrum.matching.pattern_files import Expander
    from hydrargyrum.matching.source import DiskSource

    kinds = [spelling.split(pattern, default) for pattern in written]
    plain = [pattern for pattern, (kind, _text) in zip(written, kinds, strict=True) if kind != b"set"]
    expander = Expander(request.root, request.cwd, DiskSource(request.root), default)
    return expander.patterns(plain), [file_set(text) for kind, text in kinds if kind == b"set"]


def _included(request: MatchRequest, written: Sequence[bytes], file_set: FileSet) -> str:
    found, sets = _read(request, written, b"glob", file_set)
    return _joined("includematcher includes", found, spelling.END_OR_BELOW, sets)


def _joined(kind: str, found: Sequence[Pattern], follow: bytes, sets: list[str]) -> str:
    parts = [f"<{kind}={quoted(_expression(found, follow))}>"] if found else []
    parts += sets
    if not parts:
        return _NEVER
    return parts[0] if len(parts) == 1 else union(parts)


def _expression(found: Sequence[Pattern], follow: bytes) -> bytes:
    """The one expression that patterns become, or the directories where they are nothing else."""
    inside = [pattern for pattern in found if pattern[0] != b"subinclude"]
    if inside and all(kind == b"rootfilesin" for kind, _text, _source in inside):
        names = sorted({text for _kind, text, _source in inside})
        listed = ", ".join(map(quoted, names))
        return b"rootfilesin: [" + listed.encode("ascii") + b"]"
    regexes = [spelling.to_regex(pattern, follow) for pattern in inside]
    return b"|".join(regex for regex in regexes if regex is not None)

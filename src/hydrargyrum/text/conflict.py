"""Writes the result of a three-way merge: conflicts with markers in one of the peer's styles, or resolved.

Finding the conflicts belongs to `merge3` (`docs/formats/merge-markers.md`).
"""

from __future__ import annotations

from hydrargyrum.text.compare import EQUAL, Comparison
from hydrargyrum.text.merge3 import CONFLICT, UNCHANGED, B, Merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.text.compare import Stretch

    Lines = list[bytes]
    #: What stands behind the markers, already padded and cut: for the first side, the second and the base.
    Labels = tuple[bytes, bytes, bytes]

#: Both sides between markers, without the lines they share at either end (`:merge`).
MINIMIZED = "merge"
#: Both sides and the base between markers (`:merge3`).
WITH_BASE = "merge3"
#: One side whole, the other as a diff from the base (`:mergediff`).
AS_DIFF = "mergediff"
#: Both sides one after the other, the first or the second first.
UNION = "union"
UNION_OTHER_FIRST = "union-other-first"
#: One side.
LOCAL = "local"
OTHER = "other"

_WITH_MARKERS = (MINIMIZED, WITH_BASE, AS_DIFF)
#: Width of a label behind its marker.
LABEL_WIDTH = 72


def format_labels(labels: Sequence[tuple[bytes, bytes | None]], trim: Callable[[bytes, int], bytes]) -> Lines:
    """Labels with an optional detail as they stand behind markers.

    Args:
        labels: the label of each text that is shown, and its detail; details are aligned behind a colon.
        trim: cuts a label to a number of columns, with an ellipsis.
    """
    pad = max(len(label) for label, _detail in labels)
    out = []
    for label, detail in labels:
        full = label if not (label and detail) else (label + b":").ljust(pad + 1) + b" " + detail
        out.append(trim(full, LABEL_WIDTH))
    return out


def render(merge: Merge, style: str, labels: Labels = (b"", b"", b"")) -> tuple[bytes, int]:
    """The merged text, and how many conflicts were written with markers.

    Args:
        merge: the texts.
        style: one of the styles of this module.
        labels: for the first side, the second and the base.
    """
    write = _writer(merge, style, labels)
    out: Lines = []
    conflicts = 0
    for kind, lines in merge.regions():
        if kind == CONFLICT:
            base, a, b = (
                merge.base[slice(*lines[:2])],
                merge.a[slice(*lines[2:4])],
                merge.b[slice(*lines[4:])],
            )
            out += write(base, a, b)
            conflicts += 1
        else:
            source = merge.base if kind == UNCHANGED else merge.b if kind == B else merge.a
            out += source[slice(*lines)]
    return b"".join(out), conflicts if style in _WITH_MARKERS else 0


def _writer(merge: Merge, style: str, labels: Labels) -> Callable[[Lines, Lines, Lines], Lines]:
    markers = _Markers(merge.a, labels)
    known: dict[str, Callable[[Lines, Lines, Lines], Lines]] = {
        MINIMIZED: markers.minimized,
        WITH_BASE: markers.with_base,
        AS_DIFF: markers.as_diff,
        UNION: lambda _base, a, b: a + b,
        UNION_OTHER_FIRST: lambda _base, a, b: b + a,
        LOCAL: lambda _base, a, _b: a,
        OTHER: lambda _base, _a, b: b,
    }
    return known[style]


class _Markers:
    """The styles with markers. Markers end as the first line of the first side does."""

    __slots__ = ("_base", "_local", "_newline", "_other")

    def __init__(self, first_side: Lines, labels: Labels) -> None:
        self._local, self._other, self._base = labels
        self._newline = b"\n"
        for newline in (b"\r", b"\r\n"):
            if first_side and first_side[0].endswith(newline):
                self._newline = newline

    def _mark(self, sign: bytes, label: bytes = b"") -> bytes:
        return sign * 7 + (b" " + label if label else b"") + self._newline

    def minimized(self, _base: Lines, a: Lines, b: Lines) -> Lines:
        """Equal lines at the start and at the end of both sides stand outside the markers.

        The two ends are counted independently, as the peer does, and may overlap in the shorter side.
        """
        before = _common(a, b)
        after = _common(a[::-1], b[::-1])
        return [
            *a[:before],
            self._mark(b"<", self._local),
            *a[before : len(a) - after],
            self._mark(b"="),
            *b[before : len(b) - after],
            self._mark(b">", self._other),
            *a[len(a) - after :],
        ]

    def with_base(self, base: Lines, a: Lines, b: Lines) -> Lines:
        return [
            self._mark(b"<", self._local),
            *a,
            self._mark(b"|", self._base),
            *base,
            self._mark(b"="),
            *b,
            self._mark(b">", self._other),
        ]

    def as_diff(self, base: Lines, a: Lines, b: Lines) -> Lines:
        """The side that is nearer to the base is shown as a diff; the first where both are as near."""
        to_a = Comparison().stretches(base, a)
        to_b = Comparison().stretches(base, b)
        mark = self._mark
        if _equal_lines(to_a) < _equal_lines(to_b):
            inside = [mark(b"=", self._local), *a, mark(b"-", self._base), mark(b"+", self._other)]
            inside += _diff(to_b, base, b)
        else:
            inside = [mark(b"-", self._base), mark(b"+", self._local), *_diff(to_a, base, a)]
            inside += [mark(b"=", self._other), *b]
        return [mark(b"<"), *inside, mark(b">")]


def _common(a: Lines, b: Lines) -> int:
    """How many lines are equal from the start on."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def _diff(stretches: list[Stretch], old: Lines, new: Lines) -> Lines:
    out = []
    for (a1, a2, b1, b2), kind in stretches:
        if kind == EQUAL:
            out += [b" " + line for line in old[a1:a2]]
        else:
            out += [b"-" + line for line in old[a1:a2]]
            out += [b"+" + line for line in new[b1:b2]]
    return out


def _equal_lines(stretches: list[Stretch]) -> int:
    return sum(a2 - a1 for (a1, a2, _b1, _b2), kind in stretches if kind == EQUAL)

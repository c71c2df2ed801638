"""Which lines of two texts match, as `experimental.xdiff` chooses: the parts around the search for an edit script.

Trimming, the choice of comparable lines and the result; the search is `xdiff_search`, the final place of changes
`xdiff_slide`, the rules `docs/formats/diff.md`. The default matching is `diff`.
"""

from __future__ import annotations

from hydrargyrum.text.xdiff_search import mark_changes, rough_root
from hydrargyrum.text.xdiff_slide import compact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.text.diff import Block

#: Common lines at either end that are kept, so that changes have room to slide.
_RESERVED = 100
#: Lines with more counterparts than this are frequent, whatever the size of the text.
_FREQUENT = 1024
#: How far around a frequent line its neighbours are looked at.
_NEIGHBOURS = 100

_NONE, _SOME, _MANY = 0, 1, 2


def match_lines(a: Sequence[bytes], b: Sequence[bytes]) -> list[Block]:
    """The matching blocks in ascending order; the last one ends both texts and may be empty."""
    prefix, suffix = _trimmed(a, b)
    old, new = list(a[prefix : len(a) - suffix]), list(b[prefix : len(b) - suffix])
    # One place more at the end, which is never changed: it stops runs, and index -1 reaches it too.
    a_changed, b_changed = bytearray(len(old) + 1), bytearray(len(new) + 1)
    a_kept, b_kept = _keep_comparable(old, new, a_changed, b_changed)
    numbers: dict[bytes, int] = {}
    a_classes = [numbers.setdefault(old[index], len(numbers)) for index in a_kept]
    b_classes = [numbers.setdefault(new[index], len(numbers)) for index in b_kept]
    for classes_changed, kept, changed in zip(
        mark_changes(a_classes, b_classes), (a_kept, b_kept), (a_changed, b_changed), strict=True
    ):
        for index in classes_changed:
            changed[kept[index]] = 1
    compact(old, a_changed, b_changed)
    compact(new, b_changed, a_changed)
    return _unchanged(a_changed, b_changed, prefix, (len(a), len(b)))


def _unchanged(a: bytearray, b: bytearray, prefix: int, lengths: tuple[int, int]) -> list[Block]:
    """What lies between the changes, in lines of the whole texts."""
    out = []
    a1 = b1 = i = j = 0
    while i < len(a) - 1 or j < len(b) - 1:
        if not a[i] and not b[j]:
            i += 1
            j += 1
            continue
        if i + prefix > a1 or j + prefix > b1:
            out.append((a1, i + prefix, b1, j + prefix))
        while a[i]:
            i += 1
        while b[j]:
            j += 1
        a1, b1 = i + prefix, j + prefix
    out.append((a1, lengths[0], b1, lengths[1]))
    return out


def _trimmed(a: Sequence[bytes], b: Sequence[bytes]) -> tuple[int, int]:
    """How many whole lines are left out at the start and at the end of both texts."""
    shorter = min(len(a), len(b))
    same = 0
    while same < shorter and a[same] == b[same]:
        same += 1
    ended = same > 0 and a[same - 1].endswith(b"\n")
    leading = same if ended or not same else same - 1
    # A newline that the two texts have in common need not end equal lines; then all before it was equal already.
    prefix = leading - _RESERVED if leading > _RESERVED + 1 else 0
    one, two = b"".join(a[same:]), b"".join(b[same:])
    common_start = _common_length(one, two)
    # One byte after the common start never belongs to the common end.
    most = max(min(len(one), len(two)) - common_start - 1, 0)
    common_end = min(_common_length(one[::-1][:most], two[::-1][:most]), most)
    tail = one[len(one) - common_end :]
    trailing = tail.count(b"\n")
    suffix = trailing - _RESERVED - tail.endswith(b"\n") if trailing > _RESERVED + 1 else 0
    return prefix, suffix


def _common_length(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _keep_comparable(
    a: list[bytes], b: list[bytes], a_changed: bytearray, b_changed: bytearray
) -> tuple[list[int], list[int]]:
    """Chooses the lines that are searched and marks the others as changed, common ends aside."""
    shorter = min(len(a), len(b))
    start = end = 0
    while start < shorter and a[start] == b[start]:
        start += 1
    while end < shorter - start and a[-1 - end] == b[-1 - end]:
        end += 1
    sides = []
    for lines, other, changed in ((a, b, a_changed), (b, a, b_changed)):
        counts: dict[bytes, int] = {}
        for line in other:
            counts[line] = counts.get(line, 0) + 1
        limit = min(rough_root(len(lines)), _FREQUENT)
        grades = [_grade(counts.get(line, 0), limit) for line in lines[start : len(lines) - end]]
        kept = []
        for at, grade in enumerate(grades):
            if grade == _SOME or (grade == _MANY and not _drowns(grades, at)):
                kept.append(start + at)
            else:
                changed[start + at] = 1
        sides.append(kept)
    return sides[0], sides[1]


def _grade(counterparts: int, limit: int) -> int:
    if not counterparts:
        return _NONE
    return _MANY if counterparts >= limit else _SOME


def _drowns(grades: list[int], at: int) -> bool:
    """Whether a frequent line stands among so many lines without counterpart that a match would be chance."""
    before = _run(grades[index] for index in range(at - 1, max(at - _NEIGHBOURS, 0) - 1, -1))
    after = _run(grades[index] for index in range(at + 1, min(at + _NEIGHBOURS + 1, len(grades))))
    if not before[_NONE] or not after[_NONE]:
        return False
    # The line itself counts once with either run.
    many = before[_MANY] + after[_MANY] + 2
    return many * 4 < many + before[_NONE] + after[_NONE]


def _run(grades: Iterable[int]) -> list[int]:
    counts = [0, 0, 0]
    for grade in grades:
        if grade == _SOME:
            break
        counts[grade] += 1
    return counts

"""Myers' search for an edit script, from both corners at once, given up for a good guess where it gets dear.

Which lines are searched, and where changes finally stand, belongs to `xdiff` and `xdiff_slide`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    #: A rectangle of lines (a1, a2, b1, b2), and whether guesses are forbidden in it.
    Area = tuple[int, int, int, int, bool]
    #: Where a rectangle is cut (a, b), and whether guesses are forbidden before and after that.
    Split = tuple[int, int, bool, bool]

#: A run of more equal lines than this makes a diagonal interesting.
_SNAKE = 20
#: From this cost on, an interesting diagonal ends the search.
_GUESS_FROM = 256
#: How much further than its cost a diagonal must reach to be interesting.
_REACH = 4
#: At this cost at least the search goes on, however small the texts.
_PATIENCE = 256

#: Beyond every line.
_OUTSIDE = 1 << 62


def rough_root(number: int) -> int:
    """A power of two near the square root."""
    root = 1
    while number > 0:
        root <<= 1
        number >>= 2
    return root


def mark_changes(a: list[int], b: list[int]) -> tuple[list[int], list[int]]:
    """The lines, given as numbers, that have to change on either side to make the second of the first."""
    search = _Search(a, b)
    a_changed: list[int] = []
    b_changed: list[int] = []
    areas: list[Area] = [(0, len(a), 0, len(b), False)]
    while areas:
        a1, a2, b1, b2, thorough = areas.pop()
        while a1 < a2 and b1 < b2 and a[a1] == b[b1]:
            a1 += 1
            b1 += 1
        while a1 < a2 and b1 < b2 and a[a2 - 1] == b[b2 - 1]:
            a2 -= 1
            b2 -= 1
        if a1 == a2:
            b_changed += range(b1, b2)
        elif b1 == b2:
            a_changed += range(a1, a2)
        else:
            i, j, before, after = search.split((a1, a2, b1, b2, thorough))
            areas.append((a1, i, b1, j, before))
            areas.append((i, a2, j, b2, after))
    return a_changed, b_changed


class _Reached:
    """The diagonals (line of `a` minus line of `b`) reached from one corner, and the furthest line on each."""

    __slots__ = ("furthest", "max", "middle", "min")

    def __init__(self, diagonal: int, line: int) -> None:
        self.middle = self.min = self.max = diagonal
        self.furthest = {diagonal: line}

    def widen(self, area: Area, outside: int) -> range:
        """One diagonal more on either side, or one less where the rectangle ends; every second one, downwards."""
        a1, a2, b1, b2, _thorough = area
        if self.min > a1 - b2:
            self.min -= 1
            self.furthest[self.min - 1] = outside
        else:
            self.min += 1
        if self.max < a2 - b1:
            self.max += 1
            self.furthest[self.max + 1] = outside
        else:
            self.max -= 1
        return self.diagonals()

    def diagonals(self) -> range:
        return range(self.max, self.min - 1, -2)


class _Search:
    __slots__ = ("a", "b", "patience")

    def __init__(self, a: list[int], b: list[int]) -> None:
        self.a = a
        self.b = b
        self.patience = max(rough_root(len(a) + len(b) + 3), _PATIENCE)

    def split(self, area: Area) -> Split:
        a1, a2, b1, b2, thorough = area
        fore, back = _Reached(a1 - b1, a1), _Reached(a2 - b2, a2)
        odd = (fore.middle - back.middle) & 1
        cost = 0
        while True:
            cost += 1
            fore_snake, i, d = self._forward(fore, back if odd else None, area)
            if d is not None:
                return i, i - d, True, True
            back_snake, i, d = self._backward(back, None if odd else fore, area)
            if d is not None:
                return i, i - d, True, True
            if thorough:
                continue
            if (fore_snake or back_snake) and cost > _GUESS_FROM:
                found = self._interesting_forward(fore, area, cost) or self._interesting_backward(
                    back, area, cost
                )
                if found:
                    return found
            if cost >= self.patience:
                return _furthest(fore, back, area)

    def _forward(self, fore: _Reached, back: _Reached | None, area: Area) -> tuple[bool, int, int | None]:
        """One edit further on each diagonal: whether a run was long, and where the two searches met."""
        a, b = self.a, self.b
        _a1, a2, _b1, b2, _thorough = area
        snake = False
        diagonals = fore.widen(area, -1)
        furthest = fore.furthest
        for d in diagonals:
            below, above = furthest[d - 1], furthest[d + 1]
            start = i = below + 1 if below >= above else above
            while i < a2 and i - d < b2 and a[i] == b[i - d]:
                i += 1
            snake = snake or i - start > _SNAKE
            furthest[d] = i
            if back is not None and back.min <= d <= back.max and back.furthest[d] <= i:
                return snake, i, d
        return snake, 0, None

    def _backward(self, back: _Reached, fore: _Reached | None, area: Area) -> tuple[bool, int, int | None]:
        a, b = self.a, self.b
        a1, _a2, b1, _b2, _thorough = area
        snake = False
        diagonals = back.widen(area, _OUTSIDE)
        furthest = back.furthest
        for d in diagonals:
            below, above = furthest[d - 1], furthest[d + 1]
            start = i = below if below < above else above - 1
            while i > a1 and i - d > b1 and a[i - 1] == b[i - d - 1]:
                i -= 1
            snake = snake or start - i > _SNAKE
            furthest[d] = i
            if fore is not None and fore.min <= d <= fore.max and i <= fore.furthest[d]:
                return snake, i, d
        return snake, 0, None

    def _interesting_forward(self, fore: _Reached, area: Area, cost: int) -> Split | None:
        """The diagonal that went furthest for its cost, if it ends in a long enough run of equal lines."""
        a1, a2, b1, b2, _thorough = area
        best, split = _REACH * cost, None
        for d in fore.diagonals():
            i = fore.furthest[d]
            j = i - d
            value = (i - a1) + (j - b1) - abs(d - fore.middle)
            if (
                value > best
                and a1 + _SNAKE <= i < a2
                and b1 + _SNAKE <= j < b2
                and self.a[i - _SNAKE : i] == self.b[j - _SNAKE : j]
            ):
                best, split = value, (i, j, True, False)
        return split

    def _interesting_backward(self, back: _Reached, area: Area, cost: int) -> Split | None:
        a1, a2, b1, b2, _thorough = area
        best, split = _REACH * cost, None
        for d in back.diagonals():
            i = back.furthest[d]
            j = i - d
            value = (a2 - i) + (b2 - j) - abs(d - back.middle)
            if (
                value > best
                and a1 < i <= a2 - _SNAKE
                and b1 < j <= b2 - _SNAKE
                and self.a[i : i + _SNAKE] == self.b[j : j + _SNAKE]
            ):
                best, split = value, (i, j, False, True)
        return split


def _furthest(fore: _Reached, back: _Reached, area: Area) -> Split:
    """Gives up: the point furthest from its corner, whichever corner that is."""
    a1, a2, b1, b2, _thorough = area
    fore_best = fore_line = -1
    for d in fore.diagonals():
        i = min(fore.furthest[d], a2, b2 + d)
        if fore_best < 2 * i - d:
            fore_best, fore_line = 2 * i - d, i
    back_best = back_line = _OUTSIDE
    for d in back.diagonals():
        i = max(back.furthest[d], a1, b1 + d)
        if 2 * i - d < back_best:
            back_best, back_line = 2 * i - d, i
    if a2 + b2 - back_best < fore_best - (a1 + b1):
        return fore_line, fore_best - fore_line, True, False
    return back_line, back_best - back_line, False, True

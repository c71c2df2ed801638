"""Which lines of two texts match, to the peer's exact choice: its popularity limit, ties and window.

What is made of the matches, deltas, diffs or merges, belongs elsewhere (`docs/formats/binary-delta.md`).
"""

from __future__ import annotations

from bisect import bisect_left

from hydrargyrum.text.lines import split_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    #: Lines a1..a2 of the first text equal lines b1..b2 of the second.
    Block = tuple[int, int, int, int]

#: How many lines of the first text are looked at, counted from the end of an area.
WINDOW = 30_000


def blocks(a: bytes, b: bytes) -> list[Block]:
    """The matching blocks of two texts, see `match_lines`.

    Raises:
        Unsupported: a text has 4 GiB or more.
    """
    return match_lines(split_lines(a), split_lines(b))


def match_lines(a: Sequence[bytes], b: Sequence[bytes]) -> list[Block]:
    """The matching blocks in ascending order, closed by an empty block at the ends of both.

    Empty blocks also remain in between, where a block was absorbed by the one before it.
    """
    found = _search(_Matcher(a, b))
    found.append((len(a), len(a), len(b), len(b)))
    return _push_down(found, a, b)


def _search(matcher: _Matcher) -> list[Block]:
    """Takes the longest match, then searches before it and after it."""
    found: list[Block] = []
    # An area to look into, or (marked) a block between two areas.
    steps: list[tuple[bool, Block]] = [(False, (0, len(matcher.a), 0, len(matcher.b)))]
    while steps:
        is_block, (a1, a2, b1, b2) = steps.pop()
        if is_block:
            found.append((a1, a2, b1, b2))
            continue
        if a1 == a2 or b1 == b2:
            continue
        block = matcher.longest(a1, a2, b1, b2)
        if block is not None:
            steps.append((False, (block[1], a2, block[3], b2)))
            steps.append((True, block))
            steps.append((False, (a1, block[0], b1, block[2])))
    return found


def _push_down(found: list[Block], a: Sequence[bytes], b: Sequence[bytes]) -> list[Block]:
    """Moves each block's end as far down as it goes where it touches the next one, at that one's expense."""
    for index in range(len(found) - 1):
        a1, a2, b1, b2 = found[index]
        next_a1, next_a2, next_b1, next_b2 = found[index + 1]
        if a2 != next_a1 and b2 != next_b1:
            continue
        most = min(next_a2 - next_a1, len(a) - a2, len(b) - b2)
        size = 0
        while size < most and a[a2 + size] == b[b2 + size]:
            size += 1
        if size:
            found[index] = (a1, a2 + size, b1, b2 + size)
            found[index + 1] = (next_a1 + size, next_a2, next_b1 + size, next_b2)
    return found


def _popularity_limit(length: int) -> int:
    """Lines that occur more often than this in a second text of `length` lines start no run."""
    return length // 1000 if length >= 31_000 else 1_000_000 // (length + 1)


class _Matcher:
    """The lines of both texts as classes of equal lines, and the runs of matching lines seen so far."""

    __slots__ = ("a", "b", "first_is_popular", "places", "run_ends", "run_lengths")

    def __init__(self, a: Sequence[bytes], b: Sequence[bytes]) -> None:
        numbers: dict[bytes, int] = {}
        where: list[list[int]] = []
        self.b: list[int] = []
        for index, line in enumerate(b):
            number = numbers.setdefault(line, len(where))
            if number == len(where):
                where.append([])
            where[number].append(index)
            self.b.append(number)
        limit = _popularity_limit(len(b))
        startable = [places if len(places) <= limit else () for places in where]
        #: The class of each line of the first text; -1 where the second lacks the line.
        self.a = [numbers.get(line, -1) for line in a]
        #: For each line of the first text, the lines of the second where a run with it may start.
        self.places: list[Sequence[int]] = [startable[number] if number >= 0 else () for number in self.a]
        self.first_is_popular = bool(self.a) and self.a[0] >= 0 and not self.places[0]
        self.run_ends = [-1] * len(b)
        self.run_lengths = [0] * len(b)

    def longest(self, a1: int, a2: int, b1: int, b2: int) -> Block | None:
        """The longest match inside an area, or else what its first lines have in common."""
        bottom = a2 - WINDOW if a2 - a1 > WINDOW else a1
        best = (a1, b1, 0)
        all_places = self.places
        for i in range(bottom, a2):
            places = all_places[i]
            if places:
                if places[-1] >= b2:
                    places = places[: bisect_left(places, b2)]
                best = self._visit(i, places, (bottom, a2, b1, b2), best)
        i, j, size = best
        # Popular lines start no run, but they continue one, even an empty one at the start of the area.
        if size:
            i, j = i - size + 1, j - size + 1
        most = min(a2 - i, b2 - j)
        while size < most and self.a[i + size] == self.b[j + size]:
            size += 1
        return (i, i + size, j, j + size) if size else None

    def _visit(
        self, i: int, places: Sequence[int], window: Block, best: tuple[int, int, int]
    ) -> tuple[int, int, int]:
        """Looks at all runs that end at line `i` of the first text, from the last place to the first."""
        bottom, top, b1, b2 = window
        best_i, best_j, best_size = best
        ends, lengths = self.run_ends, self.run_lengths
        for j in reversed(places):
            if j < b1:
                break
            if i > bottom and j > b1 and ends[j - 1] == i - 1:
                size = lengths[j - 1] + 1
            else:
                size = self._run_length(i, j, min(i - bottom, j - b1))
            ends[j], lengths[j] = i, size
            if size > best_size:
                best_i, best_j, best_size = i, j, size
            elif size == best_size:
                # Equal runs: the one nearer to the middle keeps the two halves alike.
                if best_i < i <= (bottom + top - 1) // 2 and j > b1:
                    best_i, best_j = i, j
                elif i == best_i and (best_j > (b1 + b2 - 1) // 2 or i == bottom):
                    best_j = j
        return best_i, best_j, best_size

    def _run_length(self, i: int, j: int, most: int) -> int:
        """How many lines are equal, counted backwards from `i` and `j`; at most `most` before them."""
        a, b, ends = self.a, self.b, self.run_ends
        for back in range(1, most + 1):
            line, place = i - back, j - back
            if ends[place] == line:
                return back + self.run_lengths[place]
            if a[line] != b[place] or (line == 0 and self.first_is_popular):
                return back
        return most + 1

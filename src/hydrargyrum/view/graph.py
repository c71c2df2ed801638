"""Draws changesets and the lines between them with characters, one row of columns above the other.

The drawing of a graph is a state that goes from changeset to changeset: which of them are still expected below, and in
which column. Which changesets there are is decided elsewhere.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    #: Sort of edge ("parent", "grandparent", "missing") and the revision that it leads to.
    Edge = tuple[str, int]
    #: Column before and behind a row.
    Move = tuple[int, int]
    Cells = list[str | None]

#: What lines look like; None ends a line that leads out of what is shown.
DEFAULT_STYLES: dict[str, str | None] = {"parent": "|", "grandparent": ":", "missing": None}


class Row:
    """One changeset in the drawing, or a row that only spreads the lines of many parents.

    Attributes:
        symbol: the character in its column.
        column: where it stands; moves: from column to column; columns: how many there are; more: how many are added
            (or taken away, -1) below.
        width: of the drawing, in characters.
    """

    __slots__ = ("column", "columns", "more", "moves", "symbol", "width")

    def __init__(
        self, symbol: str, column: int, moves: list[Move], columns: int, more: int, *, width: int
    ) -> None:
        self.symbol = symbol
        self.column = column
        self.moves = moves
        self.columns = columns
        self.more = more
        self.width = width


class Graph:
    """The state of a drawing.

    Args:
        styles: see `DEFAULT_STYLES`; a style may begin with a number, which is not interpreted.
        short: leave out rows in which nothing happens.
    """

    def __init__(self, styles: dict[str, str | None] | None = None, *, short: bool = False) -> None:
        self._styles = {**DEFAULT_STYLES, **(styles or {})}
        self._short = short
        self._expected: list[int] = []
        self._looks: dict[int, str | None] = {}
        self._last_more = 0
        self._last_column = 0

    # -- columns ------------------------------------------------------------------------------------------------

    def rows(self, rev: int, symbol: str, edges: Sequence[Edge]) -> Iterator[Row]:
        """The rows of a changeset; each has to be drawn before the next one is asked for."""
        expected = self._expected
        if rev not in expected:
            expected.append(rev)
        column = expected.index(rev)
        known, fresh = [], []
        for sort, parent in edges:
            if parent == rev:
                continue  # the null revision is its own parent
            if parent in expected:
                known.append(parent)
            else:
                fresh.append(parent)
                self._looks[parent] = self._styles.get(sort, "|")
        columns = len(expected)
        below = [*expected[:column], *fresh, *expected[column + 1 :]]
        moves = [(column, below.index(parent)) for parent in known]
        expected[:] = below
        width = 1 + 2 * columns
        for _ in range(len(fresh) - 2):
            # a row can add one column; further parents get rows of their own before
            width += 2
            moves += [(column, column), (column, column + 1)]
            yield Row(symbol, column, moves, columns, 1, width=width)
            symbol, moves = "\\", []
            column += 1
            columns += 1
        if fresh:
            moves.append((column, column))
        if len(fresh) > 1:
            moves.append((column, column + 1))
        more = len(below) - columns
        self._looks.pop(rev, None)
        yield Row(symbol, column, moves, columns, more, width=width + (2 if more > 0 else 0))

    # -- drawing ------------------------------------------------------------------------------------------------

    def draw(self, row: Row, text: Sequence[str]) -> list[str]:
        """The lines of a row with the lines of its text to the right."""
        column, columns, more = row.column, row.columns, row.more
        cells: Cells = []
        for rev in self._expected:
            cells += [self._looks.get(rev, "|"), " "]
        cells += ["|", " "] * max(columns + more - len(self._expected), 0)
        moves = row.moves
        if more == -1:
            moves = [(start, end + 1) if end > start else (start, end) for start, end in moves]
        padded = len(text) > 2 and more == -1 and any(start + 1 < end for start, end in moves)
        node_line = [*cells[: 2 * column], row.symbol, " "]
        node_line += self._tail(cells, row, straight=len(text) > 2 or padded)
        between = self._between(cells, row)
        _draw_moves(cells, moves, node_line, between)
        lines: list[Cells] = [node_line]
        if padded:
            lines.append(_padding(cells, row, moves))
        if not self._short or any(cell in ("\\", "/") for cell in between):
            lines.append(between)
        plain = cells[: 2 * (columns + more)]
        while len(lines) < len(text):
            lines.append(list(plain))
        self._end_lines(lines, plain)
        self._last_more, self._last_column = more, column
        width = 2 * max(columns, columns + more)
        texts = [*text, *[""] * (len(lines) - len(text))]
        return [
            ("".join(cell or "" for cell in line).ljust(width) + " " + shown).rstrip(_BLANK)
            for line, shown in zip(lines, texts, strict=True)
        ]

    def _tail(self, cells: Cells, row: Row, *, straight: bool) -> Cells:
        """The line of the symbol to the right of it; lines that go on slanting do so already here."""
        rest = row.columns - row.column - 1
        if straight or row.more != self._last_more or row.more == 0:
            return cells[-2 * rest :] if rest > 0 else []
        if row.more == -1:
            start = max(row.column + 1, self._last_column)
            return [*cells[2 * row.column : 2 * (start - 1)], *["/", " "] * (row.columns - start)]
        return ["\\", " "] * rest

    def _between(self, cells: Cells, row: Row) -> Cells:
        """The line below the symbol, in which columns move."""
        column, rest = row.column, row.columns - row.column - 1
        line: Cells = [*cells[: 2 * column], *[" "] * (2 + row.more)]
        if row.more == 0:
            return line + cells[2 * (column + 1) : 2 * row.columns]
        return line + ["/" if row.more < 0 else "\\", " "] * rest

    def _end_lines(self, lines: list[Cells], plain: Cells) -> None:
        """Let lines end that lead to what is not shown, and move those to the right of them."""
        if None not in self._looks.values():
            return
        marks = {1: "~"} if self._short else {1: "|", 2: "~"}
        ends = plain[::2]
        while ends and ends[-1] is None:
            ends.pop()
        shift = max(2 * ends.count(None) - 1, 0)
        while len(lines) < (2 if self._short else 3) + shift:
            lines.append(list(plain))
        if shift:
            self._shift(lines[-shift:], plain)
        for place, line in enumerate(lines):
            line[:] = [cell or marks.get(place, " ") for cell in line]
        for rev in [rev for rev, look in self._looks.items() if look is None]:
            del self._looks[rev]
            self._expected.remove(rev)

    @staticmethod
    def _shift(lines: list[Cells], plain: Cells) -> None:
        first = plain.index(None)
        moving = [place for place in range(first, len(plain), 2) if plain[place] is not None]
        targets = [first + 2 * number for number in range(len(moving))]
        places = list(moving)
        for line in lines:
            line[first:] = [" "] * (len(line) - first)
            for number, target in enumerate(targets):
                place = places[number] - 1
                places[number] = max(place, target)
                line[place] = "/" if place > target else plain[moving[number]]


#: What is cut off at the end of a line.
_BLANK = " \t\n\r\x0b\x0c"


def _draw_moves(cells: Cells, moves: Iterable[Move], node_line: Cells, between: Cells) -> None:
    """Put the lines from a symbol to its parents into both lines."""
    for start, end in moves:
        if start == end + 1:
            between[2 * end + 1] = "/"
        elif start == end - 1:
            between[2 * start + 1] = "\\"
        elif start == end:
            between[2 * start] = cells[2 * start]
        elif 2 * end < len(node_line):
            node_line[2 * end] = "+"
            left, right = sorted((start, end))
            for place in range(2 * left + 1, 2 * right):
                if node_line[place] != "+":
                    node_line[place] = "-"


def _padding(cells: Cells, row: Row, moves: Sequence[Move]) -> Cells:
    """A line between a long horizontal one and the slanting ones below."""
    column, rest = row.column, row.columns - row.column - 1
    line = cells[: 2 * column]
    straight = (column, column - 1) in moves or (column, column) in moves
    line += cells[2 * column : 2 * (column + 1)] if straight else [" ", " "]
    return line + (cells[-2 * rest :] if rest > 0 else [])


def edges_of(
    parents: Sequence[int],
    shown: Callable[[int], bool],
    nearest: Callable[[int], Sequence[int]],
) -> list[Edge]:
    """The edges of a changeset.

    Args:
        parents: its parents, without the null one.
        shown: whether a revision is part of the drawing.
        nearest: the nearest ancestors of one that is not that are, ascending.
    """
    there = {parent for parent in parents if shown(parent)}
    edges: list[Edge] = [("parent", parent) for parent in sorted(there)]
    for parent in parents:
        if parent in there:
            continue
        found = nearest(parent)
        if not found:
            edges.append(("missing", parent))
            there.add(parent)
            continue
        edges += [("grandparent", rev) for rev in found if rev not in there]
        there.update(found)
    return edges

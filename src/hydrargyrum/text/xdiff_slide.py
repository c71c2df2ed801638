"""Where a change stands when equal lines around it allow several places.

Beside a change of the other side, or where indentation and blank lines suggest a border. Which lines change belongs to
`xdiff_search`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: Indentation beyond this is not told apart.
_MAX_INDENT = 200
#: So many blank lines are looked at around a border.
_MAX_BLANKS = 20
#: After so many places without improvement the search for a better one ends.
_MAX_BORING = 100


class _Group:
    """A run of changed lines, or the empty run before an unchanged line. Flags have one more place at their end."""

    __slots__ = ("changed", "end", "start")

    def __init__(self, changed: bytearray) -> None:
        self.changed = changed
        self.start = self.end = 0
        self._grow_down()

    def _grow_down(self) -> None:
        while self.changed[self.end]:
            self.end += 1

    def _grow_up(self) -> None:
        while self.start and self.changed[self.start - 1]:
            self.start -= 1

    def step_on(self) -> bool:
        """Goes to the next group, if this one does not end the text."""
        if self.end == len(self.changed) - 1:
            return False
        self.start = self.end = self.end + 1
        self._grow_down()
        return True

    def step_back(self) -> None:
        if self.start:
            self.start = self.end = self.start - 1
            self._grow_up()

    def slide_down(self, lines: list[bytes]) -> bool:
        """Moves the change one line down if the lines allow it, and takes in a change it then touches."""
        if self.end >= len(lines) or lines[self.start] != lines[self.end]:
            return False
        self.changed[self.start] = 0
        self.changed[self.end] = 1
        self.start += 1
        self.end += 1
        self._grow_down()
        return True

    def slide_up(self, lines: list[bytes]) -> bool:
        if not self.start or lines[self.start - 1] != lines[self.end - 1]:
            return False
        self.start -= 1
        self.end -= 1
        self.changed[self.start] = 1
        self.changed[self.end] = 0
        self._grow_up()
        return True


def compact(lines: list[bytes], changed: bytearray, other: bytearray) -> None:
    """Gives each change of one side its place; `other` tells where the other side changes."""
    group, beside = _Group(changed), _Group(other)
    while True:
        if group.end > group.start:
            _place(lines, group, beside)
        if not group.step_on():
            return
        beside.step_on()


def _place(lines: list[bytes], group: _Group, beside: _Group) -> None:
    # Up and down as far as it goes, again when it took in a neighbour.
    while True:
        size = group.end - group.start
        while group.slide_up(lines):
            beside.step_back()
        highest_end = group.end
        aligned = beside.end > beside.start
        while group.slide_down(lines):
            beside.step_on()
            aligned = aligned or beside.end > beside.start
        if group.end - group.start == size:
            break
    if group.end == highest_end:
        return
    if aligned:
        while beside.end == beside.start and group.slide_up(lines):
            beside.step_back()
        return
    best = _best_end(lines, group, highest_end)
    while group.end > best and group.slide_up(lines):
        beside.step_back()


def _best_end(lines: list[bytes], group: _Group, highest_end: int) -> int:
    """The end from `highest_end` to the group's own at which both borders look best, the lowest of equals."""
    best, best_indent, best_penalty = -1, 0, 0
    boring = 0
    size = group.end - group.start
    for end in range(group.end, highest_end - 1, -1):
        upper, lower = _score(lines, end), _score(lines, end - size)
        indent, penalty = upper[0] + lower[0], upper[1] + lower[1]
        direction = (indent > best_indent) - (indent < best_indent)
        if best == -1 or 60 * direction + penalty - best_penalty < 0:
            boring = 0
            best, best_indent, best_penalty = end, indent, penalty
        else:
            boring += 1
            if boring >= _MAX_BORING:
                break
    return best


def _score(lines: list[bytes], place: int) -> tuple[int, int]:
    """Indentation and penalty of a border between two lines; smaller is better, indentation -1 is none."""
    blanks_before, indent_before = _nearest(lines, range(place - 1, -1, -1))
    blanks_after, indent_after = _nearest(lines, range(place + 1, len(lines)))
    ends_text = place >= len(lines)
    indent = -1 if ends_text else _indent(lines[place])
    penalty = 21 if ends_text else 0
    if indent_before == -1 and not blanks_before:
        penalty += 1
    blanks_below = 0
    if indent == -1:
        blanks_below = 1 + blanks_after
        indent = indent_after
    blanks = blanks_before + blanks_below
    penalty += 6 * blanks_below - 30 * blanks
    if indent != -1 and indent_before != -1:
        if indent > indent_before:
            penalty += 10 if blanks else -4
        elif indent < indent_before:
            deeper_below = indent_after != -1 and indent_after > indent
            penalty += 17 if blanks else 24 if deeper_below else 23
    return indent, penalty


def _nearest(lines: list[bytes], indexes: Iterable[int]) -> tuple[int, int]:
    """How many blank lines come first, and the indentation of the line after them."""
    blanks = 0
    for index in indexes:
        found = _indent(lines[index])
        if found != -1:
            return blanks, found
        blanks += 1
        if blanks == _MAX_BLANKS:
            return blanks, 0
    return blanks, -1


def _indent(line: bytes) -> int:
    """The columns before the first visible byte, -1 for a blank line."""
    columns = 0
    for byte in line:
        if byte == 0x20:
            columns += 1
        elif byte == 0x09:
            columns += 8 - columns % 8
        elif byte not in b"\n\r\v\f":
            return columns
        if columns >= _MAX_INDENT:
            return _MAX_INDENT
    return -1

"""Graphs written as short texts, such as `+3:a<a+2/a`: reading and writing them.

Making changesets from such a text is the business of `ops.building`. An event is a pair: "node" with (number, parents),
"label" with (number, name), "branch" with a name.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    Event = tuple[str, Any]

_STRING = r'(?:"(?:[^"\\]|\\.)*"|[A-Za-z0-9]*)'
#: One element; what does not fit is an error.
_ELEMENT = rf"""
    (?P<nothing> \s+ | \#[^\n\r\0]* | !![^\n\r\0]* | !{_STRING} )
  | \+ (?P<run> \d+ )
  | (?P<one> \. )
  | (?P<root> \$ )
  | (?P<fork> \*{_STRING}(?:/{_STRING})* | (?:/{_STRING})+ )
  | < (?P<base> {_STRING} )
  | : (?P<label> {_STRING} )
  | @ (?P<branch> {_STRING} )
"""


def parse_graph(text: str) -> Iterator[Event]:
    """The events of a text: nodes are numbered from 0, the parent of a root is -1.

    Raises:
        Abort: something in it means nothing, when it is reached.
    """
    import re

    element = re.compile(_ELEMENT, re.VERBOSE | re.ASCII)
    labels: dict[str, int] = {}
    position, count, parent = 0, 0, -1

    def resolve(name: str) -> int:
        if not name:
            return parent
        if name[0].isdigit():
            return count - int(name)
        if name not in labels:
            raise errors.Abort(f"unknown label in dag description: {name}")
        return labels[name]

    while position < len(text):
        found = element.match(text, position)
        if found is None:
            raise errors.Abort(f"invalid character in dag description: {text[position : position + 10]}...")
        position = found.end()
        kind, value = found.lastgroup, _plain(found.group(found.lastgroup or 0))
        if kind in ("run", "one"):
            for _ in range(int(value) if kind == "run" else 1):
                yield "node", (count, [parent])
                parent, count = count, count + 1
        elif kind == "fork":
            parts = _parts(found.group("fork"))
            yield "node", (count, [resolve(name) for name in parts])
            parent, count = count, count + 1
        elif kind == "root":
            parent = -1
        elif kind == "base":
            parent = resolve(value)
        elif kind == "label":
            labels[value] = parent
            yield "label", (parent, value)
        elif kind == "branch":
            yield "branch", value


def _plain(text: str) -> str:
    """A string without its quotation marks."""
    if not text.startswith('"'):
        return text
    import re

    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def _parts(text: str) -> list[str]:
    """The references of a fork or merge; the first may be left out."""
    import re

    return [_plain(part) for part in re.findall(rf"[*/]({_STRING})", text if text[0] == "*" else f"*{text}")]


class GraphWriter:
    """Writes events as lines.

    Args:
        dots: a dot for each node of a run instead of a number, and a new line before what is no run.
        spaces: between elements.
    """

    _WIDTH = 70

    def __init__(self, *, dots: bool, spaces: bool) -> None:
        self._dots = dots
        self._spaces = spaces
        self._labels: dict[int, str] = {}
        self._run = 0

    def lines(self, events: Iterable[Event]) -> Iterator[str]:
        """The lines, without their ends."""
        line = ""
        for part in self._parts(events):
            if part == "\n":
                if line:
                    yield line
                line = ""
                continue
            if len(line) + len(part) >= self._WIDTH:
                yield line
                line = ""
            elif self._spaces and line and part != ".":
                line += " "
            line += part
        if line:
            yield line

    def _parts(self, events: Iterable[Event]) -> Iterator[str]:
        seen_root = False
        for kind, data in events:
            if kind == "node":
                number, parents = data
                usual = int(number) - 1
                given = [int(parent) for parent in parents] or [-1]
                if given == [-1]:
                    if seen_root:
                        yield from self._end_of_run()
                        yield from ["\n", "$"] if self._dots else ["$"]
                        usual = -1
                    seen_root = True
                yield from self._node(int(number), given, usual)
                continue
            yield from self._end_of_run()
            if kind == "label":
                self._labels[int(data[0])] = str(data[1])
                yield from (f":{data[1]}", "\n")
            else:
                yield from ("\n", f"@{_quoted(str(data))}")
        yield from self._end_of_run()

    def _node(self, number: int, parents: list[int], usual: int) -> Iterator[str]:
        if parents == [usual]:
            if self._dots:
                yield "."
            else:
                self._run += 1
            return
        yield from self._end_of_run()
        if self._dots:
            yield "\n"
        names = [
            "" if parent == usual else self._labels.get(parent, str(number - parent)) for parent in parents
        ]
        yield "*" + "/".join(names)

    def _end_of_run(self) -> Iterator[str]:
        if self._run:
            yield f"+{self._run}"
            self._run = 0


def _quoted(text: str) -> str:
    if text.isascii() and (not text or (text.isalnum() and text == text.lower())):
        return text
    escaped = text.replace("\\", "\\\\")
    return f'"{escaped}"'

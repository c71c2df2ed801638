"""Reads the text of configuration files into layers. Which files there are and whom to trust is not known here.

The format is described in `docs/formats/hgrc.md`. No regular expressions: this runs before every command.
"""

from __future__ import annotations

import os

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: How deep `%include` may nest.
MAX_INCLUDE_DEPTH = 50

_BLANK = b" \t\n\r\x0b\x0c"


class Value:
    """One value with its origin.

    Attributes:
        text: the value; source: "FILE:LINE", "--config", "$EDITOR" and so on; level: a later layer has a higher one.
        root: directory that a relative `[paths]` value starts from.
    """

    __slots__ = ("level", "root", "source", "text")

    def __init__(self, text: str, source: str, level: int, root: str | None = None) -> None:
        self.text = text
        self.source = source
        self.level = level
        self.root = root


class Layer:
    """Sections of names of values, in the order in which they were last set.

    Attributes:
        sections: by name; a section that was only opened is present and empty.
        unset: (section, name) pairs that `%unset` takes away from the layers below.
        level: of the values that are set next.
    """

    __slots__ = ("level", "sections", "unset")

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, Value]] = {}
        self.unset: list[tuple[str, str]] = []
        self.level = 0

    def set(self, section: str, name: str, text: str, source: str, root: str | None = None) -> None:
        """Set a value; it becomes the last of its section."""
        names = self.sections.setdefault(section, {})
        names.pop(name, None)
        names[name] = Value(text, source, self.level, root)

    def remove(self, section: str, name: str) -> None:
        """Remove a value, if it is there."""
        self.sections.get(section, {}).pop(name, None)

    def find(self, section: str, name: str) -> Value | None:
        """The value, or None."""
        return self.sections.get(section, {}).get(name)

    def lay_over(self, upper: Layer) -> None:
        """Put another layer on top of this one."""
        base = self.level + 1
        top = self.level
        for section, name in upper.unset:
            self.remove(section, name)
        for section, names in upper.sections.items():
            mine = self.sections.setdefault(section, {})
            for name, value in names.items():
                level = base + value.level
                top = max(top, level)
                mine.pop(name, None)
                mine[name] = Value(value.text, value.source, level, value.root)
        self.level = top

    def copy(self) -> Layer:
        """A copy whose next values are one level higher."""
        new = Layer()
        new.sections = {section: dict(names) for section, names in self.sections.items()}
        new.level = self.level + 1
        return new


def decode(data: bytes) -> str:
    """Text of names and values: any byte sequence survives."""
    return data.decode("utf-8", "surrogateescape")


def expand_path(path: str) -> str:
    """`~` and environment variables replaced."""
    if "$" in path:
        path = os.path.expandvars(path)
    return os.path.expanduser(path)


def read_file(path: str, data: bytes, root: str | None = None) -> Layer:
    """The layer of a file with everything that it includes.

    Args:
        path: names the file in sources, and relative includes start from its directory.
        data: its content.
        root: see `Value`.

    Raises:
        ConfigParse: a line that is no item, or an include that cannot be read.
    """
    layer = Layer()
    _Reader(layer, root, _read_disk).read(path, data, 0)
    return layer


def parse(source: str, data: bytes, read: Callable[[str], bytes | None] | None = None) -> Layer:
    """The layer of a text that is no file on disk.

    Args:
        source: names the text in sources.
        data: its content.
        read: given what is included as it is written, gives its content, None where there is nothing; without it, an
            include is an error.

    Raises:
        ConfigParse: a line that is no item.
    """
    layer = Layer()
    if read is None:
        _Parser(layer, source, None, None).run(data)
    else:
        _Reader(layer, None, read).read(source, data, 0)
    return layer


def _read_disk(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


class _Reader:
    """Reads texts with everything that they include into one layer."""

    __slots__ = ("_is_disk", "_layer", "_read", "_root")

    def __init__(self, layer: Layer, root: str | None, read: Callable[[str], bytes | None]) -> None:
        self._layer = layer
        self._root = root
        self._read = read
        self._is_disk = read is _read_disk

    def read(self, path: str, data: bytes, depth: int) -> None:
        """Reads a text that `depth` others include."""
        layer = self._layer
        layer.level += 1
        directory = os.path.split(path)[0]

        def include(name: str) -> str | None:
            if depth >= MAX_INCLUDE_DEPTH:
                return "too many levels of includes"
            included = os.path.normpath(os.path.join(directory, name)) if self._is_disk else name
            try:
                content = self._read(included)
            except OSError as problem:
                return problem.strerror or str(problem)
            if content is not None:
                self.read(included, content, depth + 1)
                layer.level += 1
            return None

        _Parser(layer, path, self._root, include).run(data)


class _Parser:
    """The state of one file: the open section, and the item that an indented line continues."""

    __slots__ = ("_continues", "_include", "_layer", "_line", "_name", "_path", "_root", "_section")

    def __init__(
        self, layer: Layer, path: str, root: str | None, include: Callable[[str], str | None] | None
    ) -> None:
        self._layer = layer
        self._path = path
        self._root = root
        self._include = include
        self._section = ""
        self._name = ""
        self._continues = False
        self._line = 0

    def run(self, data: bytes) -> None:
        if data.startswith(b"\xef\xbb\xbf"):
            data = data[3:]
        for line in data.splitlines(True):
            self._line += 1
            first = line[:1]
            if self._continues:
                if first in (b";", b"#"):
                    continue
                if first in (b" ", b"\t", b"\x0b", b"\x0c") and line.strip(_BLANK):
                    self._continue(decode(line.strip(_BLANK)))
                    continue
                self._continues = False
            if first in (b";", b"#") or not line.strip(_BLANK):
                continue
            if not (
                self._directive(line) or self._open_section(line) or self._item(line) or self._unset(line)
            ):
                self._refuse(line)

    def _source(self) -> str:
        return f"{self._path}:{self._line}"

    def _continue(self, more: str) -> None:
        found = self._layer.find(self._section, self._name)
        text = "" if found is None else found.text
        self._layer.set(self._section, self._name, f"{text}\n{more}", self._source(), self._root)

    def _directive(self, line: bytes) -> bool:
        if self._include is None or not line.startswith(b"%include") or line[8:9] not in _BLANK_BYTES:
            return False
        name = decode(line[8:].strip(_BLANK))
        if not name:
            return False
        name = expand_path(name)
        problem = self._include(name)
        if problem is not None:
            text = f"cannot include {name} ({problem})"
            raise errors.ConfigParse(path=self._path, line=self._line, text=text)
        return True

    def _open_section(self, line: bytes) -> bool:
        if not line.startswith(b"["):
            return False
        inside = line[1:].split(b"[", 1)[0]
        end = inside.rfind(b"]")
        if end < 1:
            return False
        self._section = decode(inside[:end])
        self._layer.sections.setdefault(self._section, {})
        return True

    def _item(self, line: bytes) -> bool:
        name, equals, text = line.partition(b"=")
        if not equals or not name or name[:1] in _BLANK_BYTES:
            return False
        self._name = decode(name.rstrip(_BLANK))
        self._continues = True
        self._layer.set(self._section, self._name, decode(text.strip(_BLANK)), self._source(), self._root)
        return True

    def _unset(self, line: bytes) -> bool:
        if not line.startswith(b"%unset") or line[6:7] not in _BLANK_BYTES:
            return False
        words = line[6:].split(None, 1)
        if not words:
            return False
        name = decode(words[0])
        self._layer.remove(self._section, name)
        self._layer.unset.append((self._section, name))
        return True

    def _refuse(self, line: bytes) -> None:
        text = decode(line.rstrip(_BLANK))
        if line.startswith(b" "):
            text = f"unexpected leading whitespace: {text}"
        raise errors.ConfigParse(path=self._path, line=self._line, text=text)


_BLANK_BYTES = frozenset(bytes((byte,)) for byte in _BLANK)

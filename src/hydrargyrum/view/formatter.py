"""Items with named fields in; plain lines, JSON, CBOR, pickle, literals or rendered templates out.

A command says each thing once (field, plain text, label) and never asks which form it goes to; what fields mean is the
command's business.
"""

# ruff: noqa: ARG002, ARG005 (every form is told the same, whether it uses it or not)
from __future__ import annotations

from hydrargyrum.view.codec import to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.view.templates.declare import Vocabulary
    from hydrargyrum.view.templates.environment import Environment, Settings

    #: Writes text or finished bytes under a label.
    Write = Callable[[str | bytes, str], object]

#: Rendered items are handed on in pieces of about this many characters.
_CHUNK = 65536


class Formatter:
    """Collects the fields of one item after the other.

    Attributes:
        is_plain: plain lines are wanted and nothing else.
        is_strict: the form allows no text between items.
    """

    is_plain = False
    is_strict = False

    def __init__(self, topic: str, write: Write) -> None:
        self.topic = topic
        self._write = write
        self._item: dict[str, object] | None = None
        self._resources: dict[str, object] = {}

    def __enter__(self) -> Formatter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.end()
        else:
            self.abandon()

    def start_item(self) -> None:
        """Begin an item (and finish the one before)."""
        if self._item is not None:
            self._finish_item(self._item)
        self._item, self._resources = {}, {}

    def resources(self, **resources: object) -> None:
        """What templates may read for this item: `repo`, `changeset`, `file`."""
        self._resources.update(resources)

    def fields_used(self) -> frozenset[str]:
        """Names that the template takes values from: hints for costly fields."""
        return frozenset()

    def data(self, **fields: object) -> None:
        """Fields that plain lines do not show."""
        if self._item is not None:
            self._item.update(fields)

    def field(self, name: str, value: object, text: str, label: str = "") -> None:
        """A field, and what it looks like in plain lines."""
        if self._item is not None:
            self._item[name] = value

    def field_if(self, condition: bool, name: str, value: object, text: str, label: str = "") -> None:
        """A field that plain lines show on a condition only."""
        if self._item is not None:
            self._item[name] = value

    def content(self, name: str, data: bytes) -> None:
        """A field that is the content of a file; plain output is the content itself."""
        if self._item is not None:
            self._item[name] = to_text(data)

    def plain(self, text: str, label: str = "") -> None:
        """Text for plain lines only."""

    def date(self, date: tuple[int, int], notation: str) -> object:
        """A date as a value for this form; `notation` is for plain lines."""
        return (int(date[0]), int(date[1]))

    def items(self, values: Sequence[object], name: str, separator: str = " ") -> object:
        """A list as a value for this form."""
        return list(values)

    def entries(
        self, values: Mapping[str, object], key: str = "key", value: str = "value", notation: str = "%s=%s"
    ) -> object:
        """A dict as a value for this form."""
        return dict(values)

    def node(self, node: bytes) -> str:
        """A hash as this form shows it."""
        return node.hex()

    def nested(self, name: str, template: str | None = None, separator: str = "") -> Formatter:
        """A formatter for rows inside the current item, under a field of that name."""
        rows: list[dict[str, object]] = []
        if self._item is not None:
            self._item[name] = self._wrap_rows(rows, template, separator)
        return _NestedFormatter(self, rows)

    def flush(self) -> None:
        """Hand on what is complete, so that a message elsewhere comes after it."""
        if self._item is not None:
            self._finish_item(self._item)
            self._item = None

    def end(self) -> None:
        """Finish the last item and the whole."""
        if self._item is not None:
            self._finish_item(self._item)
            self._item = None
        self._finish()

    def abandon(self) -> None:
        """An error has come: only items that are finished are shown, and nothing that would close the whole."""

    def _wrap_rows(self, rows: list[dict[str, object]], template: str | None, separator: str) -> object:
        return rows

    def _finish_item(self, item: dict[str, object]) -> None:
        """Show a complete item."""

    def _finish(self) -> None:
        """Show what follows the last item."""


class _NestedFormatter(Formatter):
    """Rows inside an item; values are made by the form outside."""

    def __init__(self, outer: Formatter, rows: list[dict[str, object]]) -> None:
        super().__init__(outer.topic, outer._write)
        self._outer = outer
        self._rows = rows

    def date(self, date: tuple[int, int], notation: str) -> object:
        """As outside."""
        return self._outer.date(date, notation)

    def items(self, values: Sequence[object], name: str, separator: str = " ") -> object:
        """As outside."""
        return self._outer.items(values, name, separator)

    def entries(
        self, values: Mapping[str, object], key: str = "key", value: str = "value", notation: str = "%s=%s"
    ) -> object:
        """As outside."""
        return self._outer.entries(values, key, value, notation)

    def _wrap_rows(self, rows: list[dict[str, object]], template: str | None, separator: str) -> object:
        return self._outer._wrap_rows(rows, template, separator)

    def _finish_item(self, item: dict[str, object]) -> None:
        self._rows.append(item)


class PlainFormatter(Formatter):
    """Plain lines, written at once."""

    is_plain = True

    def __init__(self, topic: str, write: Write, *, full_nodes: bool = False) -> None:
        super().__init__(topic, write)
        self._full_nodes = full_nodes

    def start_item(self) -> None:
        """Plain lines have no items."""

    def field(self, name: str, value: object, text: str, label: str = "") -> None:
        """Write the text."""
        self._write(text, label)

    def field_if(self, condition: bool, name: str, value: object, text: str, label: str = "") -> None:
        """Write the text on the condition."""
        if condition:
            self._write(text, label)

    def plain(self, text: str, label: str = "") -> None:
        """Write the text."""
        self._write(text, label)

    def content(self, name: str, data: bytes) -> None:
        """Write the content."""
        self._write(data, "")

    def date(self, date: tuple[int, int], notation: str) -> object:
        """The date in the notation."""
        from hydrargyrum.dates import format_date

        return format_date(date, notation)

    def items(self, values: Sequence[object], name: str, separator: str = " ") -> object:
        """The values with the separator between."""
        return separator.join(map(str, values))

    def entries(
        self, values: Mapping[str, object], key: str = "key", value: str = "value", notation: str = "%s=%s"
    ) -> object:
        """The entries separated by spaces."""
        return " ".join(notation % entry for entry in sorted(values.items()))

    def node(self, node: bytes) -> str:
        """Short unless debugging."""
        return node.hex() if self._full_nodes else node.hex()[:12]

    def nested(self, name: str, template: str | None = None, separator: str = "") -> Formatter:
        """Nested rows are plain lines too."""
        return self


class _Chunked(Formatter):
    """Base of forms that are written in pieces."""

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._pieces: list[str] = []
        self._waiting = 0

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._waiting += len(text)
        if self._waiting >= _CHUNK:
            self._hand_over()

    def flush(self) -> None:
        """Finish the item and write."""
        super().flush()
        self._hand_over()

    def abandon(self) -> None:
        """Hand over the items that are finished."""
        self._hand_over()

    def _hand_over(self) -> None:
        if self._pieces:
            self._write("".join(self._pieces), "")
            self._pieces, self._waiting = [], 0

    def _finish(self) -> None:
        self._hand_over()


class JsonFormatter(_Chunked):
    """A JSON list of objects with sorted keys."""

    is_strict = True

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._between = ""
        self._put("[")

    def _finish_item(self, item: dict[str, object]) -> None:
        from hydrargyrum.view.encoders import to_json

        lines = (f'  "{key}": {to_json(value, ascii_only=False)}' for key, value in sorted(item.items()))
        self._put(self._between + "\n {\n" + ",\n".join(lines) + "\n }")
        self._between = ","

    def _finish(self) -> None:
        self._put("\n]\n")
        self._hand_over()


class DebugFormatter(_Chunked):
    """A literal of a list of dicts."""

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._put(f"{topic} = [\n")

    def _finish_item(self, item: dict[str, object]) -> None:
        from hydrargyrum.view.encoders import to_literal

        self._put(f"    {to_literal(item, indent=4, level=1)},\n")

    def _finish(self) -> None:
        self._put("]\n")
        self._hand_over()


class CborFormatter(_Chunked):
    """A CBOR list of maps."""

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        from hydrargyrum.view.encoders import CBOR_BEGIN_LIST

        self._put(to_text(CBOR_BEGIN_LIST))

    def _finish_item(self, item: dict[str, object]) -> None:
        from hydrargyrum.view.encoders import to_cbor

        self._put(to_text(to_cbor(item)))

    def _finish(self) -> None:
        from hydrargyrum.view.encoders import CBOR_BREAK

        self._put(to_text(CBOR_BREAK))
        self._hand_over()


class PickleFormatter(Formatter):
    """A Python pickle of a list of dicts; text and keys are bytes in it."""

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._rows: list[object] = []
        self._names: set[str] = set()
        self._shared: dict[int, tuple[str, bytes]] = {}

    def field(self, name: str, value: object, text: str, label: str = "") -> None:
        """Names of fields are objects that all items share, as opposed to those of `data`."""
        self._names.add(name)
        super().field(name, value, text, label)

    def field_if(self, condition: bool, name: str, value: object, text: str, label: str = "") -> None:
        """Like `field`."""
        self.field(name, value, text, label)

    def _finish_item(self, item: dict[str, object]) -> None:
        self._rows.append(
            {
                self._bytes(name) if name in self._names else to_bytes(name): self._plain(value)
                for name, value in item.items()
            }
        )

    def _plain(self, value: object) -> object:
        if isinstance(value, str):
            return self._bytes(value)
        if isinstance(value, dict):
            return {to_bytes(key): self._plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._plain(item) for item in value)
        return value

    def _bytes(self, text: str) -> bytes:
        # one object stays one object: pickles refer to what they have written before
        found = self._shared.get(id(text))
        if found is None:
            found = self._shared[id(text)] = (text, to_bytes(text))
        return found[1]

    def _finish(self) -> None:
        import pickle

        self._write(pickle.dumps(self._rows), "")


class TemplateFormatter(_Chunked):
    """Every item through a template, with the templates of its header, footer and separator around."""

    def __init__(self, topic: str, write: Write, environment: Environment, name: str) -> None:
        super().__init__(topic, write)
        self._environment = environment
        self._name = name
        self._index = 0
        self._put_part("docheader")

    def _put_part(self, part: str) -> None:
        name = f"{self._name}:{part}"
        if self._name and name in self._environment:
            self._put(self._environment.render(name, {}))

    def fields_used(self) -> frozenset[str]:
        """Names in the template."""
        return self._environment.names_used(self._name)

    def _finish_item(self, item: dict[str, object]) -> None:
        from hydrargyrum.view.templates.values import Scalar

        names = {key: Scalar(None) if value is None else value for key, value in item.items()}
        names["index"] = self._index
        if self._index:
            self._put_part("separator")
        self._index += 1
        self._put(self._environment.render(self._name, names, self._resources))

    def _finish(self) -> None:
        self._put_part("docfooter")
        self._hand_over()

    def _wrap_rows(self, rows: list[dict[str, object]], template: str | None, separator: str) -> object:
        from hydrargyrum.view.templates.containers import MappingList
        from hydrargyrum.view.templates.values import Overlay

        listed = MappingList((), template, separator)
        listed.mappings = _Live(rows, Overlay)  # type: ignore[assignment]
        return listed

    def date(self, date: tuple[int, int], notation: str) -> object:
        """A date value."""
        from hydrargyrum.view.templates.values import DateValue

        return DateValue(date)

    def items(self, values: Sequence[object], name: str, separator: str = " ") -> object:
        """A list value that shows itself as plain lines do."""
        from hydrargyrum.view.templates.containers import list_value

        shown = separator.join(map(str, values))
        return list_value(list(values), name, shown=lambda scope: shown)

    def entries(
        self, values: Mapping[str, object], key: str = "key", value: str = "value", notation: str = "%s=%s"
    ) -> object:
        """A dict value that shows itself as plain lines do."""
        from hydrargyrum.view.templates.containers import dict_value

        ordered = dict(sorted(values.items()))
        shown = " ".join(notation % entry for entry in ordered.items())
        return dict_value(ordered, key, value, notation, shown=lambda scope: shown)


class _Live:
    """Rows that are still being collected, as overlays."""

    def __init__(self, rows: list[dict[str, object]], overlay: Callable[[dict[str, object]], object]) -> None:
        self._rows = rows
        self._overlay = overlay

    def __iter__(self) -> object:
        return map(self._overlay, self._rows)

    def __len__(self) -> int:
        return len(self._rows)


_SERIAL: Mapping[str, Callable[[str, Write], Formatter]] = {
    "json": JsonFormatter,
    "cbor": CborFormatter,
    "pickle": PickleFormatter,
    "debug": DebugFormatter,
}

#: What stands around items whose fields were chosen: before, between, after.
_AROUND_FIELDS = {"json": ("[\n ", ",\n ", "\n]\n"), "cbor": ("\udc9f", "", "\udcff")}


def open_formatter(
    topic: str,
    wanted: str,
    write: Write,
    config: Config,
    *,
    settings: Settings | None = None,
    vocabulary: Vocabulary | None = None,
    resources: Mapping[str, object] | None = None,
    full_nodes: bool = False,
) -> Formatter:
    """The formatter for the user's `-T`.

    Args:
        topic: name of what is listed, for example "status".
        wanted: the value of `-T`, "" for none.
        write: where the output goes.
        config: for [templates], [templatealias], `ui.formatjson` and `ui.formatdebug`.
        settings, vocabulary, resources: for templates; see `Environment`.
        full_nodes: plain lines show whole hashes.

    Raises:
        ParseError: a template that cannot be parsed (also when the first item is shown).
        StyleListWanted: the user wants to see what styles there are.
    """
    if not wanted:
        if config.boolean("ui", "formatdebug"):
            return DebugFormatter(topic, write)
        if config.boolean("ui", "formatjson"):
            return JsonFormatter(topic, write)
        return PlainFormatter(topic, write, full_nodes=full_nodes)
    from hydrargyrum.view.templates.selection import STYLES, select_template, unquote

    selection = select_template(wanted, config, settings.cwd if settings is not None else "")
    if selection.sort == "serial":
        return _SERIAL[selection.name](topic, write)
    from hydrargyrum.view.templates.environment import Environment

    texts = {name: unquote(value.text) for name, value in config.section("templates")}
    aliases = [(name, value.text) for name, value in config.section("templatealias")]
    name = selection.name
    if selection.sort == "style":
        # a topic that the style does not know is noticed when the first item is shown
        texts = {part if part == topic else f"{topic}:{part}": text for part, text in STYLES[name].items()}
        aliases, name = [], topic
    elif selection.sort == "fields":
        texts[name] = f"{{dict({selection.text})|{name}}}"
        parts = ("docheader", "separator", "docfooter")
        texts.update(zip((f"{name}:{part}" for part in parts), _AROUND_FIELDS[name], strict=True))
    elif selection.sort == "literal":
        texts[""] = selection.text
    environment = Environment(
        texts,
        aliases,
        vocabulary=vocabulary,
        resources={"config": config, **(resources or {})},
        settings=settings,
    )
    return TemplateFormatter(topic, write, environment, name)

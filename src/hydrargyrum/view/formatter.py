"""Items with named fields in; plain lines, JSON, CBOR, pickle, literals or rendered templates out.

A command says each thing once (field, plain text, label) and never asks which form it goes to; what fields mean is the
command's business.
"""

# ruff: noqa: ARG002 (every form is told the same, whether it uses it or not)
from __future__ import annotations

from hydrargyrum.view.codec import to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.view.templates.declare import Vocabulary
    from hydrargyrum.view.templates.environment import Settings

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
        if kind is not None:
            self.abandon()
            return
        try:
            self.end()
        except BaseException:
            self.abandon()
            raise

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

    def end_for_now(self) -> None:
        """Finish the whole, although more may come; an item that comes is shown behind the last one, shown once more."""
        item = self._item
        self.end()
        self._item = item

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


class Chunked(Formatter):
    """Base of forms that are written in pieces."""

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._pieces: list[str] = []
        self._waiting = 0

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._waiting += len(text)
        if self._waiting >= _CHUNK:
            self.hand_over()

    def flush(self) -> None:
        """Finish the item and write."""
        super().flush()
        self.hand_over()

    def abandon(self) -> None:
        """Hand over the items that are finished."""
        self.hand_over()

    def hand_over(self) -> None:
        """Write what is waiting."""
        if self._pieces:
            self._write("".join(self._pieces), "")
            self._pieces, self._waiting = [], 0

    def _finish(self) -> None:
        self.hand_over()


#: Templates around those of items.
_PARTS = ("docheader", "separator", "docfooter")
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
            from hydrargyrum.view.serial import DebugFormatter

            return DebugFormatter(topic, write)
        if config.boolean("ui", "formatjson"):
            from hydrargyrum.view.serial import JsonFormatter

            return JsonFormatter(topic, write)
        return PlainFormatter(topic, write, full_nodes=full_nodes)
    from hydrargyrum.view.templates.mapfiles import read_map
    from hydrargyrum.view.templates.selection import select_template, unquote

    selection = select_template(wanted, config, settings.cwd if settings is not None else "")
    if selection.sort == "serial":
        from hydrargyrum.view.serial import SERIAL_FORMATTERS

        return SERIAL_FORMATTERS[selection.name](topic, write)
    from hydrargyrum.view.templated import TemplateFormatter
    from hydrargyrum.view.templates.environment import Environment

    texts = {name: unquote(value.text) for name, value in config.section("templates")}
    aliases = [(name, value.text) for name, value in config.section("templatealias")]
    name = selection.name
    if selection.sort in ("style", "map"):
        # a topic that the style does not know is noticed when the first item is shown
        texts, aliases = read_map(name, "")
        texts.update((f"{topic}:{part}", texts[part]) for part in _PARTS if part in texts)
        name = topic
    elif selection.sort == "fields":
        texts[name] = f"{{dict({selection.text})|{name}}}"
        texts.update(zip((f"{name}:{part}" for part in _PARTS), _AROUND_FIELDS[name], strict=True))
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

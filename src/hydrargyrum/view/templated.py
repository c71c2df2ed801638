"""Items through a template, each as soon as it is complete.

The language is in `templates`; which template is used is decided by `formatter`.
"""
# ruff: noqa: ARG002, ARG005 (every form is told the same, whether it uses it or not)

from __future__ import annotations

from hydrargyrum.view.formatter import Chunked
from hydrargyrum.view.templates.containers import MappingList, dict_value, list_value
from hydrargyrum.view.templates.values import DateValue, Overlay, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.view.formatter import Write
    from hydrargyrum.view.templates.environment import Environment


class TemplateFormatter(Chunked):
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
        names = {key: Scalar(None) if value is None else value for key, value in item.items()}
        names["index"] = self._index
        if self._index:
            self._put_part("separator")
        self._index += 1
        self._put(self._environment.render(self._name, names, self._resources))

    def _finish(self) -> None:
        self._put_part("docfooter")
        self.hand_over()

    def _wrap_rows(self, rows: list[dict[str, object]], template: str | None, separator: str) -> object:
        listed = MappingList((), template, separator)
        listed.mappings = _Live(rows, Overlay)  # type: ignore[assignment]
        return listed

    def date(self, date: tuple[int, int], notation: str) -> object:
        """A date value."""
        return DateValue(date)

    def items(self, values: Sequence[object], name: str, separator: str = " ") -> object:
        """A list value that shows itself as plain lines do."""
        shown = separator.join(map(str, values))
        return list_value(list(values), name, shown=lambda scope: shown)

    def entries(
        self, values: Mapping[str, object], key: str = "key", value: str = "value", notation: str = "%s=%s"
    ) -> object:
        """A dict value that shows itself as plain lines do."""
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

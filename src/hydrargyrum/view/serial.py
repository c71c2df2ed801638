"""Items as JSON, CBOR, pickle or a literal, for other programs to read.

How single values are encoded is in `encoders`; when which form is used is decided by `formatter`.
"""
# ruff: noqa: ARG002 (every form is told the same, whether it uses it or not)

from __future__ import annotations

from hydrargyrum.view.codec import to_bytes, to_text
from hydrargyrum.view.encoders import CBOR_BEGIN_LIST, CBOR_BREAK, to_cbor, to_json, to_literal
from hydrargyrum.view.formatter import Chunked, Formatter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hydrargyrum.view.formatter import Write


class JsonFormatter(Chunked):
    """A JSON list of objects with sorted keys."""

    is_strict = True

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._between = ""
        self._names: dict[str, str] = {}
        self._put("[")

    def _finish_item(self, item: dict[str, object]) -> None:
        names = self._names
        for key in item.keys() - names.keys():
            names[key] = to_json(key, ascii_only=False)
        lines = (f"  {names[key]}: {to_json(value, ascii_only=False)}" for key, value in sorted(item.items()))
        self._put(self._between + "\n {\n" + ",\n".join(lines) + "\n }")
        self._between = ","

    def _finish(self) -> None:
        self._put("\n]\n")
        self.hand_over()


class DebugFormatter(Chunked):
    """A literal of a list of dicts."""

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._put(f"{topic} = [\n")

    def _finish_item(self, item: dict[str, object]) -> None:
        self._put(f"    {to_literal(item, indent=4, level=1)},\n")

    def _finish(self) -> None:
        self._put("]\n")
        self.hand_over()


class CborFormatter(Chunked):
    """A CBOR list of maps."""

    def __init__(self, topic: str, write: Write) -> None:
        super().__init__(topic, write)
        self._put(to_text(CBOR_BEGIN_LIST))

    def _finish_item(self, item: dict[str, object]) -> None:
        self._put(to_text(to_cbor(item)))

    def _finish(self) -> None:
        self._put(to_text(CBOR_BREAK))
        self.hand_over()


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


#: By the name that `-T` has for them.
SERIAL_FORMATTERS: Mapping[str, Callable[[str, Write], Formatter]] = {
    "json": JsonFormatter,
    "cbor": CborFormatter,
    "pickle": PickleFormatter,
    "debug": DebugFormatter,
}

"""A declared config item: section, name, default and kind. The table of the built-in ones is in `items`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    Kind = Literal["text", "boolean", "integer", "number", "bytes", "list", "path", "date"]
    Default = str | int | float | bool | tuple[str, ...] | None


class ConfigItem:
    """One config item.

    Attributes:
        section, name: where users write it.
        default: its value where nobody set it, in the kind's Python type.
        kind: how its text is read: text, boolean, integer, number, bytes (a size such as "10 MB"), list, path, date.
        aliases: older (section, name) pairs that are read too; the highest layer wins.
        experimental: it may change or go.
        generic: no item of this name is declared, a pattern of its section covers it.
        dynamic: the default is worked out where the item is read.
    """

    __slots__ = ("aliases", "default", "dynamic", "experimental", "generic", "kind", "name", "section")

    def __init__(
        self,
        section: str,
        name: str,
        default: Default = None,
        kind: Kind = "text",
        *,
        aliases: Sequence[tuple[str, str]] = (),
        experimental: bool = False,
        generic: bool = False,
        dynamic: bool = False,
    ) -> None:
        self.section = section
        self.name = name
        self.default = default
        self.kind = kind
        self.aliases = tuple(aliases)
        self.experimental = experimental
        self.generic = generic
        self.dynamic = dynamic

    def __repr__(self) -> str:
        return f"ConfigItem({self.section!r}, {self.name!r}, {self.default!r}, {self.kind!r})"

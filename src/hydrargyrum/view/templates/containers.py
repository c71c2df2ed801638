"""Values with items: lists, dicts, nested rows and what `%` produced.

The rules for single values and the conversions between values are in `values`; nothing here parses.
"""

# ruff: noqa: ARG002 (every value answers the same questions)
from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.codec import to_bytes
from hydrargyrum.view.templates.values import (
    Overlay,
    Single,
    Text,
    Value,
    coerce,
    lift,
    plain_text,
    stringify,
    unwrap,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from hydrargyrum.view.templates.scope import Scope


class Collection(Value):
    """A list or a dict, with a say in how its items are mapped and shown.

    Attributes:
        values: the list, or a dict (whose items are its keys).
        make_overlay: names for one item; item_text: an item when joined.
        shown: what the whole looks like, where that is not its items joined by a space.
        key_type: what an item that is looked for is made into ("value", "text" or "integer").
    """

    __slots__ = ("item_text", "key_type", "make_overlay", "shown", "values")

    def __init__(
        self,
        values: Sequence[object] | Mapping[str, object],
        make_overlay: Callable[[object], Mapping[str, object] | Overlay],
        item_text: Callable[[object], str],
        shown: Callable[[Scope], str] | None = None,
        key_type: str = "value",
    ) -> None:
        self.values = values
        self.make_overlay = make_overlay
        self.item_text = item_text
        self.shown = shown
        self.key_type = key_type

    def contains(self, scope: Scope, item: object) -> bool:
        """Whether it is an item, or a key of a dict."""
        try:
            return coerce(scope, item, self.key_type) in self.values
        except TypeError:  # a list is in no dict
            return False

    def member(self, scope: Scope, key: object) -> object:
        """The value under a key of a dict, None where there is none."""
        values = self.values
        if not isinstance(values, dict):
            raise errors.ParseError("not a dictionary")
        name = coerce(scope, key, self.key_type)
        try:
            return self._item(name, values.get(name))
        except TypeError:
            return None

    def smallest(self, scope: Scope) -> object:
        """The smallest item or key."""
        return self._extreme(min)

    def largest(self, scope: Scope) -> object:
        """The largest item or key."""
        return self._extreme(max)

    def _extreme(self, pick: Callable[..., object]) -> object:
        if not self.values:
            raise errors.ParseError("empty sequence")
        found = pick(self.values, key=_order)
        return self._item(found, found)

    def _item(self, key: object, value: object) -> object:
        if value is None or isinstance(value, Collection):
            return value
        return Item(key, value, self.make_overlay)

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """The items (of a dict: the entries) that are wanted."""
        kept: Sequence[object] | Mapping[str, object]
        if isinstance(self.values, dict):
            kept = {key: value for key, value in self.values.items() if wanted(lift(self._item(key, value)))}
        else:
            kept = [value for value in self.values if wanted(lift(self._item(value, value)))]
        return Collection(kept, self.make_overlay, self.item_text, None, self.key_type)

    def overlays(self, scope: Scope) -> Iterator[Overlay]:
        """One per item."""
        for item in self.values:
            made = self.make_overlay(item)
            yield made if isinstance(made, Overlay) else Overlay(made)

    def joined(self, scope: Scope, separator: str) -> str:
        """Its items as text."""
        return separator.join(self.item_text(item) for item in self.values)

    def show(self, scope: Scope) -> str:
        """The whole as text."""
        return self.joined(scope, " ") if self.shown is None else self.shown(scope)

    def truth(self, scope: Scope) -> bool:
        """Whether it has items."""
        return bool(self.values)

    def plain(self, scope: Scope) -> object:
        """A list or dict of plain values."""
        if isinstance(self.values, dict):
            return {key: unwrap(scope, value) for key, value in self.values.items()}
        return [unwrap(scope, value) for value in self.values]


def _order(value: object) -> object:
    return to_bytes(value) if isinstance(value, str) else value


def list_value(
    items: Sequence[object], name: str, *, shown: Callable[[Scope], str] | None = None
) -> Collection:
    """A list whose items `%` knows by `name`."""
    return Collection(items, lambda item: {name: item}, plain_text, shown)


def dict_value(
    entries: Mapping[str, object],
    key: str = "key",
    value: str = "value",
    notation: str = "%s=%s",
    *,
    shown: Callable[[Scope], str] | None = None,
) -> Collection:
    """A dict whose entries `%` knows by the names `key` and `value`."""

    def make_overlay(item: object) -> Mapping[str, object]:
        return {key: item, value: entries[str(item)]}

    def item_text(item: object) -> str:
        return notation % (item, plain_text(entries[str(item)]))

    return Collection(entries, make_overlay, item_text, shown)


class Item(Single):
    """An item that was taken out of a collection and can still be mapped like one."""

    __slots__ = ("key", "make_overlay", "shown", "value")

    def __init__(
        self,
        key: object,
        value: object,
        make_overlay: Callable[[object], Mapping[str, object] | Overlay],
        shown: Callable[[Scope], str] | None = None,
    ) -> None:
        self.key = key
        self.value = value
        self.make_overlay = make_overlay
        self.shown = shown

    def overlay(self, scope: Scope) -> Overlay:
        """The names of the item."""
        made = self.make_overlay(self.key)
        return made if isinstance(made, Overlay) else Overlay(made)

    def contains(self, scope: Scope, item: object) -> bool:
        """As its value does."""
        return lift(self.value).contains(scope, item)

    def member(self, scope: Scope, key: object) -> object:
        """As its value does."""
        return lift(self.value).member(scope, key)

    def smallest(self, scope: Scope) -> object:
        """As its value does."""
        return lift(self.value).smallest(scope)

    def largest(self, scope: Scope) -> object:
        """As its value does."""
        return lift(self.value).largest(scope)

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """As its value does."""
        return lift(self.value).select(scope, wanted)

    def joined(self, scope: Scope, separator: str) -> str:
        """As its value does."""
        return lift(self.value).joined(scope, separator)

    def show(self, scope: Scope) -> str:
        """Its value as text, or what it was given to be shown as."""
        return plain_text(self.value) if self.shown is None else self.shown(scope)

    def truth(self, scope: Scope) -> bool:
        """As its value does."""
        return lift(self.value).truth(scope)

    def plain(self, scope: Scope) -> object:
        """Its value."""
        return self.value


class MappingList(Value):
    """A list of mappings (nested rows), shown by a template of its own if it has one."""

    __slots__ = ("mappings", "separator", "template")

    def __init__(self, mappings: Iterable[Overlay], template: str | None = None, separator: str = "") -> None:
        self.mappings = list(mappings)
        self.template = template
        self.separator = separator

    def contains(self, scope: Scope, item: object) -> bool:
        """Mappings cannot be compared."""
        raise errors.ParseError("not comparable")

    def member(self, scope: Scope, key: object) -> object:
        """A list has no members."""
        raise errors.ParseError("not a dictionary")

    def smallest(self, scope: Scope) -> object:
        """Mappings cannot be compared."""
        raise errors.ParseError("not comparable")

    def largest(self, scope: Scope) -> object:
        """Mappings cannot be compared."""
        raise errors.ParseError("not comparable")

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """Mappings have no value to look at."""
        raise errors.ParseError("not filterable without template")

    def overlays(self, scope: Scope) -> Iterator[Overlay]:
        """The mappings."""
        return iter(self.mappings)

    def joined(self, scope: Scope, separator: str) -> str:
        """Each mapping through the template."""
        if self.template is None:
            raise errors.ParseError("not displayable without template")
        expand = scope.environment.expand
        return separator.join(
            expand(self.template, inner) for inner in scope.overlaid_by_each(self.overlays(scope))
        )

    def show(self, scope: Scope) -> str:
        """All mappings through the template."""
        return self.joined(scope, self.separator)

    def truth(self, scope: Scope) -> bool:
        """Whether there are any."""
        return bool(self.mappings)

    def plain(self, scope: Scope) -> object:
        """A list of dicts of plain values."""
        found = []
        for overlay in self.overlays(scope):
            inner = scope.overlaid(overlay)
            found.append({name: unwrap(inner, value) for name, value in overlay.names.items()})
        return found


class MappingValue(Single):
    """One mapping, shown by a template of its own if it has one."""

    __slots__ = ("_list",)

    def __init__(self, overlay: Overlay, template: str | None = None) -> None:
        self._list = MappingList([overlay], template)

    def overlay(self, scope: Scope) -> Overlay:
        """The mapping."""
        return self._list.mappings[0]

    def contains(self, scope: Scope, item: object) -> bool:
        """A mapping cannot be compared."""
        return self._list.contains(scope, item)

    def member(self, scope: Scope, key: object) -> object:
        """Members are taken by name, with a dot."""
        return self._list.member(scope, key)

    def smallest(self, scope: Scope) -> object:
        """A mapping cannot be compared."""
        return self._list.smallest(scope)

    def largest(self, scope: Scope) -> object:
        """A mapping cannot be compared."""
        return self._list.largest(scope)

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """A mapping has no items."""
        return self._list.select(scope, wanted)

    def joined(self, scope: Scope, separator: str) -> str:
        """The mapping through the template."""
        return self._list.joined(scope, separator)

    def show(self, scope: Scope) -> str:
        """The mapping through the template."""
        return self._list.show(scope)

    def truth(self, scope: Scope) -> bool:
        """A mapping is true."""
        return True

    def plain(self, scope: Scope) -> object:
        """A dict of plain values."""
        found = self._list.plain(scope)
        assert isinstance(found, list)
        return found[0]


class Rendered(Value):
    """The texts that `%` produced; computed when they are needed."""

    __slots__ = ("_produce",)

    def __init__(self, produce: Callable[[], Iterable[str]]) -> None:
        self._produce = produce

    def contains(self, scope: Scope, item: object) -> bool:
        """Whether a text is one of them."""
        return stringify(scope, item) in list(self._produce())

    def member(self, scope: Scope, key: object) -> object:
        """A list has no members."""
        raise errors.ParseError("not a dictionary")

    def smallest(self, scope: Scope) -> object:
        """The smallest text."""
        return self._extreme(min)

    def largest(self, scope: Scope) -> object:
        """The largest text."""
        return self._extreme(max)

    def _extreme(self, pick: Callable[..., str]) -> object:
        texts = list(self._produce())
        if not texts:
            raise errors.ParseError("empty sequence")
        return pick(texts, key=to_bytes)

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """The texts that are wanted."""
        produce = self._produce
        return Rendered(lambda: (text for text in produce() if wanted(Text(text))))

    def overlays(self, scope: Scope) -> Iterator[Overlay]:
        """Texts have no names."""
        raise errors.ParseError("list of strings is not mappable")

    def joined(self, scope: Scope, separator: str) -> str:
        """The texts with the separator between."""
        return separator.join(self._produce())

    def show(self, scope: Scope) -> str:
        """The texts in a row."""
        return "".join(self._produce())

    def truth(self, scope: Scope) -> bool:
        """Whether there are any."""
        return next(iter(self._produce()), None) is not None

    def plain(self, scope: Scope) -> object:
        """The list of texts."""
        return list(self._produce())

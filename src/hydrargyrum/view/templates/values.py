"""What expressions evaluate to: single values and the conversions between them.

Plain text, numbers, booleans and None are used as they are and lifted by `lift` when an operation is asked of them.
Values with items are in `containers`; nothing here parses, and nothing knows where a value came from.
"""

# ruff: noqa: ARG002 (every value answers the same questions)
from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.dates import parse_date
from hydrargyrum.view.codec import to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hydrargyrum.view.templates.scope import Scope


class Overlay:
    """Names and resources that are put over a scope while an item is rendered."""

    __slots__ = ("names", "resources")

    def __init__(self, names: Mapping[str, object], resources: Mapping[str, object] | None = None) -> None:
        self.names = names
        self.resources = resources if resources is not None else {}


class Value:
    """Base of values with behaviour; operations that make no sense raise ParseError."""

    __slots__ = ()

    #: For "... is not iterable" and the like.
    noun = "value"

    def contains(self, scope: Scope, item: object) -> bool:
        """Whether `item` is in it."""
        raise errors.ParseError(f"{self.noun} is not iterable")

    def member(self, scope: Scope, key: object) -> object:
        """The value under a key."""
        raise errors.ParseError(f"{self.noun} is not a dictionary")

    def smallest(self, scope: Scope) -> object:
        """The smallest item."""
        raise errors.ParseError(f"{self.noun} is not iterable")

    def largest(self, scope: Scope) -> object:
        """The largest item."""
        raise errors.ParseError(f"{self.noun} is not iterable")

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """The same sort of value with the items that are wanted."""
        raise errors.ParseError(f"{self.noun} is not iterable")

    def overlays(self, scope: Scope) -> Iterator[Overlay]:
        """What `%` renders a template over."""
        raise errors.ParseError(f"{self.noun} is not iterable of mappings")

    def joined(self, scope: Scope, separator: str) -> str:
        """Its items as text."""
        raise errors.ParseError(f"{self.noun} is not iterable")

    def show(self, scope: Scope) -> str:
        """It as text."""
        return plain_text(self.plain(scope))

    def truth(self, scope: Scope) -> bool:
        """Whether `if` takes it as true."""
        return bool(self.plain(scope))

    def plain(self, scope: Scope) -> object:
        """The value that filters and serialisers see."""
        return None


class Single(Value):
    """A value that stands for one mapping: it has members by name, and `%` renders once."""

    __slots__ = ()

    def overlay(self, scope: Scope) -> Overlay:
        """The names it brings."""
        return Overlay({})

    def overlays(self, scope: Scope) -> Iterator[Overlay]:
        """Itself."""
        yield self.overlay(scope)


def quoted(text: str) -> str:
    """Text as messages quote it."""
    return repr(to_bytes(text))[1:]


class Text(Value):
    """Text that was asked for an operation; its items are bytes."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def noun(self) -> str:  # type: ignore[override]
        """Itself, quoted."""
        return quoted(self.text)

    def _items(self) -> list[str]:
        return [to_text(bytes([byte])) for byte in to_bytes(self.text)]

    def contains(self, scope: Scope, item: object) -> bool:
        """Whether it has `item` as a part."""
        return to_bytes(stringify(scope, item)) in to_bytes(self.text)

    def smallest(self, scope: Scope) -> object:
        """The smallest byte."""
        return self._extreme(min)

    def largest(self, scope: Scope) -> object:
        """The largest byte."""
        return self._extreme(max)

    def _extreme(self, pick: Callable[[bytes], int]) -> str:
        if not self.text:
            raise errors.ParseError("empty string")
        return to_text(bytes([pick(to_bytes(self.text))]))

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """Text has no items to choose from."""
        raise errors.ParseError(f"{self.noun} is not filterable")

    def joined(self, scope: Scope, separator: str) -> str:
        """Its bytes with the separator between."""
        return to_text(to_bytes(separator.join(self._items())))

    def show(self, scope: Scope) -> str:
        """The text."""
        return self.text

    def truth(self, scope: Scope) -> bool:
        """Whether there is any."""
        return bool(self.text)

    def plain(self, scope: Scope) -> object:
        """The text."""
        return self.text


class Scalar(Value):
    """A number, a plain boolean or None."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    @property
    def noun(self) -> str:  # type: ignore[override]
        """Itself."""
        return repr(self.value)

    def show(self, scope: Scope) -> str:
        """Its text; none for None."""
        return "" if self.value is None else str(self.value)

    def truth(self, scope: Scope) -> bool:
        """Booleans and None as they are; every number is true."""
        if self.value is None or isinstance(self.value, bool):
            return bool(self.value)
        return bool(str(self.value))

    def plain(self, scope: Scope) -> object:
        """The value."""
        return self.value


class Nothing(Scalar):
    """None where a mapping was possible: `%` renders nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None)

    def overlays(self, scope: Scope) -> Iterator[Overlay]:
        """No mapping."""
        return iter(())


class Boolean(Value):
    """A boolean that is shown as "true" or "false"."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = bool(value)

    @property
    def noun(self) -> str:  # type: ignore[override]
        """Itself, quoted."""
        return f"'{self.value}'"

    def contains(self, scope: Scope, item: object) -> bool:
        """A boolean has no items."""
        raise errors.ParseError("boolean string")

    def smallest(self, scope: Scope) -> object:
        """A boolean has no items."""
        raise errors.ParseError("boolean string")

    def largest(self, scope: Scope) -> object:
        """A boolean has no items."""
        raise errors.ParseError("boolean string")

    def select(self, scope: Scope, wanted: Callable[[Value], bool]) -> Value:
        """A boolean has no items."""
        raise errors.ParseError(f"{self.noun} is not filterable")

    def joined(self, scope: Scope, separator: str) -> str:
        """The letters of its text with the separator between."""
        return separator.join(self.show(scope))

    def show(self, scope: Scope) -> str:
        """ "true" or "false"."""
        return "true" if self.value else "false"

    def truth(self, scope: Scope) -> bool:
        """The boolean."""
        return self.value

    def plain(self, scope: Scope) -> object:
        """Its text."""
        return self.show(scope)


class DateValue(Single):
    """A date: seconds since the epoch and seconds west of UTC."""

    __slots__ = ("date", "notation")

    noun = "date"

    def __init__(self, date: tuple[float, float], notation: str = "%d %d") -> None:
        self.date = (int(date[0]), int(date[1]))
        self.notation = notation

    def overlay(self, scope: Scope) -> Overlay:
        """Its two numbers."""
        return Overlay({"unixtime": self.date[0], "tzoffset": self.date[1]})

    def show(self, scope: Scope) -> str:
        """Both numbers."""
        return self.notation % self.date

    def truth(self, scope: Scope) -> bool:
        """A date is true."""
        return True

    def plain(self, scope: Scope) -> object:
        """The pair."""
        return self.date


def plain_text(item: object) -> str:
    """An item of a collection as text, without a scope."""
    if isinstance(item, str):
        return item
    if isinstance(item, DateValue):
        return item.notation % item.date
    return str(item)


def lift(thing: object) -> Value:
    """A value with behaviour for anything an expression can give."""
    if isinstance(thing, Value):
        return thing
    return Text(thing) if isinstance(thing, str) else Scalar(thing)


def unwrap(scope: Scope, thing: object) -> object:
    """The plain value of anything an expression can give."""
    return thing.plain(scope) if isinstance(thing, Value) else thing


def stringify(scope: Scope, thing: object) -> str:
    """Anything an expression can give, as text."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, Value):
        return thing.show(scope)
    if thing is None:
        return ""
    if hasattr(thing, "__iter__"):
        return "".join(stringify(scope, item) for item in thing)
    return str(thing)


def to_integer(scope: Scope, thing: object, problem: str | None = None) -> int:
    """Anything an expression can give, as a number. Raises ParseError with `problem`."""
    value = unwrap(scope, thing)
    try:
        return int(to_bytes(value) if isinstance(value, str) else value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        raise errors.ParseError(problem or "not an integer") from None


def to_date(scope: Scope, thing: object, problem: str | None = None) -> tuple[int, int]:
    """Anything an expression can give, as a date. Raises ParseError with `problem`."""
    value = unwrap(scope, thing)
    if isinstance(value, tuple) and len(value) == 2:
        return value
    if not value:
        return 0, 0
    if not isinstance(value, str):
        raise errors.ParseError(problem or "not a date tuple nor a string")
    try:
        return parse_date(value)
    except errors.ParseError:
        if problem is None:
            raise
        raise errors.ParseError(problem) from None


def coerce(scope: Scope, thing: object, kind: str) -> object:
    """A value made into "text", "date", "integer", or left as it is ("value")."""
    if kind == "text":
        return stringify(scope, thing)
    if kind == "date":
        return to_date(scope, thing)
    if kind == "integer":
        return to_integer(scope, thing)
    return unwrap(scope, thing)

"""Sets of revisions as `debugrevspec -s` shows them: kinds, parts and directions of the peer's, with their members.

Which of them an expression becomes is `notation`'s; nothing is evaluated lazily here, because somebody looks at all.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.types import Rev


class Shape:
    """A set.

    Attributes:
        values: the members in order.
        text: how it is shown.
    """

    values: list[Rev]

    @property
    def text(self) -> str:
        """How it is shown."""
        return ""

    def sorted(self, *, descending: bool) -> Shape:  # noqa: ARG002
        """The same, ascending or descending."""
        return self

    def reversed(self) -> Shape:
        """The same the other way round."""
        return self

    def __and__(self, other: Shape) -> Shape:
        if isinstance(other, Full):
            return self
        inside = set(other.values)
        return Filtered(self, other.text, [rev for rev in self.values if rev in inside])

    def __sub__(self, other: Shape) -> Shape:
        outside = set(other.values)
        return Filtered(self, f"<not {other.text}>", [rev for rev in self.values if rev not in outside])

    def between(self, start: int, stop: int) -> Shape:
        """The members from place `start` to before place `stop`."""
        return Base(self.values[start:stop], shown=f"slice={start}:{stop} {self.text}")


def _mark(ascending: bool | None) -> str:
    return "" if ascending is None else "+" if ascending else "-"


class Plain(Shape):
    """Members without an order, as some predicates give them."""

    def __init__(self, values: Iterable[Rev], *, frozen: bool = False) -> None:
        self.values = sorted(values)
        self._frozen = frozen

    @property
    def text(self) -> str:
        return repr(frozenset(self.values)) if self._frozen else f"set({self.values})"


class Base(Shape):
    """Members that are known.

    Attributes:
        ascending: None where they are in the order of a list.
        whole: whether they came without an order.
    """

    def __init__(
        self,
        values: Iterable[Rev] = (),
        ascending: bool | None = None,
        *,
        whole: bool = False,
        shown: str = "",
    ) -> None:
        self.values = list(values)
        if ascending is not None:
            self.values.sort(reverse=not ascending)
        self.ascending = ascending
        self.whole = whole
        self._shown = shown

    @property
    def text(self) -> str:
        shown = self._shown or str(self.values if self.ascending is None else sorted(self.values))
        return f"<baseset{_mark(self.ascending)} {shown}>"

    def _with(self, values: Iterable[Rev], ascending: bool | None) -> Base:
        return Base(values, ascending, whole=self.whole, shown=self._shown)

    def sorted(self, *, descending: bool) -> Shape:
        return self._with(self.values, not descending)

    def reversed(self) -> Shape:
        return self._with(self.values[::-1], None if self.ascending is None else not self.ascending)

    def __and__(self, other: Shape) -> Shape:
        if self._is_whole_like(other):
            return Base(set(self.values) & set(other.values), self.ascending, whole=True)
        return super().__and__(other)

    def __sub__(self, other: Shape) -> Shape:
        if self._is_whole_like(other):
            return Base(set(self.values) - set(other.values), self.ascending, whole=True)
        return super().__sub__(other)

    def _is_whole_like(self, other: Shape) -> bool:
        return isinstance(other, Base) and other.whole and self.whole and self.ascending is not None

    def between(self, start: int, stop: int) -> Shape:
        return Base(self.values[start:stop], self.ascending)


class Span(Shape):
    """All between two revisions but hidden ones."""

    kind = "spanset"

    def __init__(self, start: Rev, stop: Rev, hidden: frozenset[Rev], *, ascending: bool = True) -> None:
        self.start = start
        self.stop = stop
        self.hidden = hidden
        self.ascending = ascending
        revs = [rev for rev in range(start, stop) if rev not in hidden]
        self.values = revs if ascending else revs[::-1]

    @property
    def text(self) -> str:
        return f"<{self.kind}{_mark(self.ascending)} {self.start}:{self.stop}>"

    def sorted(self, *, descending: bool) -> Shape:
        return type(self)(self.start, self.stop, self.hidden, ascending=not descending)

    def reversed(self) -> Shape:
        return type(self)(self.start, self.stop, self.hidden, ascending=not self.ascending)

    def between(self, start: int, stop: int) -> Shape:
        if self.hidden:
            return super().between(start, stop)
        if self.ascending:
            low, high = self.start + start, self.start + stop
        else:
            low, high = self.stop - stop, self.stop - start
        low, high = (max(self.start, min(end, self.stop)) for end in (low, high))
        return Span(low, high, self.hidden, ascending=self.ascending)


class Full(Span):
    """All that are shown; whatever is asked about among them is in the order that it has."""

    kind = "fullreposet"

    def __and__(self, other: Shape) -> Shape:
        if isinstance(other, Plain):
            other = Base(other.values, ascending=True, whole=True)
        if self.hidden:
            other = other - Plain(self.hidden, frozen=True)
        return other.sorted(descending=not self.ascending)


class Filtered(Shape):
    """Those of a set that fulfil a condition."""

    def __init__(self, inside: Shape, condition: str, values: Iterable[Rev]) -> None:
        self._inside = inside
        self._condition = condition
        self.values = list(values)

    @property
    def text(self) -> str:
        condition = f", {self._condition}" if self._condition else ""
        return f"<filteredset {self._inside.text}{condition}>"

    def sorted(self, *, descending: bool) -> Shape:
        inside = self._inside.sorted(descending=descending)
        return Filtered(inside, self._condition, sorted(self.values, reverse=descending))

    def reversed(self) -> Shape:
        return Filtered(self._inside.reversed(), self._condition, self.values[::-1])


class Added(Shape):
    """One set, then what another one has more."""

    def __init__(self, one: Shape, other: Shape, ascending: bool | None = None) -> None:
        self._one = one
        self._other = other
        self._ascending = ascending
        self.values = list(dict.fromkeys([*one.values, *other.values]))
        if ascending is not None:
            self.values.sort(reverse=not ascending)

    @property
    def text(self) -> str:
        return f"<addset{_mark(self._ascending)} {self._one.text}, {self._other.text}>"

    def sorted(self, *, descending: bool) -> Shape:
        return Added(self._one, self._other, not descending)

    def reversed(self) -> Shape:
        found = Added(self._one, self._other, None if self._ascending is None else not self._ascending)
        found.values = self.values[::-1]
        return found


class Walked(Shape):
    """What a walk through the graph finds, upwards or downwards."""

    def __init__(self, values: Iterable[Rev], *, upwards: bool, ascending: bool = True) -> None:
        self._upwards = upwards
        self._ascending = ascending
        self.values = sorted(values, reverse=not ascending)

    @property
    def text(self) -> str:
        return f"<generatorset{'asc' if self._upwards else 'desc'}{_mark(self._ascending)}>"

    def sorted(self, *, descending: bool) -> Shape:
        return Walked(self.values, upwards=self._upwards, ascending=not descending)

    def reversed(self) -> Shape:
        return Walked(self.values, upwards=self._upwards, ascending=not self._ascending)

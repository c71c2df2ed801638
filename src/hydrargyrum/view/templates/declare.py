"""Keywords, filters and functions of the template language as values, and tables of them.

`hydrargyrum.extension` offers the same classes to others; what they compute is in the modules beside this one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal, TypeVar

    from hydrargyrum.view.templates.scope import Scope

    #: What a filter wants its argument to be: the value itself, text, or a date pair.
    Takes = Literal["value", "text", "date"]
    KeywordFunction = Callable[[Scope], object]
    FilterFunction = Callable[..., object]
    TemplateFunctionBody = Callable[[Scope, Any], object]
    K = TypeVar("K", bound=KeywordFunction)
    F = TypeVar("F", bound=FilterFunction)
    B = TypeVar("B", bound=TemplateFunctionBody)


class Keyword:
    """A name that stands for a value.

    Attributes:
        function: given the scope of the row; None where there is nothing to show.
        requires: resources it reads ("repo", "changeset", "file", "config", "cache"); without them it is empty.
    """

    __slots__ = ("function", "name", "requires")

    def __init__(self, name: str, function: KeywordFunction, requires: Iterable[str] = ()) -> None:
        self.name = name
        self.function = function
        self.requires = frozenset(requires)


class Filter:
    """A function of one value, written behind a bar.

    Attributes:
        function: given the value, or (`scoped`) the scope and the value.
        takes: what the value is made into before.
    """

    __slots__ = ("function", "name", "scoped", "takes")

    def __init__(
        self, name: str, function: FilterFunction, takes: Takes = "value", *, scoped: bool = False
    ) -> None:
        self.name = name
        self.function = function
        self.takes = takes
        self.scoped = scoped


class Function:
    """A function of expressions.

    Attributes:
        function: given the scope and the unevaluated arguments: a list, or a dict where `parameters` is set.
        parameters: names in order, as in "text width fillchar"; `*rest` collects positional ones, `**named` others.
        requires: resources it reads.
    """

    __slots__ = ("function", "name", "parameters", "requires")

    def __init__(
        self, name: str, function: TemplateFunctionBody, parameters: str = "", requires: Iterable[str] = ()
    ) -> None:
        self.name = name
        self.function = function
        self.parameters = parameters
        self.requires = frozenset(requires)


class Vocabulary:
    """Keywords, filters and functions by name; a copy can be extended without changing the original."""

    __slots__ = ("filters", "functions", "keywords")

    def __init__(self) -> None:
        self.keywords: dict[str, Keyword] = {}
        self.filters: dict[str, Filter] = {}
        self.functions: dict[str, Function] = {}

    def copy(self) -> Vocabulary:
        """An independent one with the same entries."""
        made = Vocabulary()
        made.keywords.update(self.keywords)
        made.filters.update(self.filters)
        made.functions.update(self.functions)
        return made

    def add(self, entry: object) -> None:
        """Add or replace an entry under its own name."""
        if isinstance(entry, Keyword):
            self.keywords[entry.name] = entry
        elif isinstance(entry, Filter):
            self.filters[entry.name] = entry
        elif isinstance(entry, Function):
            self.functions[entry.name] = entry
        else:
            raise TypeError(f"not a template keyword, filter or function: {entry!r}")

    def keyword(self, name: str, requires: Iterable[str] = ()) -> Callable[[K], K]:
        """Decorator: add a keyword."""

        def decorate(function: K) -> K:
            self.add(Keyword(name, function, requires))
            return function

        return decorate

    def filter(self, name: str, takes: Takes = "value", *, scoped: bool = False) -> Callable[[F], F]:
        """Decorator: add a filter."""

        def decorate(function: F) -> F:
            self.add(Filter(name, function, takes, scoped=scoped))
            return function

        return decorate

    def function(self, name: str, parameters: str = "", requires: Iterable[str] = ()) -> Callable[[B], B]:
        """Decorator: add a function."""

        def decorate(function: B) -> B:
            self.add(Function(name, function, parameters, requires))
            return function

        return decorate


_builtin: Vocabulary | None = None


def builtin_vocabulary() -> Vocabulary:
    """What the language has without extensions (shared: copy it before adding)."""
    global _builtin
    if _builtin is None:
        from hydrargyrum.view.templates import (
            fate_keywords,
            filters,
            functions,
            history_functions,
            history_keywords,
            keywords,
            revset_functions,
        )

        _builtin = Vocabulary()
        plain = (keywords, filters, functions)
        of_history = (history_keywords, fate_keywords, history_functions, revset_functions)
        for module in (*plain, *of_history):
            _builtin.keywords.update(module.VOCABULARY.keywords)
            _builtin.filters.update(module.VOCABULARY.filters)
            _builtin.functions.update(module.VOCABULARY.functions)
    return _builtin

"""Decorators with which extensions add keywords, filters and functions to the template language.

They declare the same kinds of entries that the built-in ones are; which of them are active is the registry's business.
"""

from __future__ import annotations

from hydrargyrum.extension.declarations import Registration, declare_for
from hydrargyrum.view.templates.declare import Filter, Function, Keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hydrargyrum.extension.registry import Registry
    from hydrargyrum.view.templates.declare import B, F, K, Takes, Vocabulary

#: Kind under which entries are registered.
KIND = "template"


def template_keyword(name: str, requires: Iterable[str] = ()) -> Callable[[K], K]:
    """Declare a keyword: a function of the row's scope.

    Args:
        name: as written between braces.
        requires: resources it reads: "repo", "changeset", "file", "config", "cache".

    Example:
        @template_keyword("shouted", requires=("changeset",))
        def shouted(scope: Scope) -> object:
            return scope.resource("changeset").description.upper()
    """

    def decorate(function: K) -> K:
        entry = Keyword(name, function, requires)
        declare_for(function.__module__, Registration(KIND, f"keyword {name}", entry))
        return function

    return decorate


def template_filter(name: str, takes: Takes = "value", *, scoped: bool = False) -> Callable[[F], F]:
    """Declare a filter: a function of one value, which is made into what it `takes` before.

    With `scoped` the function gets the scope first.
    """

    def decorate(function: F) -> F:
        entry = Filter(name, function, takes, scoped=scoped)
        declare_for(function.__module__, Registration(KIND, f"filter {name}", entry))
        return function

    return decorate


def template_function(name: str, parameters: str = "", requires: Iterable[str] = ()) -> Callable[[B], B]:
    """Declare a function of the scope and its unevaluated arguments.

    Arguments are a list of expressions, or with `parameters` (names separated by spaces, `*rest`, `**named`) a dict.
    """

    def decorate(function: B) -> B:
        entry = Function(name, function, parameters, requires)
        declare_for(function.__module__, Registration(KIND, f"function {name}", entry))
        return function

    return decorate


def active_vocabulary(registry: Registry) -> Vocabulary | None:
    """The built-in entries with those of extensions; None where there are none of these."""
    added = registry.registered(KIND)
    if not added:
        return None
    from hydrargyrum.view.templates.declare import builtin_vocabulary

    vocabulary = builtin_vocabulary().copy()
    for entry in added.values():
        vocabulary.add(entry)
    return vocabulary

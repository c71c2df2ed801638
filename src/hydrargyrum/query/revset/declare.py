"""What a revision predicate is, and the table of all that are there: built-in ones, then those of extensions.

The decorator that extensions use is in `extension`; what a call means is decided by the predicate's function.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.query.revset.sets import RevisionSet

    #: query, the revisions asked about, the arguments; with `ordered` also "define", "follow" or "any".
    PredicateFunction = Callable[..., RevisionSet]
    P = TypeVar("P", bound=PredicateFunction)
    Argument = Tree | None
    __all__ = ["Argument", "Predicate", "PredicateFunction", "Query"]

#: Kind under which predicates of extensions are registered.
KIND = "revset"

#: Modules with built-in predicates.
_MODULES = ("files", "graph", "internal", "names", "obsolescence", "ordering", "phases", "remote", "texts")


class Predicate:
    """A function of the language.

    Attributes:
        name: as written before the parenthesis.
        synopsis: how it is called, for help; help: what it selects, "" for internal ones.
        ordered: it may decide about the order and is told whether it has to.
        weight: how expensive it is compared to a walk through the graph, which is 1.
        safe: it can be evaluated for strangers (no files, no time without bound).
    """

    __slots__ = ("function", "help", "name", "ordered", "safe", "synopsis", "weight")

    def __init__(
        self,
        function: PredicateFunction,
        synopsis: str,
        *,
        weight: float = 1,
        ordered: bool = False,
        safe: bool = True,
    ) -> None:
        self.function = function
        self.synopsis = synopsis
        self.name = synopsis.partition("(")[0]
        self.help = function.__doc__ or ""
        self.weight = weight
        self.ordered = ordered
        self.safe = safe


def builtin_predicates() -> dict[str, Predicate]:
    """The built-in predicates by name."""
    if not _loaded:
        import importlib

        from hydrargyrum.query.revset import predicates

        for module in _MODULES:
            importlib.import_module(f"{predicates.__name__}.{module}")
        _loaded.update(_MODULES)
    return _builtin


_builtin: dict[str, Predicate] = {}
#: Modules that have declared what they have; others may import some of them for something else before.
_loaded: set[str] = set()


def builtin(
    synopsis: str, *, weight: float = 1, ordered: bool = False, safe: bool = True, internal: bool = False
) -> Callable[[P], P]:
    """Declare a built-in predicate; the arguments are those of `Predicate`. Internal ones are not suggested."""

    def decorate(function: P) -> P:
        entry = Predicate(function, synopsis, weight=weight, ordered=ordered, safe=safe)
        if internal:
            entry.help = ""
        _builtin[entry.name] = entry
        return function

    return decorate


def all_predicates(added: Mapping[str, object]) -> Mapping[str, Predicate]:
    """Built-in predicates and those that extensions registered."""
    known = builtin_predicates()
    if not added:
        return known
    return {**known, **{name: entry for name, entry in added.items() if isinstance(entry, Predicate)}}

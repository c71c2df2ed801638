"""What a file predicate is, and the table of all that are there: built-in ones, then those of extensions.

The decorator that extensions use is in `extension`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from hydrargyrum.query.fileset.evaluation import FileQuery
    from hydrargyrum.query.parsing import Tree

    #: query, the paths asked about, the arguments; answers which of the paths belong.
    PredicateFunction = Callable[[FileQuery, "Paths", "Argument"], "Paths"]
    P = TypeVar("P", bound=PredicateFunction)
    Argument = Tree | None
    Paths = frozenset[str]
    __all__ = ["Argument", "FilePredicate", "FileQuery", "Paths"]

#: Kind under which predicates of extensions are registered.
KIND = "fileset"

STATUS_WEIGHT = 10
THOROUGH_STATUS_WEIGHT = 50
CONTENTS_WEIGHT = 30


class FilePredicate:
    """A function of the language.

    Attributes:
        name: as written before the parenthesis; synopsis: how it is called; help: what it selects.
        weight: how expensive it is.
        uses_status: it asks what differs from the first parent.
    """

    __slots__ = ("function", "help", "name", "synopsis", "uses_status", "weight")

    def __init__(
        self, function: PredicateFunction, synopsis: str, *, weight: float = 1, uses_status: bool = False
    ) -> None:
        self.function = function
        self.synopsis = synopsis
        self.name = synopsis.partition("(")[0]
        self.help = function.__doc__ or ""
        self.weight = weight
        self.uses_status = uses_status


_builtin: dict[str, FilePredicate] = {}


def builtin(synopsis: str, *, weight: float = 1, uses_status: bool = False) -> Callable[[P], P]:
    """Declare a built-in predicate; the arguments are those of `FilePredicate`."""

    def decorate(function: P) -> P:
        entry = FilePredicate(function, synopsis, weight=weight, uses_status=uses_status)
        _builtin[entry.name] = entry
        return function

    return decorate


def all_predicates(added: Mapping[str, object]) -> Mapping[str, FilePredicate]:
    """Built-in predicates and those that extensions registered."""
    if not _builtin:
        import hydrargyrum.query.fileset.predicates  # noqa: F401 (declares them)
    if not added:
        return _builtin
    return {**_builtin, **{name: entry for name, entry in added.items() if isinstance(entry, FilePredicate)}}

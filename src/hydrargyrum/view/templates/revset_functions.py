"""The built-in functions that ask the language of revisions: `revset` and `subsetparents`.

The language itself is `query.revset`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.templates.containers import Collection
from hydrargyrum.view.templates.declare import Vocabulary
from hydrargyrum.view.templates.values import Overlay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev
    from hydrargyrum.view.templates.compiler import Expression
    from hydrargyrum.view.templates.scope import Scope

VOCABULARY = Vocabulary()
template_function = VOCABULARY.function

#: Letters behind a percent sign that stand for one value.
_SINGLE = {"d": int, "s": str, "b": str, "n": str}


@template_function("revset", requires=("repo", "cache"))
def revset(scope: Scope, arguments: list[Expression]) -> object:
    """revset(query[, values...]): the revisions that an expression names."""
    if not arguments:
        raise errors.ParseError("revset expects one or more arguments")
    repo: Repository = scope.resource("repo")  # type: ignore[assignment]
    query = arguments[0].text(scope)
    if len(arguments) > 1:
        values = [argument.plain(scope) for argument in arguments[1:]]
        return _listed(repo, _filled(repo, query, values))
    cache: Any = scope.resource("cache")
    known = cache.setdefault("revset", {})
    if query not in known:
        from hydrargyrum.query.revset import revisions

        known[query] = list(revisions(repo, [query]))
    return _listed(repo, known[query])


def _listed(repo: Repository, revs: Sequence[Rev]) -> Collection:
    def names(rev: object) -> Overlay:
        return Overlay({"revision": rev}, {"changeset": repo[rev], "repo": repo})  # type: ignore[index]

    return Collection(revs, names, str, None, "integer")


@template_function("subsetparents", "rev revset", requires=("repo", "cache"))
def subsetparents(scope: Scope, arguments: dict[str, Any]) -> object:
    """subsetparents(rev, revset): the nearest ancestors of a revision in the graph that a set makes."""
    if "rev" not in arguments or "revset" not in arguments:
        raise errors.ParseError("subsetparents expects two arguments")
    repo: Repository = scope.resource("repo")  # type: ignore[assignment]
    rev: int = arguments["rev"].integer(scope)
    chosen = arguments["revset"].value(scope)
    if not isinstance(chosen, Collection) or chosen.key_type != "integer":
        raise errors.ParseError("subsetparents expects a queried revset")
    subset = frozenset(int(str(each)) for each in chosen.values)
    return _listed(repo, _nearest(repo, rev, subset) if rev in subset else [])


def _nearest(repo: Repository, rev: Rev, subset: frozenset[Rev]) -> list[Rev]:
    """Ancestors in the set that no other one lies before, first parents first."""
    index, found, seen, waiting = repo.engine.changelog(), [], {rev}, [rev]
    while waiting:
        current = waiting.pop()
        if current in subset and current != rev:
            found.append(current)
            continue
        for parent in reversed(index.parents(current)):
            if parent >= 0 and parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    farther = {
        other for one in found for other in found if other < one and other in repo.engine.ancestors([one])
    }
    return [one for one in found if one not in farther]


def _filled(repo: Repository, query: str, values: list[object]) -> list[Rev]:
    """The revisions of an expression with values in the places of `%d`, `%s` and their like."""
    from hydrargyrum.query.revset import revisions_for

    parts: list[str] = []
    filled: list[Any] = []
    rest = iter(values)
    place = 0
    while place < len(query):
        letter = query[place]
        place += 1
        if letter != "%":
            parts.append(letter)
            continue
        kind = query[place : place + 1]
        place += 1
        if kind == "%":
            parts.append("%")
            continue
        try:
            text, more = _argument(kind or "", query[place : place + 1], next(rest))
        except StopIteration:
            raise errors.ParseError("missing argument for revspec") from None
        place += kind == "l"
        if kind == "d" and (more[0] in repo.hidden or more[0] >= len(repo.engine.changelog()) > 0):
            raise errors.UnknownRevision(name=str(more[0]))
        parts.append(text)
        filled += more
    if next(rest, None) is not None:
        raise errors.ParseError("too many revspec arguments specified")
    return list(revisions_for(repo, "".join(parts), *filled))


def _argument(kind: str, element: str, value: object) -> tuple[str, list[Any]]:
    """What one place of an expression becomes: text with `?`, and the values for these."""
    convert = _SINGLE.get(kind)
    try:
        if convert is not None:
            return "?", [convert(value)]
        if kind == "r":
            return f"({value})", []
        if kind == "l" and element in _SINGLE:
            items = [_SINGLE[element](item) for item in value]  # type: ignore[attr-defined]
            if element == "d":
                return "?", [items]
            return f"({' or '.join('?' * len(items))})" if items else "none()", items
    except (TypeError, ValueError):
        raise errors.ParseError("invalid argument for revspec") from None
    raise errors.ParseError(f"unexpected revspec format character {kind}")

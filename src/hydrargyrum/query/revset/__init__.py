"""Revision sets: from expressions to ordered sets of revisions.

What commands make of options with revisions is `ops.revisions`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hydrargyrum.query.aliases import AliasTable
    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.repo import Repository
    from hydrargyrum.types import Rev

__all__ = [
    "aliases_of",
    "evaluate",
    "is_topological",
    "known_to",
    "new_query",
    "revisions",
    "revisions_for",
    "user_tree",
    "weights",
]


def new_query(repo: Repository) -> Query:
    """An evaluation with the predicates that are active for a repository."""
    from hydrargyrum.query.revset.declare import KIND, all_predicates
    from hydrargyrum.query.revset.evaluation import Query

    added = repo.registered(KIND)
    return Query(repo, all_predicates(added), added)


def known_to(repo: Repository, name: str) -> bool:
    """Whether a name is that of a revision, for the tokenizer. Raises InputError for an ambiguous one."""
    try:
        repo.resolve(name)
    except errors.UnknownRevision:
        return False
    except errors.FilteredRevision:
        return True
    except errors.AmbiguousPrefix:
        raise errors.InputError(f"ambiguous revision identifier: {name}") from None
    return True


def aliases_of(repo: Repository, local: Mapping[str, str] | None = None) -> AliasTable | None:
    """The aliases of section `revsetalias`, `local` ones before them; None where there are none."""
    from hydrargyrum.query.aliases import AliasTable
    from hydrargyrum.query.revset.syntax import parse_alias

    pairs = [(name, value.text) for name, value in repo.config.section("revsetalias")]
    pairs += (local or {}).items()
    return AliasTable("revset alias", parse_alias, pairs) if pairs else None


def user_tree(repo: Repository, specs: Sequence[str], local: Mapping[str, str] | None = None) -> Tree:
    """The analysed tree of what a user typed: a union, aliases replaced.

    Raises:
        ParseError: it cannot be parsed.
        Abort: an alias that is used has a problem.
    """
    from hydrargyrum.query.revset.analysis import analyze
    from hydrargyrum.query.revset.syntax import join_strings, parse

    if not all(specs):
        raise errors.ParseError("empty query")
    trees = [parse(spec, lambda name: known_to(repo, name)) for spec in specs]
    tree: Tree = trees[0] if len(trees) == 1 else ("or", ("list", *trees))
    aliases = aliases_of(repo, local)
    if aliases is not None:
        tree = aliases.expand(tree)
        for problem in aliases.problems():
            repo.warn_once(f"warning: {problem}")
    return analyze(join_strings(tree))


def weights(repo: Repository) -> Callable[[str], float]:
    """How expensive each predicate is that is active for a repository, by name."""
    from hydrargyrum.query.revset.declare import KIND, all_predicates

    predicates = all_predicates(repo.registered(KIND))

    def weight(name: str) -> float:
        entry = predicates.get(name)
        return 1 if entry is None else entry.weight

    return weight


def evaluate(repo: Repository, tree: Tree) -> RevisionSet:
    """What an analysed tree means among the visible revisions."""
    from hydrargyrum.query.revset.analysis import optimize

    return new_query(repo).revisions(optimize(tree, weights(repo)))


def is_topological(repo: Repository, specs: Sequence[str]) -> bool:
    """Whether the order of what a user's expressions name puts branches of the graph one after the other."""
    from hydrargyrum.query.parsing import list_items

    if len(specs) != 1 or "topo" not in specs[0]:
        return False
    tree = user_tree(repo, specs)
    if tree[:2] != ("func", ("symbol", "sort")):
        return False
    return any(
        item in (("string", "topo"), ("symbol", "topo"))
        or (item[:2] == ("keyvalue", ("symbol", "keys")) and item[2][1] == "topo")
        for item in list_items(tree[2])[1:]
    )


def revisions(
    repo: Repository, specs: Sequence[str], *, local_aliases: Mapping[str, str] | None = None
) -> RevisionSet:
    """The revisions that a user's expressions name together, in their order.

    Raises:
        ParseError: one cannot be parsed or has no meaning.
        UnknownRevision, AmbiguousPrefix, FilteredRevision: a name stands for nothing visible.
    """
    from hydrargyrum.query.revset.sets import Listed
    from hydrargyrum.types import NULL_REV

    if not specs:
        return Listed()
    if list(specs) == ["null"]:
        return Listed([NULL_REV], 1)
    if list(specs) == ["."]:
        return Listed([repo.resolve(".")], 1)
    if (
        len(specs) == 1
        and _is_plain(specs[0])
        and not local_aliases
        and not repo.config.section("revsetalias")
    ):
        return Listed([repo.resolve(specs[0])], 1)
    return evaluate(repo, user_tree(repo, specs, local_aliases))


def _is_plain(spec: str) -> bool:
    """Whether an expression is a number, digits of a node or `tip`: neither parser nor predicates are needed then."""
    return spec == "tip" or (spec.isascii() and spec.isalnum() and spec[0].isdigit())


def revisions_for(repo: Repository, template: str, *values: str | int | Iterable[Rev]) -> RevisionSet:
    """The revisions of a program's own expression; aliases do not apply.

    Each `?` in the template stands for the next value: a text becomes a string, a number that revision, anything else
    a set of revisions in the order given. Raises like `revisions`.
    """
    from hydrargyrum.query.revset.analysis import analyze
    from hydrargyrum.query.revset.syntax import parse_bare

    pending = list(values)
    tree = _filled(parse_bare(template.replace("?", "$"), dollars=True), pending)
    return evaluate(repo, analyze(tree))


def _filled(tree: Tree, pending: list[str | int | Iterable[Rev]]) -> Tree:
    from hydrargyrum.query.parsing import mapped
    from hydrargyrum.query.revset.sets import Listed, RevisionSet

    if tree == ("symbol", "$"):
        value = pending.pop(0)
        if isinstance(value, str):
            return ("string", value)
        if isinstance(value, int):
            return ("revisions", Listed([value], 1))
        return ("revisions", value if isinstance(value, RevisionSet) else Listed(list(value)))
    return mapped(tree, lambda child: _filled(child, pending))

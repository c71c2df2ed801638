"""The stages that an expression goes through before it is evaluated, one by one, for those who look into them.

Evaluating without looking is `query.revset.revisions`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.repo import Repository

NAMES = ("parsed", "expanded", "concatenated", "analyzed", "optimized")


def stages(repo: Repository, expression: str) -> Iterator[tuple[str, Tree]]:
    """(stage, tree) in order. Raises ParseError when a stage is reached that the expression does not survive."""
    from hydrargyrum.query.revset import aliases_of, known_to, weights
    from hydrargyrum.query.revset.analysis import analyze, optimize
    from hydrargyrum.query.revset.syntax import join_strings, parse

    tree = parse(expression, lambda name: known_to(repo, name))
    yield "parsed", tree
    aliases = aliases_of(repo)
    if aliases is not None:
        tree = aliases.expand(tree)
        for problem in aliases.problems():
            repo.warn_once(f"warning: {problem}")
    yield "expanded", tree
    tree = join_strings(tree)
    yield "concatenated", tree
    tree = analyze(tree)
    yield "analyzed", tree
    yield "optimized", optimize(tree, weights(repo))


def evaluate_as_is(repo: Repository, tree: Tree) -> RevisionSet:
    """What an analysed tree means, without making it cheaper first."""
    from hydrargyrum.query.revset import new_query

    return new_query(repo).revisions(tree)


def show_as_is(repo: Repository, tree: Tree) -> str:
    """The same in the notation of Mercurial's sets."""
    from hydrargyrum.query.revset import new_query
    from hydrargyrum.query.revset.notation import notation

    return notation(new_query(repo), tree)

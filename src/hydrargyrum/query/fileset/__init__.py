"""File sets: the pattern kind `set:`, turned into the paths that it means in a changeset.

What plain patterns mean is the engine's business.
"""

from __future__ import annotations

from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hydrargyrum.query.fileset.syntax import Facts
    from hydrargyrum.repo import Changeset, Repository

__all__ = ["expand_patterns", "facts_of", "matching_files"]

#: A pattern that means no file.
_NOTHING = r"re:(?:$)(?:^)"


def facts_of(repo: Repository) -> Facts:
    """Weight of each predicate and whether it asks for the status, by name."""
    from hydrargyrum.query.fileset.declare import KIND, all_predicates

    predicates = all_predicates(repo.registered(KIND))

    def facts(name: str) -> tuple[float, bool]:
        entry = predicates.get(name)
        return (1, False) if entry is None else (entry.weight, entry.uses_status)

    return facts


def matching_files(changeset: Changeset, expression: str, cwd: str, paths: Iterable[str]) -> frozenset[str]:
    """Those of `paths` that a file set means in a changeset.

    Raises:
        ParseError: it cannot be parsed or has no meaning.
    """
    from hydrargyrum.query.fileset.declare import KIND, all_predicates
    from hydrargyrum.query.fileset.evaluation import FileQuery
    from hydrargyrum.query.fileset.syntax import analyze, optimize, parse

    repo = changeset.repo
    facts = facts_of(repo)
    tree = optimize(analyze(parse(expression), facts), facts)
    predicates = all_predicates(repo.registered(KIND))
    query = FileQuery(changeset.parents[0], changeset, cwd, predicates)
    return query.evaluate(tree, frozenset(paths))


def known_paths(changeset: Changeset) -> frozenset[str]:
    """All paths that a file set can mean: those of a changeset, or all that are on disk or tracked."""
    from hydrargyrum.types import StatusRequest

    engine = changeset.repo.engine
    if not changeset.is_working_copy:
        parent = changeset.parents[0]
        return frozenset((*changeset.manifest, *parent.manifest))
    request = StatusRequest(PatternSet(changeset.repo.root), unknown=True, ignored=True, clean=True)
    report = engine.status(request)
    groups = ("modified", "added", "removed", "deleted", "unknown", "ignored", "clean")
    return frozenset(path for group in groups for path in getattr(report, group))


def expand_patterns(changeset: Changeset, patterns: PatternSet, more: Iterable[str] = ()) -> PatternSet:
    """The patterns with file sets replaced by the paths that they mean in a changeset.

    Args:
        changeset: where files are looked at.
        patterns: what is meant.
        more: further paths that a set may mean although the changeset lacks them.
    """
    if not patterns.has_file_sets:
        return patterns
    paths = known_paths(changeset).union(more)

    def plain(texts: Sequence[str]) -> list[str]:
        found: list[str] = []
        for text in texts:
            if text.startswith("set:"):
                meant = matching_files(changeset, text[4:], patterns.cwd, paths)
                found += [f"filepath:{path}" for path in sorted(meant)] or [_NOTHING]
            else:
                found.append(text)
        return found

    return PatternSet(
        patterns.cwd,
        plain(patterns.patterns),
        plain(patterns.include),
        plain(patterns.exclude),
        default_kind=patterns.default_kind,
        # a set may mean files that a revision only lacks; nobody named them
        warn_missing=patterns.warn_missing and not all(text.startswith("set:") for text in patterns.patterns),
    )

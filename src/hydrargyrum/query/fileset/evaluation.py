"""Evaluation of file set trees in one changeset: every operator as a function of the paths that are asked about.

Predicates are in `predicates`; what patterns mean is the engine's business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import symbol_of, text_of
from hydrargyrum.types import NULL_REV, PATTERN_KINDS, PatternSet, StatusRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hydrargyrum.engine.protocol import StatusReport
    from hydrargyrum.query.fileset.declare import FilePredicate, Paths
    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.repo import Changeset
    from hydrargyrum.repo.filerevision import FileRevision, WorkingFile


class FileQuery:
    """One evaluation in one changeset.

    Attributes:
        changeset: whose files are asked about; base: what it is compared with.
        cwd: where patterns start from.
        predicates: by name.
    """

    __slots__ = ("_groups", "_report", "base", "changeset", "cwd", "predicates")

    def __init__(
        self,
        base: Changeset,
        changeset: Changeset,
        cwd: str,
        predicates: Mapping[str, FilePredicate],
    ) -> None:
        self.base = base
        self.changeset = changeset
        self.cwd = cwd
        self.predicates = predicates
        self._report: StatusReport | None = None
        self._groups: dict[str, Paths] = {}

    def switched(self, base: Changeset, changeset: Changeset) -> FileQuery:
        """The same question about another changeset."""
        return FileQuery(base, changeset, self.cwd, self.predicates)

    def evaluate(self, tree: Tree | None, paths: Paths) -> Paths:
        """Those of `paths` that an expression means. Raises ParseError for what has no meaning."""
        if not tree or tree[0] == "missing":
            raise errors.ParseError("missing argument")
        return _OPERATORS[tree[0]](self, tree, paths)

    def status(self, group: str) -> Paths:
        """The paths of a group of the status: "modified", "added" and so on."""
        known = self._groups.get(group)
        if known is None:
            if self._report is None:
                self._report = self._compare()
            known = self._groups[group] = frozenset(getattr(self._report, group))
        return known

    def _compare(self) -> StatusReport:
        patterns = PatternSet(self.changeset.repo.root)
        base, target = self.base.engine_rev, self.changeset.engine_rev
        request = StatusRequest(
            patterns,
            base=NULL_REV if base is None else base,
            target=target,
            unknown=True,
            ignored=True,
            clean=True,
        )
        if target is None and self._is_first_parent(base):
            request.base = None
        return self.changeset.repo.engine.status(request)

    def _is_first_parent(self, rev: int | None) -> bool:
        return rev == self.changeset.repo.working_copy.parents[0].rev

    def matching(self, paths: Paths, patterns: Sequence[str]) -> Paths:
        """Those of `paths` that a pattern means."""
        wanted = PatternSet(self.cwd, patterns, default_kind="glob", warn_missing=False)
        plain = expanded(self.changeset, wanted)
        return frozenset(self.changeset.repo.engine.matching_paths(paths, plain))

    def where(self, paths: Paths, fits: Callable[[FileRevision | WorkingFile], bool]) -> Paths:
        """Those of `paths` whose file fits; what cannot be read does not."""
        found = set()
        for path in paths:
            file = self.changeset.find_file(path)
            if file is None:
                continue
            try:
                if fits(file):
                    found.add(path)
            except (
                errors.IoError,
                FileNotFoundError,
                PermissionError,
                NotADirectoryError,
                IsADirectoryError,
            ):
                continue
        return frozenset(found)


def expanded(changeset: Changeset, patterns: PatternSet) -> PatternSet:
    """Patterns without file sets."""
    from hydrargyrum.query.fileset import expand_patterns

    return expand_patterns(changeset, patterns)


def pattern_of(tree: Tree | None, problem: str) -> str:
    """The text of a pattern, with its kind where it has one."""
    if tree and tree[0] == "kindpat":
        kind, text = symbol_of(tree[1]), text_of(tree[2], problem)
        if kind not in PATTERN_KINDS:
            raise errors.ParseError(f"invalid pattern kind: {kind}")
        return f"{kind}:{text}"
    return text_of(tree, problem)


def _patterns(query: FileQuery, tree: Tree, paths: Paths) -> Paths:
    operands: Iterable[Tree] = tree[1:] if tree[0] == "patterns" else (tree,)
    return query.matching(paths, [pattern_of(one, "pattern must be a string") for one in operands])


def _and(query: FileQuery, tree: Tree, paths: Paths) -> Paths:
    return query.evaluate(tree[2], query.evaluate(tree[1], paths))


def _or(query: FileQuery, tree: Tree, paths: Paths) -> Paths:
    found: Paths = frozenset()
    for operand in tree[1:]:
        found |= query.evaluate(operand, paths - found)
    return found


def _not(query: FileQuery, tree: Tree, paths: Paths) -> Paths:
    return paths - query.evaluate(tree[1], paths)


def _minus(query: FileQuery, tree: Tree, paths: Paths) -> Paths:
    found = query.evaluate(tree[1], paths)
    return found - query.evaluate(tree[2], found)


def _list(_query: FileQuery, _tree: Tree, _paths: Paths) -> Paths:
    raise errors.ParseError("can't use a list in this context", hint="see 'hg help \"filesets.x or y\"'")


def _call(query: FileQuery, tree: Tree, paths: Paths) -> Paths:
    name = symbol_of(tree[1])
    entry = query.predicates.get(name)
    if entry is None:
        from hydrargyrum.query.revset.evaluation import unknown_identifier

        raise unknown_identifier(name, [known for known, entry in query.predicates.items() if entry.help])
    return entry.function(query, paths, tree[2])


_OPERATORS: dict[str, Callable[[FileQuery, Tree, Paths], Paths]] = {
    "withstatus": lambda query, tree, paths: query.evaluate(tree[1], paths),
    "string": _patterns,
    "symbol": _patterns,
    "kindpat": _patterns,
    "patterns": _patterns,
    "and": _and,
    "or": _or,
    "minus": _minus,
    "list": _list,
    "not": _not,
    "func": _call,
}

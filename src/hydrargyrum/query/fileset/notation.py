"""How file sets and patterns with file sets in them are shown to those who look into them.

Patterns without them are `matching.notation`'s, what a set means is `evaluation`'s.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.matching.notation import intersection, notation, quoted, union
from hydrargyrum.query.arguments import symbol_of, text_of
from hydrargyrum.query.fileset.evaluation import pattern_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.query.parsing import Tree
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import PatternSet

#: Predicates that are shown by another name.
_NAMES = {"missing": "deleted"}
#: Those that are shown with the text of their argument.
_WITH_TEXT = frozenset(("encoding", "eol", "grep", "size", "subrepo"))


def matcher_notation(changeset: Changeset, patterns: PatternSet) -> str:
    """The matcher for patterns, in one line."""
    from hydrargyrum.matching.build import MatchRequest

    request = MatchRequest(
        os.fsencode(changeset.repo.root),
        os.fsencode(patterns.cwd),
        patterns=[os.fsencode(text) for text in patterns.patterns],
        include=[os.fsencode(text) for text in patterns.include],
        exclude=[os.fsencode(text) for text in patterns.exclude],
        default_kind=patterns.default_kind.encode(),
    )
    return notation(request, lambda text: file_set_notation(changeset, os.fsdecode(text), patterns.cwd))


def file_set_notation(changeset: Changeset, expression: str, cwd: str) -> str:
    """The matcher for a file set, in one line."""
    from hydrargyrum.query.fileset import facts_of
    from hydrargyrum.query.fileset.syntax import analyze, optimize, parse

    facts = facts_of(changeset.repo)
    tree = optimize(analyze(parse(expression), facts), facts)
    return _Writer(changeset, cwd).shown(tree)


class _Writer:
    __slots__ = ("_changeset", "_cwd")

    def __init__(self, changeset: Changeset, cwd: str) -> None:
        self._changeset = changeset
        self._cwd = cwd

    def shown(self, tree: Tree | None) -> str:
        if not tree or tree[0] == "missing":
            raise errors.ParseError("missing argument")
        node = tree[0]
        if node == "withstatus":
            return self.shown(tree[1])
        if node in ("string", "symbol", "kindpat", "patterns"):
            operands: Sequence[Tree] = tree[1:] if node == "patterns" else (tree,)
            return self._patterns([pattern_of(one, "pattern must be a string") for one in operands])
        if node == "func":
            return self._call(symbol_of(tree[1]), tree[2])
        parts = [self.shown(child) for child in tree[1:]]
        if node == "and":
            return intersection(*parts)
        if node == "minus":
            return f"<differencematcher m1={parts[0]}, m2={parts[1]}>"
        if node == "not":
            return _predicate(f"<not {parts[0]}>")
        return union(parts)

    def _patterns(self, patterns: list[str]) -> str:
        from hydrargyrum.types import PatternSet

        wanted = PatternSet(self._cwd, patterns, default_kind="glob", warn_missing=False)
        return matcher_notation(self._changeset, wanted)

    def _call(self, name: str, argument: Tree | None) -> str:
        if name == "hgignore":
            return self._ignored()
        if name in ("revs", "status") and argument is not None:
            return self._elsewhere(name, argument)
        if name in _WITH_TEXT and argument is not None:
            text = pattern_of(argument, "") if name == "subrepo" else text_of(argument, "")
            return _predicate(f"{name}({quoted(os.fsencode(text))})")
        return _predicate(_NAMES.get(name, name))

    def _ignored(self) -> str:
        """What is ignored, as the files that say so include each other."""
        from hydrargyrum.repo.repository import engine_settings
        from hydrargyrum.types import PatternSet

        repo = self._changeset.repo
        own = os.path.join(repo.root, ".hgignore")
        files = [own] if os.path.exists(own) else []
        files += engine_settings(repo.config, repo.root).ignore_files
        if not files:
            return "<nevermatcher>"
        return matcher_notation(
            self._changeset, PatternSet(repo.root, include=[f"include:{f}" for f in files])
        )

    def _elsewhere(self, name: str, argument: Tree) -> str:
        """A set about other revisions: as many times as there are of these."""
        from hydrargyrum.query import revset

        if name == "status":
            return self.shown(argument[3])
        repo = self._changeset.repo
        revs = list(
            revset.revisions(repo, [text_of(argument[1], "first argument to revs must be a revision")])
        )
        parts = [_Writer(repo[rev], self._cwd).shown(argument[2]) for rev in revs]
        if len(parts) > 1:
            return union(parts)
        return parts[0] if parts else "<nevermatcher>"


def _predicate(shown: str) -> str:
    # spelled with an n too many, as everywhere
    return f"<predicatenmatcher pred={shown}>"

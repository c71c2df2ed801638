"""The contents of files of a changeset, as they are stored or as they would be written to the working copy.

Where they are written to is decided by the command.
"""

from __future__ import annotations

from hydrargyrum.types import PatternSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hydrargyrum.errors import EngineWarning, HgError
    from hydrargyrum.ops.subrepos import SubrepoState
    from hydrargyrum.repo import Changeset


class Contents:
    """The matching files of a changeset (and of subrepositories that names lead into), read one after the other.

    Attributes:
        warnings: about files that were named and are not there.
    """

    __slots__ = ("_changeset", "_decode", "_foreign", "_inner", "_named", "_patterns", "warnings")

    def __init__(self, changeset: Changeset, patterns: PatternSet, *, decode: bool = False) -> None:
        from hydrargyrum.ops.files import outer_patterns

        self._changeset = changeset
        self._decode = decode
        self._named = patterns
        self._patterns, states = outer_patterns(changeset, patterns, subrepos=False)
        self._foreign = [state for state in states if state.kind != "hg"]
        self._inner = [
            inner
            for state in states
            if (inner := _below(changeset, state, patterns, decode=decode)) is not None
        ]
        self.warnings: Sequence[EngineWarning] = ()
        if self._patterns is not None and self._patterns.patterns:
            self.warnings = changeset.repo.engine.files(changeset.engine_rev, self._patterns)[1]
        for prefix, contents in self._inner:
            self.warnings = [*self.warnings, *(_from_outside(prefix, each) for each in contents.warnings)]

    def __iter__(self) -> Iterator[tuple[FileOrigin, bytes]]:
        changeset = self._changeset
        filters = changeset.repo.filters if self._decode else None
        for path, data in self._stored():
            yield FileOrigin(changeset, "", path), data if filters is None else filters.to_disk(path, data)
        for prefix, contents in self._inner:
            for origin, data in contents:
                yield FileOrigin(origin.changeset, prefix + origin.prefix, origin.path), data

    def refusal(self, shown: Sequence[str]) -> HgError | None:
        """Why subrepositories that are not Mercurial's, and would be looked into, may not be.

        Only one file that was named and `shown` (paths) spares them the look.
        """
        import os

        repo, named = self._changeset.repo, self._named
        if len(shown) == len(named.patterns) == 1 and not (named.include or named.exclude):
            place = os.path.normpath(os.path.join(named.cwd, named.patterns[0].removeprefix("path:")))
            if place == os.path.join(repo.root, shown[0]):
                return None
        from hydrargyrum.ops.nested.inner import why_not_allowed

        refusals = (why_not_allowed(repo, state.kind) for state in self._foreign)
        return next((refusal for refusal in refusals if refusal is not None), None)

    def _stored(self) -> Iterator[tuple[str, bytes]]:
        engine, changeset, patterns = self._changeset.repo.engine, self._changeset, self._patterns
        if patterns is None:
            return
        if changeset.engine_rev is not None:
            for stored in engine.contents(changeset.engine_rev, patterns):
                yield stored.path, stored.data
            return
        for path in engine.files(None, patterns)[0]:
            yield path, changeset.file(path).data


class FileOrigin:
    """Where a file is from.

    Attributes:
        changeset: that has it.
        prefix: place of its repository in the outermost one, with a slash, or "".
        path: in its own repository.
    """

    __slots__ = ("changeset", "path", "prefix")

    def __init__(self, changeset: Changeset, prefix: str, path: str) -> None:
        self.changeset = changeset
        self.prefix = prefix
        self.path = path


def _from_outside(prefix: str, warning: EngineWarning) -> EngineWarning:
    """A warning of a subrepository with its path from the outer root."""
    from hydrargyrum.errors import EngineWarning

    return EngineWarning(warning.id, {**warning.facts, "path": f"{prefix}{warning.facts.get('path')}"})


def _below(
    changeset: Changeset, state: SubrepoState, patterns: PatternSet, *, decode: bool
) -> tuple[str, Contents] | None:
    """The place of a subrepository and its matching files; None where the patterns name none."""
    import os

    from hydrargyrum.ops.subrepos import nested_repository, patterns_below

    root = changeset.repo.root
    below = patterns_below(patterns, root, os.path.join(root, state.path), wanted=False)
    inner = None if below is None else nested_repository(changeset.repo, state)
    if inner is None or below is None:
        return None
    revision = None if changeset.is_working_copy else state.base or "null"
    return f"{state.path}/", Contents(inner[revision], below, decode=decode)

"""Comparing changesets field by field, for `matching()`.

Reading them is the engine's business.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.types import WDIR_REV

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hydrargyrum.query.revset.evaluation import Query
    from hydrargyrum.repo import Changeset
    from hydrargyrum.types import Rev

    Field = Callable[[Query, Changeset], object]

_PARTS = {"metadata": ("user", "description", "date"), "diff": ("files", "diff"), "author": ("user",)}


def _files(query: Query, changeset: Changeset) -> object:
    if changeset.is_working_copy:
        from hydrargyrum.query.revset.predicates.files import working_files

        return tuple(sorted(working_files(query)))
    return changeset.record.files


def _subrepos(_query: Query, changeset: Changeset) -> object:
    from hydrargyrum.repo.substates import subrepos_of

    return subrepos_of(changeset)


def _summary(_query: Query, changeset: Changeset) -> object:
    # only line feeds and carriage returns end it, not what else Unicode has for that
    return changeset.description.encode("utf-8", "surrogateescape").splitlines()[:1]


def _diff(query: Query, changeset: Changeset) -> object:
    from hydrargyrum.types import DiffRequest, DiffStyle, PatternSet

    parent = changeset.parents[0].rev
    patterns = PatternSet(query.repo.root)
    request = DiffRequest(parent, changeset.engine_rev, patterns, DiffStyle(git=True))
    return b"".join(query.engine.diff(request))


#: By cost, the cheapest first.
_FIELDS: dict[str, Field] = {
    "phase": lambda _query, changeset: changeset.phase,
    "parents": lambda _query, changeset: [parent.rev for parent in changeset.parents],
    "user": lambda _query, changeset: changeset.user,
    "date": lambda _query, changeset: changeset.date,
    "branch": lambda _query, changeset: changeset.branch,
    "summary": _summary,
    "files": _files,
    "description": lambda _query, changeset: changeset.description,
    "substate": _subrepos,
    "diff": _diff,
}


def names_of(names: Sequence[str]) -> list[str]:
    """The fields that are compared, the cheapest first. Raises ParseError for what is none."""
    wanted = {part for name in names for part in _PARTS.get(name, (name,))}
    if "description" in wanted:
        wanted.discard("summary")
    for name in sorted(wanted):
        if name not in _FIELDS:
            raise errors.ParseError(f"unexpected field name passed to matching: {name}")
    return [name for name in _FIELDS if name in wanted]


def fields_test(query: Query, revs: Sequence[Rev], names: Sequence[str]) -> Callable[[Rev], bool]:
    """A test whether a changeset equals one of `revs` in all fields.

    Raises:
        ParseError: there is no such field.
    """
    fields = [_FIELDS[name] for name in names_of(names)]
    targets = [query.repo[None if rev == WDIR_REV else rev] for rev in revs]
    known: dict[tuple[int, int], object] = {}

    def target_value(number: int, place: int) -> object:
        if (number, place) not in known:
            known[number, place] = fields[place](query, targets[number])
        return known[number, place]

    def fits(rev: Rev) -> bool:
        changeset = query.repo[None if rev == WDIR_REV else rev]
        own: dict[int, object] = {}
        for number in range(len(targets)):
            for place, field in enumerate(fields):
                if place not in own:
                    own[place] = field(query, changeset)
                if target_value(number, place) != own[place]:
                    break
            else:
                return True
        return False

    return fits

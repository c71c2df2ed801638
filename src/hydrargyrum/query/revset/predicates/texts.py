"""Predicates that look at what changesets say: user, description, date, extra fields, where they came from.

Searching is the engine's business; it is asked about many changesets at once.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, named_arguments, text_of
from hydrargyrum.query.revset.declare import builtin
from hydrargyrum.query.revset.sets import Listed
from hydrargyrum.query.textpatterns import compile_regex, split_pattern, text_test
from hydrargyrum.text.local import to_sought
from hydrargyrum.types import WDIR_REV, TextQuery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.query.revset.declare import Argument, Query
    from hydrargyrum.query.revset.sets import RevisionSet
    from hydrargyrum.types import Rev


def searched(query: Query, subset: RevisionSet, wanted: TextQuery) -> RevisionSet:
    """Those of `subset` whose texts fit."""

    def select(revs: Sequence[Rev]) -> Iterable[Rev]:
        committed, with_working_copy = query.without_working_copy(revs)
        found = query.engine.search(committed, wanted)
        if not with_working_copy or not _working_copy_fits(query, wanted):
            return found
        inside = {*found, WDIR_REV}
        return [rev for rev in revs if rev in inside]

    return subset.where(select)


def _working_copy_fits(query: Query, wanted: TextQuery) -> bool:
    working = query.repo.working_copy
    fields: list[str] = []
    if "user" in wanted.fields:
        fields.append(working.user)
    if "description" in wanted.fields:
        fields.append(working.description)
    if "files" in wanted.fields:
        from hydrargyrum.query.revset.predicates.files import working_files

        fields += working_files(query)
    if wanted.kind == "regex":
        search = compile_regex(wanted.text, "invalid match pattern", ignore_case=wanted.ignore_case).search
        return any(search(field.encode("utf-8", "surrogateescape")) for field in fields)
    if wanted.ignore_case:
        return any(wanted.text.lower() in field.lower() for field in fields)
    return any(wanted.text in field for field in fields)


def _by_pattern(query: Query, subset: RevisionSet, pattern: str, field: str) -> RevisionSet:
    kind, text = split_pattern(pattern)
    if kind == "re":
        compile_regex(text, "invalid regular expression")
        return searched(query, subset, TextQuery(text, [field], kind="regex", ignore_case=True))
    return searched(query, subset, TextQuery(text, [field], ignore_case=True))


@builtin("author(string)", weight=10)
def author(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """The same as `user(string)`."""
    return _by_pattern(query, subset, to_sought(text_of(argument, "author requires a string")), "user")


@builtin("user(string)", weight=10)
def user(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Was made by somebody whose name or address contains the text, upper and lower case alike, or matches."""
    return author(query, subset, argument)


@builtin("desc(string)", weight=10)
def desc(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Has the text in its message, upper and lower case alike, or a match."""
    return _by_pattern(query, subset, to_sought(text_of(argument, "desc requires a string")), "description")


@builtin("keyword(string)", weight=10)
def keyword(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Has the text in its message, its user or the names of its files, upper and lower case alike."""
    text = to_sought(text_of(argument, "keyword requires a string"))
    return searched(query, subset, TextQuery(text, ("files", "user", "description"), ignore_case=True))


@builtin("grep(regex)", weight=10, safe=False)
def grep(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Has a match of a regular expression in its message, its user or the names of its files.

    Write `grep(r'...')` to keep backslashes.
    """
    text = to_sought(text_of(argument, "grep requires a string"))
    compile_regex(text, "invalid match pattern")
    return searched(query, subset, TextQuery(text, ("files", "user", "description"), kind="regex"))


@builtin("date(interval)", weight=10)
def date(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Was made at such a time, see `hg help dates`."""
    from hydrargyrum.query.dateranges import date_test

    fits = date_test(text_of(argument, "date requires a string"))

    def select(revs: Sequence[Rev]) -> list[Rev]:
        committed, with_working_copy = query.without_working_copy(revs)
        times = query.engine.dates(committed)
        found = {rev for rev, time in zip(committed, times, strict=True) if fits(time)}
        if with_working_copy and fits(query.repo.working_copy.date[0]):
            found.add(WDIR_REV)
        return [rev for rev in revs if rev in found]

    return subset.where(select)


# -- extra fields -------------------------------------------------------------------------------------------------


def extras_of(query: Query, revs: Sequence[Rev]) -> list[dict[str, str]]:
    """Extra fields in the order of `revs`; "branch" is always there."""
    committed, with_working_copy = query.without_working_copy(revs)
    found = {record.rev: {"branch": "default", **record.extra} for record in query.records(committed)}
    if with_working_copy:
        found[WDIR_REV] = query.repo.working_copy.extra
    return [found[rev] for rev in revs]


def with_extras(query: Query, subset: RevisionSet, fits: Callable[[dict[str, str]], bool]) -> RevisionSet:
    """Those of `subset` whose extra fields fit."""
    return subset.where(
        lambda revs: [rev for rev, extra in zip(revs, extras_of(query, revs), strict=True) if fits(extra)]
    )


@builtin("extra(label, [value])")
def extra(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Was given a label of that name (and of that value) besides."""
    arguments = named_arguments(argument, "extra", "label value")
    if "label" not in arguments:
        raise errors.ParseError("extra takes at least 1 argument")
    label = text_of(arguments["label"], "first argument to extra must be a string")
    if "value" not in arguments:
        return with_extras(query, subset, lambda found: label in found)
    value = text_of(arguments["value"], "second argument to extra must be a string")
    _, _, fits = text_test(value)
    return with_extras(query, subset, lambda found: label in found and fits(found[label]))


@builtin("converted([id])")
def converted(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Was converted from the given one of the other system, or from any."""
    arguments = items_of(argument, 0, 1, "converted takes one or no arguments")
    wanted = text_of(arguments[0], "converted requires a revision") if arguments else ""
    return with_extras(
        query,
        subset,
        lambda found: "convert_revision" in found and found["convert_revision"].startswith(wanted),
    )


# -- grafts, transplants, rebases ---------------------------------------------------------------------------------

_SOURCES = ("source", "transplant_source", "rebase_source")


class _Sources:
    """Where changesets were made from, each looked up once."""

    __slots__ = ("_known", "_query")

    def __init__(self, query: Query) -> None:
        self._query = query
        self._known: dict[Rev, Rev | None] = {}

    def read(self, revs: Sequence[Rev]) -> None:
        """Look up many."""
        unread = [rev for rev in revs if rev not in self._known]
        for rev, found in zip(unread, extras_of(self._query, unread), strict=True):
            self._known[rev] = self._resolve(found)

    def _resolve(self, found: dict[str, str]) -> Rev | None:
        for label in _SOURCES:
            if label in found:
                try:
                    return self._query.repo.resolve(found[label])
                except (errors.UnknownRevision, errors.FilteredRevision):
                    continue
        return None

    def __getitem__(self, rev: Rev) -> Rev | None:
        self.read([rev])
        return self._known[rev]


@builtin("destination([set])", weight=10)
def destination(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Was made by copying one of the set (or anything) elsewhere: graft, transplant, rebase."""
    sources = query.whole if argument is None else query.revisions(argument)
    made_from = _Sources(query)
    candidates = list(subset)
    made_from.read(candidates)
    wanted = set(sources)
    found: set[Rev] = set()
    for start in candidates:
        lineage: list[Rev] = []
        rev: Rev = start
        source = made_from[rev]
        while source is not None and rev not in lineage:
            lineage.append(rev)
            if source in wanted or source in found:
                found.update(lineage)
                break
            rev, source = source, made_from[source]
    return subset.where(lambda revs: [rev for rev in revs if rev in found])


@builtin("origin([set])")
def origin(query: Query, subset: RevisionSet, argument: Argument) -> RevisionSet:
    """Was copied by graft, transplant or rebase into one of the set, or into anything."""
    made = list(query.whole if argument is None else query.revisions(argument))
    made_from = _Sources(query)
    made_from.read(made)
    found = set()
    for rev in made:
        seen = {rev}
        source = made_from[rev]
        while source is not None and source not in seen:
            seen.add(source)
            earlier = made_from[source]
            if earlier is None:
                found.add(source)
            source = earlier
    return subset & Listed.of_set(found)

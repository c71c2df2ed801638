"""The built-in keywords that a row's changeset, repository or terminal answers without walking history.

Each reads resources of the scope; what changesets are is the business of `repo/`.
"""

from __future__ import annotations

from hydrargyrum.text.local import to_local
from hydrargyrum.view.templates.containers import MappingValue, dict_value
from hydrargyrum.view.templates.declare import Vocabulary
from hydrargyrum.view.templates.named_lists import named_list, show_list
from hydrargyrum.view.templates.values import DateValue, Overlay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Changeset, Repository
    from hydrargyrum.view.templates.scope import Scope

VOCABULARY = Vocabulary()
template_keyword = VOCABULARY.keyword


def _changeset(scope: Scope) -> Changeset:
    return scope.resource("changeset")  # type: ignore[return-value]


@template_keyword("rev", requires=("changeset",))
def rev(scope: Scope) -> object:
    """The revision number."""
    return _changeset(scope).rev


@template_keyword("node", requires=("changeset",))
def node(scope: Scope) -> object:
    """The whole hash."""
    return _changeset(scope).node.hex()


@template_keyword("author", requires=("changeset",))
def author(scope: Scope) -> object:
    """Who made it."""
    return _changeset(scope).user


@template_keyword("user", requires=("changeset",))
def user(scope: Scope) -> object:
    """Who made it."""
    return _changeset(scope).user


@template_keyword("branch", requires=("changeset",))
def branch(scope: Scope) -> object:
    """Its named branch."""
    return to_local(_changeset(scope).branch)


@template_keyword("date", requires=("changeset",))
def date(scope: Scope) -> object:
    """When it was made."""
    return DateValue(_changeset(scope).date, "%d.0%d")


@template_keyword("desc", requires=("changeset",))
def desc(scope: Scope) -> object:
    """Its message without white space around."""
    from hydrargyrum.view.codec import to_bytes, to_text

    return to_text(to_bytes(_changeset(scope).description).strip())


@template_keyword("phase", requires=("changeset",))
def phase(scope: Scope) -> object:
    """The name of its phase."""
    return _changeset(scope).phase


_PHASES = {"public": 0, "draft": 1, "secret": 2, "archived": 32, "internal": 96}


@template_keyword("phaseidx", requires=("changeset",))
def phaseidx(scope: Scope) -> object:
    """The number of its phase."""
    return _PHASES[_changeset(scope).phase]


@template_keyword("tags", requires=("changeset",))
def tags(scope: Scope) -> object:
    """Its tags."""
    return named_list("tag", _changeset(scope).tags)


@template_keyword("bookmarks", requires=("changeset",))
def bookmarks(scope: Scope) -> object:
    """Its bookmarks."""
    changeset = _changeset(scope)
    active = changeset.repo.active_bookmark
    names = list(changeset.bookmarks)
    shared = {"active": active, "current": active}
    collection = named_list("bookmark", names)
    collection.make_overlay = lambda name: {"bookmark": name, **shared}
    return collection


@template_keyword("activebookmark", requires=("changeset",))
def activebookmark(scope: Scope) -> object:
    """The active bookmark if it is here."""
    changeset = _changeset(scope)
    active = changeset.repo.active_bookmark
    return active if active is not None and active in changeset.bookmarks else ""


VOCABULARY.keyword("currentbookmark", requires=("changeset",))(activebookmark)


@template_keyword("extras", requires=("changeset",))
def extras(scope: Scope) -> object:
    """What it has been given besides."""
    entries: dict[str, object] = dict(sorted(_changeset(scope).extra.items()))
    rows = [{"key": key, "value": value} for key, value in entries.items()]
    return dict_value(entries, shown=lambda inner: show_list(inner, "extra", rows, "extras"))


def _parent(scope: Scope, index: int) -> object:
    changeset = _changeset(scope)
    resources: dict[str, object] = {"changeset": changeset.parents[index], "repo": changeset.repo}
    return MappingValue(Overlay({}, resources), "{rev}:{node|formatnode}")


@template_keyword("p1", requires=("changeset",))
def p1(scope: Scope) -> object:
    """Its first parent."""
    return _parent(scope, 0)


@template_keyword("p2", requires=("changeset",))
def p2(scope: Scope) -> object:
    """Its second parent."""
    return _parent(scope, 1)


@template_keyword("p1rev", requires=("changeset",))
def p1rev(scope: Scope) -> object:
    """The number of its first parent."""
    return _changeset(scope).parents[0].rev


@template_keyword("p1node", requires=("changeset",))
def p1node(scope: Scope) -> object:
    """The hash of its first parent."""
    return _changeset(scope).parents[0].node.hex()


@template_keyword("p2rev", requires=("changeset",))
def p2rev(scope: Scope) -> object:
    """The number of its second parent."""
    return _changeset(scope).parents[1].rev


@template_keyword("p2node", requires=("changeset",))
def p2node(scope: Scope) -> object:
    """The hash of its second parent."""
    return _changeset(scope).parents[1].node.hex()


@template_keyword("reporoot", requires=("repo",))
def reporoot(scope: Scope) -> object:
    """The directory of the working copy."""
    repo: Repository = scope.resource("repo")  # type: ignore[assignment]
    return repo.root


@template_keyword("termwidth")
def termwidth(scope: Scope) -> object:
    """Columns of the terminal."""
    return scope.environment.settings.width

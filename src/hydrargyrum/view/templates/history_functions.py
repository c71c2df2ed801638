"""The built-in functions about history: tags before, short hashes, fates, users' names, sources of data.

Functions that need no repository are in `functions`; `revset` and its like in `revset_functions`.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.view.codec import to_text
from hydrargyrum.view.templates.containers import list_value
from hydrargyrum.view.templates.declare import Vocabulary
from hydrargyrum.view.templates.history_keywords import changeset_of, changeset_patches, latest_tag_list
from hydrargyrum.view.templates.values import DateValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.markers import Marker
    from hydrargyrum.view.templates.compiler import Expression
    from hydrargyrum.view.templates.scope import Scope

    Arguments = list[Expression]

VOCABULARY = Vocabulary()
template_function = VOCABULARY.function


def _repo(scope: Scope) -> Repository:
    return scope.resource("repo")  # type: ignore[return-value]


@template_function("latesttag")
def latesttag(scope: Scope, arguments: Arguments) -> object:
    """latesttag([pattern]): the tags of the nearest ancestor with tags that match."""
    if len(arguments) > 1:
        raise errors.ParseError("latesttag expects at most one argument")
    return latest_tag_list(scope, arguments[0].text(scope) if arguments else None)


@template_function("shortest", requires=("repo", "cache"))
def shortest(scope: Scope, arguments: Arguments) -> object:
    """shortest(node[, minlength]): as many digits as tell it from other changesets."""
    if not 1 <= len(arguments) <= 2:
        raise errors.ParseError("shortest() expects one or two arguments")
    text, least = arguments[0].text(scope), 4
    if len(arguments) > 1:
        least = arguments[1].integer(scope, "shortest() expects an integer minlength")
    repo = _repo(scope)
    if len(text) > 40:
        return text
    try:
        if len(text) == 40:
            node = bytes.fromhex(text)
        else:
            int(text, 16)
            node = bytes(repo[text].node)
    except (ValueError, errors.HgError):
        return text
    return shortest_hex(repo, node, least)


def shortest_hex(repo: Repository, node: bytes, least: int) -> str:
    """The shortest beginning of a hash that names its changeset and is no number."""
    text = node.hex()
    if node == b"\xff" * 20:
        nodes = repo.engine.revlog("changelog", "")
        free = (length for length in range(max(least, 1), 40) if not nodes.match(text[:length])[0])
        return text[: next(free, 40)]
    try:
        length = max(repo.engine.shortest_prefix(node), least)  # type: ignore[arg-type]
    except errors.UnknownNode:
        return text
    count = len(repo.engine.changelog())
    while length < len(text) and _is_taken(text[:length], count):
        length += 1
    return text[:length]


def _is_taken(prefix: str, count: int) -> bool:
    """Whether a prefix may be the working copy or a revision number."""
    if prefix.strip("f") == "":
        return True
    if not prefix.isdigit():
        return False
    return (prefix == "0" or not prefix.startswith("0")) and int(prefix) < count


@template_function("mailmap", requires=("repo", "cache"))
def mailmap(scope: Scope, arguments: Arguments) -> object:
    """mailmap(author): the author as the file .mailmap corrects it."""
    if len(arguments) != 1:
        raise errors.ParseError("mailmap expects one argument")
    from hydrargyrum.view.templates.mailmap import Mailmap

    author = arguments[0].text(scope)
    cache: Any = scope.resource("cache")
    if "mailmap" not in cache:
        try:
            with open(os.path.join(_repo(scope).root, ".mailmap"), "rb") as stream:
                data = to_text(stream.read())
        except OSError:
            data = ""
        cache["mailmap"] = Mailmap(data)
    return cache["mailmap"].corrected(author)


# ---- patches ----------------------------------------------------------------------------------------------------


@template_function("diff", requires=("changeset", "config"))
def diff(scope: Scope, arguments: Arguments) -> object:
    """diff([include[, exclude]]): the patch of the changeset."""
    if len(arguments) > 2:
        raise errors.ParseError("diff expects zero, one, or two arguments")
    chosen = [argument.text(scope).strip() for argument in arguments]
    include, exclude = (chosen[place : place + 1] for place in (0, 1))
    patches = changeset_patches(scope, [text for text in include if text], [text for text in exclude if text])
    return to_text(b"".join(patches))


# ---- fates ------------------------------------------------------------------------------------------------------


def _markers(scope: Scope, name: str, arguments: Arguments, problem: str) -> list[Marker]:
    if len(arguments) != 1:
        raise errors.ParseError(f"{name} expects one argument")
    found: Any = arguments[0].plain(scope)
    try:
        return [each.marker for each in found]
    except (TypeError, AttributeError):
        raise errors.ParseError(f"{name} first argument should be an iterable{problem}") from None


@template_function("obsfatedate")
def obsfatedate(scope: Scope, arguments: Arguments) -> object:
    """obsfatedate(markers): when they were made."""
    markers = _markers(scope, "obsfatedate", arguments, "")
    dates = [DateValue(marker.date, "%d %d") for marker in markers]
    return list_value(dates, "date")


@template_function("obsfateusers")
def obsfateusers(scope: Scope, arguments: Arguments) -> object:
    """obsfateusers(markers): who made them."""
    from hydrargyrum.view.changesets.fate import users_of

    return list_value(users_of(_markers(scope, "obsfateusers", arguments, " of obsmakers")), "user")


@template_function("obsfateoperations")
def obsfateoperations(scope: Scope, arguments: Arguments) -> object:
    """obsfateoperations(markers): by which commands they were made."""
    from hydrargyrum.view.changesets.fate import operations_of

    return list_value(operations_of(_markers(scope, "obsfateoperations", arguments, "")), "operation")


@template_function("obsfateverb")
def obsfateverb(scope: Scope, arguments: Arguments) -> object:
    """obsfateverb(successors, markers): what was done."""
    if len(arguments) != 2:
        raise errors.ParseError("obsfateverb expects two arguments")
    from hydrargyrum.view.changesets.fate import verb

    successors: Any = arguments[0].plain(scope)
    try:
        return verb(successors)
    except TypeError:
        raise errors.ParseError("obsfateverb first argument should be countable") from None


# ---- data of others ---------------------------------------------------------------------------------------------


@template_function("extdata", "source", requires=("changeset", "cache"))
def extdata(scope: Scope, arguments: dict[str, Any]) -> object:
    """extdata(source): what a source of section `extdata` says about the changeset."""
    if "source" not in arguments:
        raise errors.ParseError("extdata expects one argument")
    from hydrargyrum.query.extdata import read_source

    expression: Expression = arguments["source"]
    source = expression.text(scope)
    if not source:
        hint = f"did you mean extdata('{expression.symbol}')?" if expression.symbol else None
        raise errors.ParseError("empty data source specified", hint=hint)
    cache: Any = scope.resource("cache")
    changeset = changeset_of(scope)
    known = cache.setdefault("extdata", {})
    if source not in known:
        known[source] = read_source(changeset.repo, source)
    return known[source].get(changeset.rev, "")

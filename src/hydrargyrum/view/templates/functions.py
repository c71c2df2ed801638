"""The built-in functions that need no history: conditions, lists and dicts, text, patterns, dates, config.

Each gets the scope and its unevaluated arguments; how arguments are matched to parameters is in `compiler`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.dates import DEFAULT_FORMAT, format_date, now, split_zone
from hydrargyrum.view.codec import to_bytes, to_text
from hydrargyrum.view.columns import indent_lines
from hydrargyrum.view.templates.compiler import ARITHMETIC, arithmetic
from hydrargyrum.view.templates.containers import Collection, MappingValue, dict_value
from hydrargyrum.view.templates.declare import Vocabulary
from hydrargyrum.view.templates.scope import RESERVED_NAMES
from hydrargyrum.view.templates.values import DateValue, Nothing, Overlay, Single, stringify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hydrargyrum.config import Config
    from hydrargyrum.patience import Expression as Bounded
    from hydrargyrum.view.templates.compiler import Expression
    from hydrargyrum.view.templates.scope import Scope
    from hydrargyrum.view.templates.values import Value

    Arguments = list[Expression]
    Named = dict[str, Any]

VOCABULARY = Vocabulary()
template_function = VOCABULARY.function


def _expect(arguments: Arguments, least: int, most: int, problem: str) -> None:
    if not least <= len(arguments) <= most:
        raise errors.ParseError(problem)


# ---- conditions -------------------------------------------------------------------------------------------------


def _branch(scope: Scope, condition: bool, branches: Arguments) -> object:
    """The value of the branch that is taken, None where it is absent."""
    chosen = branches[:1] if condition else branches[1:]
    return chosen[0].raw(scope) if chosen else None


@template_function("if")
def if_(scope: Scope, arguments: Arguments) -> object:
    """if(condition, then[, else])."""
    _expect(arguments, 2, 3, "if expects two or three arguments")
    return _branch(scope, arguments[0].truth(scope), arguments[1:])


@template_function("ifeq")
def ifeq(scope: Scope, arguments: Arguments) -> object:
    """ifeq(left, right, then[, else]): whether both are the same text."""
    _expect(arguments, 3, 4, "ifeq expects three or four arguments")
    same = arguments[0].text(scope) == arguments[1].text(scope)
    return _branch(scope, same, arguments[2:])


@template_function("ifcontains")
def ifcontains(scope: Scope, arguments: Arguments) -> object:
    """ifcontains(item, container, then[, else])."""
    _expect(arguments, 3, 4, "ifcontains expects three or four arguments")
    container = arguments[1].value(scope)
    try:
        found = container.contains(scope, arguments[0].raw(scope))
    except errors.ParseError:
        found = False
    return _branch(scope, found, arguments[2:])


# ---- lists and dicts --------------------------------------------------------------------------------------------


@template_function("dict", "*values **named")
def dict_(scope: Scope, arguments: Named) -> object:
    """dict([[key=]value...]): a value without a key has the name that it comes from."""
    entries: dict[str, object] = {}
    for value in arguments["values"]:
        if not value.symbol:
            raise errors.ParseError("dict key cannot be inferred")
        if value.symbol in entries or value.symbol in arguments["named"]:
            raise errors.ParseError(f"duplicated dict key '{value.symbol}' inferred")
        entries[value.symbol] = value.plain(scope)
    for key, value in arguments["named"].items():
        entries[key] = value.plain(scope)
    return dict_value(entries)


@template_function("get")
def get(scope: Scope, arguments: Arguments) -> object:
    """get(dict, key)."""
    _expect(arguments, 2, 2, "get() expects two arguments")
    owner, key = arguments[0].value(scope), arguments[1].raw(scope)
    try:
        return owner.member(scope, key)
    except errors.ParseError as error:
        raise error.with_hint("get() expects a dict as first argument") from None


@template_function("join")
def join(scope: Scope, arguments: Arguments) -> object:
    """join(list[, separator])."""
    _expect(arguments, 1, 2, "join expects one or two arguments")
    separator = arguments[1].text(scope) if len(arguments) > 1 else " "
    return arguments[0].value(scope).joined(scope, separator)


@template_function("filter")
def filter_(scope: Scope, arguments: Arguments) -> object:
    """filter(list[, condition]): without what is empty, or what does not fulfil the condition."""
    _expect(arguments, 1, 2, "filter expects one or two arguments")

    def wanted(item: Value) -> bool:
        if len(arguments) == 1:
            return item.truth(scope)
        if not isinstance(item, Single):
            raise errors.ParseError("not filterable by expression")
        return arguments[1].truth(scope.overlaid(item.overlay(scope)))

    return arguments[0].value(scope).select(scope, wanted)


@template_function("max")
def max_(scope: Scope, arguments: Arguments) -> object:
    """max(list)."""
    _expect(arguments, 1, 1, "max expects one argument")
    try:
        return arguments[0].value(scope).largest(scope)
    except errors.ParseError as error:
        raise error.with_hint("max first argument should be an iterable") from None


@template_function("min")
def min_(scope: Scope, arguments: Arguments) -> object:
    """min(list)."""
    _expect(arguments, 1, 1, "min expects one argument")
    try:
        return arguments[0].value(scope).smallest(scope)
    except errors.ParseError as error:
        raise error.with_hint("min first argument should be an iterable") from None


@template_function("mod")
def mod(scope: Scope, arguments: Arguments) -> object:
    """mod(a, b)."""
    _expect(arguments, 2, 2, "mod expects two arguments")
    return arithmetic(scope, ARITHMETIC["mod"], *arguments)


# ---- text -------------------------------------------------------------------------------------------------------


@template_function("fill")
def fill(scope: Scope, arguments: Arguments) -> object:
    """fill(text[, width[, first_indent[, hanging_indent]]])."""
    _expect(arguments, 1, 4, "fill expects one to four arguments")
    text = arguments[0].text(scope)
    width = arguments[1].integer(scope, "fill expects an integer width") if len(arguments) > 1 else 76
    indents = ["", ""]
    if len(arguments) > 2:
        indents[0] = arguments[2].text(scope)
    if len(arguments) > 3:
        indents[1] = arguments[3].text(scope)
    return scope.environment.settings.columns.fill(text, width, *indents)


@template_function("pad", "text width fillchar left truncate")
def pad(scope: Scope, arguments: Named) -> object:
    """pad(text, width[, fillchar=' '[, left=False[, truncate=False]]])."""
    if "text" not in arguments or "width" not in arguments:
        raise errors.ParseError("pad() expects two to four arguments")
    columns = scope.environment.settings.columns
    width: int = arguments["width"].integer(scope, "pad() expects an integer width")
    text: str = arguments["text"].text(scope)
    fill_character = " "
    if "fillchar" in arguments:
        fill_character = arguments["fillchar"].text(scope)
        if len(to_bytes(_without_effects(fill_character))) != 1:
            raise errors.ParseError("pad() expects a single fill character")
    left = "left" in arguments and arguments["left"].truth(scope)
    truncate = "truncate" in arguments and arguments["truncate"].truth(scope)
    bare = _without_effects(text)
    missing = width - columns.width(bare)
    if missing < 0 and truncate:
        return columns.trim(bare, width, left=left)
    padding = fill_character * max(missing, 0)
    return padding + text if left else text + padding


def _without_effects(text: str) -> str:
    """Text without the terminal's colour sequences."""
    if "\x1b" not in text:
        return text
    import re

    return re.sub(r"\x1b\[[\d;]*m", "", text)


@template_function("indent")
def indent(scope: Scope, arguments: Arguments) -> object:
    """indent(text, characters[, first_line])."""
    _expect(arguments, 2, 3, "indent() expects two or three arguments")
    text, prefix = arguments[0].text(scope), arguments[1].text(scope)
    return indent_lines(text, prefix, arguments[2].text(scope) if len(arguments) > 2 else prefix)


@template_function("label")
def label(scope: Scope, arguments: Arguments) -> object:
    """label(label, text): text that a terminal may show with an effect."""
    _expect(arguments, 2, 2, "label expects two arguments")
    text = arguments[1].text(scope)
    name = arguments[0].literal_text(scope)
    paint = scope.environment.settings.label
    return text if paint is None else paint(text, name)


@template_function("separate", "separator *items")
def separate(scope: Scope, arguments: Named) -> object:
    """separate(separator, items...): the items that are not empty with the separator between."""
    if "separator" not in arguments:
        raise errors.ParseError("separate expects at least one argument")
    separator: str = arguments["separator"].text(scope)
    texts = (item.text(scope) for item in arguments["items"])
    return separator.join(text for text in texts if text)


@template_function("startswith")
def startswith(scope: Scope, arguments: Arguments) -> object:
    """startswith(beginning, text): the text if it starts so."""
    _expect(arguments, 2, 2, "startswith expects two arguments")
    beginning, text = arguments[0].text(scope), arguments[1].text(scope)
    return text if to_bytes(text).startswith(to_bytes(beginning)) else ""


@template_function("strip")
def strip(scope: Scope, arguments: Arguments) -> object:
    """strip(text[, characters])."""
    _expect(arguments, 1, 2, "strip expects one or two arguments")
    text = to_bytes(arguments[0].text(scope))
    if len(arguments) == 1:
        return to_text(text.strip())
    return to_text(text.strip(to_bytes(arguments[1].text(scope))))


@template_function("word")
def word(scope: Scope, arguments: Arguments) -> object:
    """word(number, text[, separator]): counted from 0, or from the end where it is negative."""
    _expect(arguments, 2, 3, f"word expects two or three arguments, got {len(arguments)}")
    number = arguments[0].integer(scope, "word expects an integer index")
    text = to_bytes(arguments[1].text(scope))
    separator = to_bytes(arguments[2].text(scope)) if len(arguments) > 2 else None
    if separator == b"":
        raise errors.ParseError("word expects a separator that is not empty")
    words = text.split(separator)
    return to_text(words[number]) if -len(words) <= number < len(words) else ""


# ---- patterns ---------------------------------------------------------------------------------------------------


def _pattern(name: str, text: str) -> Bounded:
    import re
    import warnings

    from hydrargyrum.patience import Expression as Bounded

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Bounded(to_bytes(text))
        except (re.error, OverflowError, RecursionError):
            raise errors.ParseError(f"{name} got an invalid pattern: {text}") from None


@template_function("sub")
def sub(scope: Scope, arguments: Arguments) -> object:
    """sub(pattern, replacement, text): text with every match of a regular expression replaced."""
    import re

    _expect(arguments, 3, 3, "sub expects three arguments")
    pattern_text, replacement, text = (argument.text(scope) for argument in arguments)
    pattern = _pattern("sub", pattern_text)
    try:
        return to_text(pattern.sub(to_bytes(replacement), to_bytes(text)))
    except (re.error, IndexError):
        raise errors.ParseError(f"sub got an invalid replacement: {replacement}") from None


@template_function("search")
def search(scope: Scope, arguments: Arguments) -> object:
    """search(pattern, text): the first match; groups are `{1}`, `{2}` and by name in a `%` template."""
    _expect(arguments, 2, 2, "search expects two arguments")
    pattern_text, text = (argument.text(scope) for argument in arguments)
    pattern = _pattern("search", pattern_text)
    bad = sorted(RESERVED_NAMES & set(pattern.groupindex))
    if bad:
        names = ", ".join(f"'{name}'" for name in bad)
        raise errors.ParseError(f"invalid group {names} in search pattern: {pattern_text}")
    found = pattern.search(to_bytes(text))
    if found is None:
        return Nothing()
    groups: dict[str, object] = {"0": to_text(found.group())}
    for number, group in enumerate(found.groups(), 1):
        groups[str(number)] = None if group is None else to_text(group)
    for name, group in found.groupdict().items():
        groups[name] = None if group is None else to_text(group)
    return MappingValue(Overlay(groups), "{0}")


# ---- dates ------------------------------------------------------------------------------------------------------


@template_function("date")
def date(scope: Scope, arguments: Arguments) -> object:
    """date(date[, notation]): a date in the notation of strftime."""
    _expect(arguments, 1, 2, "date expects one or two arguments")
    moment = arguments[0].date(scope, "date expects a date information")
    return format_date(moment, arguments[1].text(scope) if len(arguments) > 1 else DEFAULT_FORMAT)


@template_function("localdate")
def localdate(scope: Scope, arguments: Arguments) -> object:
    """localdate(date[, zone]): the same moment in the local (or a given) time zone."""
    _expect(arguments, 1, 2, "localdate expects one or two arguments")
    moment = arguments[0].date(scope, "localdate expects a date information")
    if len(arguments) == 1:
        return DateValue((moment[0], now()[1]))
    zone = arguments[1].plain(scope)
    offset = None
    if isinstance(zone, str):
        offset, rest = split_zone(zone)
        if rest:
            offset = None
    if offset is None:
        try:
            offset = int(zone)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            raise errors.ParseError("localdate expects a timezone") from None
    return DateValue((moment[0], offset))


# ---- config and the repository ----------------------------------------------------------------------------------


def _config_names(scope: Scope, arguments: Arguments) -> tuple[Config, str, str]:
    _expect(arguments, 2, 3, "config expects two or three arguments")
    config: Config = scope.resource("config")  # type: ignore[assignment]
    return config, arguments[0].literal_text(scope), arguments[1].literal_text(scope)


@template_function("config", requires=("config",))
def config_(scope: Scope, arguments: Arguments) -> object:
    """config(section, name[, default])."""
    config, section, name = _config_names(scope, arguments)
    if len(arguments) > 2:
        return config.text(section, name, arguments[2].text(scope))
    return config.text(section, name)


@template_function("configbool", requires=("config",))
def configbool(scope: Scope, arguments: Arguments) -> object:
    """configbool(section, name[, default])."""
    config, section, name = _config_names(scope, arguments)
    if len(arguments) > 2:
        return config.boolean(section, name, arguments[2].truth(scope))
    return config.optional_boolean(section, name)


@template_function("configint", requires=("config",))
def configint(scope: Scope, arguments: Arguments) -> object:
    """configint(section, name[, default])."""
    config, section, name = _config_names(scope, arguments)
    if len(arguments) > 2:
        return config.integer(section, name, arguments[2].integer(scope))
    return config.integer(section, name)


@template_function("rstdoc")
def rstdoc(scope: Scope, arguments: Arguments) -> object:
    """rstdoc(text, style): reStructuredText as HTML (style "html") or as plain text."""
    from hydrargyrum.view.restructured_output import render

    _expect(arguments, 2, 2, "rstdoc expects two arguments")
    text, style = arguments[0].text(scope), arguments[1].text(scope)
    return render(text, style, scope.environment.settings.columns)


@template_function("formatnode")
def formatnode(scope: Scope, arguments: Arguments) -> object:
    """formatnode(node): short unless debugging."""
    _expect(arguments, 1, 1, "formatnode expects one argument")
    node = arguments[0].text(scope)
    return node if scope.environment.settings.debug else to_text(to_bytes(node)[:12])


@template_function("relpath", requires=("repo",))
def relpath(scope: Scope, arguments: Arguments) -> object:
    """relpath(path): a repository path as seen from the current directory."""
    _expect(arguments, 1, 1, "relpath expects one argument")
    scope.resource("repo")
    path = arguments[0].text(scope)
    relative = scope.environment.settings.relative
    return path if relative is None else relative(path)


@template_function("files", requires=("changeset",))
def files(scope: Scope, arguments: Arguments) -> object:
    """files(pattern): files of the changeset that match."""
    _expect(arguments, 1, 1, "files expects one argument")
    pattern = arguments[0].text(scope)
    changeset: Any = scope.resource("changeset")
    found = list(changeset.files_matching(pattern, scope.environment.settings.cwd))
    return Collection(found, lambda path: {"file": path, "path": path}, lambda path: stringify(scope, path))

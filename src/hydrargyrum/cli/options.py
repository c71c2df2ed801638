"""Reads options from arguments: clusters, values, abbreviations, negations, and the early options.

What options there are is declared elsewhere; what they do too.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension.context import ParsedOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hydrargyrum.extension.context import OptionValue
    from hydrargyrum.extension.declarations import Option

#: Flags without a `--no-` form.
NEVER_NEGATED = frozenset(("noninteractive", "help", "version"))


class OptionError(Exception):
    """Arguments that do not fit the declared options; `str` of it is the sentence.

    Attributes:
        option: the name or letter that it is about.
    """

    def __init__(self, problem: str, option: str) -> None:
        super().__init__(problem)
        self.option = option


class Grammar:
    """Declared options prepared for parsing.

    Attributes:
        by_flag: option by "-x" or "--name"; negations: "--no-name" -> "--name".
        long_names: names after "--", those that take a value with "=" at the end.
        short_letters: letters after "-", each followed by ":" if it takes a value.
    """

    __slots__ = ("by_flag", "long_names", "negations", "options", "short_letters")

    def __init__(self, options: Iterable[Option], aliases: Mapping[str, str] | None = None) -> None:
        """Prepare `options`; `aliases` gives further long names for some."""
        self.options = tuple(options)
        self.by_flag: dict[str, Option] = {}
        self.negations: dict[str, str] = {}
        self.long_names: list[str] = []
        self.short_letters = ""
        declared = {option.name for option in self.options}
        for option in self.options:
            names = [option.name]
            if aliases and option.name in aliases:
                names.append(aliases[option.name])
            takes_value = option.kind != "flag"
            if option.short:
                self.by_flag[f"-{option.short}"] = option
                self.short_letters += option.short + (":" if takes_value else "")
            for name in names:
                self.by_flag[f"--{name}"] = option
                if not takes_value and option.name not in NEVER_NEGATED:
                    self._add_negation(name, declared)
            self.long_names += [f"{name}=" for name in names] if takes_value else names

    def _add_negation(self, name: str, declared: set[str]) -> None:
        negated = name[3:] if name.startswith("no-") else f"no-{name}"
        if negated not in declared:
            self.negations[f"--{negated}"] = f"--{name}"
            self.long_names.append(negated)

    def values(self, found: Iterable[tuple[str, str]], start: ParsedOptions | None = None) -> ParsedOptions:
        """The values that (flag, text) pairs give, on top of the defaults (or of `start`, where it has the key).

        Raises:
            InputError: a number is none.
        """
        result: dict[str, OptionValue] = {}
        given: set[str] = set()
        for option in self.options:
            value = start[option.key] if start is not None and option.key in start else option.default
            result[option.key] = list(value) if isinstance(value, list) else value
            if start is not None and start.given(option.key):
                given.add(option.key)
        for flag, text in found:
            positive = self.negations.get(flag, flag)
            option = self.by_flag[positive]
            given.add(option.key)
            result[option.key] = _combine(option, result[option.key], flag, text, positive == flag)
        return ParsedOptions(result, frozenset(given))


def _combine(option: Option, old: OptionValue, flag: str, text: str, positive: bool) -> OptionValue:
    kind = option.kind
    if kind == "flag":
        return positive
    if kind == "list":
        return [*(old if isinstance(old, list) else ()), text]
    if kind == "integer":
        try:
            return int(text)
        except ValueError:
            shown = byte_repr(text)
            raise errors.InputError(f"invalid value {shown} for option {flag}, expected int") from None
    return text


def byte_repr(text: str) -> str:
    """A text in quotes, with what is not printable ASCII escaped byte by byte."""
    return repr(text.encode("utf-8", "surrogateescape"))[1:]


def split_options(
    args: Sequence[str], grammar: Grammar, *, anywhere: bool
) -> tuple[list[tuple[str, str]], list[str]]:
    """Take options out of arguments.

    Args:
        args: the arguments.
        grammar: the options.
        anywhere: options may follow other arguments; else the first other argument ends them.

    Returns:
        (flag, text) pairs, and the other arguments. "--" ends the options and is dropped.

    Raises:
        OptionError: an argument that looks like an option and is none, or a value that is missing or too much.
    """
    found: list[tuple[str, str]] = []
    others: list[str] = []
    rest = list(args)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            break
        if argument.startswith("--"):
            _read_long(argument[2:], rest, grammar, found)
        elif argument.startswith("-") and argument != "-":
            _read_cluster(argument[1:], rest, grammar, found)
        else:
            others.append(argument)
            if not anywhere:
                break
    return found, others + rest


def _read_long(text: str, rest: list[str], grammar: Grammar, found: list[tuple[str, str]]) -> None:
    name, equals, value = text.partition("=")
    full, takes_value = _complete(name, grammar.long_names)
    if takes_value and not equals:
        if not rest:
            raise OptionError(f"option --{full} requires argument", full)
        value = rest.pop(0)
    elif equals and not takes_value:
        raise OptionError(f"option --{full} must not have an argument", full)
    found.append((f"--{full}", value))


def _complete(name: str, long_names: list[str]) -> tuple[str, bool]:
    """The long name that `name` is or begins, and whether it takes a value."""
    possible = [candidate for candidate in long_names if candidate.startswith(name)]
    if not possible:
        raise OptionError(f"option --{name} not recognized", name)
    if name in possible:
        return name, False
    if f"{name}=" in possible:
        return name, True
    if len(possible) > 1:
        raise OptionError(f"option --{name} not a unique prefix", name)
    return possible[0].rstrip("="), possible[0].endswith("=")


def _read_cluster(letters: str, rest: list[str], grammar: Grammar, found: list[tuple[str, str]]) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        place = grammar.short_letters.find(letter)
        if place < 0 or letter == ":":
            raise OptionError(f"option -{letter} not recognized", letter)
        value = ""
        if grammar.short_letters.startswith(":", place + 1):
            if not letters:
                if not rest:
                    raise OptionError(f"option -{letter} requires argument", letter)
                letters = rest.pop(0)
            value, letters = letters, ""
        found.append((f"-{letter}", value))


def split_early_options(
    args: Sequence[str], grammar: Grammar, *, anywhere: bool, keep_separator: bool = False
) -> tuple[list[tuple[str, str]], list[str]]:
    """Take options out of arguments before the command is known.

    Only whole, unclustered options count; whatever is not understood is left alone.

    Args:
        args: the arguments.
        grammar: the options to look for.
        anywhere: also after other arguments (always so, unless plain mode is strict).
        keep_separator: leave "--" among the other arguments.
    """
    found: list[tuple[str, str]] = []
    others: list[str] = []
    place = 0
    while place < len(args):
        argument = args[place]
        if argument == "--":
            place += not keep_separator
            break
        flag, has_value, value, takes_value = _early_option(argument, grammar)
        if takes_value and not has_value and place + 1 >= len(args):
            break
        if not flag or (has_value and not takes_value):
            if not anywhere:
                break
            others.append(argument)
            place += 1
        elif has_value == takes_value:
            found.append((flag, value))
            place += 1
        else:
            found.append((flag, args[place + 1]))
            place += 2
    others.extend(args[place:])
    return found, others


def _early_option(argument: str, grammar: Grammar) -> tuple[str, bool, str, bool]:
    """(flag, has a value in it, that value, takes a value); the flag is "" where it is no option of ours."""
    if argument.startswith("--"):
        flag, equals, value = argument.partition("=")
        if flag[2:] in grammar.long_names:
            return flag, bool(equals), value, False
        if f"{flag[2:]}=" in grammar.long_names:
            return flag, bool(equals), value, True
    elif len(argument) > 1 and argument[0] == "-" and argument[1] != ":":
        place = grammar.short_letters.find(argument[1])
        if place >= 0:
            value = argument[2:]
            return argument[:2], bool(value), value, grammar.short_letters.startswith(":", place + 1)
    return "", False, "", False

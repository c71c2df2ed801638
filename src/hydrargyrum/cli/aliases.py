"""Command aliases of section `alias`: for commands with arguments put in, and for shell commands."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.cli.options import Grammar, split_early_options
from hydrargyrum.config.parse import expand_path
from hydrargyrum.extension.declarations import Command, Option, with_folded_names
from hydrargyrum.extension.registry import CommandEntry, find_entry
from hydrargyrum.ui.interface import quote_all, shell_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.extension import CommandContext, Registry

#: Options that an alias may not hold, because they act before aliases are known.
EARLY_GRAMMAR = Grammar(
    (
        Option("R", "repository", "", default=""),
        Option("", "cwd", "", default=""),
        Option("", "config", "", default=[]),
        Option("", "config-file", "", default=[]),
    ),
    {"repository": "repo"},
)


def add_aliases(registry: Registry, config: Config) -> None:
    """Register the aliases. Each sees the commands and the aliases that were there before it."""
    for name, value in config.section("alias", suboptions=False):
        source = config.source("alias", name)
        registry.add_entry(AliasEntry(name, value.text, source, registry.snapshot(), config))


def expand(entry: CommandEntry, given: Sequence[str]) -> list[str]:
    """The arguments of a command: for an alias those of its definition, with `$1` and so on replaced, come first.

    Raises:
        InputError: the definition wants more arguments.
    """
    if not isinstance(entry, AliasEntry) or entry.is_shell or entry.target is None:
        return list(given)
    words = expand(entry.target, [expand_path(word) for word in entry.words])
    if not words:
        return list(given)
    line = quote_all(words)
    used: set[int] = set()

    def replace(number: str) -> str:
        place = int(number) - 1
        used.add(place)
        if 0 <= place < len(given):
            return given[place]
        raise errors.InputError("too few arguments for command alias")

    if "$" in line:
        line = substitute(line, replace)
    import shlex

    return shlex.split(line) + [word for place, word in enumerate(given) if place not in used]


def substitute(text: str, replace: Callable[[str], str]) -> str:
    """Replace `$` with digits by what `replace` gives for the digits; `$$` stays."""
    parts: list[str] = []
    place = 0
    while place < len(text):
        dollar = text.find("$", place)
        if dollar < 0:
            break
        end = dollar + 1
        while end < len(text) and text[end] in "0123456789":
            end += 1
        parts.append(text[place:dollar])
        if end > dollar + 1:
            parts.append(replace(text[dollar + 1 : end]))
        else:
            end = dollar + (2 if text.startswith("$$", dollar) else 1)
            parts.append(text[dollar:end])
        place = end
    return "".join(parts) + text[place:]


class AliasEntry(CommandEntry):
    """An alias; what it stands for is looked up when it is used or shown.

    Attributes:
        name, definition, source: as in the configuration.
        is_shell: it runs a shell command.
        words: its arguments for the target; target: the command or alias that it stands for, None where there is
            none; problem: why it cannot be used.
    """

    __slots__ = (
        "_config",
        "definition",
        "is_shell",
        "name",
        "shadows",
        "source",
        "target",
        "words",
    )

    def __init__(
        self, name: str, definition: str, source: str, entries: Mapping[str, CommandEntry], config: Config
    ) -> None:
        super().__init__(with_folded_names((name,)), self._declare)
        self.name = name
        self.definition = definition
        self.source = source
        self.is_shell = definition.startswith("!")
        self.words: list[str] = []
        self.target: CommandEntry | None = None
        self._config = config
        self.documented = bool(config.text("alias", f"{name}:doc"))
        self.shadows = False
        if not definition:
            self.problem = f"no definition for alias '{name}'"
        elif not self.is_shell:
            self._resolve(entries)
            self._check_description()

    def _check_description(self) -> None:
        for key in ("doc", "help", "category"):
            text = self._config.text("alias", f"{self.name}:{key}") or ""
            if self.target is not None and not text.isascii():
                self.problem = f"non-ASCII character in alias definition '{self.name}:{key}'"
                self.target = None

    def _resolve(self, entries: Mapping[str, CommandEntry]) -> None:
        import shlex

        try:
            words = shlex.split(self.definition)
        except ValueError as problem:
            self.problem = f"error in definition for alias '{self.name}': {problem}"
            return
        early, words = split_early_options(words, EARLY_GRAMMAR, anywhere=True, keep_separator=True)
        if early or not words:
            flags = "/".join(flag for flag, _text in early)
            self.problem = (
                f"error in definition for alias '{self.name}': {flags} may only be given on the command line"
            )
            return
        wanted, self.words = words[0], words[1:]
        try:
            self.target = find_entry(entries, wanted)
            self.shadows = any(self.name in entry.names for entry in entries.values())
        except errors.UnknownCommand:
            self.problem = f"alias '{self.name}' resolves to unknown command '{wanted}'"
        except errors.AmbiguousCommand:
            self.problem = f"alias '{self.name}' resolves to ambiguous command '{wanted}'"

    def _declare(self) -> Command:
        if self.is_shell or self.target is None:
            kind = "shell alias for: " + self.definition[1:]
            return Command(
                self._run,
                self.name,
                synopsis="" if self.problem else self._config.text("alias", f"{self.name}:help") or "",
                category=self._config.text("alias", f"{self.name}:category") or "none",
                norepo=True,
                help=self._help(kind, "(no help text available)", self.problem),
            )
        target = self.target.command()
        return Command(
            self._run,
            self.name,
            options=target.options,
            synopsis=self._config.text("alias", f"{self.name}:help") or target.synopsis,
            category=self._config.text("alias", f"{self.name}:category") or "none",
            norepo=target.norepo,
            optionalrepo=target.optionalrepo,
            inferrepo=target.inferrepo,
            intents=target.intents,
            min_args=target.min_args,
            max_args=target.max_args,
            help=self._help(f"alias for: hg {self.definition}", target.help, None),
        )

    def _help(self, kind: str, text: str, problem: str | None) -> str:
        import inspect

        if problem is not None:
            return problem
        text = inspect.cleandoc(self._config.text("alias", f"{self.name}:doc") or text)
        return f"{kind}\n\n{text}\n\ndefined by: {self.source}\n"

    def _run(self, context: CommandContext) -> int | None:
        if self.problem is not None:
            raise errors.ConfigError(self.problem)
        if self.is_shell:
            return self._run_shell(context)
        assert self.target is not None
        target = self.target.command()
        if self.shadows:
            context.ui.debug(f"alias '{self.name}' shadows command '{target.name}'\n")
        return context.registry.call(target, context)

    def _run_shell(self, context: CommandContext) -> int:
        command = interpolate(self.name, self.definition[1:], context.args)
        environ = {"HG_ARGS": " ".join((self.name, *context.args))}
        return context.ui.system(command, environ)


def interpolate(name: str, command: str, args: Sequence[str]) -> str:
    """A shell alias with `$0`, `$1` ..., `$@`, `"$@"` and `$$` replaced; a number without argument vanishes."""
    parts: list[str] = []
    place = 0
    while place < len(command):
        if command.startswith('"$@"', place):
            parts.append(" ".join(shell_quote(word) for word in args))
            place += 4
        elif command.startswith("$@", place):
            parts.append(" ".join(args))
            place += 2
        elif command.startswith("$$", place):
            parts.append("$")
            place += 2
        elif command[place] == "$" and command[place + 1 : place + 2].isdigit():
            end = place + 1
            while command[end : end + 1].isdigit():
                end += 1
            number = int(command[place + 1 : end])
            parts.append(name if number == 0 else args[number - 1] if number <= len(args) else "")
            place = end
        else:
            parts.append(command[place])
            place += 1
    return "".join(parts)

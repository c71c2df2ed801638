"""What an extension (or a built-in) declares: options, commands, wrappers, hooks, other registrations.

Declaring has no effect beyond a note under the declaring module's name; nothing here looks at config or streams.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hydrargyrum.config.item import ConfigItem, Default, Kind
    from hydrargyrum.extension.context import CommandContext, HookContext, OptionValue

    #: Runs a command; the result is the exit code, None meaning 0.
    CommandFunction = Callable[[CommandContext], int | None]
    #: Runs instead of a command and is handed what it replaces.
    WrapperFunction = Callable[[CommandFunction, CommandContext], int | None]
    #: A true result of a `pre-` hook stops the command.
    HookFunction = Callable[[HookContext], object]
    OptionDefault = OptionValue

#: Declarations by the `__name__` of the module that made them, in order.
_declared: dict[str, list[object]] = {}


def declarations_of(module: str) -> list[object]:
    """What the module called `module` and the modules below it have declared so far."""
    found = list(_declared.get(module, ()))
    below = module + "."
    for name, declared in _declared.items():
        if name.startswith(below):
            found.extend(declared)
    return found


def forget_declarations(module: str) -> None:
    """Drop what `module` and the modules below it declared (before it is executed again)."""
    for name in [name for name in _declared if name == module or name.startswith(module + ".")]:
        del _declared[name]


def declare_for(module: str, declaration: object) -> None:
    """Note a declaration under the `__name__` of the module that makes it: for decorators beside this module."""
    _declared.setdefault(module, []).append(declaration)


_declare = declare_for


def _calling_module() -> str:
    import sys

    return str(sys._getframe(2).f_globals.get("__name__", "?"))


class Option:
    """One option of a command.

    The type of `default` says what the option takes: None, True or False make it a flag (which `--no-NAME` turns
    off), a string takes text, an integer a number, a list of strings may be given several times.

    Attributes:
        short: one letter, or "" for none.
        name: long name as typed, for example "no-status"; parsed options know it as `no_status`.
        help: one line, without an end mark.
        metavar: what stands for the value in help texts.
        marks: any of "advanced", "deprecated", "experimental": shown in verbose help only.
    """

    __slots__ = ("default", "help", "marks", "metavar", "name", "short")

    def __init__(
        self,
        short: str,
        name: str,
        help: str,
        *,
        default: OptionDefault = None,
        metavar: str = "VALUE",
        marks: Sequence[str] = (),
    ) -> None:
        self.short = short
        self.name = name
        self.help = help
        self.default = default
        self.metavar = metavar
        self.marks = tuple(marks)

    @property
    def key(self) -> str:
        """The name that parsed options know it by."""
        return self.name.replace("-", "_")

    @property
    def kind(self) -> str:
        """One of "flag", "integer", "list" and "text"."""
        if self.default is None or isinstance(self.default, bool):
            return "flag"
        if isinstance(self.default, int):
            return "integer"
        return "list" if isinstance(self.default, list) else "text"

    def __repr__(self) -> str:
        return f"Option({self.short!r}, {self.name!r}, {self.help!r}, default={self.default!r})"


class Command:
    """A declared command; read-only once declared.

    Attributes:
        name: primary name; aliases: other names, in the order that help shows them.
        function: what runs it.
        options: its own options, without the global ones.
        synopsis: what follows the name in help, for example "[OPTION]... [FILE]...".
        category: which part of the command list it is shown in: "repo", "remote", "commit", "management",
            "organization", "files", "navigation", "wdir", "import", "maintenance", "help", "misc" or "none".
        basic: it is in the short list of `hg` without arguments.
        norepo: it never needs a repository; optionalrepo: it uses one where there is one; inferrepo: it looks
            for one above its arguments.
        intents: what it is going to do, "readonly" being known.
        max_args: how many positional arguments it takes, None for any number; min_args likewise.
        help: its help text; the first line is a summary.
    """

    __slots__ = (
        "aliases",
        "basic",
        "category",
        "function",
        "help",
        "inferrepo",
        "intents",
        "max_args",
        "min_args",
        "module",
        "name",
        "norepo",
        "optionalrepo",
        "options",
        "synopsis",
    )

    def __init__(
        self,
        function: CommandFunction,
        name: str,
        *,
        options: Iterable[Option] = (),
        synopsis: str = "",
        category: str = "none",
        aliases: Sequence[str] = (),
        basic: bool = False,
        norepo: bool = False,
        optionalrepo: bool = False,
        inferrepo: bool = False,
        intents: Iterable[str] = (),
        min_args: int = 0,
        max_args: int | None = None,
        help: str | None = None,
    ) -> None:
        self.function = function
        self.help = (function.__doc__ or "") if help is None else help
        self.name = name
        self.options = tuple(options)
        self.synopsis = synopsis
        self.category = category
        self.aliases = tuple(aliases)
        self.basic = basic
        self.norepo = norepo
        self.optionalrepo = optionalrepo
        self.inferrepo = inferrepo
        self.intents = frozenset(intents)
        self.min_args = min_args
        self.max_args = max_args
        self.module = function.__module__

    @property
    def names(self) -> tuple[str, ...]:
        """All names it answers to; a name with hyphens also answers without them."""
        return with_folded_names((self.name, *self.aliases))

    def with_options(self, more: Iterable[Option]) -> Command:
        """The same command with further options."""
        return Command(
            self.function,
            self.name,
            options=(*self.options, *more),
            synopsis=self.synopsis,
            category=self.category,
            aliases=self.aliases,
            basic=self.basic,
            norepo=self.norepo,
            optionalrepo=self.optionalrepo,
            inferrepo=self.inferrepo,
            intents=self.intents,
            min_args=self.min_args,
            max_args=self.max_args,
            help=self.help,
        )


def with_folded_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a command, those with hyphens also without them."""
    folded = dict.fromkeys(name.replace("-", "") for name in names)
    return names + tuple(name for name in folded if name not in names)


class Wrapper:
    """A function around a command; `options` are added to the command's own."""

    __slots__ = ("function", "name", "options")

    def __init__(self, function: WrapperFunction, name: str, options: Iterable[Option] = ()) -> None:
        self.function = function
        self.name = name
        self.options = tuple(options)


class Hook:
    """A Python function for an event such as "pre-status"."""

    __slots__ = ("event", "function")

    def __init__(self, function: HookFunction, event: str) -> None:
        self.function = function
        self.event = event


class Registration:
    """Anything else that goes by a name: revset predicates, template keywords, filters, merge tools."""

    __slots__ = ("kind", "name", "value")

    def __init__(self, kind: str, name: str, value: object) -> None:
        self.kind = kind
        self.name = name
        self.value = value


def command(
    name: str,
    *,
    options: Iterable[Option] = (),
    synopsis: str = "",
    category: str = "none",
    aliases: Sequence[str] = (),
    basic: bool = False,
    norepo: bool = False,
    optionalrepo: bool = False,
    inferrepo: bool = False,
    intents: Iterable[str] = (),
    min_args: int = 0,
    max_args: int | None = None,
) -> Callable[[CommandFunction], CommandFunction]:
    """Declare a command; see `Command` for the arguments. The function's docstring is its help text.

    Too few or too many positional arguments end in "invalid arguments" before the function runs.

    Example:
        @command("hello", options=[Option("l", "loud", "shout")], synopsis="[-l] [NAME]", norepo=True, max_args=1)
        def hello(context: CommandContext) -> int:
            '''greet somebody'''
    """

    def decorate(function: CommandFunction) -> CommandFunction:
        declared = Command(
            function,
            name,
            options=options,
            synopsis=synopsis,
            category=category,
            aliases=aliases,
            basic=basic,
            norepo=norepo,
            optionalrepo=optionalrepo,
            inferrepo=inferrepo,
            intents=intents,
            min_args=min_args,
            max_args=max_args,
        )
        _declare(function.__module__, declared)
        return function

    return decorate


def wrap_command(
    name: str, *, options: Iterable[Option] = ()
) -> Callable[[WrapperFunction], WrapperFunction]:
    """Declare a function that runs around the command called `name` (primary name or alias).

    It is called with the original (or the next wrapper) and the context; it decides whether to call it.
    """

    def decorate(function: WrapperFunction) -> WrapperFunction:
        _declare(function.__module__, Wrapper(function, name, options))
        return function

    return decorate


def hook(event: str) -> Callable[[HookFunction], HookFunction]:
    """Declare a function for `event`.

    "pre-COMMAND", "post-COMMAND" and "fail-COMMAND" surround a command; the others are those of the peer's section
    `hooks` ("precommit", "pretxncommit", "commit", "update", "txnclose" ...).
    """

    def decorate(function: HookFunction) -> HookFunction:
        _declare(function.__module__, Hook(function, event))
        return function

    return decorate


def config_item(
    section: str,
    name: str,
    *,
    default: Default = None,
    kind: Kind = "text",
    aliases: Sequence[tuple[str, str]] = (),
    experimental: bool = False,
) -> ConfigItem:
    """Declare a config item: its default and how its text is read. To be called at module level.

    Returns:
        The item, which `Config.read` takes.
    """
    from hydrargyrum.config.item import ConfigItem

    item = ConfigItem(section, name, default, kind, aliases=aliases, experimental=experimental)
    _declare(_calling_module(), item)
    return item


def register(kind: str, name: str, value: object) -> None:
    """Declare anything else under a name, for example ("revset", "reviewed", function). At module level."""
    _declare(_calling_module(), Registration(kind, name, value))

"""What is active in one invocation: commands by name, wrappers, hooks, other registrations, loaded extensions.

Finding a command by an abbreviated name happens here; loading extensions is `loader`, running a command is `cli`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hydrargyrum.config import Config
    from hydrargyrum.extension.context import CommandContext, HookContext
    from hydrargyrum.extension.declarations import Command, CommandFunction, Wrapper
    from hydrargyrum.repo import Repository

    HookFunction = Callable[[HookContext], object]


class CommandEntry:
    """A command by its names; its module is imported only when it is asked for.

    Attributes:
        names: primary name, then aliases.
        known: False for a command of the peer that is not there yet: its name takes part in abbreviations only.
        reserved: abbreviations mean it only where they mean nothing else: for what the peer does not have.
        documented: lists of commands show it even to those who do not ask for everything.
        problem: why it cannot be used, in a sentence, or None.
    """

    __slots__ = ("_command", "_load", "documented", "known", "names", "problem", "reserved")

    def __init__(
        self,
        names: Iterable[str],
        load: Callable[[], Command] | None = None,
        *,
        command: Command | None = None,
        reserved: bool = False,
    ) -> None:
        self.names = tuple(names)
        self.reserved = reserved
        self.documented = True
        self.problem: str | None = None
        self._load = load
        self._command = command
        self.known = load is not None or command is not None

    def command(self) -> Command:
        """The declaration. Raises `Unsupported` for a command that is not there yet."""
        if self._command is None:
            if self._load is None:
                raise errors.Unsupported(feature=f"command '{self.names[0]}'")
            self._command = self._load()
        return self._command


class LoadedExtension:
    """An extension that is active.

    Attributes:
        name: as in section `extensions`, without "hgext.".
        module: the imported module; shipped: it comes with hydrargyrum.
    """

    __slots__ = ("module", "name", "shipped")

    def __init__(self, name: str, module: object, shipped: bool) -> None:
        self.name = name
        self.module = module
        self.shipped = shipped

    @property
    def version(self) -> str:
        """What the module says of its version, "" where it says nothing."""
        version = getattr(self.module, "__version__", "")
        return version if isinstance(version, str) else ""


class Registry:
    """All that is registered.

    Attributes:
        config: where declared config items go.
        extensions: in the order in which they were loaded.
    """

    def __init__(self, config: Config, builtin: Iterable[CommandEntry] = ()) -> None:
        self.config = config
        self.extensions: list[LoadedExtension] = []
        self._entries: dict[str, CommandEntry] = {}
        self._wrappers: dict[str, list[Wrapper]] = {}
        self._wrapped: dict[str, Command] = {}
        self._hooks: dict[str, list[tuple[str, HookFunction]]] = {}
        self._registrations: dict[str, dict[str, object]] = {}
        self._repository_functions: list[tuple[str, Callable[[Repository, CommandContext], object]]] = []
        for entry in builtin:
            self.add_entry(entry)

    # -- commands -----------------------------------------------------------------------------------------------

    def add_entry(self, entry: CommandEntry) -> None:
        """Add a command; one with the same names gives way."""
        self._entries["|".join(entry.names)] = entry

    def entries(self) -> Iterator[CommandEntry]:
        """All entries, by primary name."""
        yield from sorted(self._entries.values(), key=lambda entry: entry.names)

    def snapshot(self) -> dict[str, CommandEntry]:
        """What there is now, for `find_entry`."""
        return dict(self._entries)

    def find(self, name: str, *, strict: bool = False) -> CommandEntry:
        """The command that `name` stands for; see `find_entry`."""
        return find_entry(self._entries, name, strict=strict)

    def possible(self, name: str) -> dict[str, CommandEntry]:
        """The commands that begin so, by the name of theirs that does; debugging ones where there are no others."""
        exact = self._entries.get(name)
        if exact is not None:
            return {name: exact}
        found, others = _fitting_entries(self._entries, name, strict=False)
        ours = {word: entry for word, entry in others.items() if entry.reserved}
        return {**found, **ours} if found else others

    def command(self, name: str) -> Command:
        """The declaration of the command exactly called `name`, with the options of its wrappers.

        Raises:
            UnknownCommand: there is none.
        """
        return self.with_wrappers(self.find(name, strict=True).command())

    def with_wrappers(self, command: Command) -> Command:
        """The command with the options that its wrappers add."""
        wrappers = self._wrappers.get(command.name)
        if not wrappers:
            return command
        wrapped = self._wrapped.get(command.name)
        if wrapped is None:
            more = [option for wrapper in wrappers for option in wrapper.options]
            wrapped = self._wrapped[command.name] = command.with_options(more)
        return wrapped

    def call(self, command: Command, context: CommandContext) -> int | None:
        """Run a command through its wrappers, the one that was added last being outermost."""
        function: CommandFunction = command.function
        for wrapper in self._wrappers.get(command.name, ()):
            function = _bind(wrapper, function)
        return function(context)

    # -- everything else ----------------------------------------------------------------------------------------

    def adopt(self, owner: str, declarations: Iterable[object]) -> list[str]:
        """Make declarations active.

        Args:
            owner: the extension that they belong to.
            declarations: as `declarations.declarations_of` gives them.

        Returns:
            Names of commands that were there before and are replaced.

        Raises:
            UnknownCommand, AmbiguousCommand: a wrapper names a command that is not there.
        """
        from hydrargyrum.config.item import ConfigItem
        from hydrargyrum.extension.declarations import Command, Hook, Registration, Wrapper

        replaced: list[str] = []
        wrappers: list[Wrapper] = []
        for declared in declarations:
            if isinstance(declared, Command):
                if "|".join(declared.names) in self._entries:
                    replaced.append(declared.name)
                self.add_entry(CommandEntry(declared.names, command=declared))
            elif isinstance(declared, Wrapper):
                wrappers.append(declared)
            elif isinstance(declared, Hook):
                self._hooks.setdefault(declared.event, []).append((owner, declared.function))
            elif isinstance(declared, ConfigItem):
                self.config.declare(declared)
            elif isinstance(declared, Registration):
                self.register(declared.kind, declared.name, declared.value)
        for wrapper in wrappers:
            name = self.find(wrapper.name, strict=True).names[0]
            self._wrappers.setdefault(name, []).append(wrapper)
            self._wrapped.pop(name, None)
        return replaced

    def register(self, kind: str, name: str, value: object) -> None:
        """Register anything under a kind and a name."""
        self._registrations.setdefault(kind, {})[name] = value

    def registered(self, kind: str) -> Mapping[str, object]:
        """What is registered of a kind, by name."""
        return self._registrations.get(kind, {})

    @property
    def has_hooks(self) -> bool:
        """Whether an extension declared any hook."""
        return bool(self._hooks)

    def hooks(self, event: str) -> list[tuple[str, HookFunction]]:
        """(extension, function) of the Python hooks for an event."""
        return self._hooks.get(event, [])

    def on_repository(self, owner: str, function: Callable[[Repository, CommandContext], object]) -> None:
        """Call `function` whenever a repository is opened."""
        self._repository_functions.append((owner, function))

    def repository_opened(self, repository: Repository, context: CommandContext) -> None:
        """Tell those who want to know. A failure is reported and does no harm."""
        for owner, function in self._repository_functions:
            try:
                function(repository, context)
            except errors.HgError:
                raise
            except Exception as problem:
                context.ui.warn(f"*** failed to set up extension {owner}: {problem}\n")
                if context.ui.tracebacks or context.ui.debugging:
                    context.ui.print_traceback()


def find_entry(entries: Mapping[str, CommandEntry], name: str, *, strict: bool = False) -> CommandEntry:
    """The command that `name` stands for.

    Args:
        entries: by all their names, joined with "|".
        name: a name, an alias or (unless strict) the beginning of one. Commands that start with "debug" and
            reserved ones are only considered where nothing else fits.
        strict: no abbreviations.

    Raises:
        AmbiguousCommand: it is the beginning of several.
        UnknownCommand: it is none.
    """
    exact = entries.get(name)
    if exact is not None:
        return exact
    found, others = _fitting_entries(entries, name, strict=strict)
    found = found or others
    if name in found:
        return found[name]
    if len(found) > 1:
        raise errors.AmbiguousCommand(command=name, candidates="    " + " ".join(sorted(found)))
    if not found:
        raise errors.UnknownCommand(command=name, suggestions=" ".join(_similar(entries, name)))
    return next(iter(found.values()))


def _fitting_entries(
    entries: Mapping[str, CommandEntry], name: str, *, strict: bool
) -> tuple[dict[str, CommandEntry], dict[str, CommandEntry]]:
    """The commands that `name` may stand for, by the name of theirs that fits; those of the second kind come last."""
    found: dict[str, CommandEntry] = {}
    others: dict[str, CommandEntry] = {}
    for entry in entries.values():
        fitting = _fitting_name(entry.names, name, strict)
        if fitting is None:
            continue
        hidden = entry.reserved or entry.names[0].startswith("debug") or fitting.startswith("debug")
        (others if hidden else found)[fitting] = entry
    return found, others


def _similar(entries: Mapping[str, CommandEntry], name: str) -> list[str]:
    import difflib

    # the peer compares bytes
    asked = name.encode("utf-8", "surrogateescape")
    return sorted(
        candidate
        for entry in entries.values()
        for candidate in entry.names
        if difflib.SequenceMatcher(None, asked, candidate.encode("utf-8", "surrogateescape")).ratio() > 0.6
    )


def _fitting_name(names: tuple[str, ...], wanted: str, strict: bool) -> str | None:
    if wanted in names:
        return wanted
    if strict:
        return None
    return next((name for name in names if name.startswith(wanted)), None)


def _bind(wrapper: Wrapper, original: CommandFunction) -> CommandFunction:
    def run(context: CommandContext) -> int | None:
        return wrapper.function(original, context)

    return run

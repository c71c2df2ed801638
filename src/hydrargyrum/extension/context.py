"""What a command function is given: the user interface, config, parsed options and a way to the repository.

It opens things on demand and decides nothing; parsing and running are the business of `cli`.
"""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hydrargyrum.config import Config
    from hydrargyrum.engine.protocol import Engine
    from hydrargyrum.extension.declarations import Command
    from hydrargyrum.extension.registry import Registry
    from hydrargyrum.repo import Repository
    from hydrargyrum.repo.reporter import Asking, HookRunner
    from hydrargyrum.types import PatternSet, Rev
    from hydrargyrum.ui import Ui
    from hydrargyrum.view.formatter import Formatter

    OptionValue = str | int | bool | list[str] | None


class ParsedOptions:
    """The options of one invocation by key (hyphens are underscores), every declared one present.

    `flag`, `text`, `number` and `items` give a value with its type; indexing gives it as it is. `given` tells an
    option that the user typed from one that has its default.
    """

    __slots__ = ("_given", "_values")

    def __init__(self, values: Mapping[str, OptionValue], given: frozenset[str] = frozenset()) -> None:
        self._values = dict(values)
        self._given = given

    def __getitem__(self, key: str) -> OptionValue:
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def as_dict(self) -> dict[str, OptionValue]:
        """All keys and values."""
        return dict(self._values)

    def given(self, key: str) -> bool:
        """Whether the user typed the option (also as `--no-NAME`)."""
        return key in self._given

    def flag(self, key: str) -> bool:
        """A flag; one that nobody touched is False."""
        return bool(self._values[key])

    def text(self, key: str) -> str:
        """A text option; "" where it was not given and has no default."""
        value = self._values[key]
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """A number."""
        value = self._values[key]
        return value if isinstance(value, int) else 0

    def items(self, key: str) -> list[str]:
        """The values of an option that can be repeated, in order."""
        value = self._values[key]
        return list(value) if isinstance(value, list) else []

    def __repr__(self) -> str:
        return f"ParsedOptions({self._values!r})"


class CommandContext:
    """One invocation of one command.

    Attributes:
        ui: streams, verbosity, colour, prompts.
        config: all layers, the repository's included.
        registry: what is registered: commands, extensions, template keywords ...
        command: the declaration of the command that runs.
        args: positional arguments after aliases and `[defaults]`.
        options: the command's own options; global_options: `-R`, `--cwd`, `--hidden` and so on.
        cwd: absolute current directory.
        argv: the arguments as typed, without the program's name.
        repo_root: working copy that the command is for, or None.
        bundle: a bundle file that is read as if that repository had taken it in, "" for none.
    """

    __slots__ = (
        "_engine",
        "_hooks",
        "_open_engine",
        "_repo",
        "args",
        "argv",
        "bundle",
        "command",
        "config",
        "cwd",
        "global_options",
        "options",
        "registry",
        "repo_root",
        "ui",
    )

    def __init__(
        self,
        *,
        ui: Ui,
        config: Config,
        registry: Registry,
        command: Command,
        args: Sequence[str],
        options: ParsedOptions,
        global_options: ParsedOptions,
        cwd: str,
        argv: Sequence[str],
        repo_root: str | None,
        open_engine: Callable[[], Engine],
        hooks: Callable[[CommandContext], HookRunner] | None = None,
    ) -> None:
        self.ui = ui
        self.config = config
        self.registry = registry
        self.command = command
        self.args = tuple(args)
        self.options = options
        self.global_options = global_options
        self.cwd = cwd
        self.argv = tuple(argv)
        self.repo_root = repo_root
        self.bundle = ""
        self._open_engine = open_engine
        self._hooks = hooks
        self._engine: Engine | None = None
        self._repo: Repository | None = None

    @property
    def engine(self) -> Engine:
        """The engine that the user asked for, loaded on first use."""
        if self._engine is None:
            self._engine = self._open_engine()
        return self._engine

    @property
    def repo(self) -> Repository:
        """The repository, opened on first use.

        Raises:
            InputError: there is none (only for a command with `optionalrepo` or `norepo`; others never run).
            EngineError: it cannot be opened.
        """
        if self._repo is None:
            if self.repo_root is None:
                raise errors.InputError(f"no repository found in '{self.cwd}' (.hg not found)")
            self._repo = self._open_repository(self.repo_root)
            self._repo.reporter = self.ui
            if self._repo.filters is not None:
                self._repo.filters.debug, self._repo.filters.warn = self.ui.debug, self.ui.warn
            if self._hooks is not None:
                self._repo.hooks = self._hooks(self)
            self._repo.cwd = self.cwd
            self._repo.registered = self.registry.registered
            self._repo.asking = _asking
            self._repo.open_within = lambda root: self.for_subrepository(root).repo
            self._repo.engine.expand_file_sets = self._expand_file_sets
            self._repo.on_warning = lambda warning: self.ui.warn(f"{warning.text()}\n")
            self.registry.repository_opened(self._repo, self)
        return self._repo

    def _open_repository(self, root: str) -> Repository:
        """Opens it; what configuration wants to be settled before is settled."""
        from hydrargyrum.config.items import CHANGES_BY_ITSELF, MAY_CHANGE
        from hydrargyrum.repo import Repository

        def opened(*, lenient_share: bool = False) -> Repository:
            return Repository.open(
                root,
                config=self.config,
                engine=self.engine,
                progress=self.ui.progress_callback(),
                show_hidden=self.global_options.flag("hidden"),
                lenient_share=lenient_share,
                data_filters=self.registry.registered("data-filter"),  # type: ignore[arg-type]
            )

        try:
            repo = opened()
        except errors.ShareSafeMismatch as problem:
            from hydrargyrum.ops.upgrading.shares import settle_mismatch

            def required() -> frozenset[str]:
                return opened(lenient_share=True).engine.requirements

            is_lenient = settle_mismatch(root, problem, self.config, self.ui.warn, required)
            repo = opened(lenient_share=is_lenient)
        if any(self.config.boolean("format", item + CHANGES_BY_ITSELF) for item in MAY_CHANGE):
            from hydrargyrum.ops.upgrading.automatic import upgrade_automatically

            if upgrade_automatically(repo, self.ui.warn):
                repo = opened()
        return self._with_bundle(repo) if self.bundle else repo

    def use_bundle(self, path: str) -> None:
        """Read a bundle file as if the repository had taken it in; without a repository, by itself."""
        from hydrargyrum.ops.overlay import empty_repository

        self.bundle = path
        if self.repo_root is None:
            self.repo_root = empty_repository(self.config, self.engine, self.ui.at_exit)

    def _with_bundle(self, repo: Repository) -> Repository:
        from hydrargyrum.ops.overlay import open_with_bundle

        repo.cwd, repo.registered = self.cwd, self.registry.registered
        return open_with_bundle(
            repo,
            self.bundle,
            show_hidden=self.global_options.flag("hidden"),
            progress=self.ui.progress_callback(),
            at_exit=self.ui.at_exit,
        )

    def _expand_file_sets(self, rev: Rev | None, patterns: PatternSet) -> PatternSet:
        from hydrargyrum.query.fileset import expand_patterns

        return expand_patterns(self.repo[rev], patterns)

    def use(self, repo: Repository) -> None:
        """Work on a repository that is open already."""
        self._repo = repo
        self.config = repo.config

    @property
    def opened_repo(self) -> Repository | None:
        """The repository where it has been used already; nothing is opened."""
        return self._repo

    @property
    def optional_repo(self) -> Repository | None:
        """The repository, or None where there is none."""
        return None if self.repo_root is None else self.repo

    def for_repository(self, root: str) -> CommandContext:
        """The same invocation for another repository, with that one's configuration and no options of its own."""
        config = self.config.copy()
        config.read_repository(root)
        return self._elsewhere(root, config)

    def alone(self) -> CommandContext:
        """The same for no repository."""
        return self._elsewhere(None, self.config.copy())

    def for_subrepository(self, root: str) -> CommandContext:
        """The same for a repository within this one, for which this one's configuration does not count."""
        return self._elsewhere(root, self.config.for_subrepository(root))

    def _elsewhere(self, root: str | None, config: Config) -> CommandContext:
        return CommandContext(
            ui=self.ui,
            config=config,
            registry=self.registry,
            command=self.command,
            args=(),
            options=ParsedOptions({}),
            global_options=self.global_options,
            cwd=self.cwd,
            argv=self.argv,
            repo_root=root,
            open_engine=lambda: self.engine,
            hooks=self._hooks,
        )

    def formatter(self, topic: str) -> Formatter:
        """The formatter for `topic` that `-T` asks for (or plain lines), writing to the user interface."""
        from hydrargyrum.extension.output import formatter_for

        return formatter_for(self, topic)

    def run(self, name: str, args: Sequence[str] = (), **options: OptionValue) -> int:
        """Run another command within this invocation: same repository, own options (defaults filled in)."""
        command = self.registry.command(name)
        values: dict[str, OptionValue] = {option.key: option.default for option in command.options}
        values.update(options)
        inner = CommandContext(
            ui=self.ui,
            config=self.config,
            registry=self.registry,
            command=command,
            args=args,
            options=ParsedOptions(values, frozenset(options)),
            global_options=self.global_options,
            cwd=self.cwd,
            argv=self.argv,
            repo_root=self.repo_root,
            open_engine=lambda: self.engine,
            hooks=self._hooks,
        )
        inner._repo = self._repo
        return self.registry.call(command, inner) or 0


class HookContext:
    """What a Python hook is given.

    Attributes:
        event: for example "pre-status".
        context: the invocation it belongs to.
        facts: what a shell hook gets as `HG_*` variables, by lower-case name without the prefix.
    """

    __slots__ = ("context", "event", "facts")

    def __init__(self, event: str, context: CommandContext, facts: Mapping[str, object]) -> None:
        self.event = event
        self.context = context
        self.facts = dict(facts)


def _asking(repo: Repository) -> Asking:
    from hydrargyrum.ops import asking

    return asking.Asking(repo)

"""From arguments to a command that runs: early options, configuration, extensions, aliases, the command's options.

What goes wrong on the way is reported by `failures`; the process around it all is `main`.
"""

from __future__ import annotations

import os
import sys

from hydrargyrum import errors
from hydrargyrum.cli import locate
from hydrargyrum.cli.failures import run_reporting
from hydrargyrum.cli.options import Grammar, OptionError, byte_repr, split_early_options, split_options
from hydrargyrum.commands.global_options import GLOBAL_OPTIONS
from hydrargyrum.commands.index import BEYOND_THE_PEER, COMMANDS, MISSING
from hydrargyrum.config import Config, values
from hydrargyrum.config.sources import find_root
from hydrargyrum.extension.context import CommandContext, ParsedOptions
from hydrargyrum.extension.declarations import Command, declarations_of, with_folded_names
from hydrargyrum.extension.registry import CommandEntry, Registry
from hydrargyrum.ui import Ui

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hydrargyrum.engine.protocol import Engine
    from hydrargyrum.repo.reporter import HookRunner
    from hydrargyrum.ui.streams import Streams

_GLOBAL = Grammar(GLOBAL_OPTIONS)
_EARLY = Grammar(GLOBAL_OPTIONS, {"repository": "repo"})


class Parsed:
    """The arguments, understood: arguments after aliases and defaults, own and global options."""

    __slots__ = ("args", "entry", "global_options", "options")

    def __init__(
        self,
        global_options: ParsedOptions,
        entry: CommandEntry | None = None,
        args: Sequence[str] = (),
        options: ParsedOptions | None = None,
    ) -> None:
        self.global_options = global_options
        self.entry = entry
        self.args = tuple(args)
        self.options = ParsedOptions({}) if options is None else options


class Invocation:
    """One run of the command line, from arguments to exit code.

    Attributes:
        argv: the arguments, without the program's name.
        environ: environment variables.
        ui: made first, so that everything can be reported.
        base: configuration without a repository's; config: with it.
        registry: None until the repository's configuration is known.
        early: global options as far as they can be read before the command is known.
    """

    def __init__(
        self, argv: Sequence[str], environ: Mapping[str, str], streams: Streams, program: str = ""
    ) -> None:
        self.argv = list(argv)
        self.environ = environ
        self.base = Config(environ, program=program)
        self.config = self.base
        self.ui = Ui(self.base, streams, environ)
        self.registry: Registry | None = None
        self.early = _EARLY.values(())
        self._located: locate.Located | None = None
        self._has_aliases = False

    def prepare(self) -> None:
        """Read what belongs to no repository: user configuration and early options.

        Raises:
            HgError: the configuration cannot be read.
        """
        self.base.load()
        self.ui.refresh()
        anywhere = not self.base.is_plain("strictflags")
        found, _others = split_early_options(self.argv, _EARLY, anywhere=anywhere)
        self.early = _EARLY.values(found)
        if self.early.flag("traceback"):
            self._set("ui", "traceback", "on", "--traceback")

    def run(self) -> int:
        """Run the command; its exit code. What it raises is reported (see `failures.run_reporting`)."""
        return run_reporting(self.ui, self.base, lambda: self.registry, self._run_debuggable)

    # -- steps --------------------------------------------------------------------------------------------------

    def _run_debuggable(self) -> int | None:
        self._apply_config_options()
        if not self.early.flag("debugger"):
            return self._run()
        import pdb

        self.ui.warn("entering debugger - type c to continue starting hg or h for help\n")
        try:
            pdb.set_trace()
            return self._run()
        except Exception:
            self.ui.print_traceback()
            pdb.post_mortem()
            raise

    def _apply_config_options(self) -> None:
        """`--config-file`, then `--config`. Raises `InputError`."""
        for path in self.early.items("config_file"):
            self._apply_config_file(path)
        for setting in self.early.items("config"):
            name, equals, text = setting.partition("=")
            section, dot, key = name.strip().partition(".")
            if not (equals and dot and section and key):
                shown = byte_repr(setting)
                raise errors.InputError(
                    f"malformed --config option: {shown} (use --config section.name=value)"
                )
            self.base.set(section, key, text.strip(), "--config")
        if self.early.items("config_file") or self.early.items("config"):
            self.ui.refresh()

    def _apply_config_file(self, path: str) -> None:
        from hydrargyrum.config.parse import read_file

        try:
            with open(path, "rb") as file:
                layer = read_file(path, file.read())
        except FileNotFoundError:
            hint = "this file is resolved before --cwd is processed" if "--cwd" in self.argv else None
            raise errors.InputError(f'missing file "{path}" for --config-file', hint=hint) from None
        except errors.ConfigParse as problem:
            place = f"{problem.facts['path']}:{problem.facts['line']}"
            text = str(problem.facts["text"])
            raise errors.InputError(f"invalid --config-file content at {place}", hint=text) from None
        for section in sorted(layer.sections):
            for name, value in layer.sections[section].items():
                self.base.set(section, name, value.text, value.source)

    def _run(self) -> int | None:
        directory = self.early.text("cwd")
        if not directory:
            return self._run_here()
        before = locate.current_directory()
        os.chdir(directory)
        try:
            return self._run_here()
        finally:
            os.chdir(before)

    def _run_here(self) -> int | None:
        cwd = locate.current_directory()
        self._located = locate.locate(self.base, self.early.text("repository"), cwd)
        path, self.config = self._located.path, self._located.config
        self.ui.use_config(self.config)
        self._set_verbosity(self.early, None)
        profiling = self.early["profile"] or (
            self.early["profile"] is None and self.config.boolean("profiling", "enabled")
        )
        if not profiling:
            return self._run_command(cwd, path)
        from hydrargyrum.cli.profile import profiled

        return profiled(self.ui, lambda: self._run_command(cwd, path))

    def _run_command(self, cwd: str, path: str) -> int | None:
        registry = self.registry = builtin_registry(self.config)
        sections = self.config.sections(untrusted=True)
        if "extensions" in sections:
            from hydrargyrum.extension.loader import load_all

            load_all(registry, self.ui)
        if "alias" in sections:
            from hydrargyrum.cli.aliases import add_aliases

            self._has_aliases = True
            add_aliases(registry, self.config)
            shell_alias = self._shell_alias(cwd)
            if shell_alias is not None:
                return shell_alias()
        parsed = self._parse()
        self._check_early(parsed.global_options)
        self._apply_global_options(parsed)
        if parsed.global_options.flag("version"):
            return self._run_version(cwd, parsed)
        if parsed.global_options.flag("help") or parsed.entry is None:
            return self._show_help(parsed)
        command = registry.with_wrappers(parsed.entry.command())
        context = self._context(command, parsed, cwd, path)
        return self._invoke(context, parsed.entry)

    def _parse(self) -> Parsed:
        assert self.registry is not None
        try:
            found, rest = split_options(self.argv, _GLOBAL, anywhere=False)
        except OptionError as problem:
            raise self._wrong_option("", problem) from None
        first = _GLOBAL.values(found)
        if not rest:
            return Parsed(first)
        entry = self.registry.find(rest[0], strict=self.config.boolean("ui", "strict"))
        name = entry.names[0]
        given = self._expanded(entry, rest[1:])
        command = self.registry.with_wrappers(entry.command())
        grammar = Grammar((*command.options, *GLOBAL_OPTIONS))
        anywhere = "POSIXLY_CORRECT" not in self.environ
        try:
            found, args = split_options(given, grammar, anywhere=anywhere)
        except OptionError as problem:
            raise self._wrong_option(name, problem) from None
        both = grammar.values(found, first)
        global_keys = {option.key for option in GLOBAL_OPTIONS}
        own = {key: both[key] for key in both if key not in global_keys}
        shared = {key: both[key] for key in both if key in global_keys}
        typed = frozenset(key for key in both if both.given(key))
        return Parsed(ParsedOptions(shared, typed), entry, args, ParsedOptions(own, typed))

    def _expanded(self, entry: CommandEntry, given: Sequence[str]) -> list[str]:
        """The arguments with those of an alias and of section `defaults`."""
        args = list(given)
        if self._has_aliases:
            from hydrargyrum.cli.aliases import expand

            args = expand(entry, args)
        defaults = self.config.text("defaults", entry.names[0])
        if defaults:
            import shlex

            from hydrargyrum.config.parse import expand_path

            args = [expand_path(word) for word in shlex.split(defaults)] + args
        return args

    def _wrong_option(self, command: str, problem: OptionError) -> errors.HgError:
        option = problem.option
        if option and "config".startswith(option):
            candidates = [known for known in GLOBAL_OPTIONS if known.name.startswith(option)]
            if len(candidates) != 1:
                return errors.InputError("option --config may not be abbreviated")
        return errors.CommandError(command=command, problem=str(problem))

    def _check_early(self, options: ParsedOptions) -> None:
        """Options that act early must have been written so that they could be read early."""
        early = self.early
        for key in ("config", "config_file", "cwd"):
            if options[key] != early[key]:
                raise errors.InputError(f"option --{key.replace('_', '-')} may not be abbreviated")
        if options["repository"] != early["repository"]:
            raise errors.InputError(
                "option -R has to be separated from other options (e.g. not -qR) and --repository may only be "
                "abbreviated as --repo"
            )
        if options["debugger"] != early["debugger"]:
            raise errors.InputError("option --debugger may not be abbreviated")

    def _apply_global_options(self, parsed: Parsed) -> None:
        options = parsed.global_options
        if options.flag("time"):
            self._report_times()
        self._set_verbosity(options, self.early)
        self._choose_charset(options.text("encoding"), options.text("encodingmode"))
        if options.flag("traceback"):
            self._set("ui", "traceback", "on", "--traceback")
        if options.flag("noninteractive"):
            self._set("ui", "interactive", "off", "-y")
        if options.text("color"):
            self._set("ui", "color", options.text("color"), "--color")
        self.ui.refresh()
        self.ui.set_up_color()
        pager = options.text("pager")
        if values.parse_boolean(pager):
            self.ui.pager(parsed.entry.names[0] if parsed.entry is not None else "", always=True)
        elif pager != "auto":
            self.ui.forbid_pager()

    def _choose_charset(self, named: str, mode: str) -> None:
        """What the user reads and writes in; all is loaded only where that is not UTF-8."""
        named = named or self.environ.get("HGENCODING") or ""
        if not named:
            settings = (self.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
            wanted = next(filter(None, settings), "C")
            is_usual = wanted in ("C", "POSIX") or wanted.lower().replace("-", "").endswith("utf8")
            named = "utf-8" if is_usual else self.ui.encoding
        mode = mode or self.environ.get("HGENCODINGMODE") or "strict"
        fallback = self.config.text("ui", "fallbackencoding") or "latin-1"
        chosen = (named.lower(), mode, fallback)
        if chosen != ("utf-8", "strict", "latin-1") or "hydrargyrum.text.local" in sys.modules:
            from hydrargyrum.text.local import use_charset, use_fallback

            use_charset(named, mode)
            use_fallback(fallback)

    def _set_verbosity(self, options: ParsedOptions, before: ParsedOptions | None) -> None:
        """`-q`, `-v` and `--debug`; with `before`, only those that changed since."""
        if not (options["verbose"] or options["debug"] or options["quiet"]):
            return
        for key in ("verbose", "debug", "quiet"):
            if before is None or options[key] != before[key]:
                self._set("ui", key, str(bool(options[key])), f"--{key}")
        self.ui.refresh()

    def _set(self, section: str, name: str, text: str, source: str) -> None:
        self.config.set(section, name, text, source)
        if self.base is not self.config:
            self.base.set(section, name, text, source)
        self.ui.refresh()

    def _report_times(self) -> None:
        start = os.times()

        def report() -> None:
            end = os.times()
            user, system = end[0] - start[0], end[1] - start[1]
            child_user, child_system = end[2] - start[2], end[3] - start[3]
            self.ui.warn(
                f"time: real {end[4] - start[4]:.3f} secs"
                f" (user {user:.3f}+{child_user:.3f} sys {system:.3f}+{child_system:.3f})\n"
            )

        self.ui.at_exit(report)

    def _shell_alias(self, cwd: str) -> Callable[[], int | None] | None:
        """What runs the command if it is an alias for a shell command."""
        from hydrargyrum.cli.aliases import EARLY_GRAMMAR, AliasEntry

        assert self.registry is not None
        try:
            found, rest = split_options(self.argv, _GLOBAL, anywhere=False)
            entry = self.registry.find(rest[0], strict=self.config.boolean("ui", "strict")) if rest else None
        except (OptionError, errors.AmbiguousCommand, errors.UnknownCommand):
            return None
        if not isinstance(entry, AliasEntry) or not entry.is_shell:
            return None
        _early, args = split_early_options(rest, EARLY_GRAMMAR, anywhere=True, keep_separator=True)
        context = self._context(entry.command(), Parsed(_GLOBAL.values(found), entry, args[1:]), cwd, "")
        return lambda: self._run_hooked(context, entry.names[0], rest[:1], [])

    def _run_version(self, cwd: str, parsed: Parsed) -> int | None:
        assert self.registry is not None
        command = self.registry.command("version")
        options = Grammar(command.options).values(())
        context = self._context(command, Parsed(parsed.global_options, None, (), options), cwd, "")
        return self.registry.call(command, context)

    def _show_help(self, parsed: Parsed) -> int:
        from hydrargyrum.commands.help import command_help, help_text, short_list

        assert self.registry is not None
        if parsed.entry is not None:
            declared = self.registry.with_wrappers(parsed.entry.command())
            text = command_help(self.ui, declared, parsed.entry.names[0], full=True)
        elif parsed.global_options.flag("help"):
            text = help_text(self.ui, self.registry, "")
        else:
            text = short_list(self.ui, self.registry)
        self.ui.pager("help")
        self.ui.write(text)
        return 0

    def _context(self, command: Command, parsed: Parsed, cwd: str, path: str) -> CommandContext:
        assert self.registry is not None
        return CommandContext(
            ui=self.ui,
            config=self.config,
            registry=self.registry,
            command=command,
            args=parsed.args,
            options=parsed.options,
            global_options=parsed.global_options,
            cwd=cwd,
            argv=self.argv,
            repo_root=path or None,
            open_engine=self._open_engine,
            hooks=_hooks_of if self._has_hooks() else None,
        )

    def _has_hooks(self) -> bool:
        assert self.registry is not None
        return self.registry.has_hooks or bool(self.config.section("hooks", untrusted=True))

    def _open_engine(self) -> Engine:
        from hydrargyrum.engine.select import select_engine

        return select_engine(self.environ.get("HYG_ENGINE", "auto"))

    def _invoke(self, context: CommandContext, entry: CommandEntry) -> int | None:
        command = context.command
        if command.norepo:
            context.repo_root = None
            if self.early.text("repository"):
                self.ui.warn("warning: --repository ignored\n")
        else:
            self._open_repository(context)
        return self._run_hooked(context, entry.names[0], self.argv, list(context.args))

    def _open_repository(self, context: CommandContext) -> None:
        """Open the repository, or make sure that the command can do without.

        Raises:
            InputError: there is none.
            EngineError: it cannot be opened.
        """
        command = context.command
        explicit = bool(self.early.text("repository"))
        if self._located is not None and self._located.bundle:
            context.use_bundle(self._located.bundle)
        elif context.repo_root is None and command.inferrepo and context.args:
            roots = {find_root(os.path.abspath(argument)) for argument in context.args}
            guess = roots.pop()
            if guess is not None and not roots:
                self._infer(context, guess)
        if context.repo_root is None:
            if not command.optionalrepo:
                raise errors.InputError(f"no repository found in '{context.cwd}' (.hg not found)")
            return
        if explicit:
            path = context.repo_root
            if not os.path.isdir(os.path.join(path, ".hg")):
                raise errors.RepositoryNotFound(path=path)
            context.repo_root = os.path.realpath(path)
        if self._located is not None:
            # the files were read to find extensions and aliases; now they count for the repository
            for warning in self._located.warnings:
                self.ui.warn(warning)
        self.config.set("bundle", "mainreporoot", context.repo.root, "repo")

    def _infer(self, context: CommandContext, root: str) -> None:
        self._located = locate.Located(root, self.base)
        self.config = context.config = self._located.config
        self.ui.use_config(self.config)
        context.repo_root = root

    def _run_hooked(
        self, context: CommandContext, name: str, argv: Sequence[str], patterns: list[str]
    ) -> int | None:
        """Run the command between its hooks."""
        assert self.registry is not None
        if not self._has_hooks():
            return self._call(context, name)
        from hydrargyrum.cli import hooks

        facts: dict[str, object] = {
            "args": " ".join(argv),
            "pats": patterns,
            "opts": context.options.as_dict(),
        }
        hooks.run(f"pre-{name}", context, facts, stops=True)
        try:
            result = self._call(context, name)
            hooks.run(f"post-{name}", context, {**facts, "result": result})
        except Exception:
            hooks.run(f"fail-{name}", context, facts)
            raise
        return result

    def _call(self, context: CommandContext, name: str) -> int | None:
        assert self.registry is not None
        command = context.command
        count = len(context.args)
        if count < command.min_args or (command.max_args is not None and count > command.max_args):
            raise errors.CommandError(command=name, problem="invalid arguments")
        return self.registry.call(command, context)


def builtin_registry(config: Config) -> Registry:
    """A registry with the built-in commands, none of them imported."""
    entries = [
        CommandEntry(with_folded_names(names), _loader(module), reserved=module in BEYOND_THE_PEER)
        for module, names in COMMANDS.items()
    ]
    entries += [CommandEntry(with_folded_names(tuple(names.split("|")))) for names in MISSING]
    return Registry(config, entries)


def _hooks_of(context: CommandContext) -> HookRunner:
    from hydrargyrum.cli.hooks import RepositoryHooks

    return RepositoryHooks(context)


def _loader(module: str) -> Callable[[], Command]:
    def load() -> Command:
        # importlib.import_module would first import importlib
        name = f"hydrargyrum.commands.{module}"
        __import__(name)
        return next(declared for declared in declarations_of(name) if isinstance(declared, Command))

    return load

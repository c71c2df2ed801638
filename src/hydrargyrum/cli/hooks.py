"""Runs the hooks of an event: shell commands and Python functions of section `hooks`, and those that extensions declared.

Which events there are, and what hooks are told, is decided by whoever fires them: `dispatch`, operations, transactions.
"""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension.context import HookContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hydrargyrum.extension import CommandContext


class HookFailed(errors.Abort):
    """A hook said no."""

    id = "hook-failed"
    detailed_exit_code = errors.EXIT_HOOK


def run(event: str, context: CommandContext, facts: Mapping[str, object], *, stops: bool = False) -> None:
    """Run the hooks for an event.

    Args:
        event: for example "pre-status".
        context: the invocation.
        facts: what the hooks are told.
        stops: a hook that fails stops the command; else it is only warned about.

    Raises:
        HookFailed: one failed and `stops`.
    """
    declared = context.registry.hooks(event)
    if not declared and "hooks" not in context.config.sections(untrusted=True):
        return
    one = _Run(event, context, facts, stops)
    for name, command in configured(context, event):
        if command is None:
            one.refuse(name)
        elif command.startswith("python:"):
            one.call(name, _load(name, command[7:], context))
        else:
            one.shell(name, command)
    for name, function in declared:
        one.call(name, function)


def configured(context: CommandContext, event: str) -> list[tuple[str, str | None]]:
    """(name, command) of the configured hooks for an event, by priority; None for one that is not trusted."""
    config = context.config
    found: dict[str, tuple[int, int, str | None]] = {}
    for trusted in (True, False):
        for order, (name, value) in enumerate(config.section("hooks", untrusted=not trusted)):
            if ":" in name or name.startswith(("priority.", "tonative.")):
                continue
            if trusted:
                priority = config.integer("hooks", f"priority.{name}", 0)
                found[name] = (-priority, order, value.text)
            elif name not in found:
                found[name] = (0, order, None)
            elif found[name][2] != value.text:
                found[name] = (*found[name][:2], None)
    chosen = [
        (priority, order, name, command)
        for name, (priority, order, command) in found.items()
        if name.split(".", 1)[0] == event and command != ""
    ]
    chosen.sort(key=lambda item: item[:3])
    return [(name, command) for _priority, _order, name, command in chosen]


class RepositoryHooks:
    """The hooks of one repository, as locks, transactions and operations fire them (`repo.reporter.HookRunner`)."""

    __slots__ = ("_context",)

    def __init__(self, context: CommandContext) -> None:
        self._context = context

    def wants(self, event: str, /) -> bool:
        """Whether there are hooks for an event."""
        if self._context.registry.hooks(event):
            return True
        return any(name.split(".", 1)[0] == event for name, _ in self._configured())

    def run(self, event: str, facts: Mapping[str, object], /, *, stops: bool) -> None:
        """Runs them. Raises `HookFailed` where one fails and `stops`."""
        run(event, self._context, facts, stops=stops)

    def _configured(self) -> list[tuple[str, object]]:
        return [*self._context.config.section("hooks", untrusted=True)]


class _Run:
    """The hooks of one event."""

    __slots__ = ("_context", "_event", "_facts", "_stops")

    def __init__(self, event: str, context: CommandContext, facts: Mapping[str, object], stops: bool) -> None:
        self._event = event
        self._context = context
        self._facts = facts
        self._stops = stops

    def refuse(self, name: str) -> None:
        """A hook that comes from a file that is not trusted."""
        problem = f"untrusted hook {name} not executed"
        if self._stops:
            raise HookFailed(problem, hint="see 'hg help config.trusted'")
        self._context.ui.warn(f"warning: {problem}\n")

    def shell(self, name: str, command: str) -> None:
        """A shell command."""
        from hydrargyrum.ui.process import explain_exit

        ui, config = self._context.ui, self._context.config
        environ: dict[str, object] = {"HG_HOOKTYPE": self._event, "HG_HOOKNAME": name}
        repo = self._context.opened_repo
        transaction = None if repo is None else repo.current_transaction
        if repo is not None and transaction is not None and transaction.write_pending():
            environ["HG_PENDING"] = repo.root
        option = f"{name}:run-with-plain"
        if config.text("hooks", option, "true") == "auto":
            plain = config.is_plain()
        else:
            plain = config.boolean("hooks", option, True)
        environ["HGPLAIN"] = "1" if plain else ""
        for key, fact in self._facts.items():
            environ[f"HG_{key.upper()}"] = pretty(fact) if isinstance(fact, (list, dict)) else fact
        ui.note(f"running hook {name}: {command}\n")
        code = ui.system(command, environ, self._context.repo_root or os.getcwd())
        if repo is not None and not repo.holds_a_lock:
            repo.invalidate()
        if code:
            self._failed(f"{name} hook {explain_exit(code)}")

    def call(self, name: str, function: Callable[[HookContext], object]) -> None:
        """A Python function; an exception is a failure, a true result too."""
        ui = self._context.ui
        ui.note(f"calling hook {name}: {function.__module__}.{getattr(function, '__name__', function)}\n")
        try:
            failed = function(HookContext(self._event, self._context, self._facts))
        except Exception as problem:
            what = "failed" if isinstance(problem, errors.Abort) else "raised an exception"
            ui.warn(f"error: {name} hook {what}: {problem}\n")
            if self._stops:
                raise
            if ui.tracebacks:
                ui.print_traceback()
            else:
                ui.warn("(run with --traceback for stack trace)\n")
            return
        if failed:
            self._failed(f"{name} hook failed")

    def _failed(self, problem: str) -> None:
        if self._stops:
            raise HookFailed(problem)
        self._context.ui.warn(f"warning: {problem}\n")


def _load(name: str, where: str, context: CommandContext) -> Callable[[HookContext], object]:
    """The function of "module.function" or "path:function"."""
    import importlib

    path, colon, function_name = where.rpartition(":")
    try:
        if colon:
            from hydrargyrum.config.parse import expand_path
            from hydrargyrum.extension.loader import import_extension

            full = os.path.join(context.repo_root or os.getcwd(), expand_path(path))
            module, _shipped = import_extension(f"hook_{name}", full)
        else:
            module_name, _dot, function_name = where.strip().rpartition(".")
            if not module_name:
                raise HookFailed(f'{name} hook is invalid: "{where.strip()}" not in a module')
            if module_name.startswith("hgext."):
                from hydrargyrum.extension.loader import import_extension

                module = import_extension(module_name, "")[0]
            else:
                module = importlib.import_module(module_name)
    except (ImportError, SyntaxError, OSError):
        target = path if colon else where.strip().rpartition(".")[0]
        hint = None if context.ui.tracebacks else "run with --traceback for stack trace"
        raise HookFailed(f'{name} hook is invalid: import of "{target}" failed', hint=hint) from None
    function: Callable[[HookContext], object] | None = getattr(module, function_name, None)
    if function is None or not callable(function):
        lack = "is not defined" if function is None else "is not callable"
        raise HookFailed(f'{name} hook is invalid: "{where.strip()}" {lack}')
    return function


def pretty(value: object) -> str:
    """A value as hooks are given it: like a literal of lists, dictionaries (sorted) and quoted text."""
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
        return "'" + "".join(_ESCAPES.get(byte) or _show(byte) for byte in data) + "'"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(pretty(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{pretty(key)}: {pretty(value[key])}" for key in sorted(value)) + "}"
    return str(value)


_ESCAPES = {9: "\\t", 10: "\\n", 13: "\\r", 39: "\\'", 92: "\\\\"}


def _show(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}"

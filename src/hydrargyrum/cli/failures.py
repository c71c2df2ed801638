"""Turns whatever ends a command into what the user reads and into an exit code. The sentences are in `errors`."""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.config import Config
    from hydrargyrum.extension import Registry
    from hydrargyrum.ui import Ui

#: Exit code of every failure unless `ui.detailed-exit-code` is set.
COARSE = 255
#: Of a bug, as the interpreter's own.
BUG = 1


def describe(problem: errors.HgError) -> str:
    """The lines of an error, with the hint in parentheses."""
    text = f"{problem.prefix}{problem.text()}\n"
    hint = problem.hint_text()
    return f"{text}({hint})\n" if hint else text


def run_reporting(
    ui: Ui, base: Config, registry: Callable[[], Registry | None], function: Callable[[], int | None]
) -> int:
    """Call `function`; report what it raises.

    Args:
        ui: where reports go.
        base: configuration without a repository's; it says how detailed exit codes are.
        registry: gives what is registered, for help after wrong options.
        function: gives an exit code, None being 0.

    Raises:
        KeyboardInterrupt: the user wants to stop.
        StreamError: standard output cannot be written.
        Exception: a bug, after it was reported.
    """
    try:
        return function() or 0
    except errors.HgError as problem:
        _go_back_to(ui, base)
        code = _report(ui, problem, registry())
    except OSError as problem:
        _go_back_to(ui, base)
        code = _report_os_error(ui, problem)
    except MemoryError:
        ui.error("abort: out of memory\n")
        code = COARSE
    except RecursionError:
        # an expression, a template or a pattern that is deeper than the interpreter's stack
        _go_back_to(ui, base)
        ui.error("abort: what was asked is nested too deeply\n")
        code = COARSE
    except SystemExit as problem:
        return problem.code if isinstance(problem.code, int) else BUG
    return code if base.boolean("ui", "detailed-exit-code") else COARSE


def _go_back_to(ui: Ui, base: Config) -> None:
    """What a repository configures does not change how its failures are reported."""
    try:
        ui.use_config(base)
    except errors.HgError:
        # what is wrong with it is being reported already
        pass
    if ui.tracebacks:
        ui.print_traceback()


def _report(ui: Ui, problem: errors.HgError, registry: Registry | None) -> int:
    if isinstance(problem, errors.CommandError):
        _report_wrong_use(ui, problem, registry)
    elif isinstance(problem, errors.UnknownCommand):
        ui.warn(describe(problem))
        text = _provider(ui, problem, registry)
        if text is not None:
            ui.write(text)
            return problem.detailed_exit_code
        similar = str(problem.facts.get("suggestions") or "").split(" ")
        if len(similar) > 1:
            ui.warn(f"(did you mean one of {', '.join(similar)}?)\n")
        elif similar[0]:
            ui.warn(f"(did you mean {similar[0]}?)\n")
        else:
            ui.warn("(use 'hg help' for a list of commands)\n")
    elif isinstance(problem, errors.AmbiguousCommand):
        ui.warn(describe(problem))
    else:
        ui.error(describe(problem))
    return problem.detailed_exit_code


def _provider(ui: Ui, problem: errors.UnknownCommand, registry: Registry | None) -> str | None:
    """Which shipped extension would have the command, in a sentence."""
    if registry is None:
        return None
    from hydrargyrum.commands.help_search import provider_of

    return provider_of(ui, registry, str(problem.facts["command"]))


def _report_wrong_use(ui: Ui, problem: errors.CommandError, registry: Registry | None) -> None:
    name = str(problem.facts.get("command") or "")
    if not name or registry is None:
        ui.warn(f"hg: {problem.facts['problem']}\n")
        ui.warn("(use 'hg help -v' for a list of global options)\n")
        return
    from hydrargyrum.commands.help import command_help

    ui.pager("help")
    ui.warn(describe(problem))
    declared = registry.with_wrappers(registry.find(name).command())
    ui.write(command_help(ui, declared, name, full=False))


def _report_os_error(ui: Ui, problem: OSError) -> int:
    import errno

    if problem.errno == errno.EPIPE:
        return COARSE
    reason = problem.strerror or str(problem)
    if problem.filename is None:
        ui.error(f"abort: {reason}\n")
    else:
        name = problem.filename
        shown = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
        ui.error(f"abort: {reason}: '{shown}'\n")
    return COARSE


def report_bug(ui: Ui, registry: Registry | None) -> None:
    """Tell the user that what just happened is our fault, or that of an extension."""
    import sys

    from hydrargyrum import __version__

    loaded = [] if registry is None else sorted(extension.name for extension in registry.extensions)
    version = sys.version.replace("\n", "")
    ui.print_traceback()
    foreign = [] if registry is None else [one.name for one in registry.extensions if not one.shipped]
    if foreign:
        ui.warn(
            "** unknown exception; it may come from an extension: disable them one by one and try again\n"
        )
    else:
        ui.warn("** unknown exception: this is a bug of hydrargyrum, please report it with the lines above\n")
    ui.warn(f"** Python {version}\n** hydrargyrum {__version__}\n** Extensions loaded: {', '.join(loaded)}\n")

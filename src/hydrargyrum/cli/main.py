"""The process: standard streams, signals, the last words, the exit code. What the arguments mean is `dispatch`."""

from __future__ import annotations

import os
import sys

from hydrargyrum import errors
from hydrargyrum.cli.dispatch import Invocation
from hydrargyrum.cli.failures import COARSE, describe, report_bug
from hydrargyrum.ui.streams import StreamError, silence_standard_streams, standard_streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType
    from typing import NoReturn

    from hydrargyrum.lockfile import Lock
    from hydrargyrum.ui.streams import Streams

#: Set by the launcher: the path that it was started as.
PROGRAM_VARIABLE = "HYG_PROGRAM"


class Killed(KeyboardInterrupt):
    """A signal other than Ctrl-C asks us to stop."""


def main() -> int:
    """Run the arguments of this process; its exit code."""
    try:
        program = os.environ.get(PROGRAM_VARIABLE) or sys.argv[0]
        catch_signals()
        status = run(sys.argv[1:], os.environ, standard_streams(), program)
        silence_standard_streams()
    except KeyboardInterrupt as problem:
        # too early or too late for the streams of a command
        try:
            os.write(2, last_word(problem).encode())
        except OSError:
            pass
        status = COARSE
    return status


def last_word(problem: KeyboardInterrupt) -> str:
    """What is said of a command that was stopped by a signal."""
    return "interrupted!\n" if type(problem) is KeyboardInterrupt else "killed!\n"


def run(argv: Sequence[str], environ: Mapping[str, str], streams: Streams, program: str = "") -> int:
    """Run a command line in this process.

    Args:
        argv: the arguments, without the program's name.
        environ: environment variables.
        streams: where to read and write.
        program: path of the program.

    Returns:
        The exit code.
    """
    invocation = Invocation(argv, environ, streams, program)
    problem: OSError | None = None
    try:
        status = _run(invocation)
    except StreamError as error:
        problem = error.cause
        status = COARSE
    if not _flush(streams, problem) and not status:
        status = COARSE
    return status & 255


def _run(invocation: Invocation) -> int:
    ui = invocation.ui
    try:
        invocation.prepare()
    except errors.HgError as problem:
        ui.write_error(describe(problem))
        return COARSE
    status = 1
    try:
        status = _run_interruptible(invocation)
    finally:
        ui.flush()
        if not ui.run_exit_functions():
            status = status or COARSE
        ui.flush()
    return status


def _run_interruptible(invocation: Invocation) -> int:
    ui = invocation.ui
    before = _locks()
    try:
        try:
            return invocation.run()
        finally:
            ui.flush()
    except KeyboardInterrupt as problem:
        for lock in _locks():
            if lock not in before:
                lock.release()
        try:
            ui.error(last_word(problem))
        except (KeyboardInterrupt, StreamError):
            # the pager has gone, nobody reads it
            pass
        return COARSE
    except StreamError:
        raise
    except Exception:
        report_bug(ui, invocation.registry)
        return 1


def _locks() -> list[Lock]:
    """The locks that this process holds."""
    module = sys.modules.get("hydrargyrum.lockfile")
    return list(module.held) if module is not None else []


def _flush(streams: Streams, problem: OSError | None) -> bool:
    """Write out what is left and what went wrong with it; False where something could not be written."""
    import errno

    fine = problem is None
    try:
        streams.out.flush()
    except OSError as error:
        problem = error
        fine = False
    try:
        if problem is not None and problem.errno != errno.EPIPE:
            streams.err.write(f"abort: {problem.strerror}\n".encode("utf-8", "surrogateescape"))
        streams.err.flush()
    except OSError:
        fine = False
    return fine


def catch_signals() -> None:
    """Signals that ask this process to stop raise `Killed` from now on."""
    # the module `signal` makes enumerations of all this, which takes as long as everything else on the way
    signal = __import__("_signal")

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Killed

    for name in ("SIGHUP", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None:
            try:
                signal.signal(number, stop)
            except ValueError:
                # not the main thread
                return

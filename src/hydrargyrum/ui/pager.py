"""Starts the pager and puts it between us and the terminal. When output is paged follows the `pager` section."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

    from hydrargyrum.ui.interface import Ui

DEFAULT_PAGER = "less"
#: Set for the pager unless the user has set them.
PAGER_ENVIRONMENT = {"LESS": "FRX", "LV": "-c"}
#: A command with none of these is executed without a shell, so that a missing one can be reported.
_SHELL_SIGNS = frozenset("|&;<>()$`\\\"' \t\n*?[#~=%")


class Terminated(KeyboardInterrupt):
    """A signal other than Ctrl-C asks us to stop; so does a pager that was left."""


def raise_terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    """A signal handler."""
    raise Terminated


def is_wanted(ui: Ui, command: str) -> bool:
    """Whether the user likes a pager for `command` here and now."""
    config = ui.config
    return not (
        command in config.text_list("pager", "ignore")
        or not config.boolean("ui", "paginate")
        or not config.boolean("pager", f"attend-{command}", True)
        or ui.environ.get("TERM") == "dumb"
        or not ui.is_formatted()
        or config.is_plain()
        or "--debugger" in sys.argv
    )


def start(ui: Ui, command: str) -> bool:
    """Start the pager for `command`; False where there is none to start."""
    # the module makes enumerations, which takes longer than asking whether a pager is wanted at all
    import signal

    pager = ui.config.text("pager", "pager", DEFAULT_PAGER)
    if not pager:
        return False
    ui.debug(f"starting pager for command '{command}'\n")
    ui.flush()
    formatted = ui.is_formatted()
    signal.signal(signal.SIGPIPE, raise_terminated)
    if not _run(ui, pager):
        return False
    # our standard output is a pipe now, but still means a person
    ui.config.set("ui", "formatted", str(formatted), "pager")
    ui.config.set("ui", "interactive", "False", "pager")
    return True


def _run(ui: Ui, command: str) -> bool:
    import signal
    import subprocess

    from hydrargyrum.ui.process import child_environment

    if command == "cat":
        return False
    shell = any(letter in _SHELL_SIGNS for letter in command)
    extra = {name: value for name, value in PAGER_ENVIRONMENT.items() if name not in ui.environ}
    try:
        pager = subprocess.Popen(
            command,
            shell=shell,
            stdin=subprocess.PIPE,
            env=child_environment(ui, extra),
        )
    except FileNotFoundError:
        if shell:
            raise
        ui.warn(f"missing pager command '{command}', skipping pager\n")
        return False
    assert pager.stdin is not None
    out, err = ui.streams.out.fileno(), ui.streams.err.fileno()
    saved_out, saved_err = os.dup(out), os.dup(err)
    err_is_terminal = ui.is_terminal(ui.streams.err)
    os.dup2(pager.stdin.fileno(), out)
    if err_is_terminal:
        os.dup2(pager.stdin.fileno(), err)

    def finish() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.dup2(saved_out, out)
        os.dup2(saved_err, err)
        if pager.stdin is not None:
            pager.stdin.close()
        pager.wait()

    ui.at_exit(finish)
    return True

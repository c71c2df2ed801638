"""Child processes that share our terminal: shell commands and the editor. The pager has a module of its own."""

from __future__ import annotations

from hydrargyrum import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.ui.interface import Ui

DEFAULT_EDITOR = "vi"


def child_environment(ui: Ui, extra: Mapping[str, object]) -> dict[str, str]:
    """Our environment with `extra` (True is 1, False and None are 0) and with `HG`, the way to call us again."""
    environ = dict(ui.environ)
    for name, value in extra.items():
        if value is None or isinstance(value, bool):
            value = int(bool(value))
        environ[name] = str(value)
    environ["HG"] = environ.get("HG") or ui.config.program or "hg"
    return environ


def run_shell(ui: Ui, command: str, extra: Mapping[str, object], cwd: str | None) -> int:
    """Run a command in the shell; its exit code, negative for a signal."""
    import subprocess

    try:
        ui.streams.out.flush()
    except OSError:
        pass
    environ = child_environment(ui, extra)
    if _is_standard_output(ui):
        return subprocess.call(command, shell=True, env=environ, cwd=cwd)
    done = subprocess.run(
        command,
        shell=True,
        env=environ,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.stdout:
        ui.streams.out.write(done.stdout)
    return done.returncode


def explain_exit(code: int) -> str:
    """An exit code in words."""
    return f"exited with status {code}" if code >= 0 else f"killed by signal {-code}"


def editor(ui: Ui) -> str:
    """The command line of the user's editor."""
    return ui.environ.get("HGEDITOR") or ui.config.text("ui", "editor", DEFAULT_EDITOR) or DEFAULT_EDITOR


def edit(ui: Ui, path: str) -> None:
    """Open a file in the editor and wait. Raises `InputError` where the editor fails."""
    command = f'{editor(ui)} "{path}"'
    code = run_shell(ui, command, {}, None)
    if code:
        import shlex

        raise errors.InputError(f"edit failed: {shlex.split(command)[0]} {explain_exit(code)}")


def _is_standard_output(ui: Ui) -> bool:
    try:
        return ui.streams.out.fileno() == 1
    except (OSError, ValueError):
        return False

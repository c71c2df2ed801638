"""`debuginstall`: whether this installation can do its work. Each check looks at one thing and changes nothing."""

from __future__ import annotations

from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hydrargyrum.extension import CommandContext
    from hydrargyrum.view.formatter import Formatter


@command(
    "debuginstall",
    options=[Option("T", "template", "display with template", default="", metavar="TEMPLATE")],
    category="help",
    norepo=True,
    max_args=0,
)
def debuginstall(context: CommandContext) -> int:
    """check the installation

    Returns 0 if no problem is found, else the number of problems.
    """
    formatter = context.formatter("debuginstall")
    formatter.start_item()
    checks: tuple[Callable[[CommandContext, Formatter], int], ...] = (
        _check_encoding,
        _check_python,
        _check_engines,
        _check_compression,
        _check_extensions,
        _check_editor,
        _check_username,
    )
    problems = sum(check(context, formatter) for check in checks)
    if problems:
        formatter.data(problems=problems)
        formatter.plain(f"{problems} problems detected, please check your install!\n")
    else:
        formatter.data(problems=0)
        formatter.plain("no problems detected\n")
    formatter.end()
    return problems


def _check_encoding(context: CommandContext, formatter: Formatter) -> int:
    import codecs

    name = context.ui.encoding
    formatter.field("encoding", name, f"checking encoding ({name})...\n")
    problem: str | None = None
    try:
        codecs.lookup(name)
    except LookupError as error:
        problem = str(error)
    shown = f" {problem}\n (check that your locale is properly set)\n"
    formatter.field_if(problem is not None, "encodingerror", problem, shown)
    return problem is not None


def _check_python(context: CommandContext, formatter: Formatter) -> int:
    import os
    import platform
    import sys

    from hydrargyrum.commands.version import VERSION

    executable = sys.executable or "unknown"
    formatter.field("pythonexe", executable, f"checking Python executable ({executable})\n")
    kind = platform.python_implementation()
    formatter.field("pythonimplementation", kind, f"checking Python implementation ({kind})\n")
    version = ".".join(map(str, sys.version_info[:3]))
    formatter.field("pythonver", version, f"checking Python version ({version})\n")
    library = os.path.split(os.__file__)[0]
    formatter.field("pythonlib", library, f"checking Python lib ({library})...\n")
    formatter.field("hgver", VERSION, f"checking hydrargyrum version ({VERSION})\n")
    import hydrargyrum

    modules = os.path.split(hydrargyrum.__file__)[0]
    formatter.field("hgmodules", modules, f"checking installed modules ({modules})...\n")
    context.ui.debug(f"started as {context.config.program}\n")
    return 0


def _check_engines(context: CommandContext, formatter: Formatter) -> int:
    """The native engine may be absent, but the one that was asked for must be there."""
    from hydrargyrum import errors

    problem: str | None = None
    try:
        name: str = context.engine.name
    except errors.HgError as error:
        name, problem = "missing", error.text()
    formatter.field("engine", name, f"checking engine ({name})\n")
    formatter.field_if(problem is not None, "engineerror", problem, f" {problem}\n")
    return problem is not None


def _check_compression(_context: CommandContext, formatter: Formatter) -> int:
    available = ["none", "zlib"]
    for module in ("compression.zstd", "zstandard"):
        if _can_import(module):
            available.append("zstd")
            break
    shown = ", ".join(sorted(available))
    formatter.field(
        "compengines",
        formatter.items(sorted(available), "compengine", ", "),
        f"checking available compression engines ({shown})\n",
    )
    return 0


def _check_extensions(context: CommandContext, formatter: Formatter) -> int:
    """Every enabled extension can be imported."""
    from hydrargyrum.extension.loader import BUILT_IN

    loaded = {extension.name for extension in context.registry.extensions}
    enabled = [
        name.removeprefix("hgext.")
        for name, value in context.config.section("extensions", suboptions=False)
        if not value.text.startswith("!")
    ]
    missing = sorted(name for name in enabled if name not in loaded and name not in BUILT_IN)
    formatter.plain(f"checking extensions ({', '.join(sorted(loaded)) or 'none'})\n")
    shown = "".join(f" {name} is not loaded\n" for name in missing)
    formatter.field_if(bool(missing), "missingextensions", formatter.items(missing, "extension"), shown)
    return len(missing)


def _check_editor(context: CommandContext, formatter: Formatter) -> int:
    import shlex
    import shutil

    from hydrargyrum.ui.process import DEFAULT_EDITOR, editor

    line = editor(context.ui)
    formatter.field("editor", line, f"checking commit editor... ({line})\n")
    try:
        program = shlex.split(line)[0]
    except (ValueError, IndexError):
        program = line
    missing = shutil.which(program) is None
    default = missing and line == DEFAULT_EDITOR
    formatter.field_if(
        default,
        "vinotfound",
        default,
        f" No commit editor set and can't find {line} in PATH\n (specify a commit editor in your configuration file)\n",
    )
    formatter.field_if(
        missing and not default,
        "editornotfound",
        missing and not default,
        f" Can't find editor '{line}' in PATH\n (specify a commit editor in your configuration file)\n",
    )
    return missing and not default


def _check_username(context: CommandContext, formatter: Formatter) -> int:
    environ, config = context.ui.environ, context.config
    name = environ.get("HGUSER") or config.text("ui", "username") or environ.get("EMAIL")
    formatter.field("username", name, f"checking username ({name or 'not set'})\n")
    return 0


def _can_import(module: str) -> bool:
    import importlib

    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True

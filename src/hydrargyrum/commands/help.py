"""`help`: the list of commands, and synopsis, text and options of one. The texts themselves are docstrings."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.global_options import GLOBAL_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from hydrargyrum.extension import Command, CommandContext, Registry
    from hydrargyrum.ui import Ui

#: Categories of commands in the order of the list, with their headings.
CATEGORIES = {
    "repo": "Repository creation",
    "remote": "Remote repository management",
    "commit": "Change creation",
    "management": "Change manipulation",
    "organization": "Change organization",
    "files": "File content management",
    "navigation": "Change navigation",
    "wdir": "Working directory management",
    "import": "Change import/export",
    "maintenance": "Repository maintenance",
    "help": "Help",
    "misc": "Miscellaneous commands",
    "none": "Uncategorized commands",
}
#: Columns of a command's name in a list.
NAME_COLUMNS = 14


@command(
    "help",
    options=[
        Option("e", "extension", "show only help for extensions"),
        Option("c", "command", "show only help for commands"),
        Option("k", "keyword", "show topics matching keyword"),
        Option("s", "system", "show help for specific platform(s)", default=[], metavar="PLATFORM"),
    ],
    synopsis="[-eck] [-s PLATFORM] [TOPIC]",
    category="help",
    norepo=True,
    intents=["readonly"],
    max_args=1,
)
def help(context: CommandContext) -> int:
    """show how a command is used

    Without an argument, list the commands. With the name of a command (or the beginning of one), show its
    arguments and options; with -v, the global options too.

    With -k, list the commands whose help contains a word.

    Returns 0 if there is something to show.
    """
    name = context.args[0] if context.args else ""
    if context.options.flag("keyword"):
        text = _matching(context, name)
    else:
        text = help_text(context.ui, context.registry, name)
    context.ui.pager("help")
    context.ui.write(text)
    return 0


def help_text(ui: Ui, registry: Registry, name: str) -> str:
    """What `hg help NAME` shows; NAME may be empty.

    Raises:
        InputError: there is no such command.
    """
    if not name:
        return _header(ui) + _command_list(ui, _listed(ui, registry, ""))
    try:
        entry = registry.find(name)
    except errors.AmbiguousCommand:
        chosen = [found for found in _listed(ui, registry, name) if found.name.startswith(name)]
        hint = f"\n(use 'hg help -v {name}' to show built-in aliases and global options)\n"
        return _command_list(ui, chosen) + ("" if ui.verbose else hint)
    except errors.UnknownCommand:
        entry = None
    if entry is None or not entry.known:
        raise errors.InputError(f"no such help topic: {name}", hint="try 'hg help' for a list of commands")
    return command_help(ui, registry.with_wrappers(entry.command()), name, full=True)


def short_list(ui: Ui, registry: Registry) -> str:
    """What `hg` alone shows."""
    basic = [found for found in _listed(ui, registry, "") if found.basic]
    text = _header(ui) + "basic commands:\n\n" + _rows(ui, basic)
    if ui.verbose:
        text += option_table("global options", GLOBAL_OPTIONS, ui)
        return text + "\n(use 'hg help' for the full list of commands)\n"
    if ui.quiet:
        return _rows(ui, basic)
    return text + "\n(use 'hg help' for the full list of commands or 'hg -v' for details)\n"


def command_help(ui: Ui, declared: Command, name: str, *, full: bool) -> str:
    """Synopsis, text and options of a command.

    Args:
        ui: verbosity and width.
        declared: the command.
        name: as the user called it.
        full: its whole text, else the first line only (as after a wrong option).
    """
    parts = [_wrapped(f"hg {declared.name} {declared.synopsis}".rstrip(), ui), "\n"]
    if full and not ui.quiet and len(declared.names) > 1:
        parts.append(f"\naliases: {', '.join(declared.names[1:])}\n")
    text = _dedent(declared.help) or "(no help text available)"
    parts.append("\n" + (_filled(text, ui) if full and not ui.quiet else text.split("\n", 1)[0]) + "\n")
    if not ui.quiet and declared.options:
        parts.append(option_table("options", declared.options, ui))
    if ui.verbose:
        parts.append(option_table("global options", GLOBAL_OPTIONS, ui))
    elif not full:
        parts.append(f"\n(use 'hg {name} -h' to show more help)\n")
    elif not ui.quiet:
        parts.append("\n(some details hidden, use --verbose to show complete help)\n")
    return "".join(parts)


def option_table(header: str, options: Iterable[Option], ui: Ui) -> str:
    """Options with their texts in columns; those with a mark only where the user is verbose."""
    rows = [_row(option, ui) for option in options if ui.verbose or not option.marks]
    if not rows:
        return ""
    if any(long.endswith("[+]") for _short, long, _text in rows):
        header += " ([+] can be repeated)"
    short_width = max(len(short) for short, _long, _text in rows)
    long_width = max(len(long) for _short, long, _text in rows)
    hang = " " * (short_width + long_width + 3)
    lines = [f"\n{header}:\n\n"]
    for short, long, text in rows:
        line = f"{short:{short_width}} {long:{long_width}} {text}"
        lines.append(_wrapped(line, ui, first=" ", hang=hang) + "\n")
    return "".join(lines)


def _row(option: Option, ui: Ui) -> tuple[str, str, str]:
    short = f"-{option.short}" if option.short else ""
    long = f"--{option.name}"
    text = option.help
    for mark in option.marks:
        text += f" ({mark.upper()})"
    default = option.default
    if option.name == "encoding" and default == "":
        default = ui.encoding
    if default is True:
        long, default = f"--[no-]{option.name}", "on"
    if default:
        text += f" (default: {default})"
    if option.kind == "list":
        long += f" {option.metavar} [+]"
    elif option.kind != "flag":
        long += f" {option.metavar}"
    return short, long, text


def _header(ui: Ui) -> str:
    return "" if ui.quiet else "Mercurial Distributed SCM\n\n"


def _listed(ui: Ui, registry: Registry, prefix: str) -> list[Command]:
    """The commands that a list shows; debugging ones only where they are asked for."""
    found = []
    for entry in registry.entries():
        name = entry.names[0]
        if not entry.known or not name.startswith(prefix):
            continue
        if name.startswith("debug") and not ui.debugging and not prefix.startswith("debug"):
            continue
        declared = entry.command()
        if not ui.verbose and not declared.help:
            continue
        found.append(declared)
    return found


def _command_list(ui: Ui, commands: list[Command]) -> str:
    if not commands:
        return "no commands defined\n"
    parts = [] if ui.quiet else ["list of commands:\n"]
    by_category: dict[str, list[Command]] = {}
    for declared in commands:
        category = declared.category if declared.category in CATEGORIES else "none"
        by_category.setdefault(category, []).append(declared)
    for category, heading in CATEGORIES.items():
        members = by_category.get(category)
        if members:
            if len(by_category) > 1:
                parts.append(f"\n{heading}:\n")
            parts.append("\n" + _rows(ui, members))
    return "".join(parts)


def _rows(ui: Ui, commands: list[Command]) -> str:
    lines = []
    hang = " " * (NAME_COLUMNS + 1)
    for declared in commands:
        name = ", ".join(declared.names) if ui.verbose else declared.name
        summary = _dedent(declared.help).split("\n", 1)[0] or "(no help text available)"
        if len(name) + 2 > NAME_COLUMNS:
            lines.append(f" {name}\n" + _wrapped(summary, ui, first=hang, hang=hang) + "\n")
        else:
            lines.append(_wrapped(f"{name:{NAME_COLUMNS}}{summary}", ui, first=" ", hang=hang) + "\n")
    return "".join(lines)


def _matching(context: CommandContext, word: str) -> str:
    wanted = word.lower()
    found = [
        declared
        for declared in _listed(context.ui, context.registry, "")
        if wanted in f"{declared.name} {declared.synopsis} {declared.help}".lower()
    ]
    if not found:
        raise errors.InputError("no matches", hint="try 'hg help' for a list of commands")
    return "Commands:\n\n" + _rows(context.ui, found)


def _wrapped(text: str, ui: Ui, *, first: str = "", hang: str = "") -> str:
    import textwrap

    width = ui.terminal_width() - 2
    wanted = ui.config.integer("ui", "textwidth")
    if 0 < wanted < width:
        width = wanted
    if width <= 0:
        width = 78
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=hang)


def _filled(text: str, ui: Ui) -> str:
    """A text with its paragraphs wrapped; those that are indented stay as they are."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        part if part.startswith(" ") or "\n " in part else _wrapped(" ".join(part.split("\n")), ui)
        for part in paragraphs
    )


def _dedent(docstring: str) -> str:
    import inspect

    return inspect.cleandoc(docstring)

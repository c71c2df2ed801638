"""`help`: the list of commands, and synopsis, text and options of one. The texts themselves are docstrings.

Topics are in `help_topics`, looking for words and extensions in `help_search`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.global_options import GLOBAL_OPTIONS
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
#: Marks in the help of commands that only a verbose user sees in lists.
_UNLISTED = ("(ADVANCED)", "(DEPRECATED)", "(EXPERIMENTAL)")
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
    """show how a command is used, or what there is to know about a topic

    Without an argument, list commands and topics. With the name of a topic, show its text; with the name of a command
    (or the beginning of one), its arguments and options; with -v, the global options too. What follows a dot is a
    section, as in 'hg help config.hooks' or 'hg help revisions.only'.

    With -k, list topics, commands and extensions whose help contains a word. -c looks among commands only, -e among
    extensions only; without a name they list all of them. -s changes nothing: help is the same on all systems.

    Returns 0 if there is something to show.
    """
    from hydrargyrum.commands.help_search import extension_help, matching

    options = context.options
    only_commands, only_extensions = options.flag("command"), options.flag("extension")
    name = context.args[0] if context.args else ""
    if options.flag("keyword") or (not name and (only_commands or only_extensions)):
        word = name if options.flag("keyword") else ""
        everything = not only_commands and not only_extensions
        text = matching(
            context.ui,
            context.registry,
            word,
            topics=everything,
            commands=everything or only_commands,
            extensions=everything or only_extensions,
            extension_commands=options.flag("keyword") and everything,
        )
    elif only_extensions and not only_commands:
        text = extension_help(context.ui, context.registry, name)
    else:
        text = help_text(context.ui, context.registry, name, topics=not only_commands)
    context.ui.pager("help")
    context.ui.write(text)
    return 0


def help_text(ui: Ui, registry: Registry, name: str, *, topics: bool = True) -> str:
    """What `hg help NAME` shows; NAME may be empty.

    Raises:
        InputError: there is no such command, topic or section.
    """
    if not name:
        return _overview(ui, registry)
    if topics:
        from hydrargyrum.commands.help_search import topic_help

        text = topic_help(ui, registry, name)
        if text is not None:
            return text
    if name == "debug":
        internal = [found for found in listed(ui, registry, "debug") if found.name.startswith("debug")]
        return "debug commands (internal and unsupported):\n\n" + _rows(ui, internal)
    plain, _dot, section = name.partition(".")
    try:
        entry = registry.find(plain)
    except errors.AmbiguousCommand:
        chosen = [found for found in listed(ui, registry, name) if found.name.startswith(name)]
        hint = f"\n(use 'hg help -v {name}' to show built-in aliases and global options)\n"
        return _command_list(ui, chosen) + ("" if ui.verbose else hint)
    except errors.UnknownCommand:
        entry = None
    if entry is None or not entry.known:
        if topics:
            from hydrargyrum.commands.help_search import extension_help, provider_of

            try:
                return extension_help(ui, registry, name)
            except errors.InputError:
                text = provider_of(ui, registry, name)
                if text is None:
                    raise
                return text
        raise no_such_topic(name)
    if entry.problem is not None:
        return _wrapped(entry.problem, ui, hyphens=False) + "\n"
    declared = registry.with_wrappers(entry.command())
    if section:
        from hydrargyrum.view.prose import parse, render
        from hydrargyrum.view.prose import section as part_of

        blocks = part_of(parse(_dedent(declared.help)), section)
        if not blocks:
            raise errors.InputError(f"help section not found: {name}")
        return render(blocks, wrapper(ui))
    return command_help(ui, declared, plain, full=True)


def no_such_topic(name: str) -> errors.InputError:
    """The refusal of a name that means nothing."""
    return errors.InputError(f"no such help topic: {name}", hint=f"try 'hg help --keyword {name}'")


def _overview(ui: Ui, registry: Registry) -> str:
    from hydrargyrum.commands.help_search import enabled_extensions
    from hydrargyrum.commands.help_topics import all_topics

    parts = [_header(ui), _command_list(ui, listed(ui, registry, ""))]
    if ui.quiet:
        return "".join(parts)
    enabled = enabled_extensions(registry)
    if enabled:
        parts.append("\nenabled extensions:\n\n" + rows(ui, enabled))
    parts.append("\nadditional help topics:\n")
    headings: dict[str, list[tuple[str, str]]] = {}
    for heading, topic in all_topics():
        if ui.config.boolean("help", f"hidden-topic.{topic.names[0]}"):
            continue
        names = ", ".join(topic.names) if ui.verbose else topic.names[0]
        headings.setdefault(heading, []).append((names, topic.title))
    for heading, found in headings.items():
        parts.append(f"\n{heading}:\n\n" + rows(ui, found))
    if ui.verbose:
        parts.append(option_table("global options", GLOBAL_OPTIONS, ui))
    else:
        parts.append("\n(use 'hg help -v' to show built-in aliases and global options)\n")
    return "".join(parts)


def short_list(ui: Ui, registry: Registry) -> str:
    """What `hg` alone shows."""
    basic = [found for found in listed(ui, registry, "") if found.basic]
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
    if full and not ui.quiet:
        from hydrargyrum.view.prose import parse, render

        parts.append("\n" + render(parse(text), wrapper(ui)))
    else:
        parts.append("\n" + text.split("\n", 1)[0] + "\n")
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


def listed(ui: Ui, registry: Registry, prefix: str) -> list[Command]:
    """The commands that a list shows; debugging ones only where they are asked for."""
    found = []
    for entry in registry.entries():
        name = entry.names[0]
        if (
            not entry.known
            or not name.startswith(prefix)
            or ui.config.boolean("help", f"hidden-command.{name}")
        ):
            continue
        if not entry.documented and not ui.verbose:
            continue
        if name.startswith("debug") and not ui.debugging and not prefix.startswith("debug"):
            continue
        declared = entry.command()
        if not ui.verbose and (not declared.help or any(mark in declared.help for mark in _UNLISTED)):
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
    return rows(
        ui,
        [
            (", ".join(declared.names) if ui.verbose else declared.name, summary(declared))
            for declared in commands
        ],
    )


def summary(declared: Command) -> str:
    """The first line of a command's help; of an alias, what follows what it stands for."""
    text = _dedent(declared.help)
    if text.startswith(("alias for: ", "shell alias for: ")):
        text = text.partition("\n\n")[2]
    return text.split("\n", 1)[0] or "(no help text available)"


def rows(ui: Ui, entries: Iterable[tuple[str, str]], columns: int | None = None) -> str:
    """Names and sentences in two columns; the first is as wide as it is told, or leaves two blanks."""
    lines = []
    gap = 2 if columns is None else 1
    columns = columns or NAME_COLUMNS
    hang = " " * (columns + 1)
    for name, text in entries:
        if len(name) + gap > columns:
            lines.append(f" {name}\n" + _wrapped(text, ui, first=hang, hang=hang) + "\n")
        else:
            lines.append(_wrapped(f"{name:{columns}}{text}", ui, first=" ", hang=hang) + "\n")
    return "".join(lines)


def wrapper(ui: Ui) -> Callable[[str, str, str], str]:
    """What wraps paragraphs of a text for the user's terminal."""
    return lambda text, first, hang: _wrapped(text, ui, first=first, hang=hang, hyphens=False)


def _wrapped(text: str, ui: Ui, *, first: str = "", hang: str = "", hyphens: bool = True) -> str:
    import textwrap

    width = ui.terminal_width() - 2
    wanted = ui.config.integer("ui", "textwidth")
    if 0 < wanted < width:
        width = wanted
    if width <= 0:
        width = 78
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=hang, break_on_hyphens=hyphens)


def _dedent(docstring: str) -> str:
    import inspect

    return inspect.cleandoc(docstring)

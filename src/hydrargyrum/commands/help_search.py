"""Help beyond single commands: topics and their sections, extensions, and what contains a word.

The texts of topics are in `help_topics`; how a command is shown is in `help`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.help import listed, no_such_topic, rows, summary, wrapper
from hydrargyrum.commands.help_topics import all_topics, find_topic
from hydrargyrum.extension.declarations import Command, declarations_of
from hydrargyrum.extension.loader import shipped_extensions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from hydrargyrum.extension import Registry
    from hydrargyrum.ui import Ui


def topic_help(ui: Ui, registry: Registry, name: str) -> str | None:
    """The text of a topic, or of its section after a dot; None where there is no such topic.

    Raises:
        InputError: the topic has no such section.
    """
    from hydrargyrum.view.prose import render, section

    topic, wanted = find_topic(name), ""
    if topic is None and "." in name:
        plain, _, wanted = name.partition(".")
        if plain == "internals" and "." in wanted:
            below, _, wanted = wanted.partition(".")
            plain = f"{plain}.{below}"
        topic = find_topic(plain)
    if topic is None:
        return None
    blocks = topic.blocks(registry)
    if wanted:
        blocks = section(blocks, wanted)
        if not blocks:
            raise errors.InputError(f"help section not found: {name}")
        return render(blocks, wrapper(ui), "    ")
    text = render(blocks, wrapper(ui), "    ")
    if any(name in entry.names for entry in registry.entries() if entry.known):
        text += f"\n(use 'hg help -c {name}' to see help for the {name} command)\n"
    return text


# -- extensions -------------------------------------------------------------------------------------------------------


def enabled_extensions(registry: Registry) -> list[tuple[str, str]]:
    """Names and summaries of the extensions that are loaded."""
    return sorted((extension.name, describe(extension.module)) for extension in registry.extensions)


def describe(module: object) -> str:
    """An extension in one line: what its commands do, or what its module says of itself."""
    commands = _commands_of(module)
    if commands:
        return "; ".join(summary(declared) for declared in commands)
    return (getattr(module, "__doc__", None) or "").strip().partition("\n")[0].rstrip(".") or (
        "(no help text available)"
    )


def _commands_of(module: object) -> list[Command]:
    name = str(getattr(module, "__name__", ""))
    return [declared for declared in declarations_of(name) if isinstance(declared, Command)]


def extension_help(ui: Ui, registry: Registry, name: str) -> str:
    """The help of an extension, loaded or shipped.

    Raises:
        InputError: there is none of that name.
    """
    from hydrargyrum.view.prose import parse, render

    loaded = {extension.name: extension for extension in registry.extensions}
    shipped = shipped_extensions()
    if name in loaded:
        module, is_shipped = loaded[name].module, loaded[name].shipped
    elif name in shipped:
        module, is_shipped = shipped[name], True
    else:
        raise no_such_topic(name)
    parts = [f"{name} extension - {describe(module)}\n"]
    if not is_shipped:
        import inspect

        text = (inspect.getdoc(module) or "").partition("\n\n")[2]
        if text:
            parts.append("\n" + render(parse(text), wrapper(ui)))
    commands = _commands_of(module)
    if commands:
        parts.append("\nlist of commands:\n\n")
        parts.append(rows(ui, [(declared.name, summary(declared)) for declared in commands]))
    if name not in loaded:
        parts.append("\n(use 'hg help extensions' for information on enabling extensions)\n")
    elif not ui.verbose:
        parts.append(f"\n(use 'hg help -v {name}' to show built-in aliases and global options)\n")
    return "".join(parts)


def provider_of(ui: Ui, registry: Registry, name: str) -> str | None:
    """Which extension that is not loaded has a command of that name; None where none has."""
    loaded = {extension.name for extension in registry.extensions}
    for extension, module in shipped_extensions().items():
        if extension in loaded:
            continue
        if any(name in declared.names for declared in _commands_of(module)):
            return (
                f"'{name}' is provided by the following extension:\n\n"
                + "".join(
                    f"   {line}\n" if line else "\n"
                    for line in rows(ui, [(extension, describe(module))]).splitlines()
                )
                + "\n(use 'hg help extensions' for information on enabling extensions)\n"
            )
    return None


# -- words ------------------------------------------------------------------------------------------------------------


def matching(
    ui: Ui,
    registry: Registry,
    word: str,
    *,
    topics: bool,
    commands: bool,
    extensions: bool,
    extension_commands: bool,
) -> str:
    """What contains a word (everything where it is ""), by sort.

    Raises:
        InputError: nothing does.
    """
    wanted = word.lower()
    found: list[tuple[str, list[tuple[str, str]]]] = []
    if topics:
        fitting = [
            (topic.names[0], topic.title)
            for _heading, topic in all_topics()
            if not ui.config.boolean("help", f"hidden-topic.{topic.names[0]}")
            and (any(wanted in name for name in topic.names) or wanted in topic.text(registry).lower())
        ]
        found.append(("Topics", sorted(fitting)))
    if commands:
        fitting = [
            (declared.name, summary(declared))
            for declared in listed(ui, registry, "")
            if wanted in _whole_text(declared)
        ]
        found.append(("Commands", fitting))
    if extensions:
        loaded = {extension.name: extension.module for extension in registry.extensions}
        known = {**shipped_extensions(), **loaded}
        fitting = [
            (name, describe(module))
            for name, module in sorted(known.items())
            if wanted in f"{name} {describe(module)} {getattr(module, '__doc__', '') or ''}".lower()
        ]
        found.append(("Extensions", fitting))
        others = [
            (declared.name, summary(declared))
            for name, module in sorted(known.items())
            for declared in _commands_of(module)
            if name not in loaded and wanted in _whole_text(declared)
        ]
        if extension_commands:
            found.append(("Extension Commands", others))
    parts = [f"{heading}:\n\n{_rows(ui, entries)}" for heading, entries in found if entries]
    if not parts:
        raise errors.InputError("no matches", hint="try 'hg help' for a list of topics")
    return "\n".join(parts)


def _whole_text(declared: Command) -> str:
    options = " ".join(f"{option.name} {option.help}" for option in declared.options)
    return f"{' '.join(declared.names)} {declared.synopsis} {declared.help} {options}".lower()


def _rows(ui: Ui, entries: Sequence[tuple[str, str]]) -> str:
    return rows(ui, entries, max(len(name) for name, _ in entries) + 1)
